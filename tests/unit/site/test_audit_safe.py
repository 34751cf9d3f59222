import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from openjpki.audit.chain import Head, key_id
from openjpki.pki.keys import verify_signature
from openjpki.site.audit_safe import (
    AuditKeyUnusable,
    FileSafe,
    HeadUnreadable,
    PublicKeyUnusable,
    read_public_keys,
)
from openjpki.site.provisions import provide

HEAD = Head("window", 3, "a" * 64)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home that has been given everything."""
    provide(tmp_path)
    return tmp_path


def key_file(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """Return a key as a file."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_the_key_signs(home: Path) -> None:
    """What the private file signs, the public one verifies, under the name that seals bear."""
    safe = FileSafe(home, "window")
    signer = safe.signer()

    verify_signature(signer.public_key, signer.algorithm, b"a statement", signer.sign(b"a statement"))
    assert safe.public_keys() == {key_id(signer.public_key): signer.public_key}
    assert safe.public_keys() != FileSafe(home, "staff").public_keys()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        key_file(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))),
        key_file(rsa.generate_private_key(65537, 3072)),
    ],
    ids=["empty", "no key", "Ed25519", "RSA-3072"],
)
def test_what_is_no_audit_key_is_not_used(home: Path, content: bytes) -> None:
    """A key of an algorithm that the house does not use is none."""
    (home / "window" / "audit.key").write_bytes(content)

    with pytest.raises(AuditKeyUnusable):
        FileSafe(home, "window").signer()


def test_a_key_that_others_may_read_is_not_used(home: Path) -> None:
    """Whoever could read it could seal."""
    path = home / "window" / "audit.key"
    path.chmod(0o640)
    with pytest.raises(AuditKeyUnusable) as refused:
        FileSafe(home, "window").signer()
    assert refused.value.data == {"path": path}
    path.unlink()
    with pytest.raises(AuditKeyUnusable):
        FileSafe(home, "window").signer()


def test_a_head_is_kept(home: Path) -> None:
    """The last one, for everybody to read and copy."""
    safe = FileSafe(home, "window")
    assert safe.head() is None
    safe.keep(Head("window", 2, "b" * 64))
    safe.keep(HEAD)

    assert safe.head() == HEAD
    assert (home / "audit" / "window.head").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in (home / "audit").iterdir() if "window" in path.name) == [
        "window.head",
        "window.pem",
    ]


def test_who_seals_is_alone(home: Path) -> None:
    """Another sealer of the same role waits its turn, also behind one that failed; one of another role does not."""
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with FileSafe(home, "window").alone():
            order.append("second")

    def first() -> None:
        with FileSafe(home, "window").alone():
            inside.set()
            thread.join(0.2)
            with FileSafe(home, "staff").alone():
                order.append("another role")
            order.append("first")
            raise KeyError

    thread = threading.Thread(target=second)
    thread.start()
    with pytest.raises(KeyError):
        first()
    thread.join()

    assert order == ["another role", "first", "second"]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe"])
def test_a_damaged_head_is_told(home: Path, content: bytes) -> None:
    """It must not pass for "there was none"."""
    (home / "audit" / "window.head").write_bytes(content)

    with pytest.raises(HeadUnreadable):
        FileSafe(home, "window").head()


def test_several_public_keys_may_stand_in_one_file(home: Path) -> None:
    """A key that was replaced stays beside its successor."""
    both = home / "both.pem"
    both.write_bytes(b"".join((home / "audit" / f"{role}.pem").read_bytes() for role in ("window", "staff")))

    assert set(read_public_keys(both)) == {
        *FileSafe(home, "window").public_keys(),
        *FileSafe(home, "staff").public_keys(),
    }


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["absent", "empty", "damaged", "Ed25519"],
)
def test_what_is_no_public_key_is_told(tmp_path: Path, content: bytes | None) -> None:
    """A verification with half of its keys would blame the record."""
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(PublicKeyUnusable):
        read_public_keys(path)
