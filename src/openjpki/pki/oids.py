"""The object identifiers of the JPKI arc 1.2.392.200149 and of the house's own choices beneath it."""

from typing import Final

SIGNATURE_POLICY: Final = "1.2.392.200149.8.5.1.1.20"
"""certificatePolicy / digitalSignature / class20: production signature certificates."""
AUTHENTICATION_POLICY: Final = "1.2.392.200149.8.5.1.3.30"
"""certificatePolicy / authenticate / class30: production authentication certificates."""
TEST_SIGNATURE_POLICY: Final = "1.2.392.200149.8.5.1.0.20"
"""The policy of the JPKI-TEST signature certificates."""
TEST_AUTHENTICATION_POLICY: Final = "1.2.392.200149.8.5.1.0.30"
"""Our choice, in the shape of the JPKI-TEST signature policy; the real one is not public (docs/divergences.md)."""

NAME: Final = "1.2.392.200149.8.5.5.1"
NAME_SUBSTITUTIONS: Final = "1.2.392.200149.8.5.5.2"
SEX: Final = "1.2.392.200149.8.5.5.3"
BIRTH_DATE: Final = "1.2.392.200149.8.5.5.4"
ADDRESS: Final = "1.2.392.200149.8.5.5.5"
ADDRESS_SUBSTITUTIONS: Final = "1.2.392.200149.8.5.5.6"

ATTRIBUTE_ORDER: Final = (NAME, BIRTH_DATE, SEX, ADDRESS, NAME_SUBSTITUTIONS, ADDRESS_SUBSTITUTIONS)
"""The order inside the subjectAltName of a real card's certificate (docs/certificates.md §4)."""
