"""Finding public things by words, with the same hits on every database.

Work is bounded: of each kind at most ``WINDOW`` hits are counted and ranked, so a search among a
million statements costs what one among a few thousand does. What bears the very name that is
asked for ranks first, then what has the words in its title, then in its text. The two ``_…``
classes at the end are the seam: another engine is another class with the same two methods.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils.functional import cached_property
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from recommendations import words
from recommendations.models import Entry, EntryKind

WINDOW = 1_000
MAX_WORDS = 12
# Kinds whose entries have a title; of the others the text is all there is.
TITLED = frozenset(EntryKind) - {EntryKind.STATEMENT, EntryKind.STEP}
EXCERPT = 260
OPENING = 420
_QUOTED = re.compile(r"[\"“”«»]([^\"“”«»]*)[\"“”«»]")


@dataclass(frozen=True)
class Wanted:
    """One thing every hit must have: a phrase in either language, or one word in any form.

    Attributes:
        phrases: alternatives, each a run of stems.
        prefix: a folded beginning that also counts; '' for none.
    """

    phrases: frozenset[tuple[str, ...]]
    prefix: str = ""


@dataclass(frozen=True)
class Asked:
    """What somebody searched for, taken apart.

    The last word counts as a beginning, for people who are still typing; words in quotation marks
    must stand side by side; words that are everywhere ("the", "de") are passed over.
    """

    text: str

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        loose = _QUOTED.sub(" ", self.text)
        found = [_phrase(quoted) for quoted in _QUOTED.findall(self.text)]
        folded = [token.folded for token in words.tokens(loose)][:MAX_WORDS]
        for number, word in enumerate(folded):
            last = number == len(folded) - 1 and not self.text.rstrip().endswith(('"', "”", "»"))
            found.append(_word(word, as_prefix=last and len(word) > 2))
        return tuple(w for w in found if w.phrases or w.prefix)[:MAX_WORDS]

    @cached_property
    def names(self) -> list[str]:
        """What was asked for as the whole of a name, in each language."""
        whole = {words.whole(self.text, language) for language in words.LANGUAGES}
        return sorted(whole - {""})

    def __bool__(self) -> bool:
        return bool(self.wanted)

    def matches(self, folded: str) -> bool:
        """Whether one folded word of a text is among what was asked, to mark it."""
        stems = {words.stem(folded, language) for language in words.LANGUAGES} - {""}
        return any(
            (w.prefix and folded.startswith(w.prefix)) or any(stems & set(p) for p in w.phrases)
            for w in self.wanted
        )


def _word(folded: str, *, as_prefix: bool) -> Wanted:
    stems = [words.stem(folded, language) for language in words.LANGUAGES]
    if not all(stems):
        # A stop word of one language: it finds nothing worth finding.
        return Wanted(frozenset())
    return Wanted(frozenset((stem,) for stem in stems), folded if as_prefix else "")


def _phrase(text: str) -> Wanted:
    runs = {tuple(words.stems(text, language).split()[:MAX_WORDS]) for language in words.LANGUAGES}
    return Wanted(frozenset(run for run in runs if run))


@dataclass(frozen=True)
class Hit:
    """A found entry in its reader's language, with the words asked for marked.

    Where it has no title, its text begins there and ``excerpt`` goes on from it.
    """

    entry: Entry
    title: SafeString
    title_language: str
    excerpt: SafeString
    excerpt_language: str


@dataclass
class Group:
    """The hits of one kind. ``count`` stops at WINDOW; ``more`` says that there are more."""

    kind: EntryKind
    count: int
    hits: list[Hit] = field(default_factory=list)

    @property
    def more(self) -> bool:
        return self.count > WINDOW

    @property
    def shown_count(self) -> int:
        return min(self.count, WINDOW)


def count(asked: Asked) -> dict[EntryKind, int]:
    """How many of each kind match, up to one past WINDOW. One query."""
    if not asked:
        return {}
    engine = _engine(asked)
    parts = [engine.count_sql(kind) for kind in EntryKind]
    sql = " UNION ALL ".join(sql for sql, _args in parts)
    with connection.cursor() as cursor:
        cursor.execute(sql, [arg for _sql, args in parts for arg in args])
        return {EntryKind(kind): n for kind, n in cursor.fetchall() if n}


def find(asked: Asked, kinds: Sequence[EntryKind], *, limit: int, offset: int = 0) -> list[Entry]:
    """The best entries of each kind, in rank order. Two queries however many kinds."""
    if not (asked and kinds):
        return []
    engine = _engine(asked)
    parts = [engine.find_sql(kind, limit, offset) for kind in kinds]
    sql = " UNION ALL ".join(sql for sql, _args in parts)
    with connection.cursor() as cursor:
        cursor.execute(sql, [arg for _sql, args in parts for arg in args])
        ranked = [pk for pk, _rank in cursor.fetchall()]
    entries = Entry.objects.in_bulk(ranked)
    return [entries[pk] for pk in ranked if pk in entries]


def groups(asked: Asked, *, each: int) -> list[Group]:
    """Every kind with hits, in the order of EntryKind, with its best ``each``. Three queries."""
    counts = count(asked)
    found = [Group(kind, counts[kind]) for kind in EntryKind if kind in counts]
    by_kind = {group.kind: group for group in found}
    for entry in find(asked, list(by_kind), limit=each):
        by_kind[EntryKind(entry.kind)].hits.append(hit(entry, asked))
    return found


def hit(entry: Entry, asked: Asked) -> Hit:
    title, title_language = entry.title_read
    text, text_language = entry.text_read
    if title:
        shown, rest = title, text
    else:
        title_language = text_language
        first, _blank, rest = text.partition("\n\n")
        shown = flowing(first)
        if len(shown) > OPENING:
            shown, rest = f"{shown[: shown.rfind(' ', 0, OPENING)]} …", text
    return Hit(entry, marked(shown, asked), title_language, excerpt(rest, asked), text_language)


def marked(text: str, asked: Asked) -> SafeString:
    """A text with the words asked for in ``<mark>``."""
    html: list[str] = []
    at = 0
    for token in words.tokens(text):
        if asked.matches(token.folded):
            html.append(escape(text[at : token.start]))
            html.append(format_html("<mark>{}</mark>", text[token.start : token.end]))
            at = token.end
    html.append(escape(text[at:]))
    return mark_safe("".join(html))  # noqa: S308 - every piece is escaped


def excerpt(text: str, asked: Asked) -> SafeString:
    """The part of a text around the first word asked for, cut at words."""
    text = flowing(text)
    if len(text) <= EXCERPT:
        return marked(text, asked)
    first = next((t.start for t in words.tokens(text) if asked.matches(t.folded)), 0)
    start = max(0, min(first - EXCERPT // 3, len(text) - EXCERPT))
    end = start + EXCERPT
    if start:
        start = text.find(" ", start) + 1
        start += 2 * text.startswith("· ", start)
    if end < len(text):
        end = text.rfind(" ", start, end)
    return format_html(
        "{}{}{}",
        "… " if start else "",
        marked(text[start:end], asked),
        " …" if end < len(text) else "",
    )


_LINE = re.compile(r"\n\s*\n|\n(?=\s*- )")


def flowing(text: str) -> str:
    """A text of paragraphs, headings and items as one line, in which each is still told apart."""
    pieces = [" ".join(piece.split()).removeprefix("- ") for piece in _LINE.split(text)]
    line = ""
    for piece in filter(None, pieces):
        if line:
            line += " " if line.endswith((".", "!", "?", ":", "…", ".”", '."')) else " · "
        line += piece
    return line


class _Fts5:
    """SQLite: the external-content FTS5 table of the migrations.

    Not ranked by bm25: to weigh a word that reads every row that has it, for each kind anew.
    """

    def __init__(self, asked: Asked) -> None:
        self.words = " AND ".join(self._alternatives(w) for w in asked.wanted)
        self.names = " OR ".join(f'"{name}"' for name in asked.names)

    @staticmethod
    def _alternatives(wanted: Wanted) -> str:
        forms = [" + ".join(f'"{stem}"' for stem in run) for run in sorted(wanted.phrases)]
        if wanted.prefix:
            forms.append(f'"{wanted.prefix}" *')
        return f"({' OR '.join(forms)})"

    @staticmethod
    def _match(kind: EntryKind, words: str, columns: str = "{title_stems text_stems}") -> str:
        return f'kind : "{kind.value}" AND {columns} : ({words})'

    def count_sql(self, kind: EntryKind) -> tuple[str, list[str | int]]:
        return (
            "SELECT %s, count(*) FROM (SELECT 1 FROM recommendations_entry_words"
            " WHERE recommendations_entry_words MATCH %s LIMIT %s)",
            [kind.value, self._match(kind, self.words), WINDOW + 1],
        )

    def find_sql(self, kind: EntryKind, limit: int, offset: int) -> tuple[str, list[str | int]]:
        newest = (
            "SELECT * FROM (SELECT rowid, %s AS rank_ FROM recommendations_entry_words"
            " WHERE recommendations_entry_words MATCH %s ORDER BY rowid DESC LIMIT %s)"
        )
        ranks = [(2, self._match(kind, self.words))]
        if kind in TITLED:
            ranks.append((1, self._match(kind, self.words, "title_stems")))
            if self.names:
                ranks.append((0, self._match(kind, self.names, "title_stems")))
        arms = " UNION ALL ".join([newest] * len(ranks))
        return (
            f"SELECT * FROM (SELECT rowid, min(rank_) FROM ({arms})"  # noqa: S608 - nothing of the reader's
            " GROUP BY rowid ORDER BY min(rank_), rowid DESC LIMIT %s OFFSET %s)",
            [*(arg for rank, match in ranks for arg in (rank, match, WINDOW)), limit, offset],
        )


class _TsVector:
    """PostgreSQL: the generated tsvector of the migrations, with one index a kind."""

    def __init__(self, asked: Asked) -> None:
        self.words = " & ".join(self._alternatives(w, "") for w in asked.wanted)
        self.titled = " & ".join(self._alternatives(w, "A") for w in asked.wanted)
        self.names = " | ".join(f"'{name}':A" for name in asked.names)

    @staticmethod
    def _alternatives(wanted: Wanted, weight: str) -> str:
        """``weight`` 'A' asks for the title alone; '' for all."""
        forms = [
            " <-> ".join(f"'{stem}'{weight and ':'}{weight}" for stem in run)
            for run in sorted(wanted.phrases)
        ]
        if wanted.prefix:
            forms.append(f"'{wanted.prefix}':*{weight}")
        return f"({' | '.join(f'({form})' for form in forms)})"

    def count_sql(self, kind: EntryKind) -> tuple[str, list[str | int]]:
        return (
            "SELECT %s, count(*) FROM (SELECT 1 FROM recommendations_entry"  # noqa: S608 - a kind of ours
            f" WHERE kind = '{kind.value}' AND words @@ %s::tsquery"
            # In an order that has an index with its kind: PostgreSQL takes a word that is in every
            # statement to be in every step as well, and would read the whole table for some.
            " ORDER BY id DESC LIMIT %s) AS hits",
            [kind.value, self.words, WINDOW + 1],
        )

    def find_sql(self, kind: EntryKind, limit: int, offset: int) -> tuple[str, list[str | int]]:
        newest = (
            "SELECT * FROM (SELECT id, %s AS rank_ FROM recommendations_entry"  # noqa: S608 - a kind of ours
            f" WHERE kind = '{kind.value}' AND words @@ %s::tsquery ORDER BY id DESC LIMIT %s)"
        )
        arms = [f"{newest} AS found"]
        args: list[str | int] = [2, self.words, WINDOW]
        if kind in TITLED:
            arms.append(f"{newest} AS titled")
            args += [1, self.titled, WINDOW]
            if self.names:
                arms.append(f"{newest} AS named")
                args += [0, self.names, WINDOW]
        return (
            f"SELECT * FROM (SELECT id, min(rank_) FROM ({' UNION ALL '.join(arms)}) AS hits"  # noqa: S608 - as above
            " GROUP BY id ORDER BY min(rank_), id DESC LIMIT %s OFFSET %s) AS best",
            [*args, limit, offset],
        )


def _engine(asked: Asked) -> _Fts5 | _TsVector:
    return _Fts5(asked) if connection.vendor == "sqlite" else _TsVector(asked)


def ids_matching(asked: Asked, kind: EntryKind) -> Iterable[int]:
    """The objects of one kind that match, at most WINDOW of them, best first. One query."""
    if not asked:
        return []
    sql, args = _engine(asked).find_sql(kind, WINDOW, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH best(entry, rank_) AS ({sql}) SELECT object_id FROM best"  # noqa: S608 - nothing of the reader's
            " JOIN recommendations_entry ON recommendations_entry.id = best.entry"
            " ORDER BY rank_, entry DESC",
            args,
        )
        return [object_id for (object_id,) in cursor.fetchall()]
