"""The pages of the dialogues: what they show, to whom, at what cost."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from dialogues import voting
from dialogues.models import Contribution, ContributionKind, Dialogue, Sector, TallySource
from dialogues.report.fronts import SHOWN
from tests.dialogues.phones import Hall
from tests.factories import (
    AgendaItemFactory,
    AnswerFactory,
    ContributionFactory,
    ConvenerFactory,
    DialogueFactory,
    PersonFactory,
    RecommendationFactory,
    ReportFactory,
    SectionFactory,
)

pytestmark = pytest.mark.django_db

Count = Callable[[str], int]


@pytest.fixture
def dialogue() -> Dialogue:
    return DialogueFactory(slug="halifax", published=True, place="Halifax", on=date(2010, 5, 4))


@pytest.fixture
def count_queries(client: Client, django_assert_max_num_queries: Callable) -> Count:
    """How many queries a page costs that is not in the cache."""

    def count(path: str) -> int:
        cache.clear()
        with django_assert_max_num_queries(100) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    return count


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def said(dialogue: Dialogue, kind: str, n: int, **values: object) -> list[Contribution]:
    return ContributionFactory.create_batch(n, dialogue=dialogue, kind=kind, posted=True, **values)


class TestTheList:
    def test_the_newest_dialogue_comes_first_with_what_was_said_counted(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        older = DialogueFactory(published=True, on=date(2009, 1, 1))
        said(dialogue, "hope", 2)
        said(dialogue, "concern", 1)

        response = client.get("/dialogues/")

        assert response.context["page"].object_list == [dialogue, older]
        assert "2 hopes · 1 concern" in response.content.decode().replace("&nbsp;", " ").replace(
            "\xa0", " "
        )

    def test_a_draft_is_not_in_it(self, client: Client) -> None:
        DialogueFactory(title="Still secret")

        html = body(client, "/dialogues/")

        assert "Still secret" not in html
        assert "No dialogue has been published yet." in html

    def test_its_facilitator_finds_a_draft_marked_as_such(
        self, client: Client, facilitator: User
    ) -> None:
        DialogueFactory(title="Still secret", facilitators=[facilitator])
        client.force_login(facilitator)

        html = body(client, "/dialogues/")

        assert "Still secret" in html
        assert "Not public" in html

    def test_a_draft_report_is_not_named(self, client: Client) -> None:
        DialogueFactory(
            published=True, report=ReportFactory(title="Secret report", published=False)
        )

        assert "Secret report" not in body(client, "/dialogues/")

    def test_it_pages_by_forty(self, client: Client) -> None:
        DialogueFactory.create_batch(41, published=True)

        second = client.get("/dialogues/?page=2")

        assert len(second.context["page"].object_list) == 1
        assert client.get("/dialogues/?page=3").status_code == 404

    def test_it_costs_the_same_with_one_dialogue_as_with_many(self, count_queries: Count) -> None:
        DialogueFactory(published=True)
        one = count_queries("/dialogues/")
        DialogueFactory.create_batch(20, published=True)

        assert count_queries("/dialogues/") == one <= 4


class TestTheReport:
    @pytest.fixture
    def hidden(self, dialogue: Dialogue, editor: User) -> list[str]:
        """Texts that must not leak, on everything a public page could show."""
        ContributionFactory(dialogue=dialogue, text="Held text")
        ContributionFactory(dialogue=dialogue, posted=True, text="Gone text").withdraw(by=editor)
        whole = ContributionFactory(dialogue=dialogue, posted=True)
        ContributionFactory(dialogue=dialogue, part_of=whole, text="Held line")
        said(dialogue, "hope", 1, about=[RecommendationFactory(code="ZZ-99")])
        question = ContributionFactory(dialogue=dialogue, question=True, text="Held question")
        AnswerFactory(contribution=question, text="Answer to what is held")
        ContributionFactory(posted=True, text="Said in a draft")
        return [
            "Held text",
            "Gone text",
            "Held line",
            "ZZ-99",
            "Held question",
            "Answer to what is held",
            "Said in a draft",
        ]

    @pytest.mark.parametrize(
        "path", ["/dialogues/halifax/", "/dialogues/halifax/statements/", "/fr/dialogues/halifax/"]
    )
    @pytest.mark.parametrize("signed_in", [False, True])
    def test_nothing_shows_that_is_held_withdrawn_or_a_draft(
        self, client: Client, hidden: list[str], editor: User, path: str, signed_in: bool
    ) -> None:
        if signed_in:
            client.force_login(editor)

        html = body(client, path)

        assert [text for text in hidden if text in html] == []

    def test_a_draft_is_not_there_for_the_public(
        self, client: Client, citizen: User, stranger: User
    ) -> None:
        draft = DialogueFactory()
        statement = ContributionFactory(dialogue=draft, posted=True)
        paths = [
            draft.get_absolute_url(),
            f"{draft.get_absolute_url()}statements/",
            statement.get_absolute_url(),
        ]

        assert [client.get(path).status_code for path in paths] == [404] * 3
        for user in (citizen, stranger):
            client.force_login(user)
            assert [client.get(path).status_code for path in paths] == [404] * 3

    def test_its_facilitator_reads_a_draft_as_it_will_appear(
        self, client: Client, facilitator: User
    ) -> None:
        draft = DialogueFactory(facilitators=[facilitator])
        statement = ContributionFactory(dialogue=draft, posted=True)
        client.force_login(facilitator)

        for path in (
            draft.get_absolute_url(),
            f"{draft.get_absolute_url()}statements/",
            statement.get_absolute_url(),
        ):
            response = client.get(path)
            html = response.content.decode()
            assert statement.text in html
            assert "Not public." in html
            assert 'name="robots" content="noindex"' in html
            assert "application/ld+json" not in html
            assert response["Cache-Control"] == "private, no-cache"

    def test_a_preview_is_not_kept_for_others(self, client: Client, facilitator: User) -> None:
        draft = DialogueFactory(facilitators=[facilitator])
        client.force_login(facilitator)
        client.get(draft.get_absolute_url())

        assert Client().get(draft.get_absolute_url()).status_code == 404

    def test_a_statement_stands_under_its_number_and_links_on(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        asked = RecommendationFactory(code="CA-02", published=True)
        said(dialogue, "hope", 1, code="HOPE-01", text='It\'s "time" <now>', about=[asked])

        html = body(client, "/dialogues/halifax/")

        assert 'id="HOPE-01"' in html
        assert "<p>It&#x27;s &quot;time&quot; &lt;now&gt;</p>" in html
        assert 'href="/dialogues/halifax/statements/HOPE-01/"' in html
        assert '<a href="/recommendations/CA-02/">CA-02</a>' in html

    def test_lines_stand_under_their_whole(self, client: Client, dialogue: Dialogue) -> None:
        [whole] = said(dialogue, "idea", 1, sector=Sector.MEDIA, order=1)
        [line] = said(dialogue, "idea", 1, sector=Sector.MEDIA, order=2, part_of=whole)

        report = client.get("/dialogues/halifax/").context["report"]

        [ideas] = report.section("ideas").blocks
        assert ideas.anchor == "ideas-media"
        assert [row.code for row in ideas.rows] == [whole.code]
        assert [row.code for row in ideas.rows[0].lines] == [line.code]

    def test_ideas_stand_under_their_sector_in_the_order_of_the_report(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        for sector in ["", Sector.MEDIA, Sector.GENERAL]:
            said(dialogue, "idea", 1, sector=sector)

        report = client.get("/dialogues/halifax/").context["report"]

        headings = [group.heading for group in report.section("ideas").blocks]
        assert headings == ["General", "Media", "No sector named"]

    def test_a_large_dialogue_shows_the_first_of_each_kind_and_links_to_the_rest(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        hopes = said(dialogue, "hope", SHOWN + 1)
        said(dialogue, "concern", SHOWN)

        response = client.get("/dialogues/halifax/")

        html = response.content.decode()
        [sides] = response.context["report"].section("hopes-and-concerns").blocks
        assert [row.code for row in sides.left.rows] == [hope.code for hope in hopes[:SHOWN]]
        assert sides.left.n == SHOWN + 1
        assert f'href="/dialogues/halifax/statements/?kind=hope">All {SHOWN + 1} hopes</a>' in html
        assert "statements/?kind=concern" not in html

    def test_people_are_named_in_their_roles_and_only_where_the_report_does(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        PersonFactory(dialogue=dialogue, name="Ada Winter", role="chair", biography="A life.")
        ConvenerFactory(dialogue=dialogue, organization__name="Harbour Forum")
        AgendaItemFactory(dialogue=dialogue, text="Welcome by the chair")
        SectionFactory(dialogue=dialogue, kind="slide", heading="Why now", body="- One\n  - Two")

        response = client.get("/dialogues/halifax/")

        html = response.content.decode()
        assert [str(role) for role, _people in response.context["roles"]] == ["Chair"]
        for text in ("Ada Winter", "A life.", "Harbour Forum", "Welcome by the chair", "Why now"):
            assert text in html
        assert "<ul><li>One<ul><li>Two</li></ul></li></ul>" in "".join(html.splitlines())

    def test_the_votes_are_not_invented_where_they_are_not_on_record(self, client: Client) -> None:
        dialogue = DialogueFactory(
            slug="scale", published=True, resonance_question="To what extent?"
        )

        html = body(client, "/dialogues/scale/")
        assert "To what extent?" in html
        assert "No votes are counted." in html

        dialogue.resonance_note = "A figure in print."
        dialogue.save()
        html = body(client, "/dialogues/scale/")
        assert "A figure in print." in html
        assert "The votes are not on record, so none are shown." in html

    def test_votes_show_once_the_scale_is_closed_and_enough_have_voted(
        self, client: Client
    ) -> None:
        hall = Hall(slug="scale")
        item = hall.start("scale")
        voting.enter_counts(item, TallySource.HANDS, {7: 4})
        for _n in range(5):
            voting.vote(item, hall.seat(), 9)
        hall.dialogue.refresh_from_db()
        hall.dialogue.publish(by=hall.facilitator)
        path = "/dialogues/scale/"

        assert "5 votes" not in body(client, path)
        hall.end("scale")
        html = body(client, path)

        assert "Ballots: 5 votes" in html
        assert '<th scope="row">9</th><td class="number">5</td>' in html
        # Four hands would say who raised theirs.
        assert "Show of hands: fewer than five voted" in html
        assert '<td class="number">4</td>' not in html

        voting.enter_counts(item, TallySource.HANDS, {7: 6})
        assert '<th scope="row">7</th><td class="number">6</td>' in body(client, path)

    def test_the_opening_is_in_the_readers_language(self, client: Client) -> None:
        DialogueFactory(slug="two", published=True, lead="They met.", lead_fr="Ils ont parlé.")

        english, french = body(client, "/dialogues/two/"), body(client, "/fr/dialogues/two/")

        assert '<p class="lead" >They met.</p>' in english
        assert '<p class="lead" >Ils ont parlé.</p>' in french

    def test_demonstration_data_says_so_and_hides_from_search_engines(self, client: Client) -> None:
        demo = DialogueFactory(slug="demo", published=True, is_demo=True)
        [hope] = said(demo, "hope", 1)

        for path in (
            "/dialogues/",
            "/dialogues/demo/",
            "/dialogues/demo/statements/",
            hope.get_absolute_url(),
        ):
            html = body(client, path)
            assert "Demonstration data" in html
            assert "application/ld+json" not in html
        assert 'content="noindex"' in body(client, "/dialogues/demo/")

    def test_machines_learn_of_the_event(self, client: Client, dialogue: Dialogue) -> None:
        Dialogue.objects.filter(pk=dialogue.pk).update(title="</script><b>Talk")

        html = body(client, "/dialogues/halifax/")

        assert '"@type": "Event"' in html
        assert '"startDate": "2010-05-04"' in html
        assert "</script><b>" not in html

    def test_it_costs_the_same_with_one_statement_as_with_many(
        self, dialogue: Dialogue, count_queries: Count
    ) -> None:
        asked = RecommendationFactory(published=True)
        [idea] = said(dialogue, "idea", 1, about=[asked])
        said(dialogue, "idea", 1, part_of=idea)
        question = ContributionFactory(dialogue=dialogue, posted=True, question=True)
        AnswerFactory(contribution=question)
        said(dialogue, "commitment", 1)
        one = count_queries("/dialogues/halifax/")
        for kind in ContributionKind:
            said(dialogue, kind, 20, about=[asked])
        said(dialogue, "idea", 5, part_of=idea)
        PersonFactory.create_batch(5, dialogue=dialogue)
        SectionFactory.create_batch(5, dialogue=dialogue)

        assert count_queries("/dialogues/halifax/") == one <= 18


class TestTheStatements:
    def codes(self, client: Client, query: str = "") -> list[str]:
        response = client.get(f"/dialogues/halifax/statements/{query}")
        assert response.status_code == 200
        return [row.code for row in response.context["page"].object_list]

    @pytest.fixture
    def all_kinds(self, dialogue: Dialogue) -> None:
        for kind in reversed(ContributionKind):
            said(dialogue, kind, 1, code=f"{kind}-1", order=1)
            said(dialogue, kind, 1, code=f"{kind}-2", order=2, sector=Sector.MEDIA)

    @pytest.mark.usefixtures("all_kinds")
    def test_they_stand_in_the_order_of_the_report(self, client: Client) -> None:
        assert self.codes(client) == [f"{kind}-{n}" for kind in ContributionKind for n in (1, 2)]

    @pytest.mark.usefixtures("all_kinds")
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("?kind=concern", ["concern-1", "concern-2"]),
            ("?sector=media", [f"{kind}-2" for kind in ContributionKind]),
            ("?kind=idea&sector=media", ["idea-2"]),
            ("?kind=idea&sector=education", []),
        ],
    )
    def test_filters_narrow_them(self, client: Client, query: str, found: list[str]) -> None:
        assert self.codes(client, query) == found

    @pytest.mark.usefixtures("all_kinds")
    @pytest.mark.parametrize("query", ["?kind=wish", "?sector=%00", "?kind=" + "x" * 10_000])
    def test_an_unknown_filter_is_explained_beside_it(self, client: Client, query: str) -> None:
        response = client.get(f"/dialogues/halifax/statements/{query}")

        html = response.content.decode()
        assert response.status_code == 200
        assert response.context["page"].object_list == []
        assert "is not one of these: choose another, or “Any”." in html
        assert "<title>Error:" in html

    def test_pages_hold_every_statement_once_across_kinds(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        hopes, concerns = said(dialogue, "hope", 35), said(dialogue, "concern", 50)

        found = [code for page in (1, 2, 3) for code in self.codes(client, f"?page={page}")]

        assert found == [row.code for row in hopes + concerns]

    @pytest.mark.usefixtures("dialogue")
    @pytest.mark.parametrize("page", ["2", "0", "-1", "x", "%C2%B2", "9" * 30])
    def test_a_page_that_is_not_there_is_a_404(self, client: Client, page: str) -> None:
        assert client.get(f"/dialogues/halifax/statements/?page={page}").status_code == 404

    def test_links_to_other_pages_keep_the_filters(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        said(dialogue, "hope", 41)

        html = body(client, "/dialogues/halifax/statements/?kind=hope")

        assert 'href="?kind=hope&amp;page=2#results"' in html

    def test_the_last_page_costs_what_the_first_does(
        self, dialogue: Dialogue, count_queries: Count
    ) -> None:
        said(dialogue, "hope", 85, about=[RecommendationFactory(published=True)])
        first = count_queries("/dialogues/halifax/statements/")

        assert count_queries("/dialogues/halifax/statements/?page=3") == first <= 8


class TestOneStatement:
    def test_it_says_what_it_is_about_and_how_it_was_read(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        asked = RecommendationFactory(code="CA-02", text="Appoint a minister.", published=True)
        [hope] = said(
            dialogue,
            "hope",
            1,
            code="HOPE-01",
            about=[asked],
            note="May be a concern.",
            provenance={"repair_note": "Joined.", "as_scanned": ["I ho", "pe"]},
        )

        html = body(client, hope.get_absolute_url())

        for text in (hope.text, "CA-02: Appoint a minister.", "May be a concern.", "Joined."):
            assert text in html
        assert "Not yet assessed" in html

    def test_a_question_shows_its_answer_with_the_footnote(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        [answered, open_one] = said(dialogue, "question", 2)
        AnswerFactory(contribution=answered, text="Yes.\n\n- One", footnote="See the law.")

        html = body(client, answered.get_absolute_url())

        assert "<p>Yes.</p><ul><li>One</li></ul>" in html
        assert "See the law." in html
        assert "No answer is on record." in body(client, open_one.get_absolute_url())

    def test_neighbours_are_posted_and_of_the_same_kind(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        first, second, third = said(dialogue, "hope", 3, order=7)
        said(dialogue, "concern", 1, order=7)
        ContributionFactory(dialogue=dialogue, order=7)

        def around(row: Contribution) -> tuple[Contribution | None, Contribution | None]:
            context = client.get(row.get_absolute_url()).context
            return context["previous"], context["next"]

        assert around(first) == (None, second)
        assert around(second) == (first, third)
        assert around(third) == (second, None)

    def test_a_line_leads_to_its_whole_and_to_the_lines_beside_it(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        [whole, _other] = said(dialogue, "idea", 2)
        one, two = said(dialogue, "idea", 2, part_of=whole)

        context = client.get(one.get_absolute_url()).context

        assert (context["whole"], context["previous"], context["next"]) == (whole, None, two)

    def test_a_line_goes_with_its_whole(
        self, client: Client, dialogue: Dialogue, editor: User
    ) -> None:
        [whole] = said(dialogue, "idea", 1, text="Taken back")
        [line] = said(dialogue, "idea", 1, part_of=whole)

        whole.withdraw(by=editor)

        assert client.get(whole.get_absolute_url()).status_code == 404
        assert client.get(line.get_absolute_url()).status_code == 404

    @pytest.mark.parametrize("code", ["HOPE-99", "x", "%00", "HOPE-01%0A"])
    def test_a_number_that_is_not_there_is_a_404(
        self, client: Client, dialogue: Dialogue, code: str
    ) -> None:
        said(dialogue, "hope", 1, code="HOPE-01")

        assert client.get(f"/dialogues/halifax/statements/{code}/").status_code == 404

    def test_what_is_held_or_withdrawn_is_a_404(
        self, client: Client, dialogue: Dialogue, editor: User
    ) -> None:
        held = ContributionFactory(dialogue=dialogue)
        [gone] = said(dialogue, "hope", 1)
        gone.withdraw(by=editor)

        client.force_login(editor)

        assert client.get(held.get_absolute_url()).status_code == 404
        assert client.get(gone.get_absolute_url()).status_code == 404

    def test_words_of_others_are_marked_with_their_language(
        self, client: Client, dialogue: Dialogue
    ) -> None:
        [french] = said(dialogue, "hope", 1, language="fr", text="Jamais plus")
        path = french.get_absolute_url()

        assert '<span lang="fr">Jamais plus</span>' in body(client, path)
        assert '<span lang="fr">' not in body(client, f"/fr{path}")

    def test_a_translation_is_shown_as_one(self, client: Client, dialogue: Dialogue) -> None:
        [french] = said(dialogue, "hope", 1, language="fr", text="Non", translation="No")

        assert 'No <span class="meta">(translation)</span>' in body(
            client, french.get_absolute_url()
        )


def test_a_withdrawn_statement_leaves_the_page_at_once(
    client: Client, dialogue: Dialogue, editor: User
) -> None:
    [hope] = said(dialogue, "hope", 1)
    assert hope.text in body(client, "/dialogues/halifax/")

    hope.withdraw(by=editor)

    assert hope.text not in body(client, "/dialogues/halifax/")
