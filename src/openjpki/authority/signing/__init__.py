"""The keys of CAs and responders: in files, in a token, or in the signing process, which then alone holds them (decision 0022)."""
