import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from asn1crypto import algos, cms, core, x509
from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.sign import signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from openjpki.documents.cms import (
    SignatureFacts,
    Unreadable,
    judge_signature,
    read_signed_data,
    scheme_of,
    signer_certificate,
)
from openjpki.documents.limits import MAX_SIGNATURE
from openjpki.documents.sign import sign_cms
from openjpki.pki.keys import key_identifier
from tests.unit.documents.world import HOLDER, SIGNED, Card, Holder, key

CONTENT = b"content"
SAME_KEY = Holder(serial=4712)
"""Another certificate over the very key of `HOLDER`."""


def _digest_of(content: bytes) -> Callable[[str], bytes]:
    return lambda name: hashlib.new(name, content).digest()


def _signed(content: bytes = CONTENT, *, detached: bool = True) -> cms.SignedData:
    return read_signed_data(sign_cms(content, Card(), moment=SIGNED, detached=detached))


def _foreign(
    *,
    digest: str = "sha256",
    cades: bool = False,
    holder: Holder = HOLDER,
    change: Callable[[signers.SimpleSigner], None] | None = None,
) -> cms.SignedData:
    """Sign with the library itself, as another tool would."""
    private = holder.private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(holder.der),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
    if change is not None:
        change(signer)
    settings = PdfCMSSignedAttributes(signing_time=SIGNED)
    signing = signer.async_sign_general_data(CONTENT, digest, use_cades=cades, signed_attr_settings=settings)
    return read_signed_data(asyncio.run(signing).dump())


def _judge(signed: cms.SignedData, content: bytes = CONTENT, *, must_name: bool = False) -> SignatureFacts:
    return judge_signature(signed, digest_of=_digest_of(content), must_name_certificate=must_name)


def _codes(facts: SignatureFacts) -> list[str]:
    return [finding.code for finding in facts.findings]


def test_our_own_signature_holds() -> None:
    """What `sign_cms` makes, `judge_signature` accepts, and reads its facts."""
    facts = _judge(_signed(), must_name=True)

    assert len(facts.value) == 256
    assert replace(facts, value=b"") == SignatureFacts(
        findings=(), certificate=HOLDER.der, claimed=SIGNED, digest="sha256", scheme="rsassa_pkcs1v15"
    )


def test_other_content_is_a_hash_failure() -> None:
    """RFC 5652 §5.6: the message digest must match."""
    assert _codes(_judge(_signed(), b"other")) == ["verify.hash"]


def test_content_that_is_not_there_cannot_be_judged() -> None:
    """A detached signature alone proves nothing about a document."""
    facts = judge_signature(_signed(), digest_of=lambda _: None)

    assert _codes(facts) == ["verify.content-missing"]


def test_a_changed_signed_attribute_breaks_the_signature() -> None:
    """RFC 5652 §5.4: the signature is over the signed attributes."""
    encoded = sign_cms(CONTENT, Card(), moment=SIGNED)
    later = encoded.replace(b"261123020000Z", b"261123020001Z")

    assert later != encoded
    assert _codes(_judge(read_signed_data(later))) == ["verify.signature-value"]


def test_a_changed_signature_value_is_found() -> None:
    """One bit of the value is enough."""
    signed = _signed()
    value = signed["signer_infos"][0]["signature"].native
    encoded = sign_cms(CONTENT, Card(), moment=SIGNED).replace(value, value[:-1] + bytes([value[-1] ^ 1]))

    assert _codes(_judge(read_signed_data(encoded))) == ["verify.signature-value"]


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_sha_2_is_accepted(digest: str) -> None:
    """Other tools use longer digests with the same key."""
    assert _codes(_judge(_foreign(digest=digest, cades=True))) == []


@pytest.mark.parametrize("digest", ["sha1", "md5"])
def test_sha_1_is_refused(digest: str) -> None:
    """Old clients still sign SHA-1; it is refused before anything is computed with it."""
    facts = _judge(_foreign(digest=digest))

    assert "verify.algorithm" in _codes(facts)
    assert facts.digest == digest


def test_another_padding_is_refused() -> None:
    """A card makes PKCS #1 v1.5 only; PSS is no JPKI signature."""

    def use_pss(signer: signers.SimpleSigner) -> None:
        signer.prefer_pss = True

    facts = _judge(_foreign(cades=True, change=use_pss))

    assert _codes(facts) == ["verify.algorithm"]
    assert facts.scheme == "rsassa_pss"


def test_digest_and_signature_must_use_one_hash() -> None:
    """RFC 8933 §2."""
    signed = _signed()
    signed["signer_infos"][0]["signature_algorithm"] = cms.SignedDigestAlgorithm({"algorithm": "sha384_rsa"})

    assert _codes(_judge(signed)) == ["verify.algorithm"]


def test_rsa_encryption_takes_the_digest_of_the_signer() -> None:
    """RFC 3370 §3.2: jpki/myna writes rsaEncryption, which names no digest."""
    signed = _signed()
    signed["signer_infos"][0]["signature_algorithm"] = cms.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"})

    facts = _judge(signed)

    # the algorithm protection attribute of the library would name another; ours has none
    assert _codes(facts) == []


def test_an_unknown_algorithm_is_told_by_its_number() -> None:
    """What has no name is told as it stands."""
    signed = _signed()
    signed["signer_infos"][0]["signature_algorithm"] = {"algorithm": "1.2.3.4"}

    assert scheme_of(signed["signer_infos"][0]) == "1.2.3.4"
    assert _codes(_judge(signed)) == ["verify.algorithm"]


def test_a_certificate_with_the_same_key_cannot_take_the_signers_place() -> None:
    """RFC 5035 §3: signing-certificate-v2 binds the certificate, not the key only."""
    encoded = sign_cms(CONTENT, Card(), moment=SIGNED).replace(HOLDER.der, SAME_KEY.der)
    encoded = encoded.replace(b"\x02\x02\x12\x67", b"\x02\x02\x12\x68")

    assert _codes(_judge(read_signed_data(encoded))) == ["verify.certificate-not-bound"]


def test_an_older_signature_without_the_reference_is_remarked() -> None:
    """jpki/myna makes plain CMS; it is accepted with a remark."""
    assert _codes(_judge(_without_reference())) == ["verify.certificate-unreferenced"]


def test_pades_must_have_the_reference() -> None:
    """ETSI EN 319 142-1 §6.3: signing-certificate-v2 shall be present."""
    assert _codes(_judge(_without_reference(), must_name=True)) == ["verify.no-certificate-reference"]


def _without_reference() -> cms.SignedData:
    """Sign plain attributes by hand, as a tool without ESS does."""
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [_digest_of(CONTENT)("sha256")]},
        ]
    )
    private = HOLDER.private
    assert isinstance(private, rsa.RSAPrivateKey)
    signed = _signed()
    signer = signed["signer_infos"][0]
    signer["signed_attrs"] = attributes
    signer["signature"] = private.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
    return signed


@pytest.mark.parametrize("name", ["content_type", "message_digest"])
def test_required_attributes_must_be_there(name: str) -> None:
    """RFC 5652 §11.1, §11.2: content-type and message-digest."""
    signed = _signed()
    signer = signed["signer_infos"][0]
    kept = [one for one in signer["signed_attrs"] if one["type"].native != name]
    signer["signed_attrs"] = cms.CMSAttributes(kept)

    assert _codes(_judge(signed)) == ["verify.signed-attributes"]


@pytest.mark.parametrize("name", ["content_type", "message_digest", "signing_time"])
def test_attributes_must_be_there_once(name: str) -> None:
    """RFC 5652 §5.3: an attribute must not occur twice, or nobody knows which one counts."""
    signed = _signed()
    signer = signed["signer_infos"][0]
    twice = [one for one in signer["signed_attrs"] if one["type"].native == name]
    signer["signed_attrs"] = cms.CMSAttributes([*signer["signed_attrs"], *twice])

    assert _codes(_judge(signed)) == ["verify.signed-attributes"]


def test_a_signed_content_type_of_another_kind_is_refused() -> None:
    """RFC 5652 §11.1: the attribute must match the content's type."""
    signed = _signed()
    signer = signed["signer_infos"][0]
    others = [one for one in signer["signed_attrs"] if one["type"].native != "content_type"]
    signer["signed_attrs"] = cms.CMSAttributes([*others, {"type": "content_type", "values": ["tst_info"]}])

    assert _codes(_judge(signed)) == ["verify.signed-attributes"]


def test_content_of_another_type_is_refused() -> None:
    """Only data is a document: a time-stamp token is no signature of a person."""
    signed = _signed()
    signed["encap_content_info"] = cms.ContentInfo({"content_type": "digested_data"})

    assert _codes(_judge(signed)) == ["verify.content-type"]


def test_a_signature_without_signed_attributes_is_refused() -> None:
    """ETSI EN 319 122-1 §5: CAdES signs attributes."""
    signed = _signed()
    signer = signed["signer_infos"][0]
    bare = cms.SignerInfo(
        {
            "version": "v1",
            "sid": signer["sid"],
            "digest_algorithm": signer["digest_algorithm"],
            "signature_algorithm": signer["signature_algorithm"],
            "signature": signer["signature"],
        }
    )
    signed["signer_infos"] = [bare]

    assert _codes(_judge(signed)) == ["verify.signed-attributes"]


def test_a_signer_may_be_named_by_key_identifier() -> None:
    """RFC 5652 §5.3: SubjectKeyIdentifier, the extension's or the SHA-1 of the key bits (RFC 5280 §4.2.1.2)."""
    signed = _signed()
    spki = x509.Certificate.load(HOLDER.der).public_key.dump()
    signed["signer_infos"][0]["sid"] = cms.SignerIdentifier(
        {"subject_key_identifier": core.OctetString(key_identifier(spki))}
    )

    found = signer_certificate(signed)
    assert found is not None
    assert found.dump() == HOLDER.der


def test_among_certificates_of_one_issuer_and_serial_the_reference_decides() -> None:
    """Generations of a CA share their name, and may share a serial; the hash in signing-certificate-v2 does not lie."""
    twin = Holder(label="twin", serial=HOLDER.serial)
    signed = read_signed_data(sign_cms(CONTENT, Card(chain=[twin.der]), moment=SIGNED))
    signed["certificates"] = cms.CertificateSet(
        [cms.CertificateChoices("certificate", x509.Certificate.load(one)) for one in (twin.der, HOLDER.der)]
    )

    facts = _judge(signed)

    assert facts.certificate == HOLDER.der
    assert facts.findings == ()


def test_a_certificate_left_out_may_come_from_the_evidence() -> None:
    """A signature without its certificate is judged with a spare one, and not at all without."""
    signed = _signed()
    signed["certificates"] = cms.CertificateSet([])

    assert _codes(_judge(signed)) == ["verify.certificate-missing"]
    assert _codes(judge_signature(signed, digest_of=_digest_of(CONTENT), spare=[SAME_KEY.der, HOLDER.der])) == []


def test_zero_bytes_may_follow_only_in_a_pdf() -> None:
    """ISO 32000-1 §12.8.3.3: /Contents is filled up with zeros."""
    encoded = sign_cms(CONTENT, Card(), moment=SIGNED)

    assert len(read_signed_data(encoded + bytes(100), padded=True)["signer_infos"]) == 1
    with pytest.raises(Unreadable):
        read_signed_data(encoded + bytes(100) + b"x", padded=True)
    with pytest.raises(ValueError, match="trailing"):
        read_signed_data(encoded + bytes(100))


def test_two_signers_in_one_message_are_refused() -> None:
    """Which of the two is shown? One SignerInfo is one signature."""
    signed = _signed()
    signed["signer_infos"] = [*signed["signer_infos"], *signed["signer_infos"]]
    message = cms.ContentInfo({"content_type": "signed_data", "content": signed})

    with pytest.raises(Unreadable, match="2 signers"):
        read_signed_data(message.dump(force=True))


@pytest.mark.parametrize("place", ["outer", "inner"])
@pytest.mark.parametrize(("tag", "value", "error"), [(b"\x02", b"\x00", Unreadable), (b"\x03", b"\x01", ValueError)])
def test_a_version_that_there_is_not_is_refused(place: str, tag: bytes, value: bytes, error: type[Exception]) -> None:
    """RFC 5652 §5.1, §5.3: nothing signs the two versions, so they are held to what there is."""
    encoded = cms.ContentInfo({"content_type": "signed_data", "content": _signed()}).dump(force=True)
    signer = _signed()["signer_infos"][0].dump()
    start = encoded.index(signer) if place == "inner" else encoded.index(_signed()["digest_algorithms"].dump()) - 7
    at = encoded.index(b"\x02\x01", start)

    with pytest.raises(error):
        read_signed_data(encoded[:at] + tag + b"\x01" + value + encoded[at + 3 :])


def test_a_message_of_another_kind_is_refused() -> None:
    """Plain data in a ContentInfo is no signature."""
    message = cms.ContentInfo({"content_type": "data", "content": b"x"})

    with pytest.raises(Unreadable, match="not SignedData"):
        read_signed_data(message.dump())


def test_a_giant_signature_in_a_pdf_is_refused() -> None:
    """A signature's own size is bounded."""
    with pytest.raises(Unreadable, match="too large"):
        read_signed_data(bytes(MAX_SIGNATURE + 1), padded=True)


def test_a_digest_info_without_null_is_refused() -> None:
    """RFC 8017 §9.2 note 1: the whole encoded message is compared, so a DigestInfo without NULL does not verify."""
    signed = _signed()
    signer = signed["signer_infos"][0]
    private = key("holder-holder")
    assert isinstance(private, rsa.RSAPrivateKey)
    numbers = private.private_numbers()
    digest = _digest_of(signer["signed_attrs"].untag().dump())("sha256")
    info = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + digest
    padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(info)) + b"\x00" + info
    value = pow(int.from_bytes(padded, "big"), numbers.d, numbers.public_numbers.n)
    signer["signature"] = value.to_bytes(256, "big")

    assert _codes(_judge(signed)) == ["verify.signature-value"]


def test_the_algorithms_are_read_by_their_names() -> None:
    """The scheme is told in the library's words."""
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha384_ecdsa"})

    assert scheme_of({"signature_algorithm": algorithm}) == "ecdsa"


def test_facts_show_no_holder() -> None:
    """The signer's certificate holds the four attributes (R-0.3)."""
    assert "Hanako" not in repr(SignatureFacts(findings=(), certificate=b"Hanako"))
