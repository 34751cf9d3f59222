"""The gate of the desk: who speaks, under which key, when, and how often, before the authority hears a word.

In this order (docs/desk.md): how often, the envelope's form, the peer, the message's form and sender, the signer, the key
and its signature, the moment, the nonce. Whatever passes is what the municipality, or the officer it names, has sent now.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError

from openjpki.authority.acts import act, window_at
from openjpki.authority.authority import Authority, RegisterUnavailable
from openjpki.authority.desk.bucket import Bucket
from openjpki.authority.desk.refusal_notes import BURST, RATE, RefusalNotes
from openjpki.authority.models import EnrolledKey, SeenNonce
from openjpki.authority.verbs import Verb
from openjpki.desk.carrier import decode_request, encode
from openjpki.desk.envelope import Envelope, decode_envelope, signer_of
from openjpki.desk.keys import DeskSignatureInvalid, verify_desk_signature
from openjpki.desk.messages import Refused, Request
from openjpki.errors import Failure, Kind


@dataclass(frozen=True, kw_only=True)
class GateTerms:
    """What the gate bears. No public source tells the real service's figures (docs/divergences.md)."""

    replay_window: timedelta = timedelta(minutes=5)
    """How far an envelope's moment may lie from the authority's transport clock, either way."""
    rate: float = 50.0
    """Envelopes a second that one municipality may send for long; every process of the authority counts by itself."""
    burst: float = 2000.0
    """Envelopes that it may send at once: the import of a register is one for each person."""
    noted_rate: float = RATE
    """Refusals a second that are written down one by one for a peer; the next row counts those in between."""
    noted_burst: float = BURST
    """As many are written down at once."""


class RateLimited(Failure):
    """The municipality sends more than the authority takes; its outbox waits and goes on later."""

    code = "desk.rate-limited"
    kind = Kind.UNAVAILABLE
    ja = "この市区町村からの電文が多すぎるため、受付を一時止めています。しばらくしてから送り直してください。"
    en = "This municipality sends more messages than are taken at once. Send them again a little later."


class PeerDiffers(Failure):
    """The envelope names another sender than the connection proves."""

    code = "desk.other-peer"
    kind = Kind.REFUSED
    ja = "電文の差出人が、接続している市区町村と一致しません。"
    en = "The envelope names another municipality than the one that is connected."


class SenderDiffers(Failure):
    """The message inside speaks for another municipality than its envelope."""

    code = "desk.other-sender"
    kind = Kind.REFUSED
    ja = "電文の中の市区町村コードが、差出人と一致しません。"
    en = "The message inside names another municipality than its envelope."


class SignerDiffers(Failure):
    """An order needs the signature of the officer it names, anything else the municipality's own."""

    code = "desk.wrong-signer"
    kind = Kind.REFUSED
    ja = "この電文に署名すべき者の署名ではありません。発行・失効の申請には、申請に記載された職員本人の署名が必要です。"
    en = "The signer is not the one this message needs: an order is signed by the officer it names, all else by the municipality."


class SignerUnknown(Failure):
    """No key of this signer was enrolled."""

    code = "desk.signer-unknown"
    kind = Kind.REFUSED
    ja = "この署名者の鍵は機構に登録されていません。"
    en = "No key of this signer is enrolled with the authority."


class SignerRevoked(Failure):
    """All keys of this signer were revoked."""

    code = "desk.signer-revoked"
    kind = Kind.REFUSED
    ja = "この署名者の鍵は機構で失効しています。"
    en = "The key of this signer was revoked at the authority."


class SignatureWrong(Failure):
    """The signature is not by the signer's key over this envelope."""

    code = "desk.bad-signature"
    kind = Kind.REFUSED
    ja = "電文の署名が正しくありません。"
    en = "The signature of the envelope does not verify."


class Stale(Failure):
    """The envelope was sealed too long ago, or in the future."""

    code = "desk.stale"
    kind = Kind.REFUSED
    ja = "電文の封緘時刻が、機構の時計から{minutes}分より離れています。時計を確認して送り直してください。"
    en = "The envelope was sealed more than {minutes} minutes away from the authority's clock. Check the clock and send again."


class Replayed(Failure):
    """The envelope came before."""

    code = "desk.replayed"
    kind = Kind.REFUSED
    ja = "同じ封の電文を既に受け付けています。送り直すときは封をし直してください。"
    en = "This very envelope came before. A message that is sent again needs a new one."


class Gate:
    """Stands before an authority. `clock` is the transport clock, which is always real."""

    def __init__(self, authority: Authority, *, clock: Callable[[], datetime], terms: GateTerms | None = None) -> None:
        self._authority = authority
        self._clock = clock
        self._terms = terms or GateTerms()
        self._lock = threading.Lock()
        self._sent: dict[str, Bucket] = {}
        self._notes = RefusalNotes()
        self._purge_at: datetime | None = None

    def receive(self, peer: str, wire: bytes) -> bytes:
        """Take an envelope from a municipality whose identity the line has proven, and return the reply's wire form.

        A refusal is recorded and comes back as `Refused`; raises only what is UNAVAILABLE, and then the sender keeps
        its message.
        """
        now = self._clock()
        try:
            try:
                request = self._admitted(peer, wire, now)
            except Failure as failure:
                self._note(peer, failure, now)
                if failure.kind is Kind.UNAVAILABLE:
                    raise
                return encode(Refused(code=failure.code, ja=failure.message("ja"), en=failure.message("en")))
            return encode(self._authority.handle(request))
        except OperationalError as error:
            raise RegisterUnavailable from error

    def _admitted(self, peer: str, wire: bytes, now: datetime) -> Request:
        if not self._may_send(peer, now):
            raise RateLimited
        envelope = decode_envelope(wire)
        if envelope.municipality != peer:
            raise PeerDiffers
        request = decode_request(envelope.message)
        if request.municipality != envelope.municipality:
            raise SenderDiffers
        if envelope.signer != signer_of(request):
            raise SignerDiffers
        _hold_signature(envelope)
        if abs(now - envelope.sent_at) > self._terms.replay_window:
            raise Stale(minutes=int(self._terms.replay_window.total_seconds() // 60))
        self._hold_new(envelope, now)
        return request

    def _hold_new(self, envelope: Envelope, now: datetime) -> None:
        """Write the nonce down, in an act of its own: whatever becomes of the message, this envelope is spent."""
        self._forget(now)
        try:
            with act():
                SeenNonce.objects.create(
                    key=f"{envelope.municipality}/{envelope.nonce.hex()}",
                    until=envelope.sent_at + self._terms.replay_window,
                )
        except IntegrityError as error:
            raise Replayed from error

    def _forget(self, now: datetime) -> None:
        """Remove, once in a while, the nonces of envelopes that are refused for their age by now."""
        with self._lock:
            due = self._purge_at is None or now >= self._purge_at
            if due:
                self._purge_at = now + self._terms.replay_window
        if due:
            SeenNonce.objects.filter(until__lt=now).delete()

    def _may_send(self, peer: str, now: datetime) -> bool:
        with self._lock:
            full = Bucket.full(rate=self._terms.rate, burst=self._terms.burst, at=now)
            bucket = (self._sent.get(peer) or full).take(now)
            if bucket is not None:
                self._sent[peer] = bucket
            return bucket is not None

    def _note(self, peer: str, failure: Failure, now: datetime) -> None:
        """Write a refusal down; of a flood only some, the next row with the number of those left out."""

        def note(left_out: int) -> None:
            with act():
                doer = window_at(self._authority.clock(), peer)
                doer.note(Verb.ENVELOPE_REFUSED, "envelope", {"code": failure.code, "left_out": left_out})

        self._notes.write(peer, now, note, rate=self._terms.noted_rate, burst=self._terms.noted_burst)


def _hold_signature(envelope: Envelope) -> None:
    """Hold the signature against the one key that the signer has in force at this moment."""
    keys = list(EnrolledKey.objects.filter(municipality=envelope.municipality, signer=envelope.signer))
    if not keys:
        raise SignerUnknown
    in_force = [key for key in keys if key.revoked_at is None]
    if not in_force:
        raise SignerRevoked
    try:
        verify_desk_signature(bytes(in_force[0].public_key), envelope.signed_bytes(), envelope.signature)
    except DeskSignatureInvalid as error:
        raise SignatureWrong from error
