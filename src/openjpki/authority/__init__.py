"""機構 (J-LIS's role): register of persons and cards, keys, issuance, revocation, CRL and OCSP."""
