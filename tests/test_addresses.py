"""Who gets what at every address. A new address without a line here makes these tests fail."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from recommendations.models import Status
from resolutions.models import Resolution, StepKind
from tests import factories
from tests.admin.desk import Desk
from tests.dialogues.addresses import OF_THE_ROOM
from tests.recommendations.addresses import OF_RECOMMENDATIONS
from tests.resolutions.addresses import OF_RESOLUTIONS
from tests.site_map import FILES, PAGES, Address, addresses

pytestmark = pytest.mark.django_db

# The cast, by one letter each: N nobody signed in, C a citizen with an account, F the facilitator
# whose dialogue it is, S a facilitator and member from somewhere else, M a member of the
# organization whose resolution it is, E an editor, A an administrator.
EVERYBODY = "NCFSMEA"
SIGNED_IN = "CFSMEA"
STAFF = "FSMEA"

Cast = dict[str, User | None]


@pytest.fixture
def cast(
    citizen: User,
    facilitator: User,
    stranger: User,
    ngo_member: User,
    editor: User,
    administrator: User,
) -> Cast:
    people = (None, citizen, facilitator, stranger, ngo_member, editor, administrator)
    return dict(zip(EVERYBODY, people, strict=True))


def browser_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def names() -> set[str]:
    return {address.name for address in addresses()}


# ---- The pages for everybody, and what is hidden of them ----

# Everybody gets these, signed in or not, in English and in French.
OPEN = {name for name in PAGES if not name.startswith("account_")} | set(FILES)
# address: (who gets a page; what the others get)
ACCOUNTS: dict[str, tuple[str, str]] = {
    "account_login": ("N", "/"),
    "account_logout": (SIGNED_IN, "/"),
    "account_change_password": (SIGNED_IN, "/accounts/login/?next="),
    "account_set_password": ("", "/accounts/password/reset/"),
    "account_reset_password": (EVERYBODY, ""),
    "account_reset_password_done": (EVERYBODY, ""),
    "account_reset_password_from_key": (EVERYBODY, ""),
    "account_reset_password_from_key_done": (EVERYBODY, ""),
}
# The admin's own addresses, beside those of its models: who gets them. Redirects lead there too.
BESIDE_THE_MODELS: dict[str, str] = {
    "admin:index": STAFF,
    "admin:login": "",
    "admin:logout": "",  # a form alone signs out
    "admin:password_change": STAFF,
    "admin:password_change_done": STAFF,
    "admin:jsi18n": STAFF,
    "admin:autocomplete": "",  # see test_what_is_suggested
    "admin:view_on_site": "",  # see test_the_admin_leads_to_the_page
    "admin:app_list": "",  # see test_each_role_finds_its_work
    "admin:auth_user_password_change": "A",
    "admin:resolutions_tip_file": "",  # see test_an_attachment_is_for_editors_alone
}


def test_every_address_has_a_line() -> None:
    of_models = {
        f"admin:{label.replace('.', '_')}_{page}"
        for (label, _state), cells in MATRIX.items()
        for page in (*EVERY_MODEL, *(SHEETS if cells["in"] != "." else ()))
    }
    redirects = {
        f"admin/{label.replace('.', '/')}/<path:object_id>/" for label, _state in MATRIX
    } | {"admin/(?P<url>.*)$"}

    lines = OPEN | set(ACCOUNTS) | set(BESIDE_THE_MODELS) | of_models | redirects
    lines |= OF_THE_ROOM | OF_RECOMMENDATIONS | OF_RESOLUTIONS

    assert names() == lines


def test_every_model_of_the_admin_has_a_line() -> None:
    assert {label for label, _state in MATRIX} == {
        model._meta.label_lower for model in admin.site._registry
    }


@pytest.fixture
def shown() -> dict[str, str]:
    """Something public at every address for everybody."""
    recommendation = factories.RecommendationFactory(code="CA-01", published=True)
    dialogue = factories.DialogueFactory(published=True)
    said = factories.ContributionFactory(dialogue=dialogue, posted=True, about=[recommendation])
    model = factories.ModelResolutionFactory(published=True)
    resolution = public_resolution()
    rows: dict[str, dict[str, str]] = {
        "recommendation_detail": {"code": "CA-01"},
        "recommendation_voices": {"code": "CA-01"},
        "recommendation_commitments": {"code": "CA-01"},
        "dialogue_kit": {"code": "CA-01"},
        "recommendations:recommendation_history": {"code": "CA-01"},
        "recommendations:citation": {"code": "CA-01", "form": "ris"},
        "recommendations:share_picture": {"code": "CA-01"},
        "recommendations:recommendation_atom": {"code": "CA-01"},
        "recommendations:report_detail": {"slug": recommendation.report.slug},
        "teaching_sheet": {"pillar": recommendation.pillar.slug},
        "dialogues:dialogue_detail": {"slug": dialogue.slug},
        "dialogues:edition_list": {"slug": dialogue.slug},
        "dialogues:statement_list": {"slug": dialogue.slug},
        "dialogues:statement_detail": {"slug": dialogue.slug, "code": said.code},
        "resolutions:model_detail": {"slug": model.slug},
        "resolutions:resolution_detail": {"slug": resolution.slug},
        "resolutions:region_detail": {"code": resolution.council.jurisdiction.code},
        "resolutions:resolution_data": {"slug": resolution.slug},
        "council_detail": {"slug": resolution.council.slug},
    }
    return {name: reverse(name, kwargs=rows.get(name)) for name in sorted(OPEN)}


def public_resolution(**kwargs: Any) -> Any:
    by = factories.UserFactory()
    resolution = factories.ResolutionFactory(**kwargs)
    resolution.record_step(StepKind.SUBMITTED, on=factories.date(2010, 1, 12), by=by)
    resolution.publish(by=by)
    return resolution


@pytest.mark.parametrize("role", EVERYBODY)
def test_everybody_gets_the_public_pages(role: str, cast: Cast, shown: dict[str, str]) -> None:
    client = browser_of(cast[role])
    languages = {name: ["", "/fr"] for name in shown}
    languages |= {name: [""] for name in ("healthz", "robots", "sitemap")}

    got = {
        f"{prefix}{path}": client.get(f"{prefix}{path}").status_code
        for name, path in shown.items()
        for prefix in languages[name]
    }

    assert got == dict.fromkeys(got, 200)
    assert len(got) == 2 * len(shown) - 3


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_public_pages_are_only_read(method: str, shown: dict[str, str]) -> None:
    # With a token missing, as any form of another site would come.
    client = Client(enforce_csrf_checks=True)

    got = {path: getattr(client, method)(path).status_code for path in shown.values()}

    assert got == dict.fromkeys(got, 405)


# What is not public: at which address, made how, and who sees it all the same. To the others it is
# not there: 404, so that nobody learns what is being prepared. A search repeats the words asked
# for, so it is asked for the second, and must not show the first.
WORD, OTHER = "quagga", "okapi"
HIDDEN_TEXT = f"{WORD} {OTHER}"


def _draft_dialogue(cast: Cast) -> Any:
    return factories.DialogueFactory(
        facilitators=[cast["F"]],
        title=HIDDEN_TEXT,
        slug=WORD,
        subject=HIDDEN_TEXT,
        place=HIDDEN_TEXT,
    )


def _of(dialogue: Any, code: str = "") -> dict[str, str]:
    return {"slug": dialogue.slug, "code": code} if code else {"slug": dialogue.slug}


def draft_recommendation(cast: Cast) -> dict[str, str]:
    factories.RecommendationFactory(code="XX-77", text=HIDDEN_TEXT)
    return {"code": "XX-77"}


def citation_of_a_draft(cast: Cast) -> dict[str, str]:
    return {**draft_recommendation(cast), "form": "bib"}


def recommendation_of_a_draft_report(cast: Cast) -> dict[str, str]:
    report = factories.ReportFactory(published_at=None, published_by=None, published=False)
    factories.RecommendationFactory(code="XX-78", text=HIDDEN_TEXT, report=report, published=True)
    return {"code": "XX-78"}


def draft_report(cast: Cast) -> dict[str, str]:
    report = factories.ReportFactory(
        title=HIDDEN_TEXT, published_at=None, published_by=None, published=False
    )
    factories.RecommendationFactory(report=report, text=HIDDEN_TEXT, published=True)
    return {"slug": report.slug}


def draft_dialogue(cast: Cast) -> dict[str, str]:
    return _of(_draft_dialogue(cast))


def posted_in_a_draft(cast: Cast) -> dict[str, str]:
    dialogue = _draft_dialogue(cast)
    return _of(
        dialogue,
        factories.ContributionFactory(dialogue=dialogue, posted=True, text=HIDDEN_TEXT).code,
    )


def held_statement(cast: Cast) -> dict[str, str]:
    dialogue = factories.DialogueFactory(facilitators=[cast["F"]], published=True)
    return _of(dialogue, factories.ContributionFactory(dialogue=dialogue, text=HIDDEN_TEXT).code)


def withdrawn_statement(cast: Cast) -> dict[str, str]:
    dialogue = factories.DialogueFactory(facilitators=[cast["F"]], published=True)
    said = factories.ContributionFactory(dialogue=dialogue, posted=True, text=HIDDEN_TEXT)
    said.withdraw(by=cast["F"])
    return _of(dialogue, said.code)


def withdrawn_dialogue(cast: Cast) -> dict[str, str]:
    dialogue = _draft_dialogue(cast)
    dialogue.publish(by=cast["E"])
    dialogue.withdraw()
    return _of(dialogue)


def draft_model(cast: Cast) -> dict[str, str]:
    model = factories.ModelResolutionFactory(title=HIDDEN_TEXT)
    factories.ClauseFactory(model=model, text=f"BE IT RESOLVED {WORD}")
    return {"slug": model.slug}


def draft_resolution(cast: Cast) -> dict[str, str]:
    assert cast["M"] is not None
    champion = cast["M"].organizations.get()
    resolution = factories.ResolutionFactory(
        champion=champion, title=HIDDEN_TEXT, summary=HIDDEN_TEXT
    )
    factories.StepFactory(resolution=resolution, summary=HIDDEN_TEXT)
    return {"slug": resolution.slug}


HIDDEN: list[tuple[str, Callable[[Cast], dict[str, str]], str]] = [
    ("recommendation_detail", draft_recommendation, "EA"),
    ("recommendation_detail", recommendation_of_a_draft_report, "EA"),
    ("recommendations:report_detail", draft_report, "EA"),
    ("recommendation_voices", draft_recommendation, "EA"),
    ("recommendation_voices", recommendation_of_a_draft_report, "EA"),
    ("recommendation_commitments", draft_recommendation, "EA"),
    ("dialogue_kit", draft_recommendation, ""),
    ("recommendations:recommendation_history", draft_recommendation, "EA"),
    ("recommendations:citation", citation_of_a_draft, "EA"),
    ("recommendations:share_picture", draft_recommendation, "EA"),
    ("recommendation_commitments", recommendation_of_a_draft_report, "EA"),
    ("commitment_new", draft_recommendation, ""),
    ("recommendations:letter", draft_recommendation, ""),
    ("recommendations:recommendation_atom", draft_recommendation, ""),
    ("recommendations:recommendation_atom", recommendation_of_a_draft_report, ""),
    ("recommendations:evidence_send", draft_recommendation, ""),
    ("dialogues:dialogue_detail", draft_dialogue, "FEA"),
    ("dialogues:edition_list", draft_dialogue, ""),
    ("dialogues:statement_list", draft_dialogue, "FEA"),
    ("dialogues:statement_detail", posted_in_a_draft, "FEA"),
    ("dialogues:dialogue_detail", withdrawn_dialogue, "FEA"),
    ("dialogues:statement_detail", held_statement, ""),
    ("dialogues:statement_detail", withdrawn_statement, ""),
    ("resolutions:model_detail", draft_model, "EA"),
    ("resolutions:resolution_detail", draft_resolution, "MEA"),
    ("resolutions:resolution_data", draft_resolution, ""),
]
# Pages where what is hidden could come up.
LISTS = [
    "/",
    "/recommendations/",
    f"/recommendations/?q={OTHER}",
    "/recommendations/progress/",
    "/recommendations/compare/",
    "/glossary/",
    "/recommendations/teaching/",
    "/recommendations/reports/",
    "/about/",
    "/dialogues/",
    "/dialogues/compare/",
    "/resolutions/",
    "/councils/",
    f"/search/?q={OTHER}",
    "/activity/",
    "/activity.atom",
    "/recommendations.csv",
    "/recommendations.json",
    "/recommendations.atom",
    "/resolutions.csv",
    "/resolutions.json",
    "/resolutions.geojson",
    "/resolutions.popolo.json",
    "/resolutions.atom",
    "/resolutions.ics",
    "/sitemap.xml",
]


@pytest.mark.parametrize(
    ("name", "make", "seen_by"), HIDDEN, ids=lambda value: getattr(value, "__name__", None)
)
def test_what_is_not_public_is_not_there(
    name: str, make: Callable[[Cast], dict[str, str]], seen_by: str, cast: Cast
) -> None:
    path = reverse(name, kwargs=make(cast))

    got = {role: browser_of(cast[role]).get(path) for role in EVERYBODY}

    assert "".join(role for role in got if got[role].status_code == 200) == seen_by
    assert {got[role].status_code for role in EVERYBODY if role not in seen_by} == {404}
    for role in seen_by:
        assert got[role]["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("make", dict.fromkeys(make for _, make, _ in HIDDEN))
def test_what_is_not_public_is_on_no_list(
    make: Callable[[Cast], dict[str, str]], cast: Cast
) -> None:
    make(cast)

    for path in LISTS:
        assert WORD not in Client().get(path).content.decode(), path


def test_an_unpublished_finding_shows_nowhere(editor: User) -> None:
    update = factories.ProgressUpdateFactory(summary=HIDDEN_TEXT, status=Status.IN_PLACE)
    factories.SourceFactory(update=update, title=HIDDEN_TEXT)
    update.note_writing(by=editor)
    update.submit(by=editor)
    factories.ReplyFactory(recommendation=update.recommendation, summary=HIDDEN_TEXT)

    for path in [*LISTS, update.recommendation.get_absolute_url()]:
        assert WORD not in Client().get(path).content.decode(), path


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_signing_in_and_out(role: str, prefix: str, cast: Cast) -> None:
    if user := cast[role]:
        user.password = "known to nobody"
        user.save(update_fields=["password"])
    client = browser_of(user)

    for name, (for_whom, otherwise) in ACCOUNTS.items():
        with translation.override("fr" if prefix else "en"):
            path = reverse(name, kwargs=_key(cast["C"]) if name.endswith("from_key") else None)
        response = client.get(path, follow=name.endswith("from_key"))
        if role in for_whom:
            assert response.status_code == 200, name
        else:
            assert response.status_code == 302, name
            assert response["Location"].startswith(f"{prefix}{otherwise}"), name


def test_whoever_has_no_password_is_led_to_get_one(citizen: User) -> None:
    response = browser_of(citizen).get("/fr/accounts/password/change/", follow=True)

    assert response.redirect_chain[-1] == ("/fr/accounts/password/reset/", 302)
    assert response.status_code == 200


def _key(user: User | None) -> dict[str, str]:
    """The part of the address that a letter about a forgotten password carries."""
    assert user is not None
    key = default_token_generator.make_token(user)
    return {"uidb36": user_pk_to_url_str(user), "key": key}


# ---- The admin ----

EVERY_MODEL = ("changelist", "add", "change", "delete", "history")
SHEETS = ("import", "process_import", "export")
# Who gets what of each model, by the letters above; "-" is nobody, and "." means that there is no
# such thing. "see" is a row's page, "save" what its form does, "verb" publishing, posting or
# verifying, "in" and "out" are its sheets. Rows are drafts, or else public (a step: verified).
#
# fmt: off
TABLE = """
model                                  list  add   see   save  del   hist  verb  in    out

accounts.user                          A     A     A     A     A     A     .     .     .
accounts.organization                  FSMEA EA    FSMEA EA    EA    EA    .     .     .
accounts.letter                        EA    -     EA    -     -     -     EA    .     .
accounts.failedtask                    A     -     A     -     -     -     A     .     .

recommendations.report                 FSEA  EA    EA    EA    EA    EA    EA    .     .
recommendations.report public          FSEA  EA    FSEA  EA    -     EA    EA    .     .
recommendations.audience               EA    EA    EA    EA    EA    EA    .     .     .
recommendations.pillar                 EA    EA    EA    EA    EA    EA    .     .     .
recommendations.addressee              EA    EA    EA    EA    EA    EA    .     .     .
recommendations.subject                EA    EA    EA    EA    EA    EA    .     .     .
recommendations.recommendation         FSEA  EA    EA    EA    EA    EA    EA    EA    FSEA
recommendations.recommendation public  FSEA  EA    FSEA  EA    -     EA    EA    EA    FSEA
recommendations.progressupdate         EA    EA    EA    EA    EA    EA    EA    .     .
recommendations.progressupdate public  EA    EA    EA    EA    -     EA    .     .     .
recommendations.reply                  EA    EA    EA    EA    EA    EA    EA    .     .
recommendations.reply public           EA    EA    EA    EA    -     EA    .     .     .
recommendations.term                   EA    EA    EA    EA    EA    EA    EA    .     .
recommendations.term public            EA    EA    EA    EA    -     EA    EA    .     .
recommendations.abbreviation           EA    EA    EA    EA    EA    EA    .     .     .
recommendations.evidence               EA    -     EA    -     -     -     .     .     .

dialogues.dialogue                     FSEA  FSEA  FEA   FEA   FEA   FEA   FEA   .     .
dialogues.dialogue public              FSEA  FSEA  FEA   FEA   -     FEA   FEA   .     .
dialogues.contribution                 FSEA  FSEA  FEA   FEA   FEA   FEA   FEA   FSEA  FSEA
dialogues.contribution public          FSEA  FSEA  FEA   FEA   -     FEA   FEA   FSEA  FSEA
dialogues.answer                       FSEA  FSEA  FEA   FEA   FEA   FEA   .     .     .
dialogues.commitment                   EA    -     EA    EA    -     EA    EA    .     .

resolutions.jurisdiction               EA    EA    EA    EA    EA    EA    .     .     .
resolutions.association                EA    EA    EA    EA    EA    EA    .     .     .
resolutions.council                    SMEA  EA    SMEA  EA    EA    EA    EA    EA    SMEA
resolutions.modelresolution            SMEA  EA    EA    EA    EA    EA    EA    .     .
resolutions.modelresolution public     SMEA  EA    SMEA  EA    -     EA    EA    .     .
resolutions.clause                     EA    -     EA    EA    EA    EA    .     .     .
resolutions.clause public              EA    -     EA    EA    -     EA    .     .     .
resolutions.resolution                 SMEA  SMEA  MEA   MEA   MEA   MEA   EA    .     .
resolutions.resolution public          SMEA  SMEA  MEA   MEA   -     MEA   EA    .     .
resolutions.step                       SMEA  -     MEA   MEA   -     MEA   EA    .     .
resolutions.step public                SMEA  -     MEA   EA    -     MEA   EA    .     .
resolutions.tip                        EA    -     EA    EA    -     EA    .     .     .
"""
# fmt: on


def _matrix() -> dict[tuple[str, str], dict[str, str]]:
    head, *lines = (line.split() for line in TABLE.splitlines() if line)
    return {
        (line[0], "public" if line[1] == "public" else ""): dict(
            zip(head[1:], line[1 - len(head) :], strict=True)
        )
        for line in lines
    }


MATRIX = _matrix()


def _rows(cast: Cast, state: str) -> dict[str, Model]:
    """A row of every model, the facilitator's or the member's where it can be somebody's."""
    member, by = cast["M"], cast["E"]
    assert member is not None
    assert by is not None
    public = state == "public"
    dialogue = factories.DialogueFactory(facilitators=[cast["F"]], published=public)
    question = factories.ContributionFactory(dialogue=dialogue, question=True, posted=public)
    model = factories.ModelResolutionFactory(published=public)
    update = factories.ProgressUpdateFactory()
    factories.SourceFactory(update=update)
    reply = factories.ReplyFactory(recommendation=update.recommendation)
    factories.SourceFactory(update=None, reply=reply)
    champion = member.organizations.get()
    if public:
        update.publish(by=by)
        reply.publish(by=by)
        resolution = public_resolution(champion=champion)
    else:
        resolution = factories.ResolutionFactory(champion=champion)
    step = factories.StepFactory(resolution=resolution, kind=StepKind.REFERRED, verified=public)
    factories.StepSourceFactory(step=step)
    report = {} if public else {"published": False, "published_at": None, "published_by": None}
    rows = [
        factories.UserFactory(),
        factories.OrganizationFactory(),
        factories.LetterFactory(),
        factories.FailedTaskFactory(),
        factories.ReportFactory(**report),
        factories.AudienceFactory(),
        factories.PillarFactory(),
        factories.SubjectFactory(),
        factories.AddresseeFactory(),
        factories.RecommendationFactory(published=public),
        update,
        reply,
        factories.TermFactory(published=public),
        factories.AbbreviationFactory(),
        factories.EvidenceFactory(),
        dialogue,
        question,
        factories.AnswerFactory(contribution=question),
        factories.CommitmentFactory(),
        factories.JurisdictionFactory(code="CA-ON"),
        factories.AssociationFactory(),
        factories.CouncilFactory(),
        model,
        factories.ClauseFactory(model=model),
        resolution,
        step,
        factories.TipFactory(),
    ]
    return {row._meta.label_lower: row for row in rows}


def of(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{page}", args=args)


def _ask(client: Client, model: str, row: Model, page: str) -> Any:
    match page:
        case "list":
            return client.get(of(model, "changelist"))
        case "see":
            return client.get(of(model, "change", row.pk))
        case "save":
            return client.post(of(model, "change", row.pk))
        case "in":
            return client.get(of(model, "import"))
        case "out":
            return client.get(of(model, "export"))
        case "del":
            return client.get(of(model, "delete", row.pk))
        case "hist":
            return client.get(of(model, "history", row.pk))
        case _:
            return client.get(of(model, page))


def _lets_in(response: Any) -> bool:
    """Whether there is a page; else 403, or the way back to the front page of the admin."""
    if response.status_code == 302:
        assert response["Location"].endswith("/admin/")
        return False
    assert response.status_code in {200, 403}
    return response.status_code == 200


def _verb(client: Client, model: str, row: Model) -> bool:
    """Whether publishing, posting or verifying the row, or taking it back, changes it."""
    names = {
        "accounts.letter": ("retry",),
        "accounts.failedtask": ("retry",),
        "dialogues.commitment": ("show",),
        "dialogues.contribution": ("post", "withdraw"),
        "resolutions.step": ("verify",),
        "resolutions.council": ("confirm_council",),
    }
    before = type(row)._base_manager.filter(pk=row.pk).values().get()
    with transaction.atomic():
        for verb in names.get(model, ("publish", "withdraw")):
            asked = {"action": verb, "_selected_action": str(row.pk), "confirmed": "1"}
            client.post(of(model, "changelist"), asked)
            changed = type(row)._base_manager.filter(pk=row.pk).values().get() != before
            if changed:
                break
        transaction.set_rollback(True)
    return changed


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("state", ["", "public"])
def test_each_role_gets_its_pages_of_the_admin(role: str, state: str, cast: Cast) -> None:
    client, rows = browser_of(cast[role]), _rows(cast, state)
    # What an organization's resolution asks for before it can be published.
    resolution: Any = rows["resolutions.resolution"]
    if state == "":
        resolution.record_step(StepKind.SUBMITTED, on=factories.date(2010, 1, 1), by=cast["E"])
    wrong = []

    for (model, of_state), cells in MATRIX.items():
        for page, for_whom in cells.items():
            # What is verified stays so.
            once = (model, state, page) == ("resolutions.step", "public", "verb")
            if of_state != state or for_whom == "." or once:
                continue
            row = rows[model]
            if page == "verb":
                may = _verb(client, model, row)
            else:
                may = _lets_in(_ask(client, model, row, page))
            if may != (role in for_whom):
                wrong.append((model, page, may))

    assert not wrong


@pytest.mark.parametrize(
    "model",
    ["dialogues.dialogue", "dialogues.contribution", "resolutions.resolution", "resolutions.step"],
)
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_what_is_somebody_elses_looks_as_if_it_were_not_there(
    model: str, page: str, cast: Cast
) -> None:
    row = _rows(cast, "")[model]
    client = browser_of(cast["S"])

    theirs = client.get(of(model, page, row.pk))
    nobodys = client.get(of(model, page, 999_999))

    assert theirs.status_code == nobodys.status_code != 200
    assert theirs.headers.get("Location") == nobodys.headers.get("Location")


def _admin_paths(rows: dict[str, Model]) -> dict[str, str]:
    """Every address of the admin, by its name."""
    paths = {}
    for address in addresses():
        if address.name.startswith("admin:"):
            paths[address.name] = reverse(address.name, kwargs=_arguments(address, rows))
        elif address.route.startswith("admin/"):
            paths[address.name] = "/admin/recommendations/term/1/"
    return paths


def _arguments(address: Address, rows: dict[str, Model]) -> dict[str, Any]:
    if "object_id" in address.route and "content_type_id" not in address.route:
        _admin, app, model, *_rest = address.route.split("/")
        return {"object_id": rows[f"{app}.{model}"].pk}
    if "content_type_id" in address.route:
        return {"content_type_id": 1, "object_id": 1}
    if "app_label" in address.route:
        return {"app_label": "recommendations"}
    return {"id": rows["accounts.user"].pk} if "<id>" in address.route else {}


@pytest.mark.parametrize("role", "NC")
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_role_the_admin_is_shut(role: str, method: str, cast: Cast) -> None:
    client, rows = browser_of(cast[role]), _rows(cast, "")
    ask = getattr(client, method)
    paths = _admin_paths(rows)
    open_to_all = {"admin:login", "admin:logout"}

    got = {
        f"{prefix}{path}": ask(f"{prefix}{path}")
        for name, path in paths.items()
        for prefix in ("", "/fr")
        if name not in open_to_all
    }

    assert len(paths) > 100
    for path, response in got.items():
        assert response.status_code == 302, path
        assert "/login/?next=" in response["Location"], path
    assert {type(row)._base_manager.filter(pk=row.pk).exists() for row in rows.values()} == {True}


@pytest.mark.parametrize("role", STAFF)
def test_the_pages_beside_the_models(role: str, cast: Cast) -> None:
    client = browser_of(cast[role])
    somebody = factories.UserFactory()

    for name, for_whom in BESIDE_THE_MODELS.items():
        if for_whom:
            args = [somebody.pk] if name.endswith("auth_user_password_change") else []
            for language in ("en", "fr"):
                with translation.override(language):
                    response = client.get(reverse(name, args=args))
                assert response.status_code == (200 if role in for_whom else 403), name


@pytest.mark.parametrize("role", STAFF)
def test_each_role_finds_its_work(role: str, cast: Cast) -> None:
    """The front page and the pages of the apps offer the lists that open, and no others."""
    client = browser_of(cast[role])
    lists = {of(model, "changelist"): cells["list"] for (model, _state), cells in MATRIX.items()}
    apps = {path.rsplit("/", 2)[0] + "/" for path in lists}

    front = client.get("/admin/").content.decode()

    for path, for_whom in lists.items():
        assert (f'href="{path}"' in front) == (role in for_whom), path
    for path in apps:
        inside = any(role in for_whom for here, for_whom in lists.items() if here.startswith(path))
        assert client.get(path).status_code == (200 if inside else 404), path


@pytest.mark.parametrize("role", STAFF)
def test_the_admin_leads_to_the_page(role: str, cast: Cast) -> None:
    """“View on site” goes to a page that decides for itself who sees it."""
    client = browser_of(cast[role])

    assert client.get("/admin/r/999999/1/").status_code == 404


@pytest.mark.parametrize("role", STAFF)
def test_who_may_upload_a_sheet(role: str, cast: Cast) -> None:
    client = browser_of(cast[role])

    for (model, state), cells in MATRIX.items():
        if state or cells["in"] == ".":
            continue
        assert client.get(of(model, "process_import")).status_code == 405
        response = client.post(of(model, "process_import"))
        if role in cells["in"]:
            assert response.status_code == 200, model  # with what is wrong with the form
        else:
            assert response.status_code == 403, model


@pytest.mark.parametrize("role", STAFF)
def test_what_is_suggested(role: str, cast: Cast) -> None:
    """While somebody types, the admin offers rows of those lists alone that they may open."""
    client = browser_of(cast[role])
    _rows(cast, "")
    asked = 0

    for model, model_admin in admin.site._registry.items():
        for field_name in model_admin.autocomplete_fields:
            field: Any = model._meta.get_field(field_name)
            target = field.remote_field.model._meta.label_lower
            for_whom = MATRIX[target, ""]["list"]
            if target == "accounts.user":
                for_whom = "EA"  # an editor says who runs a dialogue
            response = client.get(
                reverse("admin:autocomplete"),
                {
                    "app_label": model._meta.app_label,
                    "model_name": str(model._meta.model_name),
                    "field_name": field_name,
                    "term": "",
                },
            )
            asked += 1
            assert response.status_code == (200 if role in for_whom else 403), (model, field_name)

    assert asked > 10


def test_suggestions_hold_nothing_the_list_would_hide(cast: Cast) -> None:
    _rows(cast, "")
    client = browser_of(cast["S"])

    response = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "dialogues",
            "model_name": "contribution",
            "field_name": "dialogue",
            "term": "",
        },
    )

    assert response.json()["results"] == []


@pytest.mark.parametrize("said", [False, True])
def test_what_is_somebody_elses_is_not_deleted(said: bool, cast: Cast) -> None:
    row: Any = factories.DialogueFactory(facilitators=[cast["F"]])
    if said:
        row = factories.ContributionFactory(dialogue=row)
    path = of(row._meta.label_lower, "delete", row.pk)

    for role in "NCSM":
        browser_of(cast[role]).post(path, {"post": "yes"})
    assert type(row)._base_manager.filter(pk=row.pk).exists()

    browser_of(cast["F"]).post(path, {"post": "yes"})
    assert not type(row)._base_manager.filter(pk=row.pk).exists()


def test_a_resolution_of_another_organization_is_not_deleted(cast: Cast) -> None:
    row = _rows(cast, "")["resolutions.resolution"]
    path = of("resolutions.resolution", "delete", row.pk)

    for role in "NCFS":
        browser_of(cast[role]).post(path, {"post": "yes"})

    assert type(row)._base_manager.filter(pk=row.pk).exists()


def test_a_step_is_not_recorded_on_a_resolution_of_another_organization(cast: Cast) -> None:
    member = cast["M"]
    assert member is not None
    row = factories.ResolutionFactory(champion=member.organizations.get())
    form = Desk(member).form(Resolution, row.pk)
    form |= {"steps-2-TOTAL_FORMS": "1"}  # those to add stand after those recorded
    form |= {"steps-2-0-kind": StepKind.SUBMITTED, "steps-2-0-on": "2010-06-01"}
    path = of("resolutions.resolution", "change", row.pk)

    for role in "NCFS":
        browser_of(cast[role]).post(path, form)
    assert not row.steps.exists()

    browser_of(member).post(path, form)
    assert row.steps.count() == 1
