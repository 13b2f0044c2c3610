"""Publishing a report: when it may be, what comes of it, and who is told."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Letter, User
from accounts.work import GiveUp
from dialogues import (
    capturing,
    checking_back,
    joining,
    planning,
    publishing,
    recalling,
    shaping,
    tasks,
)
from dialogues.models import (
    Attribution,
    ConsentPurpose,
    Contribution,
    Dialogue,
    DraftFile,
    Edition,
    EditionState,
    Participant,
    Sector,
)
from tests.admin.desk import Desk
from tests.dialogues.publishing_quickly import quick_files
from tests.factories import (
    ConsentFactory,
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    PersonFactory,
)
from tests.working import work
from w2i.demonstration import remove

__all__ = ["quick_files"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_files")]

RECORD, PUBLISH, NAME, CONTACT, REPORT = ConsentPurpose


@pytest.fixture
def dialogue(facilitator: User) -> Dialogue:
    return DialogueFactory(facilitators=[facilitator], title="What would it take?")


def published(dialogue: Dialogue, by: User, what_changed: str = "") -> Edition:
    edition = publishing.publish(dialogue, by=by, what_changed=what_changed)
    work()
    edition.refresh_from_db()
    return edition


def reader(dialogue: Dialogue, **kwargs: Any) -> Participant:
    """Somebody who asked for the report."""
    agreed = [RECORD, PUBLISH, REPORT]
    return ParticipantFactory(
        **{"dialogue": dialogue, "email": "ann@example.org", "agreed": agreed} | kwargs
    )


def say(dialogue: Dialogue, who: Participant | None = None, **kwargs: Any) -> Contribution:
    return ContributionFactory(dialogue=dialogue, participant=who, posted=True, **kwargs)


# ---- What comes of it ----


def test_a_dialogue_becomes_public_with_the_files_of_its_first_edition(
    dialogue: Dialogue, facilitator: User
) -> None:
    edition = publishing.publish(dialogue, by=facilitator)
    dialogue.refresh_from_db()
    assert (edition.state, dialogue.is_public) == (EditionState.MAKING, False)

    work()

    edition.refresh_from_db()
    dialogue.refresh_from_db()
    assert (edition.number, edition.state) == (1, EditionState.PUBLISHED)
    assert dialogue.is_public
    assert edition.checksum == publishing.checksum_of(edition.files.all())
    assert {(file.name, file.language) for file in edition.files.all()} == {
        (name, language) for name in ("index.html", "report.csv") for language in ("en", "fr")
    }


def test_an_edition_holds_what_was_said_when_somebody_pressed_the_button(
    dialogue: Dialogue, facilitator: User
) -> None:
    said = say(dialogue, code="HOPE-01", text="That we act in time.")
    edition = publishing.publish(dialogue, by=facilitator)
    capturing.revise(said, "That we act.", revision=said.revision)

    work()

    edition.refresh_from_db()
    assert edition.state == EditionState.PUBLISHED
    assert "That we act in time." in str(edition.source)
    assert recalling.codes_in(edition) == {"HOPE-01"}


def test_a_task_that_comes_twice_does_it_once(dialogue: Dialogue, facilitator: User) -> None:
    reader(dialogue)
    edition = published(dialogue, facilitator)

    publishing.make(edition.pk)

    assert edition.files.count() == 4
    assert Letter.objects.filter(event__startswith="edition-").count() == 1


def test_a_correction_says_what_changed(dialogue: Dialogue, facilitator: User) -> None:
    published(dialogue, facilitator)

    with pytest.raises(ValidationError, match="what changed"):
        publishing.publish(dialogue, by=facilitator, what_changed=" ")
    second = published(dialogue, facilitator, "A name was misspelt.")

    assert (second.number, second.state) == (2, EditionState.PUBLISHED)
    assert second.source["en"]["what_changed"] == "A name was misspelt."
    assert Edition.objects.latest_of(dialogue) == second


# ---- What keeps it from being published ----


def test_a_rehearsal_is_never_published(facilitator: User) -> None:
    with pytest.raises(ValidationError, match="rehearsal"):
        publishing.publish(DialogueFactory(is_rehearsal=True), by=facilitator)


def test_words_without_leave_keep_it_back(dialogue: Dialogue, facilitator: User) -> None:
    say(dialogue, ParticipantFactory(dialogue=dialogue, agreed=[RECORD]))

    with pytest.raises(ValidationError, match="has not agreed"):
        publishing.publish(dialogue, by=facilitator)

    assert not Edition.objects.exists()


def test_one_edition_is_made_at_a_time(dialogue: Dialogue, facilitator: User) -> None:
    publishing.publish(dialogue, by=facilitator)

    with pytest.raises(ValidationError, match="being made"):
        publishing.publish(dialogue, by=facilitator)


def test_what_is_taken_back_while_it_is_made_is_not_published(
    dialogue: Dialogue, facilitator: User
) -> None:
    said = say(dialogue, reader(dialogue), code="HOPE-07")
    edition = publishing.publish(dialogue, by=facilitator)
    capturing.take_back(said)

    work()

    edition.refresh_from_db()
    dialogue.refresh_from_db()
    assert (edition.state, dialogue.is_public) == (EditionState.FAILED, False)
    assert "HOPE-07" in edition.problem
    assert not edition.files.exists()
    assert not Letter.objects.exists()


def test_leave_taken_back_while_it_is_made_counts(dialogue: Dialogue, facilitator: User) -> None:
    ann = reader(dialogue)
    say(dialogue, ann)
    edition = publishing.publish(dialogue, by=facilitator)
    joining.take_back(ann, PUBLISH)

    work()

    edition.refresh_from_db()
    assert edition.state == EditionState.FAILED
    assert "has not agreed" in edition.problem


# ---- Other ways there ----


def test_the_administration_takes_the_first_edition_as_well(
    dialogue: Dialogue, editor: User
) -> None:
    desk = Desk(editor)

    desk.act(Dialogue, "publish", dialogue)
    dialogue.refresh_from_db()
    assert dialogue.is_public
    work()

    assert dialogue.editions.get().state == EditionState.PUBLISHED
    dialogue.withdraw()
    desk.act(Dialogue, "publish", dialogue)
    assert dialogue.editions.count() == 1


def test_demonstration_data_goes_with_its_editions(facilitator: User) -> None:
    shown = DialogueFactory(is_demo=True)
    published(shown, facilitator)
    publishing.ask_for_draft(shown, "report.pdf", "en")
    shaping.move(shown, "brief", 1)
    kept = published(DialogueFactory(), facilitator)

    remove()

    assert list(Edition.objects.all()) == [kept]
    assert not Dialogue.objects.filter(is_demo=True).exists()


# ---- When a file can't be made ----


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def fail(edition: Edition) -> Any:
        raise RuntimeError("no fonts")

    monkeypatch.setattr(publishing, "files_of", fail)
    return monkeypatch


def test_a_failure_is_told_and_can_be_tried_again(
    no_files: pytest.MonkeyPatch, dialogue: Dialogue, facilitator: User
) -> None:
    edition = publishing.publish(dialogue, by=facilitator)
    with pytest.raises(GiveUp):
        tasks.make_edition.call(edition.pk)
    edition.refresh_from_db()
    assert (edition.state, bool(edition.problem)) == (EditionState.FAILED, True)
    assert "no fonts" not in edition.problem

    no_files.setattr(publishing, "files_of", lambda edition: iter(()))
    said = say(dialogue, code="HOPE-01", text="Said and mended since.")
    again = publishing.try_again(edition, by=facilitator)
    work()

    again.refresh_from_db()
    assert (again.number, again.state) == (edition.number, EditionState.PUBLISHED)
    assert said.text in str(again.source)
    assert not Edition.objects.filter(pk=edition.pk).exists()


def test_an_edition_that_never_came_keeps_nobody_waiting_for_good(
    dialogue: Dialogue, facilitator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = publishing.publish(dialogue, by=facilitator)

    later = lost.made_at + publishing.GIVEN_UP
    monkeypatch.setattr(timezone, "now", lambda: later)
    again = publishing.publish(dialogue, by=facilitator)

    assert again.number == 1
    assert list(dialogue.editions.all()) == [again]


def test_the_next_edition_takes_the_number_of_one_nobody_saw(
    no_files: pytest.MonkeyPatch, dialogue: Dialogue, facilitator: User
) -> None:
    failed = publishing.publish(dialogue, by=facilitator)
    publishing.could_not_be_made(failed.pk, "No.")

    again = publishing.publish(dialogue, by=facilitator)

    assert again.number == 1
    assert list(dialogue.editions.all()) == [again]


def test_a_database_that_is_away_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue, facilitator: User
) -> None:
    edition = publishing.publish(dialogue, by=facilitator)

    def away(edition: Edition) -> Any:
        raise OperationalError

    monkeypatch.setattr(publishing, "files_of", away)
    with pytest.raises(OperationalError):
        tasks.make_edition.call(edition.pk)

    edition.refresh_from_db()
    assert edition.state == EditionState.MAKING


# ---- Who is told ----


def test_those_who_asked_get_one_letter_each_in_their_language(
    dialogue: Dialogue, facilitator: User
) -> None:
    reader(dialogue)
    lea = reader(dialogue, email="lea@example.org", language="fr")
    ParticipantFactory(dialogue=dialogue, email="bo@example.org", agreed=[RECORD, CONTACT])
    gone = reader(dialogue, email="gone@example.org")
    joining.take_back(gone, REPORT)

    edition = publishing.publish(dialogue, by=facilitator)
    assert not Letter.objects.exists()
    publishing.make(edition.pk)

    found = {letter.to: letter for letter in Letter.objects.all()}
    assert set(found) == {"ann@example.org", "lea@example.org"}
    french = found["lea@example.org"]
    assert (french.event, french.language) == (f"edition-{edition.pk}-participant-{lea.pk}", "fr")
    assert f"/fr/dialogues/{dialogue.slug}/editions/1/" in french.text
    assert f"/fr{reverse('join:said', args=[lea.token('said')])}" in french.text


def test_a_correction_is_sent_again_and_says_what_changed(
    dialogue: Dialogue, facilitator: User
) -> None:
    reader(dialogue)
    published(dialogue, facilitator)

    edition = publishing.publish(dialogue, by=facilitator, what_changed="A name was misspelt.")
    publishing.make(edition.pk)

    letter = Letter.objects.get(event__startswith=f"edition-{edition.pk}-")
    assert "A name was misspelt." in letter.text


def test_who_takes_it_back_gets_no_more(dialogue: Dialogue, facilitator: User) -> None:
    ann = reader(dialogue)
    published(dialogue, facilitator)
    joining.take_back(ann, REPORT)
    ann.refresh_from_db()
    assert ann.email == ""  # nothing else needed it

    edition = publishing.publish(dialogue, by=facilitator, what_changed="A comma.")
    publishing.make(edition.pk)

    assert not Letter.objects.filter(event__startswith=f"edition-{edition.pk}-").exists()


@pytest.mark.parametrize(("taken_back", "left"), [(REPORT, "said"), (CONTACT, "edition")])
def test_a_letter_that_waits_goes_with_the_consent_it_stands_on(
    dialogue: Dialogue, facilitator: User, taken_back: ConsentPurpose, left: str
) -> None:
    ann = reader(dialogue)
    joining.agree(ann, CONTACT)
    checking_back.send_link(ann, "https://example.org/said/")
    publishing.make(publishing.publish(dialogue, by=facilitator).pk)

    joining.take_back(ann, taken_back)

    (waiting,) = Letter.objects.exclude(to="")
    assert waiting.event.startswith(f"{left}-")


def test_no_letter_goes_out_about_an_edition_that_was_withdrawn_meanwhile(
    dialogue: Dialogue, facilitator: User, mailoutbox: list[Any]
) -> None:
    reader(dialogue)
    edition = publishing.publish(dialogue, by=facilitator)
    publishing.make(edition.pk)
    assert Letter.objects.exclude(to="").exists()

    recalling.withdraw(edition, by=facilitator, why="A name is in it.")
    work()

    assert mailoutbox == []
    assert not Letter.objects.exclude(to="").exists()


def test_the_address_stays_while_something_else_needs_it(dialogue: Dialogue) -> None:
    ann = reader(dialogue)
    ConsentFactory(participant=ann, purpose=CONTACT)

    joining.take_back(ann, REPORT)

    ann.refresh_from_db()
    assert ann.email == "ann@example.org"


# ---- Words that are taken back after it is published ----


@pytest.mark.parametrize("how", ["statement", "consent", "record", "all of it"])
def test_editions_with_words_that_are_taken_back_are_withdrawn(
    how: str, dialogue: Dialogue, facilitator: User
) -> None:
    ann = reader(dialogue)
    first = published(dialogue, facilitator)
    dialogue.refresh_from_db()
    said = say(dialogue, ann, code="HOPE-09", text="I hope, said Ann.")
    second = published(dialogue, facilitator, "One more hope.")
    ann.refresh_from_db()

    match how:
        case "statement":
            capturing.take_back(said)
        case "consent":
            joining.take_back(ann, PUBLISH)
        case "record":
            joining.take_back(ann, RECORD)
        case _:
            joining.erase(ann)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (EditionState.PUBLISHED, EditionState.WITHDRAWN)
    assert second.withdrawn_by is None
    page = Client().get(second.get_absolute_url()).content.decode()
    assert "Edition 2 is withdrawn" in page
    assert "I hope, said Ann." not in page
    assert Client().get(f"/dialogues/{dialogue.slug}/report.csv").content == b"en\r\n"
    assert Edition.objects.latest_of(dialogue) == first


def test_facilitators_hear_of_an_edition_that_was_withdrawn_by_whoever_said_something(
    dialogue: Dialogue, facilitator: User, mailoutbox: list[Any], client: Client
) -> None:
    ann = reader(dialogue)
    said = say(dialogue, ann, code="HOPE-09", text="I hope, said Ann.")
    published(dialogue, facilitator)
    mailoutbox.clear()
    page = client.get(reverse("join:said", args=[ann.token("said")])).content.decode()
    assert "that edition is withdrawn at once" in page

    capturing.take_back(said)
    work()

    (letter,) = mailoutbox
    assert letter.to == [user.email for user in dialogue.facilitators.all()]
    assert f"/dialogues/{dialogue.slug}/report/" in letter.body
    assert "Somebody whose words are in it took them back." in letter.body
    assert "I hope" not in letter.body


def test_readers_are_told_in_their_language_why_it_was_taken_from_view(
    dialogue: Dialogue, facilitator: User
) -> None:
    said = say(dialogue, reader(dialogue), code="HOPE-09", text="I hope, said Ann.")
    edition = published(dialogue, facilitator)

    with translation.override("fr"):
        capturing.take_back(said)

    page = edition.get_absolute_url()
    assert "Somebody whose words are in it took them back." in Client().get(page).content.decode()
    assert "les a repris" in Client().get(f"/fr{page}").content.decode()


# ---- Names that are taken back ----


def named(dialogue: Dialogue) -> Contribution:
    """What Ann Quagga said, who agreed to be named."""
    Dialogue.objects.filter(pk=dialogue.pk).update(attribution=Attribution.NAME)
    dialogue.refresh_from_db()
    ann = ParticipantFactory(
        dialogue=dialogue,
        name="Ann Quagga",
        sector=Sector.MEDIA,
        agreed=[RECORD, PUBLISH, NAME],
    )
    return say(dialogue, ann, code="HOPE-09")


@pytest.mark.parametrize("how", ["consent", Attribution.SECTOR, Attribution.NONE])
def test_editions_that_name_somebody_who_took_that_back_are_withdrawn(
    how: str, dialogue: Dialogue, facilitator: User
) -> None:
    first = published(dialogue, facilitator)
    said = named(dialogue)
    second = published(dialogue, facilitator, "One more hope.")
    assert "Ann Quagga" in str(second.source)

    if how == "consent":
        assert said.participant
        joining.take_back(said.participant, NAME)
    else:
        capturing.narrow(said, how)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (EditionState.PUBLISHED, EditionState.WITHDRAWN)
    third = published(dialogue, facilitator, "A name less.")
    assert "Ann Quagga" not in str(third.source)
    assert third.is_standing


def test_editions_that_tell_more_than_a_stricter_rule_are_withdrawn(
    dialogue: Dialogue, facilitator: User
) -> None:
    named(dialogue)
    edition = published(dialogue, facilitator)
    dialogue.refresh_from_db()
    dialogue.attribution = Attribution.SECTOR

    planning.change_facts(dialogue, ["attribution"])
    edition.refresh_from_db()
    assert edition.state == EditionState.WITHDRAWN


@pytest.mark.parametrize("way", ["plan", "administration"])
@pytest.mark.parametrize("has_people", [True, False])
def test_under_the_chatham_house_rule_no_edition_stands_that_names_people(
    has_people: bool, way: str, facilitator: User, editor: User
) -> None:
    dialogue = DialogueFactory(facilitators=[facilitator], attribution=Attribution.NONE)
    say(dialogue)
    if has_people:
        PersonFactory(dialogue=dialogue)
    edition = published(dialogue, facilitator)
    dialogue.refresh_from_db()

    if way == "plan":
        dialogue.attribution = Attribution.CHATHAM_HOUSE
        planning.change_facts(dialogue, ["attribution"])
    else:
        desk = Desk(editor)
        data = desk.form(Dialogue, dialogue.pk) | {"attribution": Attribution.CHATHAM_HOUSE}
        assert desk.post(Dialogue, "change", dialogue.pk, **data).status_code == 302

    edition.refresh_from_db()
    assert edition.is_standing is not has_people


def test_nobody_present_is_named_where_the_rule_became_stricter_while_it_was_made(
    dialogue: Dialogue, facilitator: User
) -> None:
    PersonFactory(dialogue=dialogue)
    edition = publishing.publish(dialogue, by=facilitator)
    Dialogue.objects.filter(pk=dialogue.pk).update(attribution=Attribution.CHATHAM_HOUSE)

    with pytest.raises(ValidationError, match="became stricter"):
        publishing.make(edition.pk)

    dialogue.refresh_from_db()
    assert not dialogue.is_public


def test_editions_that_name_nobody_stand_when_a_name_is_taken_back(
    dialogue: Dialogue, facilitator: User
) -> None:
    said = named(dialogue)
    capturing.narrow(said, Attribution.SECTOR)
    edition = published(dialogue, facilitator)
    assert "Media" in str(edition.source["en"])

    assert said.participant
    joining.take_back(said.participant, NAME)

    edition.refresh_from_db()
    assert edition.is_standing


def test_a_name_taken_back_while_it_is_made_is_not_published(
    dialogue: Dialogue, facilitator: User
) -> None:
    said = named(dialogue)
    edition = publishing.publish(dialogue, by=facilitator)
    assert said.participant
    joining.take_back(said.participant, NAME)

    work()

    edition.refresh_from_db()
    dialogue.refresh_from_db()
    assert (edition.state, dialogue.is_public) == (EditionState.FAILED, False)
    assert "HOPE-09" in edition.problem


# ---- Files of a draft ----


def test_files_of_a_draft_go_with_words_that_are_taken_back(
    monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    ann = reader(dialogue)
    say(dialogue, ann)
    file = publishing.ask_for_draft(dialogue, "report.pdf", "en")

    def erased_meanwhile(form: str, report: Any) -> bytes:
        joining.erase(ann)
        return b"with the words of Ann"

    monkeypatch.setattr(publishing, "written", erased_meanwhile)
    publishing.make_draft(file.pk)

    assert not DraftFile.objects.exists()


def test_a_draft_becomes_a_file_outside_the_request(
    monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    monkeypatch.setattr(
        publishing, "written", lambda form, report: f"{form} in {report.language}".encode()
    )

    publishing.ask_for_draft(dialogue, "report.pdf", "fr")
    publishing.ask_for_draft(dialogue, "report.pdf", "fr")
    work()

    file = DraftFile.objects.get()
    assert bytes(file.content) == b"pdf in fr"
    assert file.made_at is not None
