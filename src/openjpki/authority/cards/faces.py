"""The authority's hand that writes on a card what is known of its holder: under its own key, with fresh keys for the card."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from openjpki.authority.cards.face_key import CardFaceKey
from openjpki.card.codes import CodeYear
from openjpki.card.face import FaceKey
from openjpki.card.face_writing import SECURITY_CODE_BYTES, write_holder
from openjpki.card.personalisation import Holder
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import KeySource
from openjpki.rules.person import FourAttributes


@dataclass(frozen=True, kw_only=True)
class FaceWriter:
    """Writes faces under the authority's key for them."""

    key: CardFaceKey
    key_source: KeySource
    entropy: Callable[[int], bytes]

    def write(
        self,
        *,
        individual_number: str,
        attributes: FourAttributes,
        municipality: str,
        expires: date,
        code_year: CodeYear,
    ) -> Holder:
        """Return what a card is made with for this holder; raises what `CardFaceKey.sign` raises."""
        return write_holder(
            individual_number=individual_number,
            attributes=attributes,
            municipality=municipality,
            expires=expires,
            code_year=code_year,
            entropy=self.entropy(SECURITY_CODE_BYTES),
            keys={name: self._make_key() for name in FaceKey},
            issuer=self.key,
        )

    def _make_key(self) -> RSAPrivateKey:
        key = self.key_source.generate(KeyAlgorithm.RSA_2048_SHA_256)
        assert isinstance(key, RSAPrivateKey)  # noqa: S101  -- what the algorithm says
        return key
