"""Taking down what is said: once, under one number, and never lost while it is put right."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.models import User
from dialogues import capturing, joining, running
from dialogues.capturing import LONGEST, Conflict, Said
from dialogues.models import (
    AgendaItem,
    AgendaKind,
    Channel,
    ConsentPurpose,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Room,
)
from recommendations.models import Entry, EntryKind
from tests.dialogues.conftest import AtOnce
from tests.factories import (
    AgendaItemFactory,
    AnswerFactory,
    ContributionFactory,
    DialogueFactory,
    ParticipantFactory,
    RecommendationFactory,
    RoomFactory,
    ThemeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HOPE, CONCERN, IDEA = ContributionKind.HOPE, ContributionKind.CONCERN, ContributionKind.IDEA
POSTED, HELD, WITHDRAWN = (
    ContributionState.POSTED,
    ContributionState.HELD,
    ContributionState.WITHDRAWN,
)


@pytest.fixture
def scribe(db: None) -> User:
    return UserFactory()


@pytest.fixture
def dialogue(db: None) -> Dialogue:
    return RoomFactory().dialogue


def said(text: str = "I hope.", kind: ContributionKind = HOPE, **kwargs: Any) -> Said:
    return Said(kind=kind, text=text, key=kwargs.pop("key", None) or uuid.uuid4(), **kwargs)


def by_scribe(dialogue: Dialogue, scribe: User, *texts: str) -> list[Contribution]:
    return [
        capturing.take_down(dialogue, said(text), channel=Channel.CONSOLE, by=scribe)
        for text in texts
    ]


def from_phone(dialogue: Dialogue, item: AgendaItem, text: str = "We can.", **kwargs: Any) -> Any:
    participant = kwargs.pop("participant", None) or ParticipantFactory(dialogue=dialogue)
    return capturing.take_down(
        dialogue,
        said(text, **kwargs),
        channel=Channel.PHONE,
        participant=participant,
        item=item,
    )


def on(dialogue: Dialogue, by: User, **kwargs: Any) -> AgendaItem:
    """An item of the agenda that is running."""
    return running.start(AgendaItemFactory(dialogue=dialogue, **kwargs), by=by)


def by_two(dialogue: Dialogue, scribe: User, **kwargs: Any) -> list[Contribution]:
    """Ann's statement and Ben's; only Ann agrees to be published."""
    ann, ben = ParticipantFactory.create_batch(2, dialogue=dialogue, **kwargs)
    joining.agree(ann, ConsentPurpose.PUBLISH)
    return [
        capturing.take_down(
            dialogue, said(text), channel=Channel.CONSOLE, by=scribe, participant=participant
        )
        for participant, text in ((ann, "Peace."), (ben, "Peace soon."))
    ]


def states(dialogue: Dialogue) -> dict[str, str]:
    return dict(dialogue.contributions.values_list("code", "state"))


# ---- Once, under one number ----


def test_numbers_of_each_kind_begin_at_one(dialogue: Dialogue, scribe: User) -> None:
    for kind in (HOPE, CONCERN, HOPE):
        capturing.take_down(dialogue, said(kind=kind), channel=Channel.CONSOLE, by=scribe)

    assert set(states(dialogue)) == {"HOPE-01", "HOPE-02", "CONCERN-01"}


def test_the_same_key_again_gives_the_statement_that_is_there(
    dialogue: Dialogue, scribe: User
) -> None:
    key = uuid.uuid4()
    first = capturing.take_down(
        dialogue, said("As typed.", key=key), channel=Channel.CONSOLE, by=scribe
    )

    again = capturing.take_down(
        dialogue, said("Typed anew.", CONCERN, key=key), channel=Channel.PHONE
    )

    assert again == first
    assert list(dialogue.contributions.values_list("code", "text")) == [("HOPE-01", "As typed.")]


def test_a_key_of_another_dialogue_is_refused(dialogue: Dialogue, scribe: User) -> None:
    (there,) = by_scribe(RoomFactory().dialogue, scribe, "Elsewhere.")
    assert there.key

    with pytest.raises(ValidationError, match="another dialogue"):
        capturing.take_down(dialogue, said(key=there.key), channel=Channel.CONSOLE, by=scribe)

    assert not dialogue.contributions.exists()


def test_two_senders_of_the_same_key_at_once_leave_one_statement(at_once: AtOnce) -> None:
    dialogue, scribe, key = RoomFactory().dialogue, UserFactory(), uuid.uuid4()
    send = partial(capturing.take_down, dialogue, said(key=key), channel=Channel.CONSOLE, by=scribe)

    results = at_once(*[send] * 8)

    assert {result.code for result in results} == {"HOPE-01"}
    assert dialogue.contributions.count() == 1


def test_a_number_is_never_given_twice(at_once: AtOnce) -> None:
    dialogue, scribe = RoomFactory().dialogue, UserFactory()

    def say_ten() -> list[str]:
        return [row.code for row in by_scribe(dialogue, scribe, *["Said at once."] * 10)]

    results = at_once(*[say_ten] * 6)

    codes = [code for result in results for code in result]
    assert sorted(codes) == [f"HOPE-{n:02}" for n in range(1, 61)]
    assert Room.objects.get(dialogue=dialogue).numbers == {"hope": 60}


def test_each_writing_has_a_version_of_its_own(at_once: AtOnce) -> None:
    dialogue, scribe = RoomFactory().dialogue, UserFactory()
    before = Room.objects.get(dialogue=dialogue).version

    at_once(*[partial(by_scribe, dialogue, scribe, "One.", "Two.")] * 4)

    versions = sorted(dialogue.contributions.values_list("version", flat=True))
    assert versions == list(range(before + 1, before + 9))


def test_numbers_go_on_after_statements_older_than_the_room(
    dialogue: Dialogue, scribe: User
) -> None:
    for n in (1, 2, 7):
        ContributionFactory(dialogue=dialogue, code=f"HOPE-{n:02}", order=n)

    first, second = by_scribe(dialogue, scribe, "Later.", "Later still.")

    assert (first.code, second.code) == ("HOPE-08", "HOPE-09")


def test_what_goes_wrong_gives_its_number_back(dialogue: Dialogue, scribe: User) -> None:
    def go_wrong() -> None:
        with Room.objects.changing(dialogue):
            by_scribe(dialogue, scribe, "Lost with what went wrong.")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        go_wrong()

    assert by_scribe(dialogue, scribe, "Kept.")[0].code == "HOPE-01"
    assert dialogue.contributions.count() == 1


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), (" \r\n\x00 ", "empty"), ("x" * (LONGEST + 1), "long")]
)
def test_nothing_and_too_much_are_refused(
    dialogue: Dialogue, scribe: User, text: str, code: str
) -> None:
    with pytest.raises(ValidationError) as error:
        by_scribe(dialogue, scribe, text)

    assert error.value.code == code
    assert not dialogue.contributions.exists()


def test_a_printed_card_keeps_its_number_and_later_ones_stand_behind_it(
    dialogue: Dialogue, scribe: User
) -> None:
    card = capturing.take_down(dialogue, said(code=" hope-7 "), channel=Channel.PAPER, by=scribe)

    (after,) = by_scribe(dialogue, scribe, "Spoken.")

    assert (card.code, card.state) == ("HOPE-07", HELD)
    assert after.code == "HOPE-08"


def test_a_printed_card_is_taken_down_once(dialogue: Dialogue, scribe: User) -> None:
    paper = partial(capturing.take_down, dialogue, channel=Channel.PAPER, by=scribe)
    paper(said(code="HOPE-07"))

    with pytest.raises(ValidationError) as taken:
        paper(said(code="HOPE-7"))
    for wrong in ("CONCERN-07", "HOPE", "HOPE-0", "HOPE-x"):
        with pytest.raises(ValidationError) as other:
            paper(said(code=wrong))
        assert other.value.code == "number"

    assert taken.value.code == "taken"
    assert dialogue.contributions.count() == 1


# ---- What shows at once ----


def test_what_a_scribe_types_shows_at_once(dialogue: Dialogue, scribe: User) -> None:
    (row,) = by_scribe(dialogue, scribe, "Spoken.")

    assert (row.state, row.posted_by, row.typed_by) == (POSTED, scribe, scribe)


def test_what_comes_from_a_phone_waits_unless_the_round_posts_by_itself(
    dialogue: Dialogue, scribe: User
) -> None:
    reviewed = on(dialogue, scribe)
    waiting = from_phone(dialogue, reviewed)
    free = on(dialogue, scribe, posts_itself=True)

    shown = from_phone(dialogue, free)

    assert (waiting.state, shown.state, shown.posted_by) == (HELD, POSTED, scribe)


@pytest.mark.parametrize("text", ["See https://example.org", "see WWW.example.org"])
def test_a_link_never_posts_itself(dialogue: Dialogue, scribe: User, text: str) -> None:
    item = on(dialogue, scribe, posts_itself=True)

    assert from_phone(dialogue, item, text).state == HELD


def test_somebody_whose_statements_are_held_waits(dialogue: Dialogue, scribe: User) -> None:
    item = on(dialogue, scribe, posts_itself=True)
    held = ParticipantFactory(dialogue=dialogue, is_held=True)

    assert from_phone(dialogue, item, participant=held).state == HELD


def test_in_a_public_dialogue_nothing_shows_of_who_has_not_agreed(scribe: User) -> None:
    dialogue = RoomFactory(dialogue__published=True).dialogue
    silent = ParticipantFactory(dialogue=dialogue)
    agreed = ParticipantFactory(dialogue=dialogue, agreed=[ConsentPurpose.PUBLISH])
    take = partial(capturing.take_down, dialogue, channel=Channel.CONSOLE, by=scribe)

    waits, shows = take(said(), participant=silent), take(said(), participant=agreed)

    assert (waits.state, shows.state) == (HELD, POSTED)
    with pytest.raises(ValidationError, match="not agreed"):
        capturing.post(waits, by=scribe)


# ---- Silent rounds ----


def test_a_silent_round_shows_nothing_until_all_is_revealed(
    dialogue: Dialogue, scribe: User
) -> None:
    item = on(dialogue, scribe, kind=AgendaKind.IDEAS, is_silent=True, posts_itself=True)
    held = ParticipantFactory(dialogue=dialogue, is_held=True)
    rows = [
        from_phone(dialogue, item, kind=IDEA),
        capturing.take_down(
            dialogue, said(kind=IDEA), channel=Channel.CONSOLE, by=scribe, item=item
        ),
    ]
    rows += [from_phone(dialogue, item, kind=IDEA, participant=held)]
    before = [row.state for row in rows]
    capturing.take_back(from_phone(dialogue, item, kind=IDEA))

    shown = capturing.reveal(item, by=scribe)

    assert before == [HELD] * 3
    assert shown == 2
    assert sorted(states(dialogue).values()) == sorted([POSTED, POSTED, HELD, WITHDRAWN])


def test_what_is_held_after_the_reveal_is_not_shown_by_revealing_again(
    dialogue: Dialogue, scribe: User
) -> None:
    item = on(dialogue, scribe, kind=AgendaKind.IDEAS, is_silent=True)
    row = from_phone(dialogue, item, kind=IDEA)
    capturing.reveal(item, by=scribe)
    capturing.hold(row, reason="names somebody")

    again = capturing.reveal(item, by=scribe)

    assert (again, states(dialogue)) == (0, {"IDEA-01": HELD})


def test_a_phone_that_has_not_heard_of_the_reveal_is_shown_with_the_rest(
    dialogue: Dialogue, scribe: User
) -> None:
    item = on(dialogue, scribe, kind=AgendaKind.IDEAS, is_silent=True, posts_itself=True)
    as_the_phone_knows_it = AgendaItem.objects.get(pk=item.pk)
    capturing.reveal(item, by=scribe)

    late = from_phone(dialogue, as_the_phone_knows_it, kind=IDEA)

    assert late.state == POSTED


# ---- Putting it right ----


def test_the_first_wording_stays_beside_the_edited_one(dialogue: Dialogue, scribe: User) -> None:
    (row,) = by_scribe(dialogue, scribe, "I hpoe.")

    once = capturing.revise(row, "I hope.", revision=1)
    twice = capturing.revise(row, "I do hope.", revision=2)

    assert (once.spoken, twice.spoken) == ("I hpoe.", "I hpoe.")
    assert (twice.text, twice.revision) == ("I do hope.", 3)


def test_an_edit_of_what_was_changed_meanwhile_shows_both(dialogue: Dialogue, scribe: User) -> None:
    (row,) = by_scribe(dialogue, scribe, "As heard.")
    capturing.revise(row, "As the first scribe has it.", revision=1)

    with pytest.raises(Conflict) as conflict:
        capturing.revise(row, "As the second has it.", revision=1)

    assert conflict.value.theirs.text == "As the first scribe has it."
    row.refresh_from_db()
    assert row.text == "As the first scribe has it."


def test_of_two_edits_at_once_one_is_told_of_the_other(at_once: AtOnce) -> None:
    (row,) = by_scribe(RoomFactory().dialogue, UserFactory(), "As heard.")
    edits = [partial(capturing.revise, row, f"Version {n}.", revision=1) for n in range(4)]

    results = at_once(*edits)

    kept = [result for result in results if isinstance(result, Contribution)]
    told = [result for result in results if isinstance(result, Conflict)]
    row.refresh_from_db()
    assert (len(kept), len(told)) == (1, 3)
    assert {conflict.theirs.text for conflict in told} == {row.text} == {kept[0].text}


def test_moved_it_takes_the_next_number_and_leaves_its_own_unused(
    dialogue: Dialogue, scribe: User
) -> None:
    first, _second = by_scribe(dialogue, scribe, "Rather a fear.", "A hope.")

    moved = capturing.move(first, CONCERN)
    again = capturing.move(first, CONCERN)
    (third,) = by_scribe(dialogue, scribe, "Another.")

    assert (moved.code, again.code, third.code) == ("CONCERN-01", "CONCERN-01", "HOPE-03")
    assert set(states(dialogue)) == {"CONCERN-01", "HOPE-02", "HOPE-03"}


def test_a_question_that_has_an_answer_stays_one(scribe: User) -> None:
    question = AnswerFactory(contribution__dialogue=RoomFactory().dialogue).contribution

    with pytest.raises(ValidationError, match="stays a question"):
        capturing.move(question, HOPE)


def test_pieces_know_what_they_were_split_from(dialogue: Dialogue, scribe: User) -> None:
    (row,) = by_scribe(dialogue, scribe, "Both. And.")
    theme, about = ThemeFactory(dialogue=dialogue), RecommendationFactory()
    capturing.sort(row, sector="media", themes=[theme], about=[about])
    keys = [uuid.uuid4(), uuid.uuid4()]

    pieces = capturing.split(row, ["Both.", "And."], keys=keys, by=scribe)
    again = capturing.split(row, ["Both.", "And."], keys=keys, by=scribe)

    row.refresh_from_db()
    assert again == pieces
    assert [(p.code, p.text, p.sector, p.state) for p in pieces] == [
        ("HOPE-02", "Both.", "media", POSTED),
        ("HOPE-03", "And.", "media", POSTED),
    ]
    assert list(row.pieces.order_by("pk")) == pieces
    assert [list(p.themes.all()) + list(p.about.all()) for p in pieces] == [[theme, about]] * 2
    assert (row.state, row.withdrawn_by, row.text) == (WITHDRAWN, scribe, "Both. And.")


def test_one_piece_is_no_split(dialogue: Dialogue, scribe: User) -> None:
    (row,) = by_scribe(dialogue, scribe, "One.")

    with pytest.raises(ValidationError):
        capturing.split(row, ["One."], keys=[uuid.uuid4()], by=scribe)

    assert states(dialogue) == {"HOPE-01": POSTED}


def test_merged_statements_lead_to_the_one_that_is_kept(dialogue: Dialogue, scribe: User) -> None:
    kept, other = by_scribe(dialogue, scribe, "Peace.", "Peace soon.")
    theme = ThemeFactory(dialogue=dialogue)
    capturing.sort(other, themes=[theme])

    merged = capturing.merge(kept, other, text="Peace, and soon.", by=scribe)

    other.refresh_from_db()
    assert (merged.text, merged.spoken, merged.revision) == ("Peace, and soon.", "Peace.", 2)
    assert (other.state, other.replaced_by, other.text) == (WITHDRAWN, kept, "Peace soon.")
    assert list(merged.themes.all()) == [theme]


def test_a_duplicate_leaves_the_wording_of_the_one_that_is_kept(
    dialogue: Dialogue, scribe: User
) -> None:
    kept, other = by_scribe(dialogue, scribe, "Peace.", "Peace!")

    merged = capturing.merge(kept, other, text=None, by=scribe)

    assert (merged.text, merged.spoken, merged.revision) == ("Peace.", "", 1)
    assert states(dialogue) == {"HOPE-01": POSTED, "HOPE-02": WITHDRAWN}


def test_merging_twice_changes_nothing(dialogue: Dialogue, scribe: User) -> None:
    kept, other = by_scribe(dialogue, scribe, "Peace.", "Soon.")
    merge = partial(capturing.merge, kept, other, text="Peace soon.", by=scribe)
    merge()
    other.refresh_from_db()

    assert merge().revision == 2
    assert Contribution.objects.get(pk=other.pk).withdrawn_at == other.withdrawn_at


def test_a_pair_merged_both_ways_leaves_one_of_them(at_once: AtOnce) -> None:
    dialogue, scribe = RoomFactory().dialogue, UserFactory()
    one, two = by_scribe(dialogue, scribe, "Peace.", "Peace!")
    both = [
        partial(capturing.merge, one, two, text=None, by=scribe),
        partial(capturing.merge, two, one, text=None, by=scribe),
    ]

    results = at_once(*both)

    assert sorted(states(dialogue).values()) == [POSTED, WITHDRAWN]
    assert sum(isinstance(result, ValidationError) for result in results) == 1


def test_a_statement_is_not_merged_with_itself_or_another_dialogues(
    dialogue: Dialogue, scribe: User
) -> None:
    (row,) = by_scribe(dialogue, scribe, "Here.")
    (elsewhere,) = by_scribe(RoomFactory().dialogue, scribe, "There.")

    for other in (row, elsewhere):
        with pytest.raises(ValidationError):
            capturing.merge(row, other, text=None, by=scribe)

    assert states(dialogue) == {"HOPE-01": POSTED}


def test_held_it_leaves_the_wall_and_posted_it_returns(dialogue: Dialogue, scribe: User) -> None:
    (row,) = by_scribe(dialogue, scribe, "Said.")

    held = capturing.hold(row, reason="names somebody")
    posted = capturing.post(row, by=scribe)

    assert (held.state, held.reason, held.posted_at) == (HELD, "names somebody", None)
    assert (posted.state, posted.reason, posted.posted_by) == (POSTED, "", scribe)


def test_nothing_is_withdrawn_without_a_reason(dialogue: Dialogue, scribe: User) -> None:
    (row,) = by_scribe(dialogue, scribe, "Said.")

    with pytest.raises(ValidationError) as error:
        capturing.withdraw(row, by=scribe, reason=" ")
    gone = capturing.withdraw(row, by=scribe, reason="off the subject")

    assert error.value.code == "reason"
    assert (gone.state, gone.reason, gone.withdrawn_by) == (WITHDRAWN, "off the subject", scribe)


def test_lines_of_a_statement_are_withdrawn_with_it(dialogue: Dialogue, scribe: User) -> None:
    (row,) = by_scribe(dialogue, scribe, "With lines:")
    line = ContributionFactory(dialogue=dialogue, part_of=row, posted=True)

    capturing.withdraw(row, by=scribe, reason="off the subject")

    line.refresh_from_db()
    assert (line.state, line.withdrawn_by) == (WITHDRAWN, scribe)


def test_what_its_maker_took_back_the_team_does_not_post_again(
    dialogue: Dialogue, scribe: User
) -> None:
    (row,) = by_scribe(dialogue, scribe, "Said.")

    back = capturing.take_back(row)
    with pytest.raises(ValidationError, match="taken it back"):
        capturing.post(row, by=scribe)

    assert (back.state, back.was_taken_back, back.withdrawn_by) == (WITHDRAWN, True, None)
    row.refresh_from_db()
    assert row.state == WITHDRAWN


def test_a_card_is_compared_by_somebody_else_and_then_shows(
    dialogue: Dialogue, scribe: User, facilitator: User
) -> None:
    card = capturing.take_down(dialogue, said(), channel=Channel.PAPER, by=scribe)

    with pytest.raises(ValidationError, match="you typed it"):
        capturing.check(card, by=scribe)
    capturing.check(card, by=facilitator)

    card.refresh_from_db()
    assert (card.state, card.checked_by) == (POSTED, facilitator)


def test_a_reworded_card_is_compared_again(
    dialogue: Dialogue, scribe: User, facilitator: User
) -> None:
    card = capturing.take_down(dialogue, said(), channel=Channel.PAPER, by=scribe)
    capturing.check(card, by=facilitator)

    reworded = capturing.revise(card, "Read otherwise.", revision=1)

    assert (reworded.checked_at, reworded.checked_by) == (None, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda row, by: capturing.revise(row, "Otherwise.", revision=1),
        lambda row, by: capturing.move(row, CONCERN),
        lambda row, by: capturing.sort(row, sector="media"),
        lambda row, by: capturing.hold(row),
        lambda row, by: capturing.withdraw(row, by=by, reason="so"),
        lambda row, by: capturing.take_back(row),
    ],
)
def test_every_change_is_one_other_screens_hear_of(
    dialogue: Dialogue, scribe: User, change: Callable[[Contribution, User], Contribution]
) -> None:
    (row,) = by_scribe(dialogue, scribe, "Said.")
    before = Room.objects.get(dialogue=dialogue).version

    change(row, scribe)

    room, now = Room.objects.get(dialogue=dialogue), Contribution.objects.get(pk=row.pk)
    assert before < now.version == room.version


# ---- Publishing meanwhile ----


def test_a_dialogue_is_not_published_with_words_of_who_has_not_agreed(
    dialogue: Dialogue, scribe: User
) -> None:
    silent = ParticipantFactory(dialogue=dialogue)
    take = partial(capturing.take_down, dialogue, channel=Channel.CONSOLE, by=scribe)
    row = take(said(), participant=silent)
    take(said(), participant=ParticipantFactory(dialogue=dialogue, agreed=["publish"]))

    with pytest.raises(ValidationError, match="1 posted statement"):
        dialogue.publish(by=scribe)
    assert not Dialogue.objects.public().exists()
    capturing.withdraw(row, by=scribe, reason="no consent")
    dialogue.publish(by=scribe)

    assert Dialogue.objects.public().count() == 1


def test_what_is_said_while_it_is_published_can_be_found(at_once: AtOnce) -> None:
    dialogue, scribe = DialogueFactory(), UserFactory()

    def say_ten() -> None:
        Room.objects.of(dialogue)
        by_scribe(Dialogue.objects.get(pk=dialogue.pk), scribe, *["Said meanwhile."] * 10)

    results = at_once(say_ten, partial(dialogue.publish, by=scribe), say_ten)

    entries = Entry.objects.filter(kind=EntryKind.STATEMENT)
    assert results == [None] * 3
    assert dialogue.contributions.count() == entries.count() == 20
    assert Dialogue.objects.get(pk=dialogue.pk).counts == {"hope": 20}


def test_publishing_waits_for_who_is_taking_down(at_once: AtOnce) -> None:
    """Whoever speaks first without leave stops it, or else waits; nothing slips through."""
    dialogue, scribe = DialogueFactory(), UserFactory()
    silent = ParticipantFactory(dialogue=dialogue)

    def say() -> str:
        Room.objects.of(dialogue)
        row = capturing.take_down(
            Dialogue.objects.get(pk=dialogue.pk),
            said(),
            channel=Channel.CONSOLE,
            by=scribe,
            participant=silent,
        )
        return row.state

    (state, published) = at_once(say, partial(dialogue.publish, by=scribe))

    if isinstance(published, ValidationError):
        assert state == POSTED
    else:
        assert (state, published) == (HELD, None)
    assert not Contribution.objects.public().without_leave().exists()


def test_what_is_taken_down_in_a_draft_costs_no_lock_of_the_public_pages(
    dialogue: Dialogue, scribe: User, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(16) as asked:
        by_scribe(dialogue, scribe, "Said.")

    statements = " ".join(query["sql"] for query in asked.captured_queries)
    assert "recommendations_entry" not in statements
    assert "recommendations_pageversion" not in statements
    assert "pg_advisory" not in statements


class TestWordsOfTwo:
    def test_joined_words_are_published_only_if_both_agree(
        self, dialogue: Dialogue, scribe: User
    ) -> None:
        kept, other = by_two(dialogue, scribe)
        capturing.merge(kept, other, text="Peace, and soon.", by=scribe)
        (piece, _second) = capturing.split(
            kept, ["Peace", "soon"], keys=[uuid.uuid4(), uuid.uuid4()], by=scribe
        )
        with pytest.raises(ValidationError):
            dialogue.publish(by=scribe)
        assert set(Contribution.objects.posted().without_leave()) == {piece, _second}
        assert other.participant is not None

        joining.agree(other.participant, ConsentPurpose.PUBLISH)
        dialogue.publish(by=scribe)

        assert dialogue.is_public

    def test_they_do_not_show_again_in_a_public_dialogue(
        self, dialogue: Dialogue, scribe: User
    ) -> None:
        kept, other = by_two(dialogue, scribe)
        capturing.merge(kept, other, text="Peace, and soon.", by=scribe)
        capturing.hold(kept)
        dialogue.publish(by=scribe)

        with pytest.raises(ValidationError):
            capturing.post(kept, by=scribe)

        assert not Contribution.objects.filter(pk=kept.pk).post(by=scribe)
        assert states(dialogue) == {"HOPE-01": HELD, "HOPE-02": WITHDRAWN}

    def test_a_duplicate_publishes_nobodys_words(self, dialogue: Dialogue, scribe: User) -> None:
        kept, other = by_two(dialogue, scribe)
        with translation.override("fr"):
            capturing.merge(kept, other, text=None, by=scribe)
        capturing.revise(kept, "Peace!", revision=1)

        dialogue.publish(by=scribe)

        assert dialogue.is_public

    def test_words_joined_on_are_still_their_makers(self, dialogue: Dialogue, scribe: User) -> None:
        kept, other = by_two(dialogue, scribe)
        (third,) = by_scribe(dialogue, scribe, "At last.")
        capturing.merge(kept, other, text="Peace, and soon.", by=scribe)
        capturing.merge(third, kept, text="At last peace, and soon.", by=scribe)

        assert list(Contribution.objects.posted().without_leave()) == [third]

    @pytest.mark.parametrize("again", ["held", "posted"])
    def test_they_stay_its_makers_when_it_is_looked_at_again(
        self, dialogue: Dialogue, scribe: User, again: str
    ) -> None:
        kept, other = by_two(dialogue, scribe)
        capturing.merge(kept, other, text="Peace, and soon.", by=scribe)
        capturing.revise(kept, "Peace, and very soon.", revision=2)

        capturing.hold(other) if again == "held" else capturing.post(other, by=scribe)

        assert kept in Contribution.objects.posted().without_leave()

    def test_they_are_no_longer_in_it_once_it_reads_as_before(
        self, dialogue: Dialogue, scribe: User
    ) -> None:
        kept, other = by_two(dialogue, scribe)
        capturing.merge(kept, other, text="Peace, and soon.", by=scribe)

        capturing.post(other, by=scribe)

        assert list(Contribution.objects.posted().without_leave()) == [other]

    def test_words_of_a_piece_are_still_their_makers(
        self, dialogue: Dialogue, scribe: User
    ) -> None:
        kept, other = by_two(dialogue, scribe)
        (third,) = by_scribe(dialogue, scribe, "At last.")
        capturing.merge(kept, other, text="Peace, and soon.", by=scribe)
        piece, _second = capturing.split(
            kept, ["Peace", "soon"], keys=[uuid.uuid4(), uuid.uuid4()], by=scribe
        )

        capturing.merge(third, piece, text="At last peace.", by=scribe)

        assert third in Contribution.objects.posted().without_leave()

    def test_nothing_is_joined_in_public_without_leave(
        self, dialogue: Dialogue, scribe: User
    ) -> None:
        kept, other = by_two(dialogue, scribe)
        capturing.hold(other)
        dialogue.publish(by=scribe)

        with pytest.raises(ValidationError, match="HOPE-02"):
            capturing.merge(kept, other, text="Peace, and soon.", by=scribe)
        capturing.merge(kept, other, text=None, by=scribe)

        kept.refresh_from_db()
        assert kept.text == "Peace."


class TestPostedAgain:
    def test_what_was_parted_takes_its_pieces_away(self, dialogue: Dialogue, scribe: User) -> None:
        (row,) = by_scribe(dialogue, scribe, "Both. And. More.")
        keys = [uuid.uuid4() for _ in range(3)]
        pieces = capturing.split(row, ["Both.", "And.", "More."], keys=keys, by=scribe)
        capturing.revise(pieces[0], "Both!", revision=1)

        capturing.post(row, by=scribe)

        assert states(dialogue) == {
            "HOPE-01": POSTED,
            "HOPE-02": POSTED,
            "HOPE-03": WITHDRAWN,
            "HOPE-04": WITHDRAWN,
        }

    def test_what_was_joined_leaves_the_other_as_it_was(
        self, dialogue: Dialogue, scribe: User
    ) -> None:
        kept, other = by_scribe(dialogue, scribe, "Peace.", "Peace soon.")
        capturing.merge(kept, other, text="Peace, and soon.", by=scribe)

        capturing.post(other, by=scribe)

        kept.refresh_from_db()
        assert (kept.text, kept.spoken, kept.revision) == ("Peace.", "", 3)

    def test_what_was_worded_anew_since_stays(self, dialogue: Dialogue, scribe: User) -> None:
        kept, other = by_scribe(dialogue, scribe, "Peace.", "Peace soon.")
        capturing.merge(kept, other, text="Peace, and soon.", by=scribe)
        capturing.revise(kept, "Peace now.", revision=2)

        capturing.post(other, by=scribe)

        kept.refresh_from_db()
        assert kept.text == "Peace now."
