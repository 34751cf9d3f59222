from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from openjpki.card.imagefile import from_bytes, to_bytes
from openjpki.card.pins import CodeKind, PinName
from openjpki.rules.kinds import PinKind
from tests.unit.card.cards import Bench, stored

A, B, BORN = "992010000222", "63022920352285", "630229"


@dataclass(frozen=True)
class Secret:
    """One reference of an application: its value on the holder's card, its limit, the command that changes it."""

    value: str
    limit: int
    change: str = ""


@dataclass(frozen=True)
class App:
    """One application as docs/card.md tells it: what opens each file, references, records, keys and what their use needs."""

    aid: str
    files: dict[int, set[int] | None]
    secrets: dict[int, Secret]
    records: frozenset[int] = frozenset()
    keys: dict[int, int] = field(default_factory=dict)
    """Key file → the reference it needs; 0 for none, -1 for a key that answers challenges instead."""
    default_key: bool = False
    others: frozenset[int] = frozenset()


CHANGE, CHANGE_KEY = "00 24 01", "80 32 00"
APPS = (
    App(
        aid="D392F000260100000001",
        files={1: {0x1B}, 2: None, 6: None, 8: None, 9: set(), 0xA: None, 0xB: None},
        secrets={0x18: Secret("1234", 3, CHANGE), 0x1B: Secret("ABC123", 5, CHANGE)},
        keys={0x17: 0x18, 0x1A: 0x1B},
        others=frozenset({0x16}),
    ),
    App(
        aid="D3921000310001010100",
        files={},
        secrets={0x1C: Secret("4567", 3, CHANGE_KEY)},
        records=frozenset({1, 2}),
        keys={0x19: -1},
    ),
    App(
        aid="D3921000310001010401",
        files={},
        secrets={0x1C: Secret("2345", 3, CHANGE_KEY)},
        records=frozenset({2}),
    ),
    App(
        aid="D3921000310001010402",
        files={1: {0x11}, 2: {0x12, 0x13}, 3: None, 4: None, 5: {0x13}, 6: {0x12, 0x13}},
        secrets={0x11: Secret(BORN, 10), 0x12: Secret(B, 10), 0x13: Secret(A, 10)},
        default_key=True,
    ),
    App(
        aid="D3921000310001010408",
        files={
            1: {0x11, 0x14},
            2: {0x11, 0x15},
            3: {0x11, 0x14, 0x15},
            4: None,
            5: None,
            6: {0x11, 0x14, 0x15},
            7: {0x11, 0x14, 0x15},
            8: set(),
        },
        secrets={0x11: Secret("3456", 3, CHANGE), 0x12: Secret("", 10), 0x14: Secret(A, 10), 0x15: Secret(B, 10)},
        keys={0x13: 0},
        default_key=True,
    ),
)
NAMES: dict[str, dict[int, PinName]] = {
    APPS[0].aid: {0x18: PinKind.AUTHENTICATION, 0x1B: PinKind.SIGNATURE},
    APPS[1].aid: {0x1C: CodeKind.COMMON},
    APPS[2].aid: {0x1C: PinKind.RESIDENT_RECORD},
    APPS[3].aid: {0x11: CodeKind.VISUAL_BIRTH_DATE, 0x12: CodeKind.VISUAL_B, 0x13: CodeKind.VISUAL_A},
    APPS[4].aid: {
        0x11: PinKind.CARD_FACE_ENTRY,
        0x12: CodeKind.TEXT_UNUSED,
        0x14: CodeKind.TEXT_A,
        0x15: CodeKind.TEXT_B,
    },
}
"""How the image calls each reference."""
identifiers = st.one_of(st.sampled_from([0x01, 0x02, 0x11, 0x13, 0x17, 0x19, 0x1C]), st.integers(1, 0x1E))
values = st.sampled_from(["1234", "ABC123", "4567", "2345", "3456", "9999", "5678", A, B, BORN])


class EveryApplication(RuleBasedStateMachine):
    """A model of the whole card: what is selected, what is verified, and every counter of tries."""

    def __init__(self) -> None:
        super().__init__()
        self.card = Bench(stored("holder"))
        self.app: App | None = None
        self.verified: set[int] = set()
        self.values = {(app.aid, number): one.value for app in APPS for number, one in app.secrets.items()}
        self.tries = {
            (app.aid, number): one.limit if one.value else 0 for app in APPS for number, one in app.secrets.items()
        }
        self.challenges: set[str] = set()

    @initialize()
    def begin(self) -> None:
        """After power-on nothing is selected."""
        assert self.card.ask("00 B0 81 00 00") == "6986"

    @rule(app=st.sampled_from(APPS))
    def select(self, app: App) -> None:
        """Selecting an application, the current one too, forgets what was verified."""
        assert self.card.ask(f"00 A4 04 0C 0A {app.aid}") == "9000"
        self.app, self.verified = app, set()

    @rule(power=st.booleans())
    def leave(self, *, power: bool) -> None:
        """The issuer domain and a power cut leave the application; counters stay."""
        if power:
            self.card.power_on_again()
        else:
            assert self.card.ask("00 A4 04 00 07 A0000001510000") == "9000"
        self.app, self.verified = None, set()

    @rule(number=identifiers)
    def select_file(self, number: int) -> None:
        """An EF is selected whether it may be read or not."""
        answer = self.card.ask(f"00 A4 02 0C 02 {number:04X}")
        assert answer == ("6986" if self.app is None else "9000" if number in self._all() else "6A82")

    @rule(number=identifiers)
    def query(self, number: int) -> None:
        """The retry query tells the tries, verified or not."""
        self._expect(f"00 20 00 {0x80 | number:02X}", self._reference_or(number, self._counter))

    @rule(number=identifiers, value=values)
    def verify(self, number: int, value: str) -> None:
        """A hit restores the tries, a miss spends one and forgets; a locked reference stays locked."""
        expected = self._reference_or(number, lambda at: self._shown(at, value))
        data = value.encode().hex()
        self._expect(f"00 20 00 {0x80 | number:02X} {len(value):02X} {data}", expected)

    @rule(number=identifiers, value=values, command=st.sampled_from([CHANGE, CHANGE_KEY]))
    def change(self, number: int, value: str, command: str) -> None:
        """A verified reference is changed by its own command, to a value of its length."""
        expected = self._reference_or(number, lambda at: self._changed(at, value, command))
        data = value.encode().hex()
        self._expect(f"{command} {0x80 | number:02X} {len(value):02X} {data}", expected)

    @rule(number=identifiers)
    def read(self, number: int) -> None:
        """READ BINARY: data behind what opens them, 6981 for what has none, never an answer without data."""
        if self.app is None:
            expected = "6986"
        elif number in self.app.files:
            opened_by = self.app.files[number]
            expected = "9000" if opened_by is None or opened_by & self.verified else "6982"
        else:
            expected = "6981" if number in self._all() else "6A82"
        answer = self._expect(f"00 B0 {0x80 | number:02X} 00 00", expected)
        assert (len(answer) > 4) == (expected == "9000")

    @rule(number=identifiers, record=st.integers(0, 2))
    def read_record(self, number: int, record: int) -> None:
        """READ RECORD: the one record of a record file."""
        if self.app is None:
            expected = "6986"
        elif number in self.app.records:
            expected = "9000" if record == 1 else "6A83"
        else:
            expected = "6981" if number in self._all() else "6A82"
        self._expect(f"00 B2 {record:02X} {number << 3 | 4:02X} 00", expected)

    @rule(number=st.one_of(st.just(0), identifiers))
    def sign(self, number: int) -> None:
        """A key signs after its reference, or without one; a key for challenges never does."""
        self._expect(f"80 2A 02 {0x80 | number if number else 0:02X} 20 {'00' * 32} 00", self._signing(number))

    @rule(number=identifiers)
    def authenticate(self, number: int) -> None:
        """One key answers challenges; those behind a PIN refuse even after it."""
        if self.app is None:
            expected = "6986"
        else:
            needed = self.app.keys.get(number)
            expected = {None: "6A88", -1: "9000", 0: "6985"}.get(needed, "6982")
        self._expect(f"00 88 00 {0x80 | number:02X} 01 00 00", expected)

    @rule(count=st.integers(8, 255))
    def challenge(self, count: int) -> None:
        """In any state, and never the same."""
        answer = self.card.ask(f"00 84 00 00 {count:02X}")
        assert (answer[-4:], len(answer)) == ("9000", 2 * count + 4)
        assert answer[:16] not in self.challenges
        self.challenges.add(answer[:16])

    @rule(tag=st.sampled_from(["0045", "00F0", "5F51", "0001"]))
    def tell(self, tag: str) -> None:
        """GET DATA after power-on; inside an application the ATR alone."""
        told = tag == "5F51" or (self.app is None and tag != "0001")
        self._expect(f"00 CA {tag} 00", "9000" if told else "6A88")

    @invariant()
    def counters_are_durable(self) -> None:
        """What the model counts is what a power cut leaves."""
        for app in APPS:
            for number in app.secrets:
                name = NAMES[app.aid][number]
                assert self.card.durable.pins[name].tries == self.tries[app.aid, number]

    def teardown(self) -> None:
        """Nothing but references and challenges changed, and the card is whole."""
        before, after = stored("holder"), self.card.durable
        assert (after.face, after.keys, after.channel, after.permitted) == (
            before.face,
            before.keys,
            before.channel,
            before.permitted,
        )
        assert after.challenges == len(self.challenges)
        assert from_bytes(to_bytes(after)) == after

    def _all(self) -> set[int]:
        assert self.app is not None
        return {*self.app.files, *self.app.secrets, *self.app.records, *self.app.keys, *self.app.others}

    def _reference_or(self, number: int, then: Callable[[tuple[str, int]], str]) -> str:
        if self.app is None:
            return "6986"
        if number not in self.app.secrets:
            return "6A88"
        return then((self.app.aid, number))

    def _counter(self, at: tuple[str, int]) -> str:
        return f"63C{self.tries[at]:X}"

    def _shown(self, at: tuple[str, int], value: str) -> str:
        assert self.app is not None
        self.verified.discard(at[1])
        if not self.tries[at]:
            return "6984"
        if value == self.values[at]:
            self.tries[at] = self.app.secrets[at[1]].limit
            self.verified.add(at[1])
            return "9000"
        self.tries[at] -= 1
        return self._counter(at)

    def _changed(self, at: tuple[str, int], value: str, command: str) -> str:
        assert self.app is not None
        secret = self.app.secrets[at[1]]
        if at[1] not in self.verified or secret.change != command:
            return "6982"
        fits = 6 <= len(value) <= 16 if at[1] == 0x1B else len(value) == 4
        if not fits:
            return "6700"
        self.values[at], self.tries[at] = value, secret.limit
        return "9000"

    def _signing(self, number: int) -> str:
        if self.app is None:
            return "6986"
        if not number:
            return "9000" if self.app.default_key else "6A86"
        needed = self.app.keys.get(number)
        if needed is None:
            return "6A88"
        if needed == -1:
            return "6985"
        return "9000" if not needed or needed in self.verified else "6982"

    def _expect(self, command: str, expected: str) -> str:
        answer = self.card.ask(command)
        assert answer[-4:] == expected, command
        return answer


TestEveryApplication = EveryApplication.TestCase
TestEveryApplication.settings = settings(stateful_step_count=40)
