"""`openjpki checklist`: the interview asked at a terminal or answered by options."""
