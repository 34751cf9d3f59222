"""What the authority works with: given once, by the composition root, to every use case."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from openjpki.authority.cards.face_key import CardFaceKey
from openjpki.authority.cards.keys import CardKeys
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.kinds import DualControl
from openjpki.authority.desk.refusal_notes import RefusalNotes
from openjpki.authority.responding.requesters import Requesters
from openjpki.authority.signing.keys import SigningKeys
from openjpki.pki.lint.external import ExternalLint
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.policy import Policy

LONGEST_CARD_SESSION: Final = timedelta(minutes=15)
"""From the opening of a session with a card to its last answer: two passes over the line and a key made in a slow chip."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Spans of time that public sources leave open (docs/divergences.md)."""

    crl_daily: timedelta = timedelta(hours=25)
    """thisUpdate to nextUpdate under `crl_schedule = "full-daily"`: a day, and an hour for the publication to run."""
    crl_hourly: timedelta = timedelta(minutes=65)
    """The same under "full-hourly"."""
    ocsp_answer: timedelta = timedelta(minutes=15)
    """thisUpdate to nextUpdate of an answer; a responder's data are renewed every 15 minutes."""
    ocsp_store_bound: timedelta = timedelta(minutes=1)
    """How far a responder's store may be behind the authority's journal: beyond, the answer is tryLater."""
    responder: timedelta = timedelta(days=30)
    """Validity of a responder's certificate, which cannot be revoked (RFC 6960 §4.2.2.2.1)."""
    responder_overlap: timedelta = timedelta(days=10)
    """How long before its end the next responder is certified: so long the authority may be away."""
    delivery_patience: timedelta = timedelta(days=7)
    """How long a signed certificate may wait for its confirmation before `resume` discards it (R-5.11)."""
    clock_tolerance: timedelta = timedelta(minutes=1)
    """How far the legal clock may lag behind what it showed before: time servers correct by seconds."""
    order_age: timedelta = timedelta(days=30)
    """How long ago an order may have been given when it first comes: the longest that a line may be cut."""
    order_ahead: timedelta = timedelta(minutes=5)
    """How far a window's legal clock may run ahead of the authority's."""
    pin_reset: timedelta = timedelta(days=1)
    """How long an approved PIN reset may wait for the card."""
    card_session: timedelta = LONGEST_CARD_SESSION
    """How long a session with a card may last; what it was allowed is asked again before anything sealed leaves."""
    departure: timedelta = timedelta(days=90)
    """How long after a departure was reported the arrival may be: 30 days to move in with the card (R-5.21), and late ones."""
    approval: timedelta = timedelta(days=7)
    """How long an act under dual control may wait for its approvals before it must be proposed anew."""
    ca_years: int = 10
    """Validity of a CA generation, as the published CA certificates have it."""


def _pass(_: Checkpoint) -> None:
    """Be no checkpoint: outside tests nothing happens between two steps."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """Settings, seams and places; holds no state of its own but the count of what it left unwritten."""

    profiles: ProfileSet
    policy: Policy
    clock: Callable[[], datetime]
    """The legal clock: UTC-aware, whole seconds."""
    entropy: Callable[[int], bytes]
    keys: SigningKeys
    card_keys: CardKeys
    face_key: CardFaceKey
    """What is written on the face of a card is signed by it."""
    responder_keys: SigningKeys | None = None
    """The keeper of the responders' keys where they are kept apart from the CAs'; None: the same."""
    requesters: Requesters | None = None
    """Who may ask about status, where the policy lets only those who registered (`ocsp_requesters`); None: nobody."""
    public: Path
    """The folder of CA certificates and lists that anybody may have: `ca/` and `crl/` inside."""
    keeper: str = "files"
    """What keeps the keys, as a ceremony's script names it: "files", or a token by its URI's path (RFC 7512)."""
    terms: Terms = Terms()
    external_lint: ExternalLint | None = None
    """Another program that every certificate is held against right before it is signed (setting `external_lint`)."""
    dual_control: DualControl = field(default_factory=DualControl)
    """How many operators approve what none may do alone."""
    checkpoint: Callable[[Checkpoint], None] = _pass
    """Called after a step is committed; a test raises there, or ends the process, as a crash would."""
    refusal_notes: RefusalNotes = field(default_factory=RefusalNotes, repr=False, compare=False)
    """Which refused requests this process wrote down; each is answered, whether it was or not."""

    @property
    def lists(self) -> Path:
        """Return the folder of the signed lists, of which the public ones are copies (`authority.lists`)."""
        return self.public.with_name("lists")

    @property
    def keys_of_responders(self) -> SigningKeys:
        """Return the keeper of the responders' keys."""
        return self.responder_keys or self.keys
