"""What the factory writes on a card of its holder: keys, files and their signatures, and the codes printed on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from openjpki.authority.card_face_key import CardFaceKey
from openjpki.authority.card_pictures import pictures
from openjpki.card.codes import SECURITY_CODE_DIGITS, CodeYear, birth_code, code_b
from openjpki.card.face import Face, FaceKey
from openjpki.card.face_files import FaceData, data_objects, text_files, visual_files
from openjpki.card.keys import to_pkcs8
from openjpki.card.personalisation import Holder
from openjpki.card.pins import CodeKind
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
        security_code = str(int.from_bytes(self.entropy(4)) % 10**SECURITY_CODE_DIGITS).zfill(SECURITY_CODE_DIGITS)
        private_keys = {name: self._make_key() for name in FaceKey}
        keys: dict[FaceKey, RSAPublicKey] = {name: key.public_key() for name, key in private_keys.items()}
        data = FaceData(
            individual_number=individual_number,
            attributes=attributes,
            municipality=municipality,
            expires=expires,
            pictures=pictures(
                name=attributes.name,
                address=attributes.address,
                individual_number=individual_number,
                security_code=security_code,
            ),
        )
        both = code_b(attributes.birth_date, expires, security_code, code_year)
        return Holder(
            face=Face(
                text=text_files(data, keys, self.key),
                visual=visual_files(data, keys, self.key),
                objects=data_objects(keys, self.key),
                keys={name: to_pkcs8(key) for name, key in private_keys.items()},
            ),
            codes={
                CodeKind.TEXT_A: individual_number,
                CodeKind.TEXT_B: both,
                CodeKind.VISUAL_A: individual_number,
                CodeKind.VISUAL_B: both,
                CodeKind.VISUAL_BIRTH_DATE: birth_code(attributes.birth_date, code_year),
            },
        )

    def _make_key(self) -> RSAPrivateKey:
        key = self.key_source.generate(KeyAlgorithm.RSA_2048_SHA_256)
        assert isinstance(key, RSAPrivateKey)  # noqa: S101  -- what the algorithm says
        return key
