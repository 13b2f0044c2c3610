"""The recommendations of a report from a list: understood and shown first, then written whole.

Nothing is written before somebody has seen every row as it would be; what is written then is what
was shown, or nothing. Rows make drafts, and change drafts; a text that is public stays as it is.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.models import User
from recommendations.models import (
    Addressee,
    Audience,
    Pillar,
    Recommendation,
    Report,
    Subject,
    one_refresh,
)
from recommendations.reports import free_slug, remember
from recommendations.sheets import escaped, unescaped
from recommendations.sheets_in import Row, rows_under, table_of, unread_columns
from recommendations.sheets_in import plain as plain_with_gaps

COLUMNS = {
    "code": (),
    "audience": ("asked of", "public", "auditoire"),
    "pillar": ("heading", "pilier"),
    "addressees": ("addressee", "who is asked", "destinataires", "destinataire"),
    "text": ("recommendation", "text of record", "wording", "texte", "recommandation"),
    "translation": ("traduction",),
    "order": ("position", "ordre"),
    "subject": ("sujet",),
}
NEEDED = ("audience", "pillar", "addressees", "text")
MOST = 1_000  # rows
LONGEST = 3_000  # characters of a text
LONGEST_NAME = 200
MOST_NAMES = 200  # that a list may bring in
MOST_ASKED = 40  # addressees of one recommendation
_LAST = 100_000  # place in a report
_SALT = "recommendation-import"
_GOOD_FOR = 86_400  # seconds between a preview and its confirmation
_CODE = re.compile(r"([A-Z]{2,4})-([0-9]{2,4})")
_FORMULA = re.compile(r"[=+\-@]")
_BROKEN = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

# What a name in a list can stand for, by its column, in the order in which they are asked about.
KINDS: dict[str, type[Audience] | type[Pillar] | type[Addressee] | type[Subject]] = {
    "audience": Audience,
    "pillar": Pillar,
    "addressees": Addressee,
    "subject": Subject,
}


def plain(name: str) -> str:
    """A name as it is compared; '' where nothing is left of it."""
    return plain_with_gaps(name).strip()


def read(source: UploadedFile | str) -> tuple[list[Row], list[str]]:
    """The rows of a list, and the headings of the columns that are not read.

    Raises:
        ValidationError: it can't be read, is too large, or a column is missing.
    """
    table = table_of(source, most=MOST)
    rows = rows_under(table, COLUMNS, needs=NEEDED, most=MOST)
    return rows, unread_columns(table[0][1], COLUMNS)


# ---- What is understood ----


@dataclass(slots=True)
class Answer:
    """What somebody said a new name stands for: one that is here (its key), or a new one."""

    is_: int = 0
    name_en: str = ""
    name_fr: str = ""
    code_prefix: str = ""  # of an audience
    kind: str = ""  # of an addressee


@dataclass(slots=True)
class Named:
    """What a name in the list stands for: ``row`` where it is here, else what will be added."""

    column: str
    typed: str
    row: Any = None
    answer: Answer | None = None
    rows: list[int] = field(default_factory=list)  # that name it

    @property
    def key(self) -> str:
        return _key(self.column, self.typed)

    @property
    def name(self) -> str:
        if self.row is not None:
            return str(self.row.name)
        return self.answer.name_en if self.answer else self.typed

    @property
    def prefix(self) -> str:
        """What codes of an audience begin with; '' as long as nobody has said."""
        if self.row is not None:
            return str(self.row.code_prefix)
        return self.answer.code_prefix if self.answer else ""

    @property
    def identity(self) -> str:
        """The same for the same thing, however the list spells its name."""
        if self.row is not None:
            return f"{self.column} {self.row.pk}"
        return f"{self.column} {plain(self.name)}"


def _key(column: str, typed: str) -> str:
    return f"{column}|{plain(typed)}"


@dataclass(slots=True)
class Line:
    """A row as it would be: new, changed or the same as on record; or what is wrong with it."""

    row: Row
    text: str = ""
    translation: str = ""
    code: str = ""
    order: int | None = None
    audience: Named | None = None
    pillar: Named | None = None
    subject: Named | None = None
    addressees: list[Named] = field(default_factory=list)
    was: Recommendation | None = None
    # Columns that would change, with what stands there now.
    changes: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def is_new(self) -> bool:
        return self.was is None

    @property
    def is_same(self) -> bool:
        return self.was is not None and not self.changes

    @property
    def names(self) -> list[Named]:
        single = (self.audience, self.pillar, self.subject)
        return [*(name for name in single if name), *self.addressees]


@dataclass
class Sheet:
    """A list as it is understood so far.

    ``asked`` are names nobody has said the meaning of; ``added`` those that will be new;
    ``absent`` recommendations of the report that the list does not name.
    """

    ready: list[Line]
    wrong: list[Line]
    asked: list[Named]
    added: list[Named]
    absent: list[Recommendation]

    @cached_property
    def new(self) -> list[Line]:
        return [line for line in self.ready if line.is_new]

    @cached_property
    def changed(self) -> list[Line]:
        return [line for line in self.ready if line.was is not None and line.changes]

    @cached_property
    def same(self) -> list[Line]:
        return [line for line in self.ready if line.is_same]

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.new or self.changed)

    @property
    def mark(self) -> str:
        """The same for two lists that would write the same onto the same."""
        lines = [
            [
                line.number,
                line.was.pk if line.was else 0,
                line.code,
                line.order,
                line.changes,
                line.text,
                line.translation,
                [name.identity for name in line.names],
            ]
            for line in self.ready
        ]
        added = [[name.identity, asdict(name.answer or Answer())] for name in self.added]
        text = json.dumps([lines, added], ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(slots=True)
class Draft:
    """A list on its way: its rows, and what has been answered. Carried by the form, signed.

    ``answers`` go by the key of a name; ``left_out`` are numbers of rows.
    """

    rows: list[Row]
    unread: list[str] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)


class _Names:
    """What is here by the names a list can give it. Four queries."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.found: dict[str, Named] = {}
        self.here: dict[str, dict[str, Any]] = {}
        self.by_pk: dict[str, dict[int, Any]] = {}
        for column, model in KINDS.items():
            rows = list(model._default_manager.all())
            self.by_pk[column] = {row.pk: row for row in rows}
            known = self.here[column] = {}
            # A name counts before a short address or a prefix.
            for attribute in ("name_en", "name_fr", "slug", "code_prefix"):
                for row in rows:
                    if word := plain(getattr(row, attribute, "")):
                        known.setdefault(word, row)

    def named(self, column: str, typed: str) -> Named:
        key = _key(column, typed)
        if key not in self.found:
            name = self.found[key] = Named(column, typed)
            name.row = self.here[column].get(plain(typed))
            if name.row is None and (answer := self.answers.get(key)):
                # What was new when this was answered may have been added since, by this very list.
                name.row = self.by_pk[column].get(answer.is_) or self.here[column].get(
                    plain(answer.name_en)
                )
                # What was chosen and is gone is asked about once more, and letters that another
                # audience has taken.
                is_taken = any(
                    answer.code_prefix == row.code_prefix for row in self.by_pk["audience"].values()
                )
                name.answer = answer if answer.name_en and not is_taken else None
        return self.found[key]


def understand(draft: Draft, report: Report) -> Sheet:
    """What a list says of a report, and what must be asked, with what was answered so far."""
    gone = set(draft.left_out)
    names = _Names(draft.answers)
    lines = [_line(row, names) for row in draft.rows if row.number not in gone]
    there = list(
        report.recommendations.select_related("audience", "pillar", "subject").prefetch_related(
            "addressees"
        )
    )
    _match(lines, there)
    _number(lines, there)
    for line in lines:
        if line.was is not None and not line.errors:
            _compare(line, line.was)
    ready = [line for line in lines if not line.errors]
    named: dict[str, Named] = {}
    for line in ready:
        for name in line.names:
            name.rows.append(line.number)
            if name.row is None:
                named[name.key] = name
    asked = [name for name in _in_order(named) if name.answer is None]
    met = {line.was.pk for line in lines if line.was}
    return Sheet(
        ready,
        [line for line in lines if line.errors],
        asked,
        [name for name in _in_order(named) if name.answer is not None],
        [row for row in there if row.pk not in met],
    )


def _in_order(named: dict[str, Named]) -> list[Named]:
    return [name for column in KINDS for name in named.values() if name.column == column]


def _line(row: Row, names: _Names) -> Line:
    """A row by itself: its words, and what they name."""
    line = Line(row)
    say = line.errors.append
    for column, cell in row.items():
        if _UNPRINTABLE.search(cell):
            say(_("“%(column)s” holds a sign that can’t be printed.") % {"column": column})
        elif _FORMULA.match(cell):
            say(
                _(
                    "“%(column)s” begins as a formula does, with “%(sign)s”. If its words do begin"
                    " so, put an apostrophe before them."
                )
                % {"column": column, "sign": cell[0]}
            )
        elif _BROKEN.match(cell):
            say(
                _("“%(column)s” holds an error of the spreadsheet: %(cell)s.")
                % {"column": column, "cell": cell[:20]}
            )
    if line.errors:
        return line
    line.text = squeezed(unescaped(row["text"]))
    line.translation = squeezed(unescaped(row["translation"]))
    line.code = _code(row["code"], say)
    line.order = _order(row["order"], say)
    for column, words in (("text", line.text), ("translation", line.translation)):
        if len(words) > LONGEST:
            say(
                _("“%(column)s” is %(n)d characters long; %(most)d are the most.")
                % {"column": column, "n": len(words), "most": LONGEST}
            )
    if not line.text:
        say(_("The text is missing."))
    single = {
        column: squeezed(unescaped(row[column])) for column in ("audience", "pillar", "subject")
    }
    if not single["audience"]:
        say(_("No audience is named."))
    if not single["pillar"]:
        say(_("No pillar is named."))
    many = [squeezed(unescaped(part)) for part in re.split(r"[;\n]", row["addressees"])]
    once: dict[str, str] = {}
    for part in many:
        once.setdefault(plain(part), part)
    many = [part for word, part in once.items() if word]
    if not many:
        say(_("Nobody is named who is asked to act."))
    if len(many) > MOST_ASKED:
        say(
            _("%(n)d addressees are named; %(most)d are the most.")
            % {"n": len(many), "most": MOST_ASKED}
        )
    for name in (*single.values(), *many):
        if len(name) > LONGEST_NAME:
            say(
                _("The name “%(name)s …” is longer than %(most)d characters.")
                % {"name": name[:40], "most": LONGEST_NAME}
            )
        elif name and not plain(name):
            say(_("“%(name)s” is no name.") % {"name": name[:40]})
    if not line.errors:
        line.audience = names.named("audience", single["audience"])
        line.pillar = names.named("pillar", single["pillar"])
        if single["subject"]:
            line.subject = names.named("subject", single["subject"])
        line.addressees = [names.named("addressees", name) for name in many]
        # Two spellings of one.
        line.addressees = list({name.identity: name for name in line.addressees}.values())
    return line


def squeezed(text: str) -> str:
    """A text without the line ends and gaps a spreadsheet puts in; spaces that keep words
    together stay.
    """
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip()


def _code(typed: str, say: Any) -> str:
    code = "".join(typed.upper().split())
    if code and not _CODE.fullmatch(code):
        say(
            _(
                "“%(code)s” is no code: write two to four letters, a hyphen and two to four"
                " figures, such as ZA-07, or leave it empty."
            )
            % {"code": typed[:40]}
        )
    return code


def _order(typed: str, say: Any) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed[:9]) <= _LAST):
        say(
            _("“%(typed)s” is no place in the report: write it in figures.") % {"typed": typed[:40]}
        )
        return None
    return int(typed)


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def _match(lines: Iterable[Line], there: Iterable[Recommendation]) -> None:
    """Find for each row the recommendation it is: by its code, else by its words and audience."""
    by_code = {row.code: row for row in there}
    by_words = {(row.audience_id, _words(row.text)): row for row in there}
    codes: dict[str, int] = {}
    words: dict[tuple[str, str], int] = {}
    met: dict[int, int] = {}
    for line in lines:
        if line.errors or line.audience is None:
            continue
        if line.code:
            line.was = by_code.get(line.code)
            if line.code in codes:
                line.errors.append(
                    _("Row %(row)d has this code already.") % {"row": codes[line.code]}
                )
                continue
            codes[line.code] = line.number
        elif line.audience.row is not None:
            line.was = by_words.get((line.audience.row.pk, _words(line.text)))
        same = (line.audience.identity, _words(line.text))
        if same in words:
            line.errors.append(
                _("Row %(row)d asks the same of the same audience, in the same words.")
                % {"row": words[same]}
            )
            continue
        words[same] = line.number
        if line.was is not None and line.was.pk in met:
            line.errors.append(
                _("Row %(row)d is %(code)s already.")
                % {"row": met[line.was.pk], "code": line.was.code}
            )
            continue
        if line.was is not None:
            met[line.was.pk] = line.number
            line.code = line.was.code


def _number(lines: Sequence[Line], there: Sequence[Recommendation]) -> None:
    """Give each new row its code and its place. One query."""
    taken = dict(Recommendation.objects.values_list("code", "report__title").order_by())
    owners = dict(Audience.objects.values_list("code_prefix", "name_en"))
    ours = {row.code for row in there}
    for line in lines:
        if line.errors or not line.code or line.was is not None or line.audience is None:
            continue
        prefix = line.code.partition("-")[0]
        owner = owners.get(prefix)
        if line.code in taken and line.code not in ours:
            line.errors.append(
                _("%(code)s is a recommendation of another report, “%(report)s”.")
                % {"code": line.code, "report": taken[line.code]}
            )
        elif owner and not (line.audience.row and line.audience.row.code_prefix == prefix):
            line.errors.append(
                _("Codes that begin with %(prefix)s are those of the audience “%(audience)s”.")
                % {"prefix": prefix, "audience": owner}
            )
    named = {line.code for line in lines if line.code} | set(taken)
    next_of: dict[str, int] = {}
    for code in named:
        if found := _CODE.fullmatch(code):
            next_of[found[1]] = max(next_of.get(found[1], 0), int(found[2]))
    _place(lines, there)
    for line in lines:
        prefix = line.audience.prefix if line.audience else ""
        if line.errors or line.code or not prefix:
            continue
        number = next_of[prefix] = next_of.get(prefix, 0) + 1
        if number > 9_999:
            line.errors.append(
                _("No code that begins with %(prefix)s is free: name one in the list.")
                % {"prefix": prefix}
            )
        else:
            line.code = f"{prefix}-{number:02}"


def _place(lines: Sequence[Line], there: Sequence[Recommendation]) -> None:
    """Give each new row a place after all others, as far as the list names none."""
    moved = {line.was.pk: line.order for line in lines if line.was and line.order}
    places = {moved.get(row.pk) or row.order: row.code for row in there if row.pk not in moved}
    rows: dict[int, int] = {}
    for line in lines:
        if line.errors or line.order is None:
            continue
        if line.order in rows:
            line.errors.append(
                _("Row %(row)d has place %(place)d already.")
                % {"row": rows[line.order], "place": line.order}
            )
        elif line.order in places:
            line.errors.append(
                _("Place %(place)d of this report is that of %(code)s.")
                % {"place": line.order, "code": places[line.order]}
            )
        else:
            rows[line.order] = line.number
    last = max([*rows, *places], default=0)
    for line in lines:
        if not line.errors and line.order is None and line.was is None:
            last = line.order = last + 1


def _compare(line: Line, was: Recommendation) -> None:
    """Note what would change. An empty cell of a column that may be empty says nothing."""

    def differs(name: Named | None, pk: int | None) -> bool:
        return name is not None and (name.row is None or name.row.pk != pk)

    asked = {row.pk for row in was.addressees.all()}
    named = {name.row.pk if name.row else 0 for name in line.addressees}
    translation = line.translation and line.translation != squeezed(was.translation)
    order = line.order is not None and line.order != was.order
    found = {
        "audience": (differs(line.audience, was.audience_id), was.audience.name),
        "pillar": (differs(line.pillar, was.pillar_id), was.pillar.name),
        "addressees": (named != asked, "; ".join(row.name for row in was.addressees.all())),
        "text": (line.text != squeezed(was.text), was.text),
        "translation": (bool(translation), was.translation),
        "order": (order, str(was.order)),
        "subject": (
            differs(line.subject, was.subject_id),
            was.subject.name if was.subject else "",
        ),
    }
    line.changes = {column: before for column, (is_other, before) in found.items() if is_other}
    if line.changes and was.is_public:
        line.errors.append(
            _(
                "%(code)s is public, and the list says something else of it (%(columns)s). What is"
                " public stays; a list changes drafts alone."
            )
            % {"code": was.code, "columns": ", ".join(line.changes)}
        )
        line.changes = {}


# ---- From the preview to its confirmation ----


def sealed(draft: Draft, report: Report, by: User, mark: str) -> str:
    """A list as a form carries it from its preview to its confirmation, safe from changes.

    ``mark`` is that of what was shown; '' where something must be answered first.
    """
    whole = [
        report.pk,
        by.pk,
        mark,
        [[row.number, *(row[name] for name in COLUMNS)] for row in draft.rows],
        draft.unread,
        {key: asdict(answer) for key, answer in draft.answers.items()},
        draft.left_out,
    ]
    return signing.dumps(whole, salt=_SALT, compress=True)


def unsealed(seal: str, report: Report, by: User) -> tuple[Draft, str]:
    """The list of a preview, and the mark of what was shown.

    Raises:
        ValidationError: the preview is of yesterday, of another report, or of somebody else.
    """
    try:
        of_report, user, mark, rows, unread, answers, left_out = signing.loads(
            seal, salt=_SALT, max_age=_GOOD_FOR
        )
    except (signing.BadSignature, ValueError):
        of_report = user = None
    if (of_report, user) != (report.pk, by.pk):
        raise ValidationError(_("This preview has expired. Send the list once more."), code="old")
    read_again = [Row(number, dict(zip(COLUMNS, cells, strict=True))) for number, *cells in rows]
    said = {key: Answer(**answer) for key, answer in answers.items()}
    return Draft(read_again, unread, said, left_out), mark


def as_text(rows: Iterable[dict[str, str]]) -> str:
    """A list as it could have been pasted, to be changed by hand."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    return lines.getvalue()


def rows_of_report(report: Report) -> list[dict[str, str]]:
    """What a report asks as the rows of a list, which changes nothing when it comes back."""
    found = report.recommendations.select_related("audience", "pillar", "subject")
    rows = found.prefetch_related("addressees").order_by("order", "id")
    return [
        {
            "code": row.code,
            "audience": escaped(row.audience.name_en),
            "pillar": escaped(row.pillar.name_en),
            "addressees": escaped("; ".join(each.name_en for each in row.addressees.all())),
            "text": escaped(row.text),
            "translation": escaped(row.translation),
            "order": str(row.order),
            "subject": escaped(row.subject.name_en) if row.subject else "",
        }
        for row in rows
    ]


def rows_to_fill_in(
    audiences: Iterable[Audience], pillars: Iterable[Pillar]
) -> list[dict[str, str]]:
    """A row for each pillar of each audience; an example where neither is chosen."""
    firsts = [escaped(row.name_en) for row in audiences]
    seconds = [escaped(row.name_en) for row in pillars]
    if firsts or seconds:
        return [
            {"audience": first, "pillar": second}
            for first in firsts or [""]
            for second in seconds or [""]
        ]
    return [
        {
            "audience": "South Africa",
            "pillar": "Building Capacity",
            "addressees": "The President; Parliament",
            "text": "An example: replace this row by yours, in the words of the report.",
        }
    ]


# ---- Writing ----


@dataclass(slots=True)
class Taken:
    """What became of a list."""

    new: int = 0
    changed: int = 0
    same: int = 0
    names: int = 0


class Moved(Exception):
    """What the list would write is no longer what was shown. Nothing was written."""


@one_refresh()
def take_in(draft: Draft, report: Report, *, mark: str, by: User) -> Taken:
    """Write a list as it was shown: all of it, or nothing. The same list twice changes nothing.

    Raises:
        Moved: something it leans on changed since, or is still to be answered.
    """
    report = Report.objects.select_for_update().get(pk=report.pk)
    sheet = understand(draft, report)
    if not (sheet.writes or sheet.asked or sheet.wrong):
        return Taken(same=len(sheet.same))
    if sheet.asked or sheet.wrong or not mark or sheet.mark != mark:
        raise Moved
    names = _add_names(sheet.added)
    _write_new(sheet.new, report, names, by)
    for line in sheet.changed:
        _write_changed(line, names)
    return Taken(len(sheet.new), len(sheet.changed), len(sheet.same), len(set(names.values())))


def _add_names(added: Iterable[Named]) -> dict[str, Any]:
    """Add what a list is the first to name; by identity, since two spellings may mean one."""
    rows: dict[str, Any] = {}
    for name in added:
        answer = name.answer
        if answer is None or name.identity in rows:
            continue
        rows[name.identity] = add(name.column, answer)
    return rows


def add(column: str, answer: Answer) -> Any:
    """An audience, a pillar, an addressee or a subject that was not here, after the others."""
    model: Any = KINDS[column]
    last = model.objects.order_by("-order").values_list("order", flat=True).first() or 0
    values: dict[str, Any] = {"name_en": answer.name_en, "name_fr": answer.name_fr}
    if column == "audience":
        values["code_prefix"] = answer.code_prefix
    elif column == "addressees":
        values["kind"] = answer.kind
    longest = model._meta.get_field("slug").max_length
    return model.objects.create(
        slug=free_slug(model, answer.name_en, longest), order=min(last + 1, 32_767), **values
    )


def _row(name: Named, names: dict[str, Any]) -> Any:
    return name.row if name.row is not None else names[name.identity]


def _write_new(lines: Sequence[Line], report: Report, names: dict[str, Any], by: User) -> None:
    rows = []
    for line in lines:
        assert line.audience is not None  # noqa: S101 - only rows that are ready are written
        assert line.pillar is not None  # noqa: S101
        rows.append(
            Recommendation(
                code=line.code,
                report=report,
                audience=_row(line.audience, names),
                pillar=_row(line.pillar, names),
                subject=_row(line.subject, names) if line.subject else None,
                order=line.order or 1,
                text=line.text,
                translation=line.translation,
                is_demo=report.is_demo,
            )
        )
    rows = Recommendation.objects.bulk_create(rows, batch_size=500)
    link = Recommendation.addressees.through
    links = [
        link(recommendation_id=row.pk, addressee_id=_row(name, names).pk)
        for row, line in zip(rows, lines, strict=True)
        for name in line.addressees
    ]
    link.objects.bulk_create(links, batch_size=500, ignore_conflicts=True)
    remember(rows, by=by, is_new=True)


def _write_changed(line: Line, names: dict[str, Any]) -> None:
    row = line.was
    assert row is not None  # noqa: S101 - it is changed, so it was there
    for column in line.changes:
        if column == "addressees":
            row.addressees.set([_row(name, names) for name in line.addressees])
        elif column in {"audience", "pillar", "subject"}:
            setattr(row, column, _row(getattr(line, column), names))
        else:
            setattr(row, column, getattr(line, column))
    # One line of history, with the addressees as they are now.
    row.save(update_fields=[column for column in line.changes if column != "addressees"])
