"""The JPKI application (公的個人認証AP): its identifier and its files. docs/card.md tells where each fact is from."""

from openjpki.card.files import (
    NEVER,
    ApplicationTable,
    Content,
    DataFile,
    FileTable,
    InternalFile,
    KeyFile,
    PinFile,
)
from openjpki.card.image import CardImage
from openjpki.card.settings import CardSettings
from openjpki.card.token_info import presence, token_info
from openjpki.rules.kinds import CertificateKind, PinKind

AID = bytes.fromhex("D392F000260100000001")

SIGNATURE_CERTIFICATE = 0x0001
SIGNATURE_CA_CERTIFICATE = 0x0002
TOKEN_INFO = 0x0006
PRESENCE = 0x0008
PROTECTED = 0x0009
AUTHENTICATION_CERTIFICATE = 0x000A
AUTHENTICATION_CA_CERTIFICATE = 0x000B
TERMINAL_CA = 0x0016
AUTHENTICATION_KEY = 0x0017
AUTHENTICATION_PIN = 0x0018
SIGNATURE_KEY = 0x001A
SIGNATURE_PIN = 0x001B

FILLER = b"\xff" * 16
"""What test cards have in files of unknown purpose (C myna-card)."""


def _certificate(kind: CertificateKind) -> Content:
    def content(image: CardImage, _: CardSettings) -> bytes | None:
        active = image.keys[kind].active
        return active.certificate if active else None

    return content


def _issuer(kind: CertificateKind) -> Content:
    def content(image: CardImage, _: CardSettings) -> bytes | None:
        active = image.keys[kind].active
        return active.issuer if active else None

    return content


def _token_info(image: CardImage, settings: CardSettings) -> bytes:
    return token_info(image, settings.token_label)


def _presence(image: CardImage, _: CardSettings) -> bytes:
    return presence(image)


def filler(_: CardImage, __: CardSettings) -> bytes:
    """Return the content of a file of unknown purpose."""
    return FILLER


FILES: FileTable = {
    SIGNATURE_CERTIFICATE: DataFile(_certificate(CertificateKind.SIGNATURE), frozenset({PinKind.SIGNATURE})),
    SIGNATURE_CA_CERTIFICATE: DataFile(_issuer(CertificateKind.SIGNATURE)),
    TOKEN_INFO: DataFile(_token_info),
    PRESENCE: DataFile(_presence),
    PROTECTED: DataFile(filler, NEVER),
    AUTHENTICATION_CERTIFICATE: DataFile(_certificate(CertificateKind.AUTHENTICATION)),
    AUTHENTICATION_CA_CERTIFICATE: DataFile(_issuer(CertificateKind.AUTHENTICATION)),
    TERMINAL_CA: InternalFile(),
    AUTHENTICATION_KEY: KeyFile(CertificateKind.AUTHENTICATION, PinKind.AUTHENTICATION),
    AUTHENTICATION_PIN: PinFile(PinKind.AUTHENTICATION),
    SIGNATURE_KEY: KeyFile(CertificateKind.SIGNATURE, PinKind.SIGNATURE),
    SIGNATURE_PIN: PinFile(PinKind.SIGNATURE),
}
APPLICATION = ApplicationTable(aid=AID, files=FILES)
