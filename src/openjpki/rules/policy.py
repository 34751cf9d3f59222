"""Every ruling is a field here: where the page contradicts itself or the law is silent, a municipality chooses.

Each field carries its R-number, its certainty mark (C confirmed, I inferred, U unknown) and its source as metadata;
`docs/rules.md` holds the same register in words. CF-n are the conflicts and gaps of the page, listed there too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Annotated, Any, Literal, get_args, get_type_hints

from openjpki.rules.kinds import ApprovalGround, FeeReason, PinKind, RevocationReason
from openjpki.rules.settings import (
    DAYS,
    HOURS,
    MONTHS,
    NOTICE_MONTHS,
    PAPER_YEARS,
    YEARS,
    YEN,
    BadSetting,
    Calendar,
    Closure,
    FeeRow,
    Form,
    Hours,
    Office,
    Setting,
    UnknownSetting,
    form_of,
    members,
)

CARD_REMADE_YEN = 800
"""Re-making the card itself through the holder's fault or loss (R-4.1)."""

CERTIFICATES_YEN = 200
"""What one card's certificates cost together where they are not free (R-4.1, S-18)."""

EXPRESS_YEN = 1000
"""What 特急発行 costs on top (R-4.1)."""

_WEEKEND = frozenset({5, 6})
_OFFICE_HOURS = Hours(time(8, 45), time(17, 15))
_KIOSK_HOURS = Hours(time(6, 30), time(23))
_OFFICE_CALENDAR = Calendar(weekdays=_WEEKEND, holidays=True, closures=(Closure((12, 29), (1, 3)),))
_TERMINAL = Office(code="terminal", hours=Hours(time(8, 30), time(17, 15)), calendar=Calendar(weekdays=_WEEKEND))
_CONVENIENCE = Office(code="convenience", hours=_KIOSK_HOURS, calendar=Calendar(closures=(Closure((12, 29), (1, 3)),)))
_CONTACT = (
    "茨木市 市民文化部 市民課 〒567-8505 大阪府茨木市駅前三丁目8番13号 茨木市役所本館1階(1~5番-1・2窓口) "
    "電話 072-620-1621 E-mail shimin@city.ibaraki.lg.jp 市ウェブサイトのメールフォーム"
)
_ALL_PINS = tuple(PinKind)
_HEALTH_INSURANCE_CARD_END = date(2025, 12, 1)


def _fee_rows(certificates: int) -> tuple[FeeRow, ...]:
    """Return the table of R-4.1.

    Renewals and issues after expiry, also those with a new card near its end, cost `certificates` yen.
    """
    return (
        FeeRow(FeeReason.FIRST, 0),
        FeeRow(FeeReason.RENEWAL, certificates),
        FeeRow(FeeReason.AFTER_EXPIRY, certificates),
        FeeRow(FeeReason.ATTRIBUTES_CHANGED, 0),
        FeeRow(FeeReason.CARD_LOST, CARD_REMADE_YEN + CERTIFICATES_YEN),
        FeeRow(FeeReason.CARD_DAMAGED, CARD_REMADE_YEN + CERTIFICATES_YEN),
        FeeRow(FeeReason.CARD_DISASTER, 0),
        FeeRow(FeeReason.CARD_STOLEN, 0),
        FeeRow(FeeReason.OFFICE_ERROR, 0),
        FeeRow(FeeReason.CARD_NEAR_EXPIRY, certificates),
        FeeRow(FeeReason.CARD_FACE_FULL, 0),
        FeeRow(FeeReason.NUMBER_CHANGED, 0),
        FeeRow(FeeReason.RETURNED_ON_LEAVING, 0),
        FeeRow(FeeReason.ADOPTION_OR_SEX, 0),
        FeeRow(FeeReason.CONTINUED_USE_MISSED, CARD_REMADE_YEN + CERTIFICATES_YEN),
        FeeRow(FeeReason.STAY_MISSED, CARD_REMADE_YEN + CERTIFICATES_YEN),
    )


_FREE_RENEWAL = _fee_rows(0)
_KEY_COMPROMISE = RevocationReason.KEY_COMPROMISE
_CESSATION = RevocationReason.CESSATION_OF_OPERATION
_AFFILIATION = RevocationReason.AFFILIATION_CHANGED
_UNSPECIFIED = RevocationReason.UNSPECIFIED


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rulings of one municipality. The defaults are the preset `national`."""

    # --- who may
    accept_via_other_municipality: Annotated[bool, Setting("R-1.1", "U", "the Act art. 3(10)")] = False
    """True: a resident of another municipality may apply here."""
    age_rule: Annotated[Literal["birthday", "eve"], Setting("R-1.4", "I", "民法143")] = "birthday"
    """Whether an age is reached on the birthday, or counts for the whole day before it."""
    ward_sign_if_accompanied: Annotated[bool, Setting("R-1.7, CF-6", "C", "S-08; sources differ: 松山市")] = False
    """True: an adult ward who comes with the legal representative may get a signature certificate."""
    under15_sign_if_accompanied: Annotated[bool, Setting("R-1.3, R-1.7", "C", "S-08; sources differ: 松山市")] = False
    """True: a person under 15 who comes with the legal representative may get a signature certificate."""
    revoke_on_guardianship: Annotated[bool, Setting("R-1.7", "U", "none")] = False
    """True: registering a guardianship ends the signature certificate; false: the window only warns."""
    expired_card_route: Annotated[Literal["new_card"], Setting("R-1.2, CF-8", "C", "S-07, S-55")] = "new_card"
    """A card past its validity: the certificate route is closed, a new card is needed."""

    # --- identity and routes
    same_day_identity: Annotated[Literal["pin_or_id", "pin"], Setting("R-2.20, CF-3", "C", "S-13, S-14")] = "pin_or_id"
    """What an applicant in person needs for an issue on the same day: a matching PIN or a document, or the PIN."""
    agent_one_visit_renewal: Annotated[bool, Setting("R-2.23, CF-5", "C", "S-46 to S-54; 桜川市")] = True
    """True: a voluntary agent with the sealed form that came with the notice renews in one visit."""
    agent_first_visit_mandate: Annotated[bool, Setting("R-2.24", "U", "sources differ: 大阪狭山市, 国立市")] = False
    """True: a voluntary agent must bring a 委任状 on the first visit."""
    agent_revocation_mandate: Annotated[bool, Setting("R-2.5", "U", "none")] = True
    """True: a voluntary agent who asks for a revocation must bring a 委任状."""
    inquiry_reply_days: Annotated[int, Setting("R-2.24", "U", "京都市 (a term exists)", DAYS)] = 30
    """Days within which the reply to a 照会書 counts; the last day is counted, a closed one moves on."""
    inquiry_letter_days: Annotated[
        int, Setting("R-2.24", "I", "津市, 国立市, 京都市 (sent 2 to 3 days later)", DAYS)
    ] = 3
    """Days from the first visit before which no reply to a 照会書 can be brought: it goes by ordinary mail."""
    inquiry_reply_holder_document: Annotated[
        bool, Setting("R-2.24", "C", "sources differ: 国立市, 菊池市, 大阪狭山市 ask for one")
    ] = False
    """True: an agent who brings the reply also brings an identity document of the holder."""
    guardianship_certificate_months: Annotated[
        int, Setting("R-2.22", "C", "where stated: 富士宮市, 波佐見町, 能代市", MONTHS)
    ] = 3
    """Months from its day of issue for which a 登記事項証明書 counts; 0 = no term."""
    family_register_certificate_months: Annotated[int, Setting("R-2.22", "U", "none", MONTHS)] = 0
    """Months from its day of issue for which a 戸籍全部事項証明書 counts; 0 = no term."""
    mandate_months: Annotated[int, Setting("R-2.24", "U", "none", MONTHS)] = 0
    """Months from its date for which a 委任状 counts; 0 = no term."""
    second_person_for: Annotated[tuple[ApprovalGround, ...], Setting("R-2.27", "U", "none")] = ()
    """On which grounds a second person of the office approves an application before anything is issued or done."""
    protected_address_to_legal_representative: Annotated[bool, Setting("R-2.26", "U", "none")] = False
    """True: a legal representative is shown the address of a holder under 支援措置."""
    audit_retention_years: Annotated[int, Setting("R-2.26", "I", "old 施行令 art. 2–6 (ten years)", YEARS)] = 10
    """Years for which the audit record is kept, counted from the day of the record."""
    paper_retention_years: Annotated[int, Setting("R-2.26", "U", "none", PAPER_YEARS)] = 10
    """Years for which applications, mandates and replies to inquiry letters are kept, from the day after they came."""
    copy_retention_years: Annotated[int, Setting("R-2.26", "U", "none", PAPER_YEARS)] = 10
    """Years for which copies of the documents shown are kept, from the day after they were taken."""
    health_insurance_card_accept_until: Annotated[
        date | None, Setting("R-2.21, CF-9", "I", "S-44, S-62; 番号法等改正 (2024-12-02)")
    ] = _HEALTH_INSURANCE_CARD_END
    """Last day on which a 健康保険証 counts as a document of list B; None = no last day."""
    notice_opens_window: Annotated[bool, Setting("R-7.1, CF-11", "C", "S-33")] = False
    """True: a notice in hand opens the renewal before its window."""
    notice_required: Annotated[bool, Setting("R-2.20, R-7.1, CF-11", "C", "S-40, S-50")] = False
    """True: no renewal without the notice."""
    card_first_if_same_expiry: Annotated[bool, Setting("R-7.5, CF-12", "I", "茨木市 page 60002")] = True
    """True: where card and certificate end together, the card is re-made first."""

    # --- until when
    auth_expiry_caps: Annotated[
        Literal["sign_only", "both"], Setting("R-3.1, R-3.2, CF-4", "C", "S-20; 東村山市, 阿見町")
    ] = "sign_only"
    """Which certificates end no later than a living authentication certificate."""
    early_renewal_birthdays: Annotated[Literal[5, 6], Setting("R-3.3, CF-10", "C", "東村山市, 東金市")] = 6
    """Which birthday ends a certificate that replaces one with less than three months to go."""
    expiry_day_birthdays: Annotated[Literal[5, 6], Setting("R-3.4, CF-2", "U", "none")] = 5
    """The same, where the issue falls on the old expiry day and that day is the birthday."""
    feb29_validity_birthday: Annotated[
        Literal["02-28", "03-01"], Setting("R-3.9, CF-14", "I", "pattern of 道路交通法")
    ] = "02-28"
    """The validity birthday of a person born on 29 February, in a common year."""
    renewal_window_start: Annotated[
        Literal["day_after", "same_day"], Setting("R-3.8, CF-1", "C", "S-24, S-31, S-32; 練馬区")
    ] = "day_after"
    """Whether the window opens on the day after the day three months before, or on that day."""
    renewal_last_day_offset: Annotated[Literal[0, -1], Setting("R-3.8, CF-2", "C", "S-31, S-32; 春日井市")] = 0
    """Days from the expiry to the last day of the window."""
    missing_day_rule: Annotated[Literal["first_of_next_month"], Setting("R-3.8, CF-14", "C", "練馬区")] = (
        "first_of_next_month"
    )
    """Where the window opens if the day three months before does not exist."""
    expired_is_revoked: Annotated[bool, Setting("R-3.10, CF-8", "I", "S-35")] = False
    """True: a certificate that reached its expiry counts as revoked (失効), as the page says."""

    insurance_grace_end: Annotated[
        Literal["month_end", "same_day"], Setting("R-3.11", "C", "多摩市, 厚生労働省; sources differ")
    ] = "month_end"
    """Whether the three months after an expiry run from the end of its month, or from its day."""

    # --- what it costs, when and where
    fee_table: Annotated[tuple[FeeRow, ...], Setting("R-4.1, CF-7", "C", "S-18, S-27; JPKI portal, 松山市")] = (
        _FREE_RENEWAL
    )
    """What each case costs, card and certificates together. The two cases of R-4.2 stand apart."""
    fee_after_own_revocation: Annotated[int, Setting("R-4.2", "U", "none", YEN)] = CERTIFICATES_YEN
    """Yen for a re-issue after the holder's own 失効申請."""
    fee_after_hold_found: Annotated[int, Setting("R-4.2", "U", "JPKI portal (ask the municipality)", YEN)] = 0
    """Yen for a re-issue after a hold, the card being found again."""
    fee_express_surcharge: Annotated[int, Setting("R-4.1", "I", "国分寺市, 善通寺市 (2,000 in all)", YEN)] = EXPRESS_YEN
    """Yen on top for a card made in a week (特急発行), where the re-making costs anything."""
    refund_on_void: Annotated[Literal["before_hand_over", "office_fault"], Setting("R-4.2", "U", "none")] = (
        "before_hand_over"
    )
    """When a fee is paid back: whenever nothing was handed over, or only where the office or the authority erred."""
    office_hours: Annotated[Hours, Setting("R-4.4", "C", "S-12, S-38")] = _OFFICE_HOURS
    """Hours of the main office."""
    office_calendar: Annotated[Calendar, Setting("R-4.4", "C", "S-12, S-38; 祝日法")] = _OFFICE_CALENDAR
    """Closed days of the main office."""
    branch_offices: Annotated[tuple[Office, ...], Setting("R-4.4", "C", "one calendar per office")] = ()
    """Other offices by code, with hours and calendar of their own."""
    terminal_hours: Annotated[Office, Setting("R-4.5", "U", "倶知安町 (old)")] = _TERMINAL
    """When the authority's terminal answers."""
    convenience_service: Annotated[Office, Setting("R-4.6", "C", "甲賀市, 下呂市")] = _CONVENIENCE
    """When コンビニ交付 is open; days of maintenance are closed days of its calendar."""
    office_place: Annotated[str, Setting("R-4.8", "C", "S-11, S-37")] = "茨木市役所 南館9階"
    """Where applications and renewals are taken."""
    office_contact: Annotated[str, Setting("R-2.29, R-4.9", "C", "S-64 to S-70")] = _CONTACT
    """Whom to ask."""

    # --- what ends a certificate
    administrative_renaming_lapses_sign: Annotated[bool, Setting("R-5.23", "U", "南足柄市 (old card)")] = False
    """True: a renamed address ends the signature certificate like a move."""
    name_annotation_lapses_sign: Annotated[bool, Setting("R-5.23", "I", "written in the field of the name")] = True
    """True: adding, changing or removing 旧氏 or 通称 ends the signature certificate."""
    furigana_lapses_sign: Annotated[bool, Setting("R-5.23", "I", "not one of the four attributes")] = False
    """True: recording or changing the reading of the name ends the signature certificate."""
    auth_hold_release: Annotated[
        Literal["revoke_and_reissue", "release"], Setting("R-5.20", "C", "JPKI portal; sources differ")
    ] = "revoke_and_reissue"
    """What becomes of a held authentication certificate when the card is found again."""
    register_event_visibility: Annotated[
        Literal["next_day", "at_once"], Setting("R-2.28", "C", "いちき串木野市; sources differ")
    ] = "next_day"
    """When the status shows what an event of the resident record ended."""
    record_deletion_reason: Annotated[
        RevocationReason, Setting("R-5.4", "U", "none (Q-7)", members(_CESSATION, _AFFILIATION))
    ] = _CESSATION
    """Reason given when the holder leaves the resident record by death or emigration."""
    card_lost_reason: Annotated[
        RevocationReason, Setting("R-5.2", "I", "the Act art. 10, 29", members(_KEY_COMPROMISE, _CESSATION))
    ] = _KEY_COMPROMISE
    """Reason given when the card is reported lost at the window."""
    record_error_reason: Annotated[
        RevocationReason, Setting("R-5.9", "U", "the Act art. 13 (old)", members(_AFFILIATION, _UNSPECIFIED))
    ] = _AFFILIATION
    """Reason given when the record the certificate was made from was wrong."""
    crl_schedule: Annotated[Literal["full-daily", "full-hourly"], Setting("R-5.25", "U", "none (Q-4)")] = "full-daily"
    """How often a full list is published."""
    ocsp_mode: Annotated[Literal["real-time", "from-crl"], Setting("R-5.25", "U", "none (Q-4)")] = "real-time"
    """Whether OCSP answers from the register or from the last list."""
    status_access: Annotated[
        Literal["public", "registered"],
        Setting("R-5.24", "C", "J-LIS: verifiers that notified only; open in a sandbox"),
    ] = "public"
    """Whether anybody may have lists and answers, or registered verifiers only, at their own door."""
    ocsp_requesters: Annotated[
        Literal["anybody", "registered"], Setting("R-5.24", "U", "none; certificates.md §7.5")
    ] = "anybody"
    """Who gets an answer by OCSP: anybody, or who signs the question with a registered verifier's key."""

    # --- the PINs
    sign_pin_lowercase: Annotated[Literal["refuse", "fold"], Setting("R-6.1", "U", "S-42, S-56")] = "refuse"
    """What happens to lower-case letters when the signature PIN is set."""
    window_pins: Annotated[tuple[PinKind, ...], Setting("R-6.5, CF-13", "C", "S-42, S-56; 茨木市 page 60002")] = (
        _ALL_PINS
    )
    """The PINs the window handles."""
    kiosk_hours: Annotated[Hours, Setting("R-6.6", "C", "甲賀市, 下呂市")] = _KIOSK_HOURS
    """Hours of the kiosks at which a PIN can be reset, every day."""
    kiosk_reset_hours: Annotated[int, Setting("R-6.6", "C", "新潟市, 甲賀市, 那珂市", HOURS)] = 24
    """Hours after the application on the phone within which the PIN is reset at a kiosk."""

    # --- the notices
    notice_months_before: Annotated[int, Setting("R-7.1, R-7.4", "U", "JPKI portal (2 to 3 months)", NOTICE_MONTHS)] = 3
    """Months before an expiry from which its notice is printed."""
    notice_days_to_send: Annotated[int, Setting("R-7.1", "U", "JPKI portal (2 to 3 months)", DAYS)] = 14
    """Days from the printing of a notice to its posting."""

    @classmethod
    def preset(cls, name: str) -> "Policy":
        """Return `national` (law and confirmed practice) or `page` (the page's letter, CF-1 to CF-9); raise `BadSetting`."""
        if name not in _PRESETS:
            raise BadSetting(name="preset", value=name, expected=" / ".join(_PRESETS))
        return _PRESETS[name]

    def with_settings(self, settings: Mapping[str, str]) -> "Policy":
        """Return this policy with the named settings read from text; raise `UnknownSetting` or `BadSetting`."""
        values: dict[str, Any] = {}
        for name, text in settings.items():
            if name not in SETTINGS:
                raise UnknownSetting(name=name)
            try:
                values[name] = FORMS[name].read(text)
            except ValueError:
                raise BadSetting(name=name, value=text, expected=FORMS[name].expected) from None
        return replace(self, **values)


_TYPES = get_type_hints(Policy, include_extras=True)

SETTINGS: Mapping[str, Setting] = {name: get_args(kind)[1] for name, kind in _TYPES.items()}
"""The register: rule, mark and source of every setting, in the order of the rule book."""

FORMS: Mapping[str, Form] = {name: SETTINGS[name].takes or form_of(get_args(kind)[0]) for name, kind in _TYPES.items()}
"""What every setting takes."""

_PRESETS: dict[str, Policy] = {
    "national": Policy(),
    # The page's letter where it conflicts with the ruling; where it is silent (CF-10 to CF-14) there is no letter to
    # follow. CF-1 and CF-6 come out alike: the page's own examples and S-08 say what the ruling says.
    "page": Policy(
        renewal_last_day_offset=-1,  # CF-2: S-32 ends the day before the expiry
        same_day_identity="pin",  # CF-3: S-14, no issue on the same day if the PIN did not match
        auth_expiry_caps="both",  # CF-4: S-19 to S-22 name three limits for both certificates
        agent_one_visit_renewal=False,  # CF-5: S-16; S-46 to S-54 name no day
        fee_table=_fee_rows(CERTIFICATES_YEN),  # CF-7: S-18, 200 yen, the first free; S-27
        fee_after_hold_found=CERTIFICATES_YEN,  # CF-7: S-18 knows no other exception
        expired_is_revoked=True,  # CF-8: S-35 says 失効
        health_insurance_card_accept_until=None,  # CF-9: S-44 and S-62 name it without an end
    ),
}
