"""Beginning to follow a resolution, keeping its text, and the page that shows both."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, User
from resolutions import preparing
from resolutions.models import (
    ClauseKind,
    Council,
    ModelResolution,
    Preparation,
    Resolution,
    ResolutionText,
    StepKind,
    TextStage,
)
from resolutions.recording import begin_with, clauses_in, mark_of
from resolutions.starting import NotStarted, start
from tests.factories import (
    ClauseFactory,
    CouncilFactory,
    ModelResolutionFactory,
    PlaceFieldFactory,
    PlaceTermFactory,
    RecommendationFactory,
    ResolutionFactory,
    StepFactory,
)
from tests.markup import Page, text_of, words

pytestmark = pytest.mark.django_db

NEW = "/resolutions/board/new/"
RECITAL = "WHEREAS, mass atrocities offend the conscience of humankind;"
URGE = "BE IT RESOLVED THAT the City of Vancouver urge Parliament to act;"
ITEM = "appoint a minister for it;"


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def organization(ngo_member: User) -> Organization:
    return ngo_member.organizations.get()


@pytest.fixture
def champion(ngo_member: User) -> Client:
    return browser_of(ngo_member)


@pytest.fixture
def council() -> Council:
    return CouncilFactory(slug="port-alder-bc", name="Port Alder")


@pytest.fixture
def model() -> ModelResolution:
    """A recital, an operative clause with its city, and a sub-item; two recommendations."""
    model = ModelResolutionFactory(published=True)
    ClauseFactory(model=model, code="R1", kind=ClauseKind.RECITAL, opening="WHEREAS,", text=RECITAL)
    first, second = (RecommendationFactory(code=c, published=True) for c in ("CA-01", "CA-02"))
    urge = ClauseFactory(
        model=model,
        code="O1",
        opening="BE IT RESOLVED THAT",
        text=URGE,
        recommendations=[first],
    )
    field = PlaceFieldFactory(model=model, name="city", original="City of Vancouver")
    PlaceTermFactory(clause=urge, field=field, text="City of Vancouver")
    ClauseFactory(
        model=model,
        code="O1a",
        kind=ClauseKind.SUB_ITEM,
        part_of=urge,
        opening="",
        text=ITEM,
        recommendations=[second],
    )
    return model


@pytest.fixture
def followed(
    organization: Organization, council: Council, model: ModelResolution, ngo_member: User
) -> Resolution:
    """Adopted, with the text that was brought to the council."""
    preparation = preparing.start(model, council)
    resolution = start(council, by=ngo_member, champion=organization, preparation=preparation)
    resolution.steps.update(on=date(2026, 1, 1))
    resolution.record_step(StepKind.ADOPTED, on=date(2026, 3, 1), by=ngo_member)
    return resolution


class TestStarting:
    def test_a_prepared_text_becomes_the_text_brought_to_the_council(
        self,
        council: Council,
        model: ModelResolution,
        organization: Organization,
        champion: Client,
    ) -> None:
        preparation = preparing.start(model, council)
        preparing.save(
            preparation, choices={"O1a": {"do": "leave"}}, recitals=[], values={}, revision=0
        )

        answer = champion.post(
            f"{NEW}?preparation={preparation.key}",
            {
                "champion": organization.pk,
                "instrument": "council-resolution",
                "subject": "Peace",
                "reference": "2026-114",
            },
        )

        resolution = Resolution.objects.get()
        text = resolution.texts.get()
        assert answer["Location"] == resolution.get_absolute_url()
        assert resolution.slug == f"port-alder-bc-{timezone.localdate().year}"
        assert (resolution.council, resolution.model) == (council, model)
        assert (resolution.champion, resolution.subject) == (organization, "Peace")
        assert resolution.reference == "2026-114"
        assert [(step.kind, step.on) for step in resolution.steps.all()] == [
            (StepKind.DRAFTED, timezone.localdate())
        ]
        assert text.stage == TextStage.SUBMITTED
        assert [row["text"] for row in text.clauses] == [
            RECITAL,
            URGE.replace("Vancouver", "Port Alder").replace(";", "."),
        ]
        assert Preparation.objects.get().resolution == resolution
        assert not resolution.is_public

    def test_begun_twice_there_is_one(
        self,
        council: Council,
        model: ModelResolution,
        organization: Organization,
        ngo_member: User,
    ) -> None:
        preparation = preparing.start(model, council)

        prepared = [
            start(council, by=ngo_member, champion=organization, preparation=preparation)
            for _click in range(2)
        ]
        bare = [
            start(council, by=ngo_member, champion=organization, model=None) for _click in range(2)
        ]

        assert prepared[0] == prepared[1]
        assert bare[0] == bare[1]
        assert {row.slug[-2:] for row in Resolution.objects.all()} == {
            f"{timezone.localdate().year}"[-2:],
            "-2",
        }

    def test_a_text_with_a_gap_begins_nothing(
        self, council: Council, model: ModelResolution, ngo_member: User
    ) -> None:
        clause = model.clauses.get(code="O1")
        field = PlaceFieldFactory(model=model, name="anthem", original="Parliament")
        PlaceTermFactory(clause=clause, field=field, text="Parliament")
        preparation = preparing.start(model, council)

        with pytest.raises(NotStarted, match="clause O1 lacks words"):
            start(council, by=ngo_member, champion=None, preparation=preparation)

        assert not Resolution.objects.exists()
        assert not ResolutionText.objects.exists()

    def test_a_member_begins_in_the_name_of_their_own_organization(
        self, council: Council, champion: Client, stranger: User
    ) -> None:
        theirs = stranger.organizations.get()

        answer = champion.post(
            f"{NEW}?council={council.slug}",
            {"champion": theirs.pk, "instrument": "council-resolution"},
        )

        assert "you belong to" in answer.context["form"].errors["champion"][0]
        assert not Resolution.objects.exists()

    def test_a_council_is_found_by_name(self, council: Council, champion: Client) -> None:
        CouncilFactory(name="Elsewhere")

        page = champion.get(f"{NEW}?q=alder").content.decode()

        assert f"?council={council.slug}" in page
        assert "Elsewhere" not in page

    def test_what_somebody_else_began_from_a_text_is_not_told(
        self, followed: Resolution, stranger: User
    ) -> None:
        key = followed.preparations.get().key

        assert browser_of(stranger).get(f"{NEW}?preparation={key}").status_code == 404


class TestPublishing:
    def test_a_champion_waits_for_an_editor(
        self, followed: Resolution, champion: Client, editor: User
    ) -> None:
        page = followed.get_absolute_url()
        publish = reverse("resolutions:resolution_publish", args=[followed.slug])

        waiting = champion.get(page).content.decode()
        offered = browser_of(editor).get(page).content.decode()
        before = Client().get(page).status_code
        browser_of(editor).post(publish)

        assert ("Waiting for an editor" in waiting, publish in waiting) == (True, False)
        assert publish in offered
        assert (before, Client().get(page).status_code) == (404, 200)


class TestTheText:
    def path(self, resolution: Resolution, stage: str = "adopted") -> str:
        address = reverse("resolutions:text_record", args=[resolution.slug])
        return f"{address}?stage={stage}"

    def sent(self, resolution: Resolution, **changed: str) -> dict[str, str]:
        """As the form comes: recital, clause, sub-item; nothing changed."""
        return {
            "text_0": RECITAL,
            "text_1": URGE.replace("Vancouver", "Port Alder"),
            "text_2": ITEM,
            "language": "en",
            "mark": mark_of(begin_with(resolution, "adopted")),
            **changed,
        }

    def kept(self, resolution: Resolution) -> list[tuple[str, str, str]]:
        text = resolution.texts.filter(stage=TextStage.ADOPTED).order_by("id").last()
        assert text is not None
        return [(row["code"], row["kind"], row["text"]) for row in text.clauses]

    def test_each_clause_is_kept_changed_or_left_out_and_others_are_added(
        self, followed: Resolution, champion: Client
    ) -> None:
        changed = self.sent(
            followed,
            text_2="name a minister for it;",
            out_0="on",
            more_text_0="WHEREAS, Port Alder\nremembers;",
            more_kind_0="recital",
            more_after_0="0",
            more_text_1="BE IT FURTHER RESOLVED THAT the clerk write;",
            more_kind_1="resolved",
            more_after_1="1",
        )

        answer = champion.post(self.path(followed), changed)

        assert answer.status_code == 302
        assert self.kept(followed) == [
            ("", "recital", "WHEREAS, Port Alder remembers;"),
            ("O1", "resolved", URGE.replace("Vancouver", "Port Alder")),
            ("O1a", "sub-item", "name a minister for it;"),
            # Not between a clause and its sub-items.
            ("", "resolved", "BE IT FURTHER RESOLVED THAT the clerk write;"),
        ]

    def test_a_correction_is_added_and_the_same_text_twice_is_one(
        self, followed: Resolution, champion: Client
    ) -> None:
        for text in ("name one;", "name one;", "name two;"):
            answer = champion.post(self.path(followed), self.sent(followed, text_2=text))
            assert answer.status_code == 302

        of_it = followed.texts.filter(stage=TextStage.ADOPTED).order_by("id")
        assert [row.clauses[-1]["text"] for row in of_it] == ["name one;", "name two;"]

    def test_nothing_is_laid_over_a_text_recorded_since_the_page_was_opened(
        self, followed: Resolution, champion: Client
    ) -> None:
        opened = self.sent(followed)
        champion.post(self.path(followed), self.sent(followed, out_0="on"))

        answer = champion.post(self.path(followed), opened | {"text_2": "name two;"})
        again = champion.post(self.path(followed), opened | {"out_0": "on"})  # a double click

        shown = words(text_of(Page(answer.content.decode()).one("main")))
        assert (answer.status_code, "changed since you opened this page" in shown) == (409, True)
        assert answer.context["sent"] == [RECITAL, "name two;"]
        assert again.status_code == 302
        assert [code for code, _kind, _text in self.kept(followed)] == ["O1", "O1a"]
        assert followed.texts.filter(stage=TextStage.ADOPTED).count() == 1

    def test_its_page_says_who_vouches_for_it_and_keeps_what_was_there_before(
        self, followed: Resolution, champion: Client, editor: User
    ) -> None:
        followed.publish(by=editor)
        champion.post(self.path(followed), self.sent(followed, text_2="name one;"))
        first = followed.texts.get(stage=TextStage.ADOPTED)
        reported = Client().get(followed.get_absolute_url()).content.decode()
        browser_of(editor).post(self.path(followed), self.sent(followed, text_2="name two;"))

        standing = Client().get(followed.get_absolute_url()).content.decode()
        earlier = words(
            Client().get(f"{followed.get_absolute_url()}?text={first.pk}&clean=1").content.decode()
        )
        none = Client().get(f"{followed.get_absolute_url()}?text=0")

        assert "reported by the organization" in reported
        assert ("recorded by an editor" in standing, "name one;" in standing) == (True, False)
        assert f"?text={first.pk}#text" in standing
        assert ("corrected later" in earlier, "name one;" in earlier) == (True, True)
        assert none.status_code == 404

    @pytest.mark.parametrize(
        ("changed", "field", "said"),
        [
            ({"text_1": " "}, "text_1", "or say that it was left out"),
            ({"out_1": "on"}, "out_2", "leave this out too"),
            ({"text_1": "x" * 5_001}, "text_1", "5001 characters"),
            ({"text_1": "a\x00b"}, "text_1", "no letter"),
            ({"out_0": "on", "out_1": "on", "out_2": "on"}, "whole", "at least one clause"),
            ({"whole": "WHEREAS, one;", "text_0": "WHEREAS, two;"}, "whole", "not both"),
            ({"whole": "\n\n".join(["WHEREAS, one;"] * 81)}, "whole", "81 clauses"),
            ({"whole": "WHEREAS " + "x" * 5_001}, "whole", "5000 characters"),
            ({"language": "xx"}, "language", "xx"),
            (
                {"more_text_0": "one;", "more_kind_0": "sub-item", "more_after_0": "start"},
                "__all__",
                "begin with a sub-item",
            ),
        ],
    )
    def test_bad_input_gets_its_answer_and_nothing_is_saved(
        self,
        changed: dict[str, str],
        field: str,
        said: str,
        followed: Resolution,
        champion: Client,
    ) -> None:
        answer = champion.post(self.path(followed), self.sent(followed, **changed))

        assert said in answer.context["form"].errors[field][0]
        assert said in words(text_of(Page(answer.content.decode()).one("main")))
        assert followed.texts.count() == 1

    def test_nothing_is_a_text_as_adopted_before_something_was(
        self, champion: Client, organization: Organization
    ) -> None:
        resolution = ResolutionFactory(champion=organization)
        StepFactory(resolution=resolution)

        champion.post(
            self.path(resolution), {"whole": RECITAL, "language": "en", "mark": mark_of(None)}
        )

        assert [text.stage for text in resolution.texts.all()] == [TextStage.SUBMITTED]

    def test_a_pasted_text_is_taken_apart_by_its_paragraphs(self) -> None:
        lines = clauses_in(
            "WHEREAS, mass atrocities\r\noffend all;\r\n\r\nATTENDU QUE le monde change;\n\n"
            "BE IT RESOLVED THAT St. John urge:\n(a) one thing;\n- another\nthing;\n\n"
            "BE IT FINALLY RESOLVED THAT copies be sent."
        )

        assert [(line.kind, line.opening, line.text) for line in lines] == [
            ("recital", "WHEREAS,", "WHEREAS, mass atrocities offend all;"),
            ("recital", "ATTENDU QUE", "ATTENDU QUE le monde change;"),
            ("resolved", "BE IT RESOLVED THAT", "BE IT RESOLVED THAT St. John urge:"),
            ("sub-item", "", "one thing;"),
            ("sub-item", "", "another thing;"),
            (
                "resolved",
                "BE IT FINALLY RESOLVED THAT",
                "BE IT FINALLY RESOLVED THAT copies be sent.",
            ),
        ]


class TestThePage:
    def adopted(self, resolution: Resolution, clauses: list[dict[str, str]], by: User) -> None:
        ResolutionText.objects.create(
            resolution=resolution, stage=TextStage.ADOPTED, clauses=clauses, recorded_by=by
        )
        resolution.publish(by=by)

    def text(self, answer: Any) -> str:
        return words(text_of(Page(answer.content.decode()).one("main")))

    def test_the_text_stands_beside_the_model_filled_for_the_council(
        self, followed: Resolution, editor: User
    ) -> None:
        rows = [
            {"kind": "recital", "text": RECITAL, "opening": "WHEREAS,", "code": "R1"},
            {
                "kind": "resolved",
                "text": URGE.replace("Vancouver", "Port Alder").replace("act", "act now"),
                "opening": "BE IT RESOLVED THAT",
                "code": "O1",
            },
        ]
        self.adopted(followed, rows, editor)
        page = followed.get_absolute_url()

        marked = Client().get(page)
        clean = Client().get(f"{page}?clean=1")

        beside = marked.context["beside"]
        assert [(row.code, row.state) for row in beside.comparison.rows] == [
            ("R1", "kept"),
            ("O1", "changed"),
            ("O1a", "left-out"),
        ]
        assert "urge Parliament to act added: now, end of added, ;" in self.text(marked)
        assert "removed: appoint a minister for it;, end of removed," in self.text(marked)
        assert "1 recommendation is still in it: CA-01" in self.text(marked)
        assert "1 went out with its clause: CA-02" in self.text(marked)
        assert "urge Parliament to act now;" in self.text(clean)
        assert "appoint a minister" not in self.text(clean)

    def test_a_model_nobody_may_see_is_not_shown_beside_a_text(
        self, followed: Resolution, editor: User, model: ModelResolution
    ) -> None:
        self.adopted(followed, [{"kind": "recital", "text": "WHEREAS, so.", "code": ""}], editor)
        model.withdraw()

        answer = Client().get(followed.get_absolute_url())

        assert answer.context["beside"].base == "submitted"
        ResolutionText.objects.filter(stage=TextStage.SUBMITTED).delete()
        assert Client().get(followed.get_absolute_url()).context["beside"].base == ""

    def test_a_recommendation_nobody_may_see_is_not_named(
        self, followed: Resolution, editor: User
    ) -> None:
        self.adopted(followed, followed.texts.get().clauses, editor)
        hidden = followed.model.clauses.get(code="O1a").recommendations.get()  # type: ignore[union-attr]
        hidden.withdraw()

        answer = Client().get(followed.get_absolute_url())

        assert answer.context["beside"].comparison.carried == ("CA-01",)
        assert "CA-02" not in answer.content.decode()

    def test_the_vote_that_decided_is_shown_in_discs_and_in_words(self, editor: User) -> None:
        resolution = ResolutionFactory()
        resolution.record_step(
            StepKind.ADOPTED,
            on=date(2026, 3, 1),
            by=editor,
            vote_method="counted",
            votes_for=7,
            votes_against=2,
            votes_abstained=1,
            votes_absent=1,
        )
        resolution.publish(by=editor)

        answer = Client().get(resolution.get_absolute_url())

        vote = answer.context["vote"]
        assert vote.discs == ["adopted"] * 7 + ["defeated"] * 2 + ["received", ""]
        assert "For7Against2Abstained1Absent1" in self.text(answer)
        assert "Vote: 7 for, 2 against, 1 abstained, 1 absent" in self.text(answer)
        assert "Reported, not yet verified" in self.text(answer)

    def test_readers_are_offered_nothing_that_is_not_theirs_to_do(
        self, followed: Resolution, editor: User, stranger: User
    ) -> None:
        followed.publish(by=editor)
        step = reverse("resolutions:step_record", args=[followed.slug])

        for client in (Client(), browser_of(stranger)):
            page = client.get(followed.get_absolute_url()).content.decode()
            assert step not in page
            assert "/verify/" not in page


def test_what_was_drafted_long_ago_can_have_been_submitted_since(ngo_member: User) -> None:
    council, client = CouncilFactory(), Client()
    client.force_login(ngo_member)
    sent = {
        "champion": ngo_member.organizations.get().pk,
        "instrument": "council-resolution",
        "drafted_on": "2024-03-01",
    }

    begun = client.post(f"/resolutions/board/new/?council={council.slug}", sent)
    ahead = client.post(
        f"/resolutions/board/new/?council={council.slug}", {**sent, "drafted_on": "2999-01-01"}
    )

    resolution = Resolution.objects.get()
    resolution.record_step(StepKind.SUBMITTED, on=date(2024, 4, 1), by=ngo_member)
    assert begun.status_code == 302
    assert resolution.slug == f"{council.slug}-2024"
    assert "The date is in the future" in ahead.content.decode()
