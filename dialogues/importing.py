"""Statements from a list: read and shown first, written all together, taken back all together."""

import csv
import io
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from dialogues import capturing
from dialogues.capturing import Said
from dialogues.models import (
    Batch,
    Channel,
    Contribution,
    ContributionKind,
    ContributionState,
    Dialogue,
    Room,
    Sector,
)
from recommendations.models import one_refresh
from recommendations.sheets_in import Row, rows_of

COLUMNS = {
    "kind": ("kind of statement", "type", "genre", "sorte"),
    "text": ("statement", "wording", "texte", "énoncé", "déclaration"),
    "sector": ("secteur",),
    "code": ("number", "card", "numéro", "carte"),
    "language": ("langue",),
}
_SALT = "statement-import"
_GOOD_FOR = 86_400  # seconds between a preview and its confirmation
_SHOWN = 20  # messages about rows at once


def read(
    source: UploadedFile | str, dialogue: Dialogue, *, kind: ContributionKind | None
) -> list[Said]:
    """The statements of a list. ``kind`` is that of rows that name none.

    Raises:
        ValidationError: with a message for each row that can't be taken, or one for the whole.
    """
    rows = rows_of(source, COLUMNS, needs=["text"], lines_are="text")
    batch = uuid.uuid4()
    taken = set(dialogue.contributions.order_by().values_list("code", flat=True))
    found, problems = [], []
    for row in rows:
        try:
            said = _said(row, dialogue, kind, uuid.uuid5(batch, str(row.number)))
            if said.code in taken:
                raise ValidationError(
                    _("%(code)s is already taken down."), params={"code": said.code}
                )
        except ValidationError as problem:
            for message in problem.messages:
                problems.append(
                    _("Row %(row)d: %(message)s") % {"row": row.number, "message": message}
                )
        else:
            found.append(said)
            if said.code:
                taken.add(said.code)
    if problems:
        more = len(problems) - _SHOWN
        if more > 0:
            problems[_SHOWN:] = [_("And %(n)d more.") % {"n": more}]
        raise ValidationError(problems)
    return found


def _said(row: Row, dialogue: Dialogue, kind: ContributionKind | None, key: uuid.UUID) -> Said:
    code = "".join(row["code"].upper().split())
    head = code.partition("-")[0].lower()
    if row["kind"]:
        kind = ContributionKind(_choice(row["kind"], ContributionKind, _KINDS))
    elif head in ContributionKind.values:
        kind = ContributionKind(head)
    if kind is None:
        raise ValidationError(
            _("No kind is named. Add a column “kind”, or choose the kind of the whole list.")
        )
    number = code.partition("-")[2] if head == kind else code
    if code and not (number.isascii() and number.isdecimal() and 0 < int(number) < 100_000):
        raise ValidationError(
            _("“%(code)s” is no number of this kind: write it as %(example)s."),
            params={"code": row["code"][:40], "example": capturing.code_of(kind, 7)},
        )
    language = row["language"].lower()[:2] or dialogue.language
    language = "en" if language == "an" else language  # anglais
    if language not in {"en", "fr"}:
        raise ValidationError(
            _("“%(language)s” is no language of this site: write en or fr."),
            params={"language": row["language"][:40]},
        )
    return Said(
        kind=kind,
        text=capturing.cleaned(row["text"]),
        key=key,
        code=capturing.code_of(kind, int(number)) if code else "",
        sector=_choice(row["sector"], Sector, _SECTORS) if row["sector"] else "",
        language=language,
    )


# Other words that people write for these.
_KINDS = {
    "fear": "concern",
    "crainte": "concern",
    "engagement": "commitment",
    "pledge": "commitment",
}
_SECTORS = {"ngo": "ngo-and-grassroots", "ong": "ngo-and-grassroots", "other": "other-sectors"}


def _choice(typed: str, choices: Any, others: dict[str, str]) -> str:
    """The value somebody means, by its name in either language, in the singular or the plural.

    Raises:
        ValidationError: it is none of them; says which there are.
    """
    word = " ".join(typed.lower().split())
    names = {}
    for language in ("en", "fr"):
        with translation.override(language):
            names.update({str(choice.label).lower(): choice.value for choice in choices})
    names |= others | {value: value for value in choices.values}
    for form in (word, word.removesuffix("s")):
        if form in names:
            return names[form]
    raise ValidationError(
        _("“%(typed)s” is none of: %(choices)s."),
        params={"typed": typed[:40], "choices": ", ".join(str(c.label) for c in choices)},
    )


def sealed(said: Sequence[Said], dialogue: Dialogue, by: User) -> str:
    """A list as a form carries it from its preview to its confirmation, safe from changes."""
    rows = [[s.kind, s.text, s.key.hex, s.code, s.sector, s.language] for s in said]
    return signing.dumps([dialogue.pk, by.pk, rows], salt=_SALT, compress=True)


def unsealed(seal: str, dialogue: Dialogue, by: User) -> list[Said]:
    """The list of a preview.

    Raises:
        ValidationError: the preview is of yesterday, of another dialogue, or of somebody else.
    """
    try:
        of_dialogue, of_user, rows = signing.loads(seal, salt=_SALT, max_age=_GOOD_FOR)
    except signing.BadSignature:
        of_dialogue = of_user = rows = None
    if (of_dialogue, of_user) != (dialogue.pk, by.pk):
        raise ValidationError(_("This preview has expired. Send the list once more."), code="old")
    return [
        Said(ContributionKind(kind), text, uuid.UUID(key), code, sector, language)
        for kind, text, key, code, sector, language in rows
    ]


def as_text(said: Iterable[Said]) -> str:
    """A list as it could have been pasted, to be changed by hand."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([s.kind.value, s.text, s.sector, s.code, s.language] for s in said)
    return lines.getvalue()


def take_in(dialogue: Dialogue, said: Iterable[Said], *, by: User) -> tuple[Batch, int]:
    """Write a list as one import: all of it, or nothing. Sent twice it is there once.

    Says how many statements it holds.

    Raises:
        ValidationError: one can't be taken, because its number has been taken meanwhile.
    """
    said = list(said)
    with Room.objects.changing(dialogue) as room:
        there = room.dialogue.contributions.filter(key__in=[s.key for s in said[:1]])
        if before := there.select_related("batch").first():
            if before.batch is None:
                raise ValidationError(_("This list has been imported before."))
            return before.batch, before.batch.statements.count()
        batch = Batch.objects.create(dialogue=room.dialogue, made_by=by)
        capturing.take_down_all(dialogue, said, channel=Channel.IMPORT, by=by, batch=batch)
        return batch, len(said)


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of the statements of an import that was taken back."""

    deleted: int
    withdrawn: int
    stayed: int


def undo(batch: Batch, *, by: User) -> Undone:
    """Take an import back. Undone twice, nothing more happens.

    What was never public is deleted, with its history; the rest is withdrawn. A statement that
    others were merged into holds their words too, and one that was answered the answer: they stay.
    """
    with one_refresh(), Room.objects.changing(batch.dialogue) as room:
        batch = Batch.objects.get(pk=batch.pk)
        if batch.undone_at is not None:
            return Undone(0, 0, 0)
        of_batch = room.dialogue.contributions.filter(batch=batch)
        ids = set(of_batch.values_list("pk", flat=True))
        stay = set(of_batch.filter(answer__isnull=False).values_list("pk", flat=True))
        # A statement of the same import that was merged goes with it.
        stay |= set(
            Contribution.objects.filter(replaced_by__batch=batch)
            .exclude(batch=batch)
            .values_list("replaced_by__pk", flat=True)
        )
        was_public = _were_public(room.dialogue, batch) - stay
        shown = of_batch.filter(pk__in=was_public).exclude(state=ContributionState.WITHDRAWN)
        withdrawn = list(shown.values_list("pk", flat=True))
        now_gone = Contribution.objects.filter(pk__in=withdrawn)
        now_gone.withdraw(by=by)
        now_gone.update(reason=_("import undone"), version=room.version)
        deleted = ids - was_public - stay
        Contribution.objects.filter(part_of__in=deleted).update(part_of=None)
        Contribution.objects.filter(pk__in=deleted).delete()
        # After the deleting, which writes a last line for each.
        Contribution.history.filter(id__in=deleted).delete()
        batch.undone_at = timezone.now()
        batch.save(update_fields=["undone_at"])
        return Undone(len(deleted), len(withdrawn), len(stay))


def _were_public(dialogue: Dialogue, batch: Batch) -> set[int]:
    """Statements of an import that anybody may have read: posted in a dialogue once published."""
    published = dialogue.is_public or dialogue.history.filter(published_at__isnull=False).exists()
    if not published:
        return set()
    ids = dialogue.contributions.filter(batch=batch).order_by().values("pk")
    posted = Contribution.history.filter(id__in=ids, state=ContributionState.POSTED)
    return set(posted.order_by().values_list("id", flat=True))
