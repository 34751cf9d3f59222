import pytest

from openjpki.desk.messages import CertificateOrder
from openjpki.rules.kinds import CertificateKind
from openjpki.window.examination import Shown
from openjpki.window.outcomes import Outcome, ProcedureRefused
from tests.unit.window.counter import BY_PIN, HANAKO, HEADER, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])
AGREED = Shown(pin_matches=True, kana_agreed=True)
AUTHENTICATION = CertificateKind.AUTHENTICATION


def named(counter: Counter, name: str, kana: str = "ナガヤマ\u3000ハナコ", town: str = "若葉市") -> Counter:
    """Enter a person of a name, and hand a card over."""
    line = f"{HANAKO},{name},{kana},見本県{town}一丁目2番3号,1990-06-10,女,2015-04-01"
    counter.window.residents.import_csv(WAKABA, f"{HEADER}\n{line}\n")
    counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=counter.card)
    return counter


def issue(counter: Counter, shown: Shown, *kinds: CertificateKind) -> Outcome:
    """Apply for a new issue."""
    asked = kinds or tuple(CertificateKind)
    return counter.window.procedures.new_issue(
        WAKABA, resident_code=HANAKO, card=counter.card, shown=shown, kinds=asked
    )


def readings(counter: Counter) -> dict[CertificateKind, str | None]:
    """Return which reading each order brought."""
    return {one.kind: one.name_reading for one in counter.desk.sent if isinstance(one, CertificateOrder)}


def test_a_name_in_kana_needs_the_holders_word(counter: Counter) -> None:
    """R-1.9: refused until the holder agrees; then it is told, recorded, and the reading goes with the signature order."""
    named(counter, "㐬山\u3000花子")
    with pytest.raises(ProcedureRefused) as refused:
        issue(counter, BY_PIN)
    assert [finding.code for finding in refused.value.findings] == ["window.kana-not-agreed"]
    assert "了承を得たら、もう一度受け付けてください(`--kana-agreed`)。" in refused.value.findings[0].bring_ja
    assert "`--kana-agreed`" in refused.value.findings[0].bring_en

    done = issue(counter, AGREED)
    assert done.done
    assert [finding.code for finding in done.application.findings] == ["characters.in-kana"]
    assert audited("application.accepted")[0].data["kana_agreed"] is True
    assert readings(counter) == {CertificateKind.SIGNATURE: "ナガヤマ\u3000ハナコ", AUTHENTICATION: None}


def test_the_authentication_certificate_carries_no_name(counter: Counter) -> None:
    """R-1.9: it is issued without a word about characters."""
    done = issue(named(counter, "㐬山\u3000花子"), BY_PIN, AUTHENTICATION)

    assert (done.done, done.application.findings) == (True, ())


def test_substitutes_are_told_and_need_no_reading(counter: Counter) -> None:
    """R-1.9: what our table writes is advice; what needs nothing is not told, and agreed to or not no reading goes out."""
    done = issue(named(counter, "髙山\u3000花子"), AGREED)

    assert [finding.code for finding in done.application.findings] == ["characters.substituted"]
    assert set(readings(counter).values()) == {None}


@pytest.mark.parametrize(
    ("name", "kana", "town", "code"),
    [
        ("㐬山\u3000花子", "ナガヤマ", "若葉市", "characters.bad-reading"),
        ("見本\u3000花子", "ミホン\u3000ハナコ", "㐬市", "characters.no-substitute"),
    ],
)
def test_what_cannot_be_written_is_refused_at_the_counter(
    counter: Counter, name: str, kana: str, town: str, code: str
) -> None:
    """R-1.9: with the authority's code, before anything goes to it."""
    named(counter, name, kana, town)
    with pytest.raises(ProcedureRefused) as refused:
        issue(counter, AGREED)

    assert [finding.code for finding in refused.value.findings] == [code]
    assert readings(counter) == {}


def test_a_reading_is_of_the_register_as_it_stands(counter: Counter) -> None:
    """R-1.9: interrupted before the order, the reading is taken when the order is made, and stands in it then."""
    named(counter, "㐬山\u3000花子").card.fails.add("generate_key")
    receipt = issue(counter, AGREED).application.receipt
    counter.card.fails.clear()

    assert counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card).done
    assert readings(counter)[CertificateKind.SIGNATURE] == "ナガヤマ\u3000ハナコ"
