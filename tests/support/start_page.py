"""An invented start page with every part filled, for the tests of its template and of its look."""

from datetime import UTC, date, datetime

from openjpki.errors import Language
from openjpki.rules.dates import JST
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, RevocationReason
from openjpki.site.start_page import (
    AuthorityEntry,
    CardEntry,
    CertificateEntry,
    Command,
    Link,
    MunicipalityEntry,
    ResidentEntry,
    ResponderEntry,
    RevocationListEntry,
    StartPage,
    Story,
    StoryStep,
    ocsp_command,
)

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
NOW = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)

CARD_OF_THE_STORY = CardEntry(
    name="sakura",
    state=CardState.EXPIRED,
    expires=date(2026, 11, 22),
    certificates=(
        CertificateEntry(
            kind=SIGNATURE,
            serial=2,
            state=CertificateState.REVOKED,
            issued=date(2016, 11, 28),
            expires=date(2021, 11, 22),
            ended=date(2018, 4, 12),
            reason=RevocationReason.AFFILIATION_CHANGED,
            href="/files/sakura/signature-2.cer",
        ),
        CertificateEntry(
            kind=AUTHENTICATION,
            serial=2,
            state=CertificateState.SUPERSEDED,
            issued=date(2016, 11, 28),
            expires=date(2021, 11, 22),
            ended=date(2021, 8, 23),
            reason=RevocationReason.SUPERSEDED,
            href="/files/sakura/authentication-2.cer",
        ),
        CertificateEntry(
            kind=SIGNATURE,
            serial=3,
            state=CertificateState.SUPERSEDED,
            issued=date(2018, 4, 17),
            expires=date(2021, 11, 22),
            ended=date(2021, 8, 23),
            reason=RevocationReason.SUPERSEDED,
            href="/files/sakura/signature-3.cer",
        ),
        CertificateEntry(
            kind=SIGNATURE,
            serial=5,
            state=CertificateState.EXPIRED,
            issued=date(2021, 8, 23),
            expires=date(2026, 11, 22),
            href="/files/sakura/signature-5.cer",
        ),
        CertificateEntry(
            kind=AUTHENTICATION,
            serial=5,
            state=CertificateState.EXPIRED,
            issued=date(2021, 8, 23),
            expires=date(2026, 11, 22),
            href="/files/sakura/authentication-5.cer",
        ),
    ),
)

STATES = tuple(
    CertificateEntry(
        kind=AUTHENTICATION, serial=20 + number, state=state, issued=date(2024, 2, 29), expires=date(2029, 2, 28)
    )
    for number, state in enumerate(
        (CertificateState.VALID, CertificateState.HELD, CertificateState.PREPARED, CertificateState.UNDELIVERED)
    )
)


def _story(language: Language) -> Story:
    japanese = language == "ja"
    return Story(
        transcript=Link(text="transcript.json", href="/files/story/transcript.json"),
        steps=(
            StoryStep(
                at=datetime(2016, 11, 28, 10, 0, tzinfo=JST),
                title="カードの交付と電子証明書の発行"
                if japanese
                else "The card is handed over, with both certificates",
                sentences=(
                    "髙橋　さくらさんが若葉市の窓口でカードを受け取り、署名用と利用者証明用の電子証明書の発行を受けました。"
                    if japanese
                    else "Sakura Takahashi receives her card at Wakaba's counter, and both certificates are issued to it.",
                    "初めての発行なので、手数料はかかりません。" if japanese else "The first issue is free of charge.",
                ),
                outcomes=(
                    "2枚の電子証明書は2021年11月22日の終わりまで有効"
                    if japanese
                    else "Both certificates are valid through 22 November 2021",
                ),
                rules=("R-2.1", "R-3.1", "R-3.3", "R-4.1"),
                artefacts=(
                    Link(text="signature-2.cer", href="/files/sakura/signature-2.cer"),
                    Link(text="authentication-2.cer", href="/files/sakura/authentication-2.cer"),
                ),
            ),
            StoryStep(
                at=datetime(2016, 12, 7, 20, 30, tzinfo=JST),
                title="請求書への電子署名" if japanese else "An application is signed",
                sentences=(
                    "カードで、4ページの PDF の請求書に電子署名をしました。"
                    if japanese
                    else "She signs a four-page PDF application with the card.",
                ),
                outcomes=(
                    "署名は TOTAL-PASSED、文書全体を対象としている"
                    if japanese
                    else "TOTAL-PASSED, and the whole file is covered",
                    "OCSP の答えは good" if japanese else "OCSP answers good",
                ),
                rules=("R-0.3",),
                artefacts=(Link(text="application-signed.pdf", href="/files/story/application-signed.pdf"),),
            ),
            StoryStep(
                at=datetime(2018, 4, 12, 11, 15, tzinfo=JST),
                title="引っ越しによる失効" if japanese else "A move ends the signature certificate",
                sentences=(
                    "みなと市への転入を届け出ると、住所が変わるため、署名用電子証明書が失効しました。"
                    if japanese
                    else "She reports her move to Minato. Her address changes, so the signature certificate is revoked.",
                ),
                outcomes=(
                    "失効リストの理由は affiliationChanged"
                    if japanese
                    else "The revocation list says affiliationChanged",
                    "利用者証明用電子証明書は有効のまま" if japanese else "The authentication certificate stays valid",
                ),
                rules=("R-5.1", "R-5.2", "R-5.9"),
                artefacts=(Link(text="signature-wakaba.crl", href="/files/story/signature-wakaba.crl"),),
            ),
            StoryStep(
                at=datetime(2026, 11, 23, 0, 0, tzinfo=JST),
                title="有効期間の満了" if japanese else "Everything expires",
                sentences=(
                    "10回目の誕生日が終わり、カードと電子証明書の有効期間が満了しました。"
                    if japanese
                    else "The tenth birthday is over: the card and its certificates have expired.",
                ),
                outcomes=(),
                rules=(),
            ),
        ),
    )


def demo_page(language: Language = "ja") -> StartPage:
    """Return a page with residents with and without cards, every state, and a story of four steps."""
    japanese = language == "ja"
    return StartPage(
        language=language,
        other_language_href="/?lang=en" if japanese else "/?lang=ja",
        version="0.1.0",
        now=NOW,
        clock_shifted=False,
        municipalities=(
            MunicipalityEntry(
                code="99201", prefecture="見本県", name="若葉市", romaji="Mihon-ken, Wakaba-shi", residents=2
            ),
            MunicipalityEntry(
                code="99202", prefecture="見本県", name="みなと市", romaji="Mihon-ken, Minato-shi", residents=1
            ),
        ),
        residents=(
            ResidentEntry(
                code="99000000001",
                name="髙橋　さくら",
                birth_date=date(1994, 11, 22),
                municipality="みなと市",
                cards=(CARD_OF_THE_STORY,),
            ),
            ResidentEntry(
                code="99000000002",
                name="若木　一郎",
                birth_date=date(1989, 1, 7),
                municipality="若葉市",
                cards=(
                    CardEntry(name="ichiro", state=CardState.ACTIVE, expires=date(2034, 1, 7), certificates=STATES),
                    CardEntry(name="ichiro-lost", state=CardState.SUSPENDED, expires=date(2034, 1, 7), certificates=()),
                ),
            ),
            ResidentEntry(
                code="99000000003", name="双葉　ひなた", birth_date=date(2019, 5, 1), municipality="若葉市", cards=()
            ),
        ),
        authorities=tuple(
            AuthorityEntry(
                kind=kind,
                generation=generation,
                subject=f"C=JP, O=JPKI-TEST, OU=JPKI for {purpose}, OU=not issued by J-LIS",
                not_before=date(2016 + 5 * (generation - 1), 11, 24),
                not_after=date(2026 + 5 * (generation - 1), 11, 23),
                fingerprint=":".join(f"{(17 * number * generation) % 256:02X}" for number in range(32)),
                files=tuple(
                    Link(
                        text=f"{kind.value}-ca-{generation}.{form}",
                        href=f"/files/ca/{kind.value}-ca-{generation}.{form}",
                    )
                    for form in ("cer", "pem")
                ),
            )
            for kind, purpose in ((SIGNATURE, "digital signature"), (AUTHENTICATION, "user authentication"))
            for generation in (1, 2)
        ),
        revocation_lists=tuple(
            RevocationListEntry(
                kind=kind,
                generation=2,
                municipality=municipality,
                number=3652 + number,
                this_update=datetime(2026, 11, 22, 15, 0, tzinfo=UTC),
                next_update=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
                entries=number,
                href=f"/files/crl/{kind.value}-{number}.crl",
            )
            for number, (kind, municipality) in enumerate(
                (kind, municipality) for kind in CertificateKind for municipality in ("若葉市", "みなと市")
            )
        ),
        responders=tuple(
            ResponderEntry(
                kind=kind,
                url=f"http://127.0.0.1:8780/ocsp/{kind.value}",
                command=ocsp_command(
                    issuer_file=f"{kind.value}-ca-2.pem",
                    certificate_file=f"{kind.value}-5.cer",
                    url=f"http://127.0.0.1:8780/ocsp/{kind.value}",
                ),
            )
            for kind in CertificateKind
        ),
        story=_story(language),
        next_commands=(
            Command(
                sentence="署名された請求書を検証する" if japanese else "Verify the signed application",
                line="openjpki verify home/story/application-signed.pdf",
            ),
            Command(
                sentence="更新できる期間を規則に尋ねる" if japanese else "Ask the rules when a renewal is possible",
                line="openjpki rules renewal-window --expires 2026-11-22",
            ),
            Command(sentence="カードの一覧を見る" if japanese else "List the cards", line="openjpki card list"),
        ),
    )


def empty_page(language: Language = "ja") -> StartPage:
    """Return the page of a home in which nothing has happened yet, with a shifted clock."""
    return StartPage(
        language=language,
        other_language_href="/",
        version="0.1.0",
        now=NOW,
        clock_shifted=True,
        municipalities=(),
        residents=(),
        authorities=(),
        revocation_lists=(),
        responders=(),
        story=None,
        next_commands=(),
    )
