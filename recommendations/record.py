"""Reading the record: data files with line numbers, and rows that editors may have changed.

The files live in ``data/`` of the app that owns them. A ``Row`` knows its file and line, so that a
broken file says where and why. ``Loader.put`` tells what an editor changed by hand from what the
record says, and leaves the editor's word.
"""

import datetime
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, models
from django.utils import timezone

from accounts.models import User
from recommendations.models.dates import Precision
from recommendations.models.record_row import RecordRow

_M = TypeVar("_M", bound=models.Model)
_SLUG = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*\Z")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?\Z")


class RecordProblem(Exception):
    """A data file can't be loaded: which file, which line, which field, and why."""

    def __init__(self, file: Path, line: int, name: str, reason: str) -> None:
        self.file, self.line, self.name, self.reason = file, line, name, reason
        super().__init__(f"{file.name}, line {line}, {name}: {reason}")


class Removed(Exception):
    """An editor deleted what the record would load, or what that hangs from."""


class Index(dict[str, _M]):
    """Objects of the record by their key, and the keys of those an editor deleted."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()

    @contextmanager
    def adding(self, key: str) -> Iterator[None]:
        try:
            yield
        except Removed:
            self.gone.add(key)


# libyaml where the wheel has it: ten times as fast, the same result.
_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Lines(_Base):  # type: ignore[misc, valid-type]
    """YAML with line numbers. Dates stay text: the record knows some to the month only."""


_Lines.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Row:
    """One mapping of a data file. Its methods return checked values or raise RecordProblem."""

    def __init__(self, file: Path, node: yaml.MappingNode, construct: Callable[..., Any]) -> None:
        self.file = file
        self.line = node.start_mark.line + 1
        self._lines: dict[str, int] = {}
        self._values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            self._lines[key] = key_node.start_mark.line + 1
            if key in self._values:
                raise self.problem(key, "is given twice")
            self._values[key] = construct(value_node)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def problem(self, name: str, reason: str) -> RecordProblem:
        return RecordProblem(self.file, self._lines.get(name, self.line), name, reason)

    def _get(self, name: str) -> Any:
        if self._values.get(name) is None:
            raise self.problem(name, "is missing")
        return self._values[name]

    def text(self, name: str, *, limit: int | None = None) -> str:
        """A text that is there, has no NUL, and fits its column."""
        value = self._get(name)
        if not isinstance(value, str):
            raise self.problem(name, f"must be text, not {_kind(value)}")
        if not value.strip():
            raise self.problem(name, "is empty")
        if "\0" in value:
            raise self.problem(name, "contains a NUL character")
        if limit and len(value) > limit:
            raise self.problem(name, f"is longer than {limit} characters")
        return value

    def optional(self, name: str, *, limit: int | None = None) -> str:
        """A text, or '' where the source does not say."""
        return self.text(name, limit=limit) if name in self else ""

    def key(self, name: str) -> str:
        """An id: letters, digits and hyphens."""
        value = self.text(name, limit=80)
        if not _SLUG.match(value):
            raise self.problem(name, "may have only letters, digits, full stops and hyphens")
        return value

    def number(self, name: str, *, most: int = 32_000) -> int:
        value = self._get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self.problem(name, f"must be a whole number from 0 to {most}")
        return value

    def decimal(self, name: str) -> Decimal:
        """A number written as text, so that nothing rounds it on the way."""
        try:
            value = Decimal(self.text(name, limit=12))
        except InvalidOperation:
            raise self.problem(name, "must be a number in quotation marks") from None
        if not value.is_finite() or abs(value) > 180:
            raise self.problem(name, "must be a number from -180 to 180")
        return value

    def flag(self, name: str) -> bool:
        value = self._get(name)
        if not isinstance(value, bool):
            raise self.problem(name, "must be true or false")
        return value

    def choice(self, name: str, choices: type[models.TextChoices]) -> str:
        value = self.text(name)
        if value not in choices.values:
            raise self.problem(name, f"must be one of {', '.join(choices.values)}")
        return value

    def language(self, name: str) -> str:
        """The code of a language texts may be written in."""
        value = self.text(name)
        known = [code for code, _label in settings.LANGUAGES]
        if value not in known:
            raise self.problem(name, f"must be one of {', '.join(known)}")
        return value

    def url(self, name: str) -> str:
        value = self.text(name, limit=600)
        try:
            URLValidator(schemes=["http", "https"])(value)
        except ValidationError:
            raise self.problem(name, "must be a link, starting with http or https") from None
        return value

    def date(self, name: str) -> tuple[datetime.date, str]:
        """A day and how precisely it is known: '2009-11' gives (2009-11-01, 'month')."""
        match = _DATE.match(self.text(name))
        year, month, day = match.groups() if match else (None, None, None)
        try:
            value = datetime.date(int(year or ""), int(month or 1), int(day or 1))
        except ValueError:
            raise self.problem(name, "must be a date such as 2009-11-27 or 2009-11") from None
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return value, precision

    def rows(self, name: str) -> "list[Row]":
        value = self._list(name)
        for item in value:
            if not isinstance(item, Row):
                raise self.problem(name, f"must be a list of entries, not of {_kind(item)}")
        return value

    def strings(self, name: str) -> list[str]:
        value = self._list(name)
        for item in value:
            if not isinstance(item, str) or not item.strip() or "\0" in item:
                raise self.problem(name, "must be a list of texts")
        return value

    def row(self, name: str) -> "Row":
        value = self._get(name)
        if not isinstance(value, Row):
            raise self.problem(name, f"must be an entry with fields, not {_kind(value)}")
        return value

    def _list(self, name: str) -> list[Any]:
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.problem(name, f"must be a list, not {_kind(value)}")
        return value

    def some(self, name: str) -> list["Row"]:
        """A list of entries that is there and not empty."""
        if not (rows := self.rows(name)):
            raise self.problem(name, "is missing or empty")
        return rows

    def keep(self, *names: str) -> dict[str, Any]:
        """Fields as they stand, for provenance."""
        return {name: _plain(self._values[name]) for name in names if name in self}

    def known(self, name: str, index: "Index[_M]") -> _M:
        """The object a field names by its key.

        Raises:
            Removed: an editor deleted it.
        """
        return self._find(name, index, self.text(name))

    def known_many(self, name: str, index: "Index[Any]") -> list[Any]:
        """The objects a field names by their keys, without those an editor deleted."""
        found = []
        for key in self.strings(name):
            with suppress(Removed):
                found.append(self._find(name, index, key))
        return found

    def _find(self, name: str, index: "Index[_M]", key: str) -> _M:
        if key in index.gone:
            raise Removed(key)
        if key not in index:
            raise self.problem(name, f"names {key!r}, which is not in the record")
        return index[key]


def _kind(value: Any) -> str:
    if isinstance(value, Row):
        return "an entry with fields"
    return {str: "text", list: "a list", bool: "true or false", int: "a number"}.get(
        type(value), "something else"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Row):
        return {name: _plain(v) for name, v in value._values.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


def read(file: Path) -> Row:
    """Read a data file.

    Raises:
        RecordProblem: it is missing, not UTF-8, not YAML, or not a mapping at the top.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        raise RecordProblem(file, 1, "file", "can't be read") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RecordProblem(file, line, "file", "is not in UTF-8") from None
    try:
        loader = _Lines(text)

        def construct(node: yaml.Node) -> Any:
            if isinstance(node, yaml.MappingNode):
                return Row(file, node, construct)
            if isinstance(node, yaml.SequenceNode):
                return [construct(item) for item in node.value]
            return loader.construct_object(node, deep=True)

        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise RecordProblem(file, 1, "file", "must hold fields with names")
        return Row(file, node, construct)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise RecordProblem(file, line, "file", f"is not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is nested too deeply"
        raise RecordProblem(file, 1, "file", f"is not YAML: {reason}") from None


def likely(row: Row) -> str:
    """What an entry says of doubtful words, in one text for the page."""
    notes = []
    for doubt in row.rows("doubts"):
        reading = doubt.optional("likely_reading")
        note = doubt.text("note")
        words = doubt.optional("text_in_doubt")
        notes.append(f"“{words}” is probably “{reading}”. {note}" if words and reading else note)
    return " ".join(notes)


def provenance(row: Row) -> dict[str, Any]:
    """What was repaired in the scan, or nothing."""
    if "repaired" in row and row.flag("repaired"):
        return row.keep("repair_kind", "repair_note", "as_scanned")
    return {}


@dataclass
class Counts:
    created: int = 0
    updated: int = 0
    left: int = 0


@dataclass
class Loader:
    """Puts rows into the database and remembers what it put there.

    ``kept`` lists, in words, every field an editor changed by hand and the loader left alone.
    """

    by: User
    at: datetime.datetime = field(default_factory=timezone.now)
    counts: dict[str, Counts] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    step: Callable[[], object] = lambda: None
    _rows: dict[tuple[str, str], RecordRow] | None = None
    _created: set[tuple[str, int]] = field(default_factory=set)
    _loaded: dict[type[models.Model], dict[Any, Any]] = field(default_factory=dict)

    def put(
        self,
        row: Row,
        model: type[_M],
        key: str,
        values: dict[str, Any],
        *,
        many: dict[str, Sequence[models.Model]] | None = None,
        find: dict[str, Any] | None = None,
        first: dict[str, Any] | None = None,
    ) -> _M:
        """Create or update one object; leave every field that an editor changed.

        Args:
            row: where the record says it.
            key: what identifies it in the record, unique for the model.
            values: fields by name; foreign keys as objects.
            many: many-to-many fields by name.
            find: how to find an object that was made by hand before the record was loaded.
            first: fields set when the object is created and never compared afterwards.

        Raises:
            Removed: an editor deleted it.
            RecordProblem: it breaks a rule of the database.
        """
        many = many or {}
        label = model._meta.label
        counts = self.counts.setdefault(str(model._meta.verbose_name_plural), Counts())
        self.step()
        rows = self._known()
        told = {
            **{name: _stored(model, name, value) for name, value in values.items()},
            **{name: sorted(other.pk for other in others) for name, others in many.items()},
        }
        known = rows.get((label, key))
        found = self._find(model, known, find)

        if found is None and known is not None:
            self.kept.append(f"{model._meta.verbose_name} {key}: removed by an editor, left so")
            counts.left += 1
            # Whatever stands below it in the record needs a parent to hang from.
            raise Removed(key)
        if found is None:
            found = model(**values, **(first or {}))
            self._save(row, found, values)
            for name, others in many.items():
                getattr(found, name).set(others)
            self._remember(label, key, found.pk, told)
            self._created.add((label, found.pk))
            counts.created += 1
            self._note(found, many)
            return found

        last = known.values if known else {}
        changed: dict[str, Any] = {}
        for name, value in told.items():
            now = (
                sorted(getattr(found, name).values_list("pk", flat=True))
                if name in many
                else _stored(model, name, getattr(found, name))
            )
            if now == value:
                continue
            untouched = now == last[name] if name in last else known and _is_empty(now)
            if untouched:
                changed[name] = value
            else:
                self.kept.append(
                    f"{model._meta.verbose_name} {key}: {name} was changed by hand, left so"
                )
        if changed:
            for name in changed.keys() & values.keys():
                setattr(found, name, values[name])
            self._save(row, found, values)
            for name in changed.keys() & many.keys():
                getattr(found, name).set(many[name])
            self._note(found, many)
            counts.updated += 1
        else:
            counts.left += 1
        if last != told:
            # A field the editor changed keeps what the record last wrote there.
            held = {name: last[name] for name in told if name in last and name not in changed}
            self._remember(label, key, found.pk, {**told, **held})
        return found

    def drop(self, model: type[models.Model], key: str) -> None:
        """Delete an object that the record held before and now says in another way.

        Raises:
            Removed: an editor changed or deleted it; that stays, and nothing takes its place.
        """
        label = model._meta.label
        if (known := self._known().get((label, key))) is None:
            return
        found = model._default_manager.filter(pk=known.object_id).first()
        if found is None:
            raise Removed(key)
        for name, value in known.values.items():
            if _stored(model, name, getattr(found, name)) != value:
                self.kept.append(
                    f"{model._meta.verbose_name} {key}: {name} was changed by hand, left so"
                )
                raise Removed(key)
        found.delete()
        known.delete()
        del self._known()[label, key]

    def _known(self) -> dict[tuple[str, str], RecordRow]:
        """What was loaded, read once."""
        if self._rows is None:
            self._rows = {(row.model, row.key): row for row in RecordRow.objects.all()}
        return self._rows

    def _find(
        self, model: type[_M], known: RecordRow | None, find: dict[str, Any] | None
    ) -> _M | None:
        """The object as it stands now. All that were loaded before are read at once."""
        if known:
            if model not in self._loaded:
                assert self._rows is not None  # noqa: S101 - put has just filled it
                label = model._meta.label
                keys = [row.object_id for (name, _key), row in self._rows.items() if name == label]
                self._loaded[model] = model._default_manager.in_bulk(keys)
            return self._loaded[model].get(known.object_id)
        return model._default_manager.filter(**find).first() if find else None

    @staticmethod
    def _save(row: Row, found: models.Model, names: Iterable[str]) -> None:
        try:
            found.save()
        except IntegrityError as error:
            # The whole load is one transaction, so nothing else is asked of it.
            raise row.problem(
                ", ".join(names), f"do not go together, or are there twice: {error}"
            ) from error

    def was_created(self, found: models.Model) -> bool:
        return (found._meta.label, found.pk) in self._created

    @property
    def published(self) -> dict[str, Any]:
        """What a row of record is created with: the record is public from the start."""
        return {"published_at": self.at, "published_by": self.by}

    def _note(self, found: models.Model, many: dict[str, Any]) -> None:
        changed = getattr(type(found), "changed", None)
        if many and changed:
            changed([found.pk])

    def _remember(self, label: str, key: str, pk: int, values: dict[str, Any]) -> None:
        assert self._rows is not None  # noqa: S101 - put has just filled it
        self._rows[label, key], _made = RecordRow.objects.update_or_create(
            model=label, key=key, defaults={"object_id": pk, "values": values}
        )


def _is_empty(value: Any) -> bool:
    """Whether a column the record did not fill before is still as it came."""
    return value in (None, "", False) or value == [] or value == {}


def _stored(model: type[models.Model], name: str, value: Any) -> Any:
    """A value as JSON keeps it, to compare what is there with what was loaded."""
    if isinstance(value, models.Model):
        return value.pk
    column = model._meta.get_field(name)
    if isinstance(column, models.JSONField):
        return json.loads(json.dumps(value))
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.normalize())
    return value if isinstance(value, int | str | bool | None) else str(value)


def unique(rows: Iterable[Row], name: str) -> Iterator[tuple[str, Row]]:
    """Rows by their key; the same key twice is a problem."""
    seen: set[str] = set()
    for row in rows:
        key = row.key(name)
        if key in seen:
            raise row.problem(name, f"{key!r} is given twice")
        seen.add(key)
        yield key, row
