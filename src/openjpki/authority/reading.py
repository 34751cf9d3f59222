"""Telling a municipality about its resident's certificates. Reading a person's record is an act too."""

from datetime import datetime

from openjpki.authority.acts import act, window_at
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate
from openjpki.authority.records import recorded
from openjpki.authority.register.municipalities import enrolled
from openjpki.authority.register.persons import card_of, locked_served_by
from openjpki.authority.verbs import Verb
from openjpki.desk.messages import MOST_RECORDS, Certificates, CertificatesAsked


def certificates(means: Means, question: CertificatesAsked, at: datetime) -> Certificates:
    """Return the certificates a resident has had on a card, oldest first, a page at a time; a stranger's are not told."""
    enrolled(question.municipality)
    with act():
        person = locked_served_by(means, question.resident_code, question.municipality)
        card = card_of(person, question.card_number)
        window_at(at, question.municipality).note(Verb.PERSON_READ, person, {"card": str(card)})
        records = recorded(Certificate.objects.filter(card=card), at)
        end = question.after + MOST_RECORDS
        return Certificates(records=records[question.after : end], more=len(records) > end)
