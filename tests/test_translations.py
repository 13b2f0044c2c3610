"""French: the catalogue is whole and well typed, and no page is left half in English."""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import polib
import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.urls import resolve
from django.utils import translation

from accounts.models import Organization, User
from dialogues.models import Dialogue
from recommendations.models import Addressee, Recommendation, Report
from recommendations.templatetags.texts import when
from resolutions.models import Association, ModelResolution
from tests.working import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("record")]

BASE = Path(settings.BASE_DIR)
OURS = BASE / "locale" / "fr" / "LC_MESSAGES" / "django.po"
LIBRARIES = BASE / "locale" / "libraries" / "fr" / "LC_MESSAGES" / "django.po"
SOURCES = ("accounts", "dialogues", "locale", "recommendations", "resolutions", "templates", "w2i")

Key = tuple[str | None, str, str]


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def french_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def entries() -> Iterator[polib.POEntry]:
    for path in (OURS, LIBRARIES):
        yield from polib.pofile(str(path))


def test_every_string_of_the_code_is_in_the_catalogue_and_no_other(tmp_path: Path) -> None:
    if shutil.which("xgettext") is None:
        pytest.skip("xgettext is missing, so strings can't be gathered: apt install gettext")
    for name in SOURCES:
        shutil.copytree(BASE / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(BASE / "manage.py", tmp_path)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "fr", "--no-location", "--no-obsolete"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "W2I_VAR": str(tmp_path / "var")},
    )

    gathered = polib.pofile(str(tmp_path / OURS.relative_to(BASE)))

    assert {key(entry) for entry in gathered} == {key(entry) for entry in polib.pofile(str(OURS))}


def test_no_string_stands_where_it_is_not_gathered() -> None:
    """xgettext passes over what stands inside an f-string."""
    known = {entry.msgid for entry in polib.pofile(str(OURS))}
    missed = [
        (str(path.relative_to(BASE)), call.args[0].value)
        for name in SOURCES
        for path in sorted((BASE / name).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"_", "gettext", "gettext_lazy"}
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value not in known
    ]

    assert missed == []


PLURAL = re.compile(
    r"{% blocktranslate (?:(?!%}).)*?(?:context \"(?P<context>[^\"]*)\" )?%}"
    r"(?P<one>(?:(?!endblocktranslate).)*?){% plural %}(?P<many>.*?){% endblocktranslate %}",
    re.DOTALL,
)


def test_no_two_plurals_begin_alike() -> None:
    """A catalogue knows a plural by its singular: of two the second would be read as the first."""
    known = {(entry.msgctxt, entry.msgid): entry.msgid_plural for entry in polib.pofile(str(OURS))}
    wrong = []
    for path in sorted((BASE / "templates").rglob("*.*")):
        for found in PLURAL.finditer(path.read_text()):
            one, many = (
                re.sub(r"{{ (\w+) }}", r"%(\1)s", " ".join(found[name].split()))
                for name in ("one", "many")
            )
            if known.get((found["context"], one), many) != many:
                wrong.append((path.name, one))

    assert wrong == []


def test_every_string_has_its_french() -> None:
    missing = [entry.msgid for entry in entries() if entry.fuzzy or not entry.translated()]

    assert missing == []


def test_the_catalogue_follows_the_french_plural() -> None:
    for path in (OURS, LIBRARIES):
        assert polib.pofile(str(path)).metadata["Plural-Forms"] == "nplurals=2; plural=(n > 1);"


def test_the_catalogue_names_no_person_and_no_machine() -> None:
    for path in (OURS, LIBRARIES):
        text = path.read_text()
        assert not re.search(r"@(?!example\.org)|Last-Translator|^#: ", text, re.MULTILINE)


PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z](?![a-z])|\{\w*\}|</?\w+")


def test_placeholders_and_tags_are_the_same_on_both_sides() -> None:
    different = []
    for entry in entries():
        english = Counter(PLACEHOLDER.findall(entry.msgid))
        if entry.msgid_plural:
            # "One mayor" may be "%(n)s maire" and the other way about; the plural needs its number.
            plural = Counter(PLACEHOLDER.findall(entry.msgid_plural))
            one, many = (Counter(PLACEHOLDER.findall(text)) for text in french_of(entry))
            wrong = not one <= english | plural or many != plural
        else:
            wrong = Counter(PLACEHOLDER.findall(entry.msgstr)) != english
        if wrong:
            different.append(entry.msgid)

    assert different == []


def french_data() -> Iterator[str]:
    """Our own French in the data files."""

    def inside(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for name, below in value.items():
                if str(name).endswith("_fr") and isinstance(below, str):
                    yield below
                else:
                    yield from inside(below)
        elif isinstance(value, list):
            for below in value:
                yield from inside(below)

    for path in sorted(BASE.glob("*/data/*.yaml")):
        yield from inside(yaml.safe_load(path.read_text()))


# The Office québécois: a no-break space before ":" and inside « », none before "; ! ?".
MISTYPED = {
    "a straight apostrophe": re.compile(r"\w'\w"),
    "no no-break space before a colon": re.compile(r"(?<!\xa0):(?=\s|$)"),
    "a guillemet without its no-break space": re.compile(r"«(?!\xa0)|(?<!\xa0)»"),
    "English quotation marks": re.compile(r"[“”]"),
    "a space before ; ! ?": re.compile(r"\s[;!?]"),
    "three full stops": re.compile(r"\.\.\."),
}


@pytest.mark.parametrize("mistake", MISTYPED)
def test_french_is_typed_by_the_rules(mistake: str) -> None:
    texts = [text for entry in entries() for text in french_of(entry)] + [*french_data()]

    assert [text for text in texts if MISTYPED[mistake].search(text)] == []


def test_words_of_libraries_that_we_replace_are_still_theirs() -> None:
    theirs = {
        entry.msgid
        for path in Path(polib.__file__).parent.glob("**/locale/fr/LC_MESSAGES/django.mo")
        for entry in polib.mofile(str(path))
    }

    assert {entry.msgid for entry in polib.pofile(str(LIBRARIES))} <= theirs


def test_strings_are_marked_by_the_names_that_gettext_looks_for() -> None:
    renamed = re.compile(r"gettext(_lazy)? as (?!_$)\w+", re.MULTILINE)
    found = {
        str(path.relative_to(BASE)): match.group()
        for app in ("accounts", "dialogues", "recommendations", "resolutions", "w2i")
        for path in (BASE / app).rglob("*.py")
        if (match := renamed.search(path.read_text()))
    }

    assert found == {}


def test_definitions_in_our_own_words_are_in_french_and_words_of_sources_are_not() -> None:
    data = yaml.safe_load((BASE / "recommendations" / "data" / "glossary.yaml").read_text())

    for term in data["terms"]:
        assert ("definition_fr" in term) == (term["definition_kind"] == "own-words"), term["id"]


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    with translation.override("fr"):
        assert when(date(2012, 3, 1)) == '<time datetime="2012-03-01">1er mars 2012</time>'
        assert when(date(2012, 3, 11)) == '<time datetime="2012-03-11">11 mars 2012</time>'
    with translation.override("en"):
        assert "1er" not in when(date(2012, 3, 1))


VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SAID_ALOUD = ("alt", "aria-label", "data-label", "placeholder")


class Page(HTMLParser):
    """What a page says in its own language, its links, and the links to its other language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.language = ""
        self.texts: list[str] = []
        self.links: list[str] = []
        self.switch: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        inherited = self.open[-1][1] if self.open else ""
        language = has.get("lang") or inherited
        if tag == "html":
            self.language = language
        if tag == "a":
            self.links.append(has.get("href") or "")
            if has.get("hreflang"):
                self.switch[str(has["hreflang"])] = self.links[-1]
        if tag not in VOID:
            self.open.append((tag, language))
        if language == self.language:
            self.texts += [text for name in SAID_ALOUD if (text := has.get(name))]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # A title can't mark the language of what it quotes, a script says nothing.
        if self.open and self.open[-1][0] not in {"title", "script", "style"}:
            text = " ".join(data.split())
            if text and self.open[-1][1] == self.language:
                self.texts.append(text)


def asked(client: Client, address: str) -> Page:
    return Page(client.get(address).content.decode())


# Pages that no link leads to, and what bad or empty questions get.
ALSO = (
    "/fr/search/?q=prevention",
    "/fr/search/?q=prevention&kind=statement",
    "/fr/search/?q=zzzz",
    "/fr/search/?q=" + "z" * 300,
    "/fr/recommendations/?audience=canada&status=in-place",
    "/fr/recommendations/?audience=nobody",
    "/fr/recommendations/?page=99",
    "/fr/resolutions/?status=proclaimed",
    "/fr/resolutions/?status=adopted",
    "/fr/councils/?q=zzzz",
    "/fr/accounts/password/reset/",
    "/fr/accounts/password/reset/done/",
    "/fr/accounts/password/reset/key/1-zz/",
    "/fr/accounts/password/reset/key/done/",
    "/fr/nothing-here/",
)
OF_EACH = 4


def french_pages(client: Client) -> dict[str, Page]:
    """Pages a reader comes to from the French home page, a few of each view, and some more."""
    pages: dict[str, Page] = {}
    of_view: Counter[str] = Counter()
    waiting = ["/fr/", *ALSO]
    while waiting:
        address = waiting.pop(0)
        if address in pages:
            continue
        if address not in ALSO:
            with translation.override("fr"):
                view = resolve(urlsplit(address).path).view_name
            of_view[view] += 1
            if of_view[view] > OF_EACH:
                continue
        answer = client.get(address)
        if not answer["Content-Type"].startswith("text/html"):
            continue  # a file to take away
        if answer.status_code == 302:
            assert answer["Location"].startswith("/fr/accounts/login/"), address
            continue  # the link says so: “Sign in and plan it”
        pages[address] = Page(answer.content.decode())
        links = (link.partition("#")[0] for link in pages[address].links)
        waiting += [link for link in links if link.startswith("/fr/")]
    return pages


ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|were|this|that|with|for|to|from|not|its|has|have|what|who|all|each|"
    r"by|at|no|nothing|none|show|search|read|see|any|statements?|councils?|recommendations|status)\b",
    re.IGNORECASE,
)


def names() -> list[str]:
    """Proper names that stay as they are, longest first."""
    return sorted(
        {
            *Organization.objects.values_list("name", flat=True),
            *Organization.objects.values_list("parent_name", flat=True),
            *Dialogue.objects.values_list("title", flat=True),
            *Report.objects.values_list("title", flat=True),
            *Report.objects.values_list("publisher", flat=True),
            *ModelResolution.objects.values_list("title", flat=True),
            *Association.objects.values_list("name_en", flat=True),
            *Report.objects.values_list("stem", flat=True),
            *Recommendation.objects.values_list("text", flat=True),
            # Where a letter goes stands in it as the post there has it.
            *Addressee.objects.values_list("postal_address", flat=True),
            *(
                line
                for address in Addressee.objects.values_list("postal_address", flat=True)
                for line in address.splitlines()
            ),
            "CC BY 4.0",
        }
        - {""},
        key=len,
        reverse=True,
    )


def test_every_french_page_says_so_and_has_no_english_of_ours(client: Client) -> None:
    proper = names()
    french = {
        entry.msgid
        for entry in polib.pofile(str(OURS))
        if entry.msgid.lower() not in {text.lower() for text in french_of(entry)}
    }
    left: set[tuple[str, str]] = set()

    pages = french_pages(client)

    for address, page in pages.items():
        assert page.language == "fr-CA", address
        for text in page.texts:
            ours = re.sub(r"(https?:/|testserver)/\S+", "", text)
            for name in proper:
                ours = ours.replace(name, "")
            if text in french or ENGLISH.search(ours):
                left.add((address, text))
    assert sorted(left) == []
    assert len(pages) > len(ALSO) + 20


def test_the_language_switch_keeps_the_page_and_its_query(client: Client) -> None:
    for address, page in french_pages(client).items():
        assert page.switch["en"] == address.removeprefix("/fr"), address

    for address in ("/", "/recommendations/?audience=canada&page=1", "/search/?q=a%20b"):
        assert asked(client, address).switch["fr"] == f"/fr{address}"


@pytest.mark.parametrize("path", ["/", "/recommendations/CA-02/", "/glossary/"])
def test_the_two_languages_of_a_page_name_each_other(client: Client, path: str) -> None:
    for address in (path, f"/fr{path}"):
        html = client.get(address).content.decode()
        assert f'<link rel="alternate" hreflang="en" href="http://testserver{path}">' in html
        assert f'<link rel="alternate" hreflang="fr" href="http://testserver/fr{path}">' in html


def test_signing_in_goes_wrong_in_french(client: Client) -> None:
    answer = client.post(
        "/fr/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}
    )

    assert "L’adresse courriel ou le mot de passe est incorrect." in answer.content.decode()


def test_the_mail_for_a_new_password_is_in_french(
    client: Client, citizen: User, mailoutbox: list
) -> None:
    client.post("/fr/accounts/password/reset/", {"email": citizen.email})
    work()

    assert "Choisir un nouveau mot de passe" in mailoutbox[0].subject
    assert not re.search(r"\b(you|the|e-mail)\b", mailoutbox[0].body, re.IGNORECASE)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "recommendations/recommendation/add/",
        "dialogues/dialogue/add/",
        "resolutions/resolution/add/",
        "accounts/user/add/",
    ],
)
def test_the_admin_is_in_french(client: Client, administrator: User, path: str) -> None:
    client.force_login(administrator)
    english = {text for text in asked(client, f"/admin/{path}").texts if ENGLISH.search(text)}
    assert english

    french = asked(client, f"/fr/admin/{path}")

    assert french.language == "fr"
    assert [text for text in french.texts if text in english] == []


def test_provinces_stand_in_the_order_of_the_alphabet(client: Client) -> None:
    page = client.get("/fr/resolutions/")

    regions = dict(page.context["form"].fields["region"].choices[1:])

    names = [name for _code, name in regions["Canada"]]
    assert names.index("Île-du-Prince-Édouard") < names.index("Manitoba")
