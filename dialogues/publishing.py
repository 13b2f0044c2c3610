"""Publishing a report: an edition is taken of it, made into files, and stands as it is.

An edition is a snapshot (``publish``) from which its files are made outside the request (``make``):
of its own ``source`` and of nothing else, so that whoever tries again makes the same bytes.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import letters
from accounts.models import User
from dialogues.models import (
    ConsentPurpose,
    Dialogue,
    DraftFile,
    Edition,
    EditionFile,
    EditionState,
    Participant,
    Room,
)
from dialogues.recalling import is_more, names_those_present, told_in
from dialogues.report import assembling, citing, data, fronts
from dialogues.report.blocks import Report, report_of
from dialogues.report.gathering import told_of
from recommendations.models import one_refresh

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
# The forms of a report: what stands after "report.", its type, its name for people.
FORMS: dict[str, tuple[str, str | Promise]] = {
    "pdf": ("application/pdf", gettext_lazy("PDF")),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        gettext_lazy("Word"),
    ),
    "csv": ("text/csv; charset=utf-8", gettext_lazy("CSV")),
    "json": ("application/json", gettext_lazy("JSON")),
}
# What a frozen page is set with: the site's own style sheets as they are that day.
STYLE = ("tokens", "base", "layout", "components", "dialogues", "charts", "report")

# Whatever became of its task, after that an edition is not waited for: see work.wait_after.
GIVEN_UP = timedelta(days=1)


# ---- The snapshot ----


def publish(dialogue: Dialogue, *, by: User, what_changed: str = "") -> Edition:
    """Take an edition of the report as it stands, and have its files made.

    The dialogue becomes public with it, when the files are there. An edition that could not be
    made was seen by nobody: the next one takes its place and number.

    Raises:
        ValidationError: it is a rehearsal, an edition is being made, somebody whose words would
            show has not agreed, or nothing says what changed since the edition before.
    """
    from dialogues.tasks import make_edition

    with one_refresh():
        _take_room(dialogue)
        dialogue = Dialogue.objects.select_related("report").get(pk=dialogue.pk)
        may_be_published(dialogue)
        editions = dialogue.editions.order_by("-number")
        if any(map(is_in_the_making, editions.filter(state=EditionState.MAKING))):
            raise ValidationError(_("An edition is being made. Wait until it is there."))
        editions.filter(state__in=[EditionState.MAKING, EditionState.FAILED]).delete()
        last = editions.values_list("number", flat=True).first() or 0
        what_changed = what_changed.strip()
        if last and not what_changed:
            raise ValidationError({"what_changed": _("Say what changed since the edition before.")})
        now = timezone.now()
        dated = timezone.localdate(now, ZoneInfo(dialogue.time_zone)).isoformat()
        reports = {
            language: assembling.assemble(
                dialogue,
                language,
                number=last + 1,
                dated=dated,
                what_changed=what_changed,
            )
            for language in LANGUAGES
        }
        edition = Edition.objects.create(
            dialogue=dialogue,
            number=last + 1,
            source={language: report.as_data() for language, report in reports.items()},
            front={
                language: fronts.front_of(report).as_data() for language, report in reports.items()
            },
            what_changed=what_changed,
            made_at=now,
            made_by=by,
        )
        make_edition.enqueue(edition.pk)
    return edition


def is_in_the_making(edition: Edition) -> bool:
    """Whether its files may still come."""
    return edition.state == EditionState.MAKING and edition.made_at > timezone.now() - GIVEN_UP


def _take_room(dialogue: Dialogue) -> None:
    # What is taken down meanwhile is written before this or knows of it: see Dialogue.publish.
    Room.objects.select_for_update().get(pk=Room.objects.of(dialogue).pk)


def may_be_published(dialogue: Dialogue) -> None:
    """Raises: ValidationError: it is a rehearsal, or somebody whose words would show has not
    agreed.
    """
    if dialogue.is_rehearsal:
        raise ValidationError(_("A rehearsal is never published."))
    if n := dialogue.contributions.posted().without_leave().count():
        raise ValidationError(
            ngettext(
                "%(n)d posted statement is of somebody who has not agreed to its being published."
                " Record their consent, or withdraw it, first.",
                "%(n)d posted statements are of people who have not agreed to their being"
                " published. Record their consent, or withdraw them, first.",
                n,
            )
            % {"n": n}
        )


def try_again(edition: Edition, *, by: User) -> Edition:
    """Take an edition anew that could not be made: of what the report says by now.

    Raises:
        ValidationError: as ``publish`` does.
    """
    return publish(edition.dialogue, by=by, what_changed=edition.what_changed)


# ---- Its files ----


class TakenBack(ValidationError):
    """What somebody said was withdrawn while the edition that holds it was being made."""

    def __init__(self, codes: Iterable[str]) -> None:
        super().__init__(
            _(
                "While the edition was being made, what it holds was withdrawn: %(codes)s. Nothing"
                " was published. Publish again to take a new edition."
            )
            % {"codes": ", ".join(sorted(codes))}
        )


def make(pk: int) -> None:
    """Make the files of an edition, publish it, and write to those who asked for it.

    An edition that is made already, or gone, is left alone.

    Raises:
        ValidationError: what it holds, or whom it names, may not be published any more.
    """
    edition = Edition.objects.filter(pk=pk, state=EditionState.MAKING).first()
    if edition is None:
        return
    files = [
        EditionFile(
            edition=edition,
            name=name,
            language=language,
            content_type=content_type,
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for name, language, content_type, content in files_of(edition)
    ]
    with one_refresh():
        _take_room(edition.dialogue)
        edition = Edition.objects.select_for_update().get(pk=pk)
        if edition.state != EditionState.MAKING:
            return
        dialogue = Dialogue.objects.get(pk=edition.dialogue_id)
        may_be_published(dialogue)
        if gone := _taken_back(edition, dialogue):
            raise TakenBack(gone)
        if names_those_present(edition, dialogue):
            raise ValidationError(
                _(
                    "While the edition was being made, the rule of the dialogue became stricter."
                    " Nothing was published. Publish again to take a new edition."
                )
            )
        EditionFile.objects.bulk_create(files)
        edition.checksum = checksum_of(files)
        edition.state, edition.published_at = EditionState.PUBLISHED, timezone.now()
        edition.problem = ""
        edition.save(update_fields=["checksum", "state", "published_at", "problem"])
        dialogue.publish(by=edition.made_by)
        _write_to_those_who_asked(edition, dialogue)


def could_not_be_made(pk: int, problem: str) -> None:
    """Note why an edition is not there, for those who wait for it."""
    with one_refresh():
        edition = Edition.objects.select_for_update().get(pk=pk)
        if edition.state == EditionState.MAKING:
            edition.state, edition.problem = EditionState.FAILED, problem
            edition.save(update_fields=["state", "problem"])


def files_of(edition: Edition) -> Iterator[tuple[str, str, str, bytes]]:
    """Name, language or '', type and bytes of each file, from the source alone."""
    from dialogues.report import pdf, word  # what they stand on takes long to load

    reports = {language: report_of(source) for language, source in sorted(edition.source.items())}
    yield "report.css", "", "text/css; charset=utf-8", style()
    for language, report in reports.items():
        yield "index.html", language, "text/html; charset=utf-8", page_of(report)
        yield "report.pdf", language, FORMS["pdf"][0], pdf.write(report)
        yield "report.docx", language, FORMS["docx"][0], word.write(report)
        yield "report.csv", language, FORMS["csv"][0], data.csv_of(report)
    yield "report.json", "", FORMS["json"][0], data.json_of(reports)


def page_of(report: Report) -> bytes:
    """The frozen page of an edition: it needs its own style sheet and nothing else.

    Of a long report it has the front, and says where the rest is.
    """
    is_cut = fronts.is_long(report)
    other = next(code for code in LANGUAGES if code != report.language)
    with translation.override(other):
        there = reverse("dialogues:edition_detail", args=[report.slug, report.number])
    with translation.override(report.language):
        context = {
            "report": fronts.front_of(report) if is_cut else report,
            "is_cut": is_cut,
            "statements_url": reverse("dialogues:statement_list", args=[report.slug]),
            "edition": citing.edition_of(report),
            "citation": citing.citation_of(report),
            "home": reverse("home"),
            "latest": reverse("dialogues:dialogue_detail", args=[report.slug]),
            "other": there,
            "other_language": other,
            "other_name": translation.get_language_info(other)["name_local"].capitalize(),
        }
        return render_to_string("dialogues/edition.html", context).encode()


def style() -> bytes:
    """The style sheet of a frozen page."""
    sheets = []
    for name in STYLE:
        if path := finders.find(f"css/{name}.css"):
            assert isinstance(path, str)  # noqa: S101 - one file was asked for
            with open(path, "rb") as file:
                sheets.append(file.read())
    return b"\n".join(sheets)


def checksum_of(files: Iterable[EditionFile]) -> str:
    """SHA-256 over lines "sha256  name[.language]", sorted, as ``sha256sum`` would check them."""
    lines = sorted(
        f"{file.sha256}  {file.name}{'.' if file.language else ''}{file.language}\n"
        for file in files
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _taken_back(edition: Edition, dialogue: Dialogue) -> set[str]:
    """The numbers of statements that show no more, or of which less may be told by now."""
    language = min(edition.source)
    with translation.override(language):
        now = told_of(dialogue)
        return {
            code
            for code, then in told_in(edition, language).items()
            if code not in now or is_more(then, now[code])
        }


# ---- Files of a draft ----

# The forms in which a draft can be looked at.
DRAFTS = ("pdf", "docx")


def written(form: str, report: Report) -> bytes:
    """A report in one of ``DRAFTS``."""
    from dialogues.report import pdf, word

    return pdf.write(report) if form == "pdf" else word.write(report)


def ask_for_draft(dialogue: Dialogue, name: str, language: str) -> DraftFile:
    """Have the worker make the draft as it stands into a file; asked again, it is made anew."""
    from dialogues.tasks import make_draft

    with transaction.atomic():
        file, _is_new = DraftFile.objects.update_or_create(
            dialogue=dialogue,
            name=name,
            language=language,
            defaults={
                "asked_at": timezone.now(),
                "made_at": None,
                "content": b"",
                "problem": "",
            },
        )
        make_draft.enqueue(file.pk)
    return file


def make_draft(pk: int) -> None:
    """Make the file of a draft somebody waits for."""
    file = DraftFile.objects.filter(pk=pk, made_at=None).select_related("dialogue__report").first()
    if file is not None:
        report = assembling.assemble(file.dialogue, file.language)
        content = written(file.name.rpartition(".")[2], report)
        # Not where it was asked for again meanwhile, or is gone with words somebody took back.
        asked = DraftFile.objects.filter(pk=pk, made_at=None, asked_at=file.asked_at)
        asked.update(content=content, made_at=timezone.now())


def draft_could_not_be_made(pk: int, problem: str) -> None:
    """Note why the file of a draft is not there."""
    DraftFile.objects.filter(pk=pk, made_at=None).update(problem=problem)


# ---- Letters ----


def _write_to_those_who_asked(edition: Edition, dialogue: Dialogue) -> None:
    """One letter to each participant who asked for the report and may be written to."""
    asked = dialogue.participants.who_agree_to(ConsentPurpose.REPORT).exclude(email="")
    for participant in asked.order_by("seat"):
        with translation.override(participant.language):
            letters.post(
                f"edition-{edition.pk}-participant-{participant.pk}",
                to=participant.email,
                subject=_subject(edition, dialogue),
                text=render_to_string(
                    "dialogues/edition_letter.txt", _said_in(edition, dialogue, participant)
                ),
                language=participant.language,
            )


def _subject(edition: Edition, dialogue: Dialogue) -> str:
    words = (
        _("The report of “%(title)s”")
        if edition.number == 1
        else _("The report of “%(title)s”, corrected")
    )
    return words % {"title": dialogue.title}


def _said_in(edition: Edition, dialogue: Dialogue, participant: Participant) -> dict[str, Any]:
    return {
        "dialogue": dialogue,
        "edition": edition,
        "link": letters.absolute(edition.get_absolute_url()),
        "pdf": letters.absolute(
            reverse("dialogues:edition_file", args=[dialogue.slug, edition.number, "pdf"])
        ),
        "stop": letters.absolute(reverse("join:said", args=[participant.token("said")])),
    }
