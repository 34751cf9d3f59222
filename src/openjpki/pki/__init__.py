"""X.509 profiles, certificates, CRL, OCSP and path validation: bytes in, bytes out; no I/O, no clock."""
