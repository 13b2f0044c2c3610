"""Who is owed a copy, and what becomes of each."""

from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import letters
from accounts.models import Letter, User
from recommendations.models import PageVersion
from resolutions import copies, upcoming
from resolutions.copies import Standing
from resolutions.models import (
    AssociationLevel,
    CopyRequest,
    Delivery,
    Means,
    RecipientKind,
    Resolution,
    StepKind,
)
from tests import factories
from tests.markup import Page, faults, text_of, words
from tests.working import work

pytestmark = pytest.mark.django_db

ADOPTED_ON = date(2010, 3, 9)
PRIME_MINISTER = "Prime Minister of Canada"
NAMED = [PRIME_MINISTER, "Premier of British Columbia", "Union of B.C. Municipalities"]


@pytest.fixture
def resolution(ngo_member: User) -> Resolution:
    """Adopted in British Columbia and public, its text on record."""
    country = factories.CountryFactory()
    country.head_en, country.head_short_en = PRIME_MINISTER, "Prime Minister"
    country.head_fr, country.head_short_fr = "premier ministre du Canada", "premier ministre"
    country.save()
    province = factories.JurisdictionFactory(
        parent=country,
        head_en="Premier of British Columbia",
        head_short_en="Premier",
        head_fr="premier ministre de la Colombie-Britannique",
        head_short_fr="premier ministre",
    )
    factories.AssociationFactory(jurisdiction=province, name_en="Union of B.C. Municipalities")
    factories.AssociationFactory(
        jurisdiction=country,
        level=AssociationLevel.NATIONAL,
        name_en="Federation of Canadian Municipalities",
    )
    resolution = factories.ResolutionFactory(
        council=factories.CouncilFactory(jurisdiction=province, name="Burnaby", slug="burnaby"),
        champion=ngo_member.organizations.get(),
        title="Never\nagain",
    )
    resolution.record_step(StepKind.ADOPTED, on=ADOPTED_ON, by=ngo_member)
    resolution.publish(by=ngo_member)
    factories.ResolutionTextFactory(resolution=resolution)
    return resolution


@pytest.fixture
def desk(ngo_member: User) -> Client:
    client = Client()
    client.force_login(ngo_member)
    return client


@pytest.fixture
def owed(resolution: Resolution) -> Delivery:
    return factories.DeliveryFactory(resolution=resolution, recipient=PRIME_MINISTER)


def clause(resolution: Resolution, words: str, language: str = "en") -> None:
    """Record a text whose distribution clause has these words."""
    rows = [{"kind": "distribution", "text": words, "opening": "", "code": ""}]
    factories.ResolutionTextFactory(resolution=resolution, clauses=rows, language=language)


def path_of(row: Delivery) -> str:
    return reverse("resolutions:delivery_detail", args=[row.resolution.slug, row.pk])


def list_of(resolution: Resolution) -> str:
    return reverse("resolutions:delivery_list", args=[resolution.slug])


def ask_at(resolution: Resolution) -> str:
    return reverse("resolutions:copy_request", args=[resolution.slug])


def said(response: Any) -> str:
    return words(text_of(Page(response.content.decode()).one("main")))


# ---- Whom the clause names ----


def test_the_distribution_clause_becomes_a_list_due_thirty_days_after_adoption(
    resolution: Resolution,
) -> None:
    made = copies.owe(resolution)

    assert [row.recipient for row in made] == NAMED
    assert {row.due_on for row in made} == {ADOPTED_ON + timedelta(days=30)}
    assert [row.kind for row in made] == ["head-of-government", "premier", "association"]


def test_the_list_is_made_once(resolution: Resolution) -> None:
    copies.owe(resolution)

    assert copies.owe(resolution) == []
    assert resolution.deliveries.count() == 3


@pytest.mark.parametrize(
    ("says", "named"),
    [
        ("copies to the Premier and the Prime Minister", [NAMED[1], NAMED[0]]),
        ("a copy to the president of the Union of BC Municipalities", [NAMED[2]]),
        (
            "copies to the Federation of Canadian Municipalities",
            ["Federation of Canadian Municipalities"],
        ),
        ("a copy to the Premier of Alberta", []),
        ("copies upon request to any municipality", []),
    ],
)
def test_those_are_owed_a_copy_whom_the_council_named(
    says: str, named: list[str], resolution: Resolution
) -> None:
    clause(resolution, f"RESOLVED that {says}.")

    assert [row.name for row in copies.distribution_of(resolution).offices] == named


def test_a_french_text_names_offices_in_french(resolution: Resolution) -> None:
    clause(
        resolution,
        "QUE copie soit transmise au premier ministre du Canada et au premier ministre de la "
        "Colombie-Britannique.",
        "fr",
    )

    assert [row.recipient for row in copies.owe(resolution)] == [
        "Premier ministre du Canada",
        "Premier ministre de la Colombie-Britannique",
    ]


def test_a_short_form_that_two_offices_share_names_neither(resolution: Resolution) -> None:
    clause(resolution, "QUE copie soit transmise au premier ministre.", "fr")

    assert copies.distribution_of(resolution).offices == ()


def test_nothing_is_owed_before_the_decision_and_after_its_end(
    resolution: Resolution, editor: User
) -> None:
    copies.owe(resolution)
    resolution.record_step(StepKind.RESCINDED, on=date(2011, 1, 1), by=editor)
    other = factories.ResolutionFactory(council=resolution.council)
    other.record_step(StepKind.SUBMITTED, on=ADOPTED_ON, by=editor)
    factories.ResolutionTextFactory(resolution=other)

    assert copies.owe(other) == []
    assert {row.standing for row in copies.copies_of(resolution).rows} == {Standing.LAPSED}
    assert list(upcoming.unsent(Resolution.objects.all())) == []


def test_adopted_again_copies_are_due_after_that_and_a_chosen_day_stays(
    resolution: Resolution, editor: User
) -> None:
    copies.owe(resolution)
    chosen = factories.DeliveryFactory(resolution=resolution, due_on=date(2010, 5, 1))
    for kind, month in ((StepKind.RESCINDED, 1), (StepKind.SUBMITTED, 2), (StepKind.ADOPTED, 3)):
        resolution.record_step(kind, on=date(2011, month, 1), by=editor)

    assert copies.owe(resolution) == []

    others = resolution.deliveries.exclude(pk=chosen.pk)
    assert {row.due_on for row in others} == {date(2011, 3, 31)}
    chosen.refresh_from_db()
    assert chosen.due_on == date(2010, 5, 1)


@pytest.mark.parametrize(
    ("says", "named"),
    [
        (
            "copies be sent to the Premier, the Members of the United States Congress who represent"
            " the City of St. Louis, and the Prime Minister",
            "Members of the United States Congress who represent the City of St. Louis",
        ),
        (
            "copies go to the Premier, members of Parliament representing Burnaby and the Prime"
            " Minister",
            "Members of Parliament representing Burnaby",
        ),
        (
            "copie soit transmise à the Premier, aux députées et députés qui représentent la Ville"
            " de Gatineau et au Prime Minister",
            "Députées et députés qui représentent la Ville de Gatineau",
        ),
    ],
)
def test_those_who_represent_the_place_are_one_row(
    says: str, named: str, resolution: Resolution
) -> None:
    clause(resolution, f"RESOLVED that {says}.")

    made = copies.owe(resolution)

    assert [(row.recipient, row.kind) for row in made] == [
        (NAMED[1], RecipientKind.PREMIER),
        (named, RecipientKind.OTHER),
        (PRIME_MINISTER, RecipientKind.HEAD_OF_GOVERNMENT),
    ]


def test_a_text_without_a_clause_says_so_and_recipients_are_added_by_hand(
    resolution: Resolution, desk: Client
) -> None:
    factories.ResolutionTextFactory(
        resolution=resolution,
        clauses=[{"kind": "resolved", "text": "RESOLVED.", "opening": "", "code": ""}],
    )

    assert "has no distribution clause" in said(desk.get(list_of(resolution)))
    answer = desk.post(
        list_of(resolution),
        {"recipient": " Senate \n of Canada ", "kind": "other", "due_on": "2010-05-01"},
    )

    row = resolution.deliveries.get()
    assert answer.status_code == 302
    assert (row.recipient, row.kind, row.due_on) == (
        "Senate of Canada",
        RecipientKind.OTHER,
        date(2010, 5, 1),
    )


def test_nobody_is_on_the_list_twice(resolution: Resolution, desk: Client, owed: Delivery) -> None:
    answer = desk.post(
        list_of(resolution), {"recipient": "prime  minister of canada", "kind": "other"}
    )

    assert "on the list already" in said(answer)
    assert resolution.deliveries.count() == 1


def test_the_list_is_made_with_one_button(resolution: Resolution, desk: Client) -> None:
    desk.post(list_of(resolution), {"owe": "1"})
    page = desk.get(list_of(resolution))

    assert resolution.deliveries.count() == 3
    assert "Offices recognised in it: {}; {}; {} These are on the list.".format(*NAMED) in said(
        page
    )
    assert "The clause may name others" in said(page)
    assert "3 copies are late." in said(page)
    assert faults(Page(page.content.decode())) == []


# ---- Sending ----


def send(desk: Client, row: Delivery, email: str = "office@example.org") -> Any:
    answer = desk.post(path_of(row), {"do": "send", "email": email})
    work()
    return answer


def refused(*whom: str) -> Any:
    """A mail server that does not know these addresses."""
    problem = SMTPRecipientsRefused(dict.fromkeys(whom, (550, b"Unknown")))
    return mock.patch(
        "django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=problem
    )


def test_a_copy_goes_out_with_the_text_as_pdf_and_for_word(
    owed: Delivery, desk: Client, ngo_member: User
) -> None:
    send(desk, owed)

    (letter,) = mail.outbox
    assert letter.to == ["office@example.org"]
    assert letter.subject == "For your information: Never again"
    assert letter.reply_to == [ngo_member.email]
    assert f"http://testserver/resolutions/{owed.resolution.slug}/" in letter.body
    names = [(name, content_type) for name, _content, content_type in letter.attachments]
    assert names == [
        ("resolution-burnaby.pdf", "application/pdf"),
        (
            "resolution-burnaby.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ]
    assert [content[:4] for _name, content, _type in letter.attachments] == [b"%PDF", b"PK\3\4"]
    owed.refresh_from_db()
    assert (owed.sent_on, owed.means, owed.sent_by) == (
        timezone.localdate(),
        Means.EMAIL,
        ngo_member,
    )


def at(resolution: Resolution, *kinds: StepKind, by: User) -> Delivery:
    """A copy to the Prime Minister of another resolution, to which these happened in 2010."""
    other = factories.ResolutionFactory(
        council=resolution.council, champion=resolution.champion, title="Never again"
    )
    for month, kind in enumerate(kinds, start=1):
        other.record_step(kind, on=date(2010, month, 9), by=by)
    other.publish(by=by)
    factories.ResolutionTextFactory(resolution=other)
    return factories.DeliveryFactory(resolution=other, recipient=PRIME_MINISTER)


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        (
            [StepKind.SUBMITTED],
            "This is a copy of a text before the council of Burnaby, British Columbia: “Never"
            " again”. Nothing is decided yet. It is sent to you for your information.",
        ),
        (
            [StepKind.SUBMITTED, StepKind.ADOPTED],
            "This is a copy of “Never again”, Burnaby, British Columbia. The council adopted it on"
            " 9 February 2010. The decision is reported, not yet verified. The resolution asks that"
            " a copy be sent to you.",
        ),
        (
            [StepKind.ADOPTED, StepKind.RESCINDED],
            "The council adopted it on 9 January 2010. It was rescinded on 9 February 2010 and is"
            " no longer in force. The decision is reported, not yet verified. It is sent to you",
        ),
        (
            [StepKind.SUBMITTED, StepKind.DEFEATED],
            "What became of it: Defeated, 9 February 2010. The decision is reported, not yet"
            " verified. It is sent to you for your information.",
        ),
    ],
)
def test_a_letter_says_what_happened_and_is_read_before_it_goes(
    kinds: list[StepKind], says: str, resolution: Resolution, desk: Client, ngo_member: User
) -> None:
    row = at(resolution, *kinds, by=ngo_member)

    page = desk.get(path_of(row))

    letter = copies.letter_of(row, by=ngo_member, link="http://testserver{}".format)
    assert says in words(letter.body)
    assert letter.subject in said(page)
    assert words(letter.body.split("\n\n")[1]) in said(page)
    assert faults(Page(page.content.decode())) == []


def test_a_letter_gives_the_vote_and_says_who_asked_to_those_named_alone(
    resolution: Resolution, ngo_member: User
) -> None:
    resolution.steps.update(vote_method="counted", votes_for=8, votes_against=1)
    named, added = (
        copies.letter_of(
            factories.DeliveryFactory(resolution=resolution, recipient=name),
            by=ngo_member,
            link=str,
        ).body
        for name in (PRIME_MINISTER, "Senate of Canada")
    )

    assert "The council adopted it on 9 March 2010. Vote: 8 for, 1 against." in named
    assert ("asks that a copy" in named, "asks that a copy" in added) == (True, False)


def test_a_draft_is_not_sent(resolution: Resolution, desk: Client, ngo_member: User) -> None:
    row = at(resolution, StepKind.DRAFTED, by=ngo_member)

    for answer in (
        desk.get(path_of(row)),
        send(desk, row),
        desk.post(path_of(row), {"do": "sent", "on": "2010-03-20", "means": "post"}),
    ):
        assert "Nothing is on record beyond the draft" in said(answer)
    row.refresh_from_db()
    assert (row.sent_on, mail.outbox) == (None, [])


def test_a_double_click_sends_one_letter(owed: Delivery, desk: Client) -> None:
    send(desk, owed)
    again = send(desk, owed)

    assert len(mail.outbox) == 1
    assert again["Location"] == list_of(owed.resolution)
    assert "was sent to Prime Minister of Canada" in desk.get(again["Location"]).content.decode()


def test_a_copy_whose_letter_is_given_up_is_owed_again(owed: Delivery, desk: Client) -> None:
    shown = PageVersion.objects.get(topic="resolutions").number
    with refused("office@example.org"):
        send(desk, owed)

    owed.refresh_from_db()
    assert (owed.sent_on, owed.means, owed.sent_by) == (None, "", None)
    assert PageVersion.objects.get(topic="resolutions").number > shown + 1
    letter = Letter.objects.dead().get()
    assert (letter.to, letter.text, letter.enclosures.count()) == ("", "", 0)
    assert not letters.send_again(letter)

    send(desk, owed, "new@example.org")
    assert [letter.to for letter in mail.outbox] == [["new@example.org"]]


def test_a_copy_that_was_acknowledged_stays_sent_whatever_became_of_its_letter(
    owed: Delivery, desk: Client
) -> None:
    desk.post(path_of(owed), {"do": "send", "email": "office@example.org"})
    copies.record_acknowledged(owed, on=timezone.localdate())
    with refused("office@example.org"):
        work()

    owed.refresh_from_db()
    assert owed.sent_on == timezone.localdate()
    assert Letter.objects.dead().get().to == "office@example.org"


def test_what_can_not_be_written_leaves_the_copy_owed(owed: Delivery, desk: Client) -> None:
    with (
        mock.patch("resolutions.copies.render_to_string", side_effect=ValueError("No")),
        pytest.raises(ValueError, match="No"),
    ):
        send(desk, owed)

    owed.refresh_from_db()
    assert (owed.sent_on, Letter.objects.count()) == (None, 0)


def test_a_letter_does_not_lead_to_a_page_nobody_sees(owed: Delivery, desk: Client) -> None:
    owed.resolution.withdraw()

    answer = send(desk, owed)

    assert "This resolution is not public yet" in said(answer)
    assert mail.outbox == []


@pytest.mark.parametrize("verified", [True, False])
def test_a_letter_says_of_a_decision_nobody_checked_that_it_is_reported(
    verified: bool, owed: Delivery, desk: Client, editor: User
) -> None:
    if verified:
        factories.StepSourceFactory(step=owed.resolution.steps.get())
        owed.resolution.steps.all().verify(by=editor)

    send(desk, owed)

    is_reported = "reported, not yet verified" in mail.outbox[0].body
    assert is_reported == (not verified)


def test_without_mail_nothing_is_called_sent(
    owed: Delivery, desk: Client, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    answer = send(desk, owed)

    owed.refresh_from_db()
    assert (owed.sent_on, Letter.objects.count()) == (None, 0)
    assert "This site sends no mail." in said(desk.get(answer["Location"]))
    assert "This site sends no mail." in said(desk.get(path_of(owed)))


@pytest.mark.parametrize("email", ["", "nobody", "a@example.org\nBcc: b@example.org", "a@b@c.org"])
def test_an_address_that_is_none_is_refused(email: str, owed: Delivery, desk: Client) -> None:
    answer = send(desk, owed, email)

    assert "There is a problem" in said(answer)
    assert mail.outbox == []


def test_what_was_sent_some_other_way_is_noted(owed: Delivery, desk: Client) -> None:
    desk.post(path_of(owed), {"do": "sent", "on": "2010-03-20", "means": "post"})

    owed.refresh_from_db()
    assert (owed.sent_on, owed.means) == (date(2010, 3, 20), Means.POST)


def test_an_acknowledgement_and_a_reply_are_noted_with_its_link(
    owed: Delivery, desk: Client, ngo_member: User
) -> None:
    copies.record_sent(owed, on=date(2010, 3, 20), means=Means.HAND, by=ngo_member)
    url = "https://example.org/reply"

    desk.post(path_of(owed), {"do": "acknowledged", "on": "2010-04-01"})
    desk.post(
        path_of(owed), {"do": "replied", "on": "2010-05-01", "reply": "Noted.", "reply_url": url}
    )

    owed.refresh_from_db()
    assert owed.acknowledged_on == date(2010, 4, 1)
    assert (owed.replied_on, owed.reply, owed.reply_url) == (date(2010, 5, 1), "Noted.", url)


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"do": "sent", "on": TOMORROW, "means": "post"}, "The date is in the future"),
        (
            {"do": "sent", "on": "2000-01-01", "means": "post"},
            "That is before the first step on record, on 9 March 2010.",
        ),
        ({"do": "sent", "on": "9 March", "means": "post"}, "Write the date as year, month"),
        ({"do": "sent", "on": "2010-03-20", "means": ""}, "Say how it was sent."),
        ({"do": "acknowledged", "on": "2010-03-08"}, "That is before the copy was sent"),
        ({"do": "replied", "on": "2010-04-01"}, "or give a link to it."),
        (
            {"do": "replied", "on": "2010-04-01", "reply_url": "javascript:alert(1)"},
            "begins with https:// or http://",
        ),
        (
            {"do": "replied", "on": "2010-04-01", "reply_url": "ftp://example.org/a"},
            "begins with https:// or http://",
        ),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_noted(
    asked: dict[str, str], problem: str, owed: Delivery, desk: Client, ngo_member: User
) -> None:
    if asked["do"] in {"acknowledged", "replied"}:
        copies.record_sent(owed, on=ADOPTED_ON, means=Means.POST, by=ngo_member)
    before = Delivery.objects.filter(pk=owed.pk).values().get()

    answer = desk.post(path_of(owed), asked)

    page = Page(answer.content.decode())
    assert problem in words(text_of(page.one("main")))
    assert faults(page) == []
    assert Delivery.objects.filter(pk=owed.pk).values().get() == before


def test_nothing_comes_back_before_something_was_sent(owed: Delivery, desk: Client) -> None:
    answer = desk.post(path_of(owed), {"do": "acknowledged", "on": "2010-04-01"})

    owed.refresh_from_db()
    assert owed.acknowledged_on is None
    assert "Nothing was sent yet" in desk.get(answer["Location"]).content.decode()
    with pytest.raises(ValidationError, match="Nothing was sent yet"):
        copies.record_acknowledged(owed, on=date(2010, 4, 1))


def test_what_was_sent_stays_on_the_list(owed: Delivery, desk: Client, ngo_member: User) -> None:
    other = factories.DeliveryFactory(resolution=owed.resolution)
    copies.record_sent(owed, on=date(2010, 3, 20), means=Means.HAND, by=ngo_member)

    for row in (owed, other):
        desk.post(path_of(row), {"do": "remove"})

    assert list(Delivery.objects.all()) == [owed]


# ---- The list ----


def test_what_is_late_stands_first_then_what_is_due_next(
    resolution: Resolution, ngo_member: User
) -> None:
    make = factories.DeliveryFactory.create
    sent = make(resolution=resolution)
    copies.record_sent(sent, on=ADOPTED_ON, means=Means.POST, by=ngo_member)
    make(resolution=resolution, due_on=date(2010, 4, 30))
    make(resolution=resolution, due_on=date(2010, 4, 20))
    make(resolution=resolution, due_on=date(2010, 4, 1))
    make(resolution=resolution, due_on=None)

    found = copies.copies_of(resolution, today=date(2010, 4, 10))

    assert [row.standing for row in found.rows] == [
        Standing.LATE,
        Standing.DUE,
        Standing.OWED,
        Standing.OWED,
        Standing.SENT,
    ]
    assert found.rows[0].delivery.due_on == date(2010, 4, 1)
    assert (len(found.sent), len(found.owed), len(found.late)) == (1, 4, 1)


def test_the_page_of_a_copy_is_sound(owed: Delivery, desk: Client, ngo_member: User) -> None:
    before = desk.get(path_of(owed))
    copies.record_sent(owed, on=ADOPTED_ON, means=Means.POST, by=ngo_member)
    after = desk.get(path_of(owed))

    for answer in (before, after):
        assert faults(Page(answer.content.decode())) == []
        assert "no-store" in answer["Cache-Control"]


def test_the_page_of_the_resolution_says_who_has_a_copy_and_who_is_owed_one(
    resolution: Resolution, ngo_member: User
) -> None:
    row = copies.owe(resolution)[0]
    copies.record_sent(row, on=date(2010, 3, 20), means=Means.POST, by=ngo_member)
    url = "https://example.org/reply"
    copies.record_reply(row, on=date(2010, 5, 1), reply="Noted with thanks.", reply_url=url)

    page = Page(Client().get(resolution.get_absolute_url()).content.decode())

    shown = words(text_of(page.one("main")))
    assert f"Replied {PRIME_MINISTER} Sent 20 March 2010, by post; replied 1 May 2010" in shown
    assert "Noted with thanks." in shown
    assert "Late Premier of British Columbia Due 8 April 2010" in shown
    assert page.one("a", href=url) is not None
    assert page.one("a", href=ask_at(resolution)) is not None


def test_recording_the_adoption_makes_the_list(resolution: Resolution, desk: Client) -> None:
    other = factories.ResolutionFactory(council=resolution.council, champion=resolution.champion)
    factories.ResolutionTextFactory(resolution=other, stage="submitted")

    desk.post(
        reverse("resolutions:step_record", args=[other.slug]),
        {
            "kind": "adopted",
            "on": "2010-03-09",
            "source_publisher": "City of Burnaby",
            "source_title": "Minutes",
            "source_url": "https://example.org/minutes",
            "source_language": "en",
            "source_grade": "minutes",
        },
    )

    assert [row.recipient for row in other.deliveries.all()] == NAMED


def test_in_a_pasted_text_the_clause_that_speaks_of_copies_is_the_one(
    resolution: Resolution,
) -> None:
    rows = [
        {"kind": "resolved", "text": "RESOLVED that the Premier act;", "opening": "", "code": ""},
        {"kind": "resolved", "text": "RESOLVED that copies go:", "opening": "", "code": ""},
        {"kind": "sub-item", "text": "to the Prime Minister.", "opening": "", "code": ""},
    ]
    factories.ResolutionTextFactory(resolution=resolution, clauses=rows)

    assert [row.name for row in copies.distribution_of(resolution).offices] == [PRIME_MINISTER]


# ---- Asking for a copy ----


def ask(
    resolution: Resolution,
    place: str = "Delta",
    email: str = "clerk@example.org",
    prefix: str = "",
    **more: str,
) -> Any:
    sent = {"place": place, "email": email, **more}
    answer = Client().post(f"{prefix}{ask_at(resolution)}", sent)
    work()
    return answer


def test_any_municipality_gets_a_copy_at_once_and_is_on_the_list(resolution: Resolution) -> None:
    delta = factories.CouncilFactory(name="Delta", slug="delta")

    answer = ask(resolution)

    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (
        ["clerk@example.org"],
        "The copy you asked for: Never again",
    )
    assert [name for name, _content, _type in letter.attachments] == [
        "resolution-burnaby.pdf",
        "resolution-burnaby.docx",
    ]
    assert resolution.champion is not None
    assert resolution.champion.name in letter.body
    row = resolution.deliveries.get()
    assert (row.recipient, row.kind, row.sent_on, row.means) == (
        "Delta, British Columbia",
        RecipientKind.MUNICIPALITY,
        timezone.localdate(),
        Means.EMAIL,
    )
    assert row.requests.get().council == delta
    assert "Thank you." in said(Client().get(answer["Location"]))


def test_a_letter_is_in_the_language_it_was_asked_in(resolution: Resolution) -> None:
    ask(resolution, prefix="/fr")

    assert f"/fr/resolutions/{resolution.slug}/" in mail.outbox[0].body
    assert CopyRequest.objects.get().language == "fr"


def test_asked_again_the_same_address_gets_no_second_letter_and_nothing_says_so(
    resolution: Resolution,
) -> None:
    first = ask(resolution)
    second = ask(resolution, email="Clerk@Example.org")

    assert (len(mail.outbox), CopyRequest.objects.count()) == (1, 1)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])


def test_a_copy_that_never_went_out_is_asked_for_again(resolution: Resolution) -> None:
    factories.CouncilFactory(name="Delta")
    with refused("clerk@example.org"):
        ask(resolution)

    assert CopyRequest.objects.get().sent_at is None
    assert resolution.deliveries.count() == 0

    ask(resolution)
    assert len(mail.outbox) == 1
    assert resolution.deliveries.get().sent_on == timezone.localdate()


def test_a_request_that_is_only_counted_no_longer_counts_when_its_letter_is_given_up(
    resolution: Resolution,
) -> None:
    with refused("clerk@example.org"):
        Client().post(ask_at(resolution), {"place": "Delta", "email": "clerk@example.org"})
        shown = PageVersion.objects.get(topic="resolutions").number
        work()

    assert PageVersion.objects.get(topic="resolutions").number > shown
    assert copies.copies_of(resolution).unnamed == 0


def test_without_mail_nobody_is_promised_a_copy(resolution: Resolution, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    answer = ask(resolution)

    assert (answer.status_code, "This site sends no mail." in said(answer)) == (503, True)
    assert CopyRequest.objects.count() == 0


def test_whoever_asks_marks_nothing_as_sent_that_is_owed_and_erases_nothing_that_was_sent(
    resolution: Resolution, desk: Client, ngo_member: User
) -> None:
    factories.CouncilFactory(name="Delta")
    owed = copies.add(
        resolution, kind=RecipientKind.MUNICIPALITY, recipient="Delta, British Columbia"
    )

    ask(resolution)
    owed.refresh_from_db()
    assert (owed.sent_on, owed.means, owed.requests.count()) == (None, "", 1)

    copies.record_sent(owed, on=ADOPTED_ON, means=Means.POST, by=ngo_member)
    assert "Take it off the list" not in said(desk.get(path_of(owed)))
    desk.post(path_of(owed), {"do": "remove"})
    assert resolution.deliveries.get() == owed


def test_what_a_request_alone_sent_goes_until_it_is_acknowledged(
    resolution: Resolution, desk: Client
) -> None:
    factories.CouncilFactory(name="Delta")
    ask(resolution)
    row = resolution.deliveries.get()
    today = timezone.localdate()

    copies.record_acknowledged(row, on=today)
    desk.post(path_of(row), {"do": "remove"})
    assert resolution.deliveries.count() == 1

    Delivery.objects.update(acknowledged_on=None)
    desk.post(path_of(row), {"do": "remove"})
    assert resolution.deliveries.count() == 0


def test_what_somebody_typed_is_counted_and_not_shown_until_it_was_looked_at(
    resolution: Resolution, desk: Client
) -> None:
    ask(resolution, "Buy quaggas")
    ask(resolution, "Tsawwassen", "a@example.org")

    found = copies.copies_of(resolution)
    assert (found.rows, found.unnamed) == ((), 2)
    assert resolution.deliveries.count() == 0

    spam, real = CopyRequest.objects.order_by("id")
    desk.post(list_of(resolution), {"request": spam.pk, "leave": "1"})
    desk.post(list_of(resolution), {"request": real.pk, "list": "1"})

    found = copies.copies_of(resolution)
    assert ([row.delivery.recipient for row in found.rows], found.unnamed) == (["Tsawwassen"], 0)
    assert found.rows[0].standing == Standing.SENT


def test_of_several_municipalities_of_a_name_one_is_chosen(resolution: Resolution) -> None:
    factories.CouncilFactory(name="Delta", slug="delta-1")
    delta = factories.CouncilFactory(name="Delta", slug="delta-2")

    answer = ask(resolution)

    page = Page(answer.content.decode())
    assert "Say which municipality it is." in said(answer)
    assert [box.get("value") for box in page.all("input") if box.get("name") == "council"] == [
        "delta-1",
        "delta-2",
        "-",
    ]
    assert faults(page) == []
    assert mail.outbox == []

    ask(resolution, council="delta-2")
    assert CopyRequest.objects.get().council == delta


@pytest.mark.parametrize("place", ["Delta, Ontario", "delta, ont.", "DELTA,ON", "Delta , ontário"])
def test_a_name_with_its_province_is_enough(place: str, resolution: Resolution) -> None:
    factories.CouncilFactory(name="Delta", slug="delta-1")
    ontario = factories.JurisdictionFactory(code="CA-ON", name_en="Ontario", name_fr="Ontario")
    delta = factories.CouncilFactory(name="Delta", slug="delta-2", jurisdiction=ontario)

    ask(resolution, place)

    assert CopyRequest.objects.get().council == delta


def test_one_address_is_not_flooded_with_the_copies_of_many(resolution: Resolution) -> None:
    with mock.patch("resolutions.views.copies.count", return_value=6):
        answer = ask(resolution)

    assert answer.status_code == 429
    assert mail.outbox == []


def test_where_no_text_is_on_record_the_form_says_so(resolution: Resolution, editor: User) -> None:
    proclaimed = factories.ResolutionFactory(instrument="mayoral-proclamation")
    proclaimed.record_step(StepKind.PROCLAIMED, on=ADOPTED_ON, by=editor)
    proclaimed.publish(by=editor)

    page = Client().get(ask_at(proclaimed))
    ask(proclaimed)

    assert "No text of this is on record" in said(page)
    assert mail.outbox == []


def test_a_copy_of_a_draft_is_not_given_out(resolution: Resolution, desk: Client) -> None:
    resolution.withdraw()

    assert ask(resolution).status_code == 404
    assert desk.get(ask_at(resolution)).status_code == 404


def test_a_council_named_in_the_address_is_filled_in(resolution: Resolution) -> None:
    page = Page(Client().get(f"{ask_at(resolution)}?council=burnaby").content.decode())

    assert page.one("input", name="place").get("value") == "Burnaby"
    assert page.one("input", name="council", value="burnaby").get("checked") is not None
    assert faults(page) == []
