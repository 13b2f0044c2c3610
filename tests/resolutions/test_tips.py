"""What anybody reports, and what editors make of it."""

from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from resolutions import tips
from resolutions.models import (
    CopyRequest,
    Council,
    Resolution,
    Step,
    StepKind,
    Tip,
    TipState,
)
from tests import factories
from tests.admin.desk import Desk
from tests.admin.desk import said as said_next
from tests.markup import Page, faults, text_of, words
from tests.working import work

pytestmark = pytest.mark.django_db

SEND = "/resolutions/report/"
DAY = date(2010, 3, 9)
DUMMY = "django.core.mail.backends.dummy.EmailBackend"
PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
def burnaby() -> Council:
    return factories.CouncilFactory(name="Burnaby", slug="burnaby")


def send(**fields: Any) -> Any:
    """Fill in the form and send it; ``fields`` are what is written otherwise."""
    filled: dict[str, Any] = {
        "place": "burnaby",
        "instrument": "council-resolution",
        "kind": "adopted",
        "on": "2010-03-09",
        "url": "https://example.org/minutes",
    }
    return Client().post(SEND, filled | fields)


def said(response: Any) -> str:
    return words(text_of(Page(response.content.decode()).one("main")))


# ---- Sent ----


def test_anybody_reports_what_a_council_did_and_is_thanked(burnaby: Council) -> None:
    answer = send(words="It was unanimous.", email="Somebody@example.org")

    tip = Tip.objects.get()
    assert (tip.council, tip.kind, tip.on, tip.state) == (burnaby, "adopted", DAY, "waiting")
    assert (tip.words, tip.email) == ("It was unanimous.", "somebody@example.org")
    assert answer["Location"] == f"{SEND}{tip.key}/"
    page = Client().get(answer["Location"])
    assert "Waiting for review" in said(page)
    assert "somebody" not in page.content.decode()
    assert "unanimous" not in page.content.decode()
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert faults(Page(page.content.decode())) == []


def test_the_form_is_sound_and_asks_for_no_account() -> None:
    answer = Client().get(SEND)

    assert faults(Page(answer.content.decode())) == []
    assert answer.status_code == 200


def test_a_municipality_that_is_not_listed_is_kept_as_it_was_typed() -> None:
    send(place="  New   Hope ")

    tip = Tip.objects.get()
    assert (tip.council, tip.place) == (None, "New Hope")


def test_a_link_from_a_council_or_a_resolution_fills_the_form_in(
    burnaby: Council, editor: User
) -> None:
    resolution = factories.ResolutionFactory(council=burnaby)
    resolution.record_step(StepKind.SUBMITTED, on=DAY, by=editor)
    resolution.publish(by=editor)

    for query in ("council=burnaby", f"resolution={resolution.slug}", "q=Burnaby"):
        page = Page(Client().get(f"{SEND}?{query}").content.decode())
        assert page.one("input", name="place").get("value") == "Burnaby"
    Client().post(
        f"{SEND}?resolution={resolution.slug}",
        {
            "place": "Burnaby",
            "council": "burnaby",
            "instrument": "council-resolution",
            "kind": "adopted",
            "on": "2010-03-09",
            "url": "example.org/minutes",
        },
    )
    assert Tip.objects.get().resolution == resolution


@pytest.mark.parametrize("slug", ["none-such", "%00", "x" * 3000])
def test_a_link_that_names_nothing_leaves_the_form_empty(slug: str) -> None:
    answer = Client().get(f"{SEND}?council={slug}&resolution={slug}&q=%00")

    assert answer.status_code == 200


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"place": ""}, "Write the name of the municipality."),
        ({"kind": ""}, "Say what happened."),
        ({"kind": "none-such"}, "Choose one of these."),
        ({"on": ""}, "Write the date."),
        ({"on": TOMORROW}, "The date is in the future"),
        ({"on": "1989-12-31"}, "That is before 1990"),
        ({"url": ""}, "Write a link"),
        ({"url": "javascript:alert(1)"}, "begins with https:// or http://"),
        ({"url": "ftp://example.org/minutes"}, "begins with https:// or http://"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "Write a whole e-mail address"),
        ({"words": "x" * 4001}, "use at most 4000"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    wrong: dict[str, str], problem: str, burnaby: Council
) -> None:
    answer = send(**{"words": "It was unanimous."} | wrong)

    page = Page(answer.content.decode())
    assert problem in words(text_of(page.one("main")))
    assert "words" in wrong or "It was unanimous." in answer.content.decode()
    assert faults(page) == []
    assert not Tip.objects.exists()


def test_a_file_of_20_mb_is_refused_and_all_that_was_typed_is_kept(burnaby: Council) -> None:
    answer = send(
        words="It was unanimous.",
        file=SimpleUploadedFile("minutes.pdf", PDF + b"x" * 20 * 1024 * 1024),
    )

    assert "This file has 21 MB, and at most 5 MB are taken." in said(answer)
    assert "the file is not: choose it again" in said(answer)
    assert "It was unanimous." in answer.content.decode()
    assert not Tip.objects.exists()


@pytest.mark.parametrize(
    ("content", "kept_as"),
    [
        (PDF, ("application/pdf", "my_minutes.pdf")),
        (b"\x89PNG\r\n\x1a\n...", ("image/png", "my_minutes.png")),
        (b"\xff\xd8\xff\xe0...", ("image/jpeg", "my_minutes.jpg")),
    ],
)
def test_a_file_is_what_its_content_is(
    content: bytes, kept_as: tuple[str, str], burnaby: Council
) -> None:
    send(file=SimpleUploadedFile('../my minutes".html', content, "text/html"))

    tip = Tip.objects.get()
    assert bytes(tip.file or b"") == content
    assert (tip.file_type, tip.file_name) == kept_as


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"MZ", b" %PDF-1.7"])
def test_other_files_are_refused(content: bytes, burnaby: Council) -> None:
    answer = send(file=SimpleUploadedFile("minutes.pdf", content, "application/pdf"))

    assert "This is no PDF, PNG or JPEG file." in said(answer)
    assert not Tip.objects.exists()


def test_the_same_report_a_hundred_times_is_one_row(burnaby: Council) -> None:
    fields: dict[str, Any] = {"council": burnaby, "place": "", "kind": StepKind.ADOPTED, "on": DAY}

    made = [tips.report(**fields, url="https://example.org/a") for _n in range(100)]

    assert [is_new for _tip, is_new in made] == [True, *[False] * 99]
    assert Tip.objects.get().times == 100


def test_whoever_sends_it_second_gets_the_same_page_and_is_told_it_is_known(
    burnaby: Council,
) -> None:
    first = send()
    second = send(
        url="http://www.Example.org/minutes/?utm_source=mail#top",
        email="second@example.org",
        file=SimpleUploadedFile("minutes.pdf", PDF),
    )

    assert second["Location"] == f"{first['Location']}?known=1"
    assert "It is known already." in said(Client().get(second["Location"]))
    tip = Tip.objects.get()
    assert (tip.times, tip.email, tip.file_name) == (2, "second@example.org", "minutes.pdf")
    send(email="third@example.org")
    assert Tip.objects.get().email == "second@example.org"


@pytest.mark.parametrize(
    "other", [{"kind": "submitted"}, {"on": "2010-03-10"}, {"url": "https://example.org/other"}]
)
def test_another_report_is_another_row(other: dict[str, str], burnaby: Council) -> None:
    send()
    send(**other)

    assert Tip.objects.count() == 2


def test_a_place_is_the_same_however_it_is_spelt() -> None:
    marks = {
        tips.fingerprint(council=None, place=place, kind="adopted", on=DAY, url="https://a.example")
        for place in ("Sainte-Thérèse", "sainte therese", " SAINTE-THERESE ")
    }

    assert len(marks) == 1


def test_two_at_the_same_moment_are_one_row(burnaby: Council) -> None:
    """The second one looked before the first one wrote."""
    fields: dict[str, Any] = {"council": burnaby, "place": "", "kind": StepKind.ADOPTED, "on": DAY}
    tips.report(**fields, url="https://example.org/a")
    again = tips._again

    with mock.patch("resolutions.tips._again") as looked:
        looked.side_effect = lambda *args: None if looked.call_count == 1 else again(*args)
        tip, is_new = tips.report(**fields, url="https://example.org/a")

    assert (tip.times, is_new) == (2, False)


def test_a_network_that_sends_many_is_told_to_wait(burnaby: Council) -> None:
    with mock.patch("resolutions.views.tips.count", return_value=31):
        answer = send()

    assert answer.status_code == 429
    assert "Many reports came from this network." in said(answer)
    assert not Tip.objects.exists()


# ---- Reviewed ----


@pytest.fixture
def tip(burnaby: Council) -> Tip:
    return factories.TipFactory(
        council=burnaby,
        email="sender@example.org",
        file=PDF,
        file_name="minutes.pdf",
        file_type="application/pdf",
    )


def review(editor: User, tip: Tip, **fields: Any) -> Any:
    """Fill in the review of a report, as it comes, and save it."""
    desk = Desk(editor)
    filled = desk.form(Tip, tip.pk) | {"title": "Minutes", "grade": "minutes"}
    answer = desk.post(Tip, "change", tip.pk, **filled | fields)
    work()
    return answer


def test_an_accepted_report_is_a_step_with_its_link_as_the_source(editor: User, tip: Tip) -> None:
    answer = review(editor, tip, decision="accept")

    assert answer.status_code == 302
    step = Step.objects.get()
    assert (step.kind, step.on, step.verified_by, step.recorded_by) == (
        "adopted",
        DAY,
        None,
        editor,
    )
    source = step.sources.get()
    assert (source.url, source.publisher, source.title, source.grade) == (
        tip.url,
        "example.org",
        "Minutes",
        "minutes",
    )
    resolution = step.resolution
    assert (resolution.slug, resolution.council, resolution.is_public) == (
        "burnaby-2010",
        tip.council,
        True,
    )
    tip.refresh_from_db()
    assert (tip.state, tip.step, tip.resolution, tip.reviewed_by) == (
        "accepted",
        step,
        resolution,
        editor,
    )


def test_what_an_editor_checked_counts(editor: User, tip: Tip) -> None:
    review(editor, tip, decision="accept", verified="on")

    assert Step.objects.get().verified_by == editor
    assert Resolution.objects.get().verified_status == StepKind.ADOPTED


def test_a_report_joins_the_resolution_that_is_chosen(editor: User, tip: Tip) -> None:
    resolution = factories.ResolutionFactory(council=tip.council)
    resolution.record_step(StepKind.SUBMITTED, on=DAY - timedelta(days=30), by=editor)

    review(
        editor,
        tip,
        decision="accept",
        resolution=resolution.pk,
    )

    resolution.refresh_from_db()
    assert (resolution.status, Resolution.objects.count()) == ("adopted", 1)


def test_the_sender_gets_one_letter_and_is_forgotten(editor: User, tip: Tip) -> None:
    Tip.objects.update(language="fr")

    review(editor, tip, decision="accept", reason="Merci.")

    (letter,) = mail.outbox
    assert letter.to == ["sender@example.org"]
    assert "http://testserver/fr/resolutions/burnaby-2010/" in letter.body
    assert "Merci." in letter.body
    tip.refresh_from_db()
    assert tip.email == ""


def test_without_mail_the_sender_is_written_to_later(
    editor: User, tip: Tip, settings: Settings
) -> None:
    mailing, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, DUMMY
    answer = review(editor, tip, decision="accept")
    again = Desk(editor).act(Tip, "write", tip)
    tip.refresh_from_db()
    assert (tip.state, tip.email) == ("accepted", "sender@example.org")
    assert "this site sends no mail" in said_next(answer)
    assert said_next(again) == "This site sends no mail."

    settings.EMAIL_BACKEND = mailing
    Desk(editor).act(Tip, "write", tip)
    work()

    assert len(mail.outbox) == 1
    tip.refresh_from_db()
    assert tip.email == ""


def test_a_declined_report_says_why_on_its_page_and_keeps_no_file(editor: User, tip: Tip) -> None:
    review(editor, tip, decision="decline", reason="It is no vote.")

    tip.refresh_from_db()
    assert (tip.state, tip.file, tip.file_name) == (TipState.DECLINED, None, "")
    assert not Step.objects.exists()
    page = said(Client().get(f"{SEND}{tip.key}/"))
    assert "Declined" in page
    assert "It is no vote." in page


def test_a_report_of_what_is_on_record_is_marked_so(editor: User, tip: Tip) -> None:
    review(editor, tip, decision="known")

    tip.refresh_from_db()
    assert (tip.state, Step.objects.count()) == (TipState.DUPLICATE, 0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"decision": ""}, "decision"),
        ({"decision": "decline", "reason": ""}, "reason"),
        ({"decision": "accept", "title": ""}, "title"),
        ({"decision": "accept", "council": ""}, "council"),
        ({"decision": "accept", "kind": "proclaimed"}, "kind"),
        ({"decision": "accept", "on": TOMORROW}, "on"),
        ({"decision": "accept", "url": "ftp://example.org/a"}, "url"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_nothing_is_half_saved(
    wrong: dict[str, str], field: str, editor: User, tip: Tip
) -> None:
    before = Tip.objects.filter(pk=tip.pk).values().get()

    answer = review(editor, tip, **wrong)

    assert list(answer.context["adminform"].form.errors) == [field]
    assert Tip.objects.filter(pk=tip.pk).values().get() == before
    assert (Resolution.objects.count(), Step.objects.count(), mail.outbox) == (0, 0, [])


def test_a_step_that_cannot_follow_is_refused_beside_its_field(editor: User, tip: Tip) -> None:
    resolution = factories.ResolutionFactory(council=tip.council)
    resolution.record_step(StepKind.RESCINDED, on=DAY - timedelta(days=1), by=editor)
    other = factories.ResolutionFactory()

    for chosen, field in ((resolution, "kind"), (other, "resolution")):
        answer = review(
            editor,
            tip,
            decision="accept",
            resolution=chosen.pk,
        )
        assert list(answer.context["adminform"].form.errors) == [field]
    assert resolution.steps.count() == 1


def test_what_was_reviewed_is_not_reviewed_again(editor: User, tip: Tip) -> None:
    tips.decline(tip, by=editor, reason="No.", link=None)

    answer = Desk(editor).post(Tip, "change", tip.pk, decision="accept")

    assert answer.status_code == 403
    with pytest.raises(ValidationError, match="reviewed this already"):
        tips.decline(tip, by=editor, reason="Again.", link=None)


def test_where_some_are_on_record_a_new_resolution_is_said_to_be_one(
    editor: User, tip: Tip
) -> None:
    there = factories.ResolutionFactory(council=tip.council)

    for wrong, field in (({}, "resolution"), ({"resolution": there.pk, "is_new": "on"}, "is_new")):
        answer = review(editor, tip, decision="accept", **wrong)
        assert list(answer.context["adminform"].form.errors) == [field]
    assert Resolution.objects.get() == there

    review(editor, tip, decision="accept", is_new="on")
    assert Resolution.objects.count() == 2


def test_a_report_stands_beside_others_of_the_same_with_other_links(editor: User, tip: Tip) -> None:
    same = factories.TipFactory(council=tip.council, url="https://example.org/same")
    factories.TipFactory(council=tip.council, on=DAY - timedelta(days=1))
    factories.TipFactory(on=DAY)

    assert list(tips.beside(tip)) == [same]
    assert same.url in Desk(editor).get(Tip, "change", tip.pk).content.decode()
    assert f'<a href="{same.url}"' in Desk(editor).get(Tip, "changelist").content.decode()


@pytest.mark.parametrize("decision", ["decline", "known"])
def test_who_reviews_second_is_told_and_writes_nothing(
    decision: str, editor: User, tip: Tip
) -> None:
    problem = ValidationError("Somebody has reviewed this already.")
    with mock.patch("resolutions.tips.check_waiting", side_effect=problem):
        answer = review(
            editor,
            tip,
            decision=decision,
            reason="No.",
            url="https://example.org/other",
        )

    assert said_next(answer) == "Somebody has reviewed this already."
    assert Tip.objects.get().url == tip.url


def test_what_an_invented_council_did_is_invented(editor: User, tip: Tip) -> None:
    Council.objects.update(is_demo=True)

    review(editor, tip, decision="accept")

    step = Step.objects.get()
    assert (step.is_demo, step.resolution.is_demo) == (True, True)


def test_a_declined_report_that_comes_again_waits_for_review_again(
    editor: User, burnaby: Council
) -> None:
    send(words="I was there.")
    tips.decline(Tip.objects.get(), by=editor, reason="No.", link=None)
    send(words="So was I.", email="second@example.org")

    tip = Tip.objects.get()
    assert (tip.state, tip.times, tip.reviewed_at, tip.reviewed_by) == ("waiting", 2, None, None)
    assert (tip.words, tip.email) == ("I was there.\n\nSo was I.", "second@example.org")

    send(words="x" * 4000)
    tip.refresh_from_db()
    assert len(tip.words) == 4000


def test_where_many_files_wait_the_link_alone_is_taken(
    tip: Tip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tips, "MOST_BYTES", 2 * len(PDF) - 1)

    answer = send(file=SimpleUploadedFile("minutes.pdf", PDF))
    assert "No more files fit in just now." in said(answer)
    assert Tip.objects.count() == 1
    send()
    assert Tip.objects.count() == 2


def test_an_address_of_a_resolution_is_not_taken_twice(editor: User, tip: Tip) -> None:
    for slug in ("burnaby-2010", "burnaby-2010-2"):
        factories.ResolutionFactory(slug=slug)

    review(editor, tip, decision="accept")

    assert Step.objects.get().resolution.slug == "burnaby-2010-3"


def test_an_attachment_is_saved_and_never_shown(editor: User, tip: Tip) -> None:
    answer = Desk(editor).client.get(reverse("admin:resolutions_tip_file", args=[tip.pk]))

    assert answer.content == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="minutes.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_the_list_reads_no_attachments(editor: User, tip: Tip) -> None:
    page = Desk(editor).get(Tip, "changelist")

    assert page.context["cl"].result_list[0].get_deferred_fields() == {"file"}


# ---- Forgotten ----


def test_addresses_are_erased_after_half_a_year(tip: Tip) -> None:
    now = timezone.now()
    resolution = factories.ResolutionFactory()
    for days in (179, 181):
        CopyRequest.objects.create(
            resolution=resolution,
            municipality="Delta",
            email=f"clerk{days}@example.org",
            made_at=now - timedelta(days=days),
        )
    Tip.objects.update(made_at=now - timedelta(days=181))

    call_command("retention", "--dry-run", verbosity=0)
    assert Tip.objects.get().email == "sender@example.org"
    call_command("retention", verbosity=0)

    found = Tip.objects.get()
    assert (found.email, found.file, found.file_name) == ("", None, "")
    older, newer = CopyRequest.objects.order_by("made_at")
    assert (older.email, newer.email) == (
        f"request-{older.pk}@forgotten.invalid",
        "clerk179@example.org",
    )


def test_an_address_is_erased_wherever_it_is(tip: Tip) -> None:
    invitation = factories.MemberInvitationFactory(email="Sender@example.org")
    copy = factories.DeliveryFactory(email="sender@example.org")

    call_command("erase", "--email", "sender@example.org", verbosity=0)

    tip.refresh_from_db()
    copy.refresh_from_db()
    assert (tip.email, copy.email) == ("", "")
    assert not type(invitation).objects.exists()
