"""Cards, sign-in sheets and posters: rows in, bytes of a tagged PDF out.

What people wrote goes to Typst as data, never as markup: a title with "#" in it is printed so.
"""

import io
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import segno
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues import joining
from dialogues.capturing import code_of
from dialogues.cards import Run
from dialogues.models import Attribution, ContributionKind, Dialogue, Room
from recommendations import typesetting

TEMPLATES = Path(__file__).parent / "typst"
PAPERS = {"a4": "a4", "letter": "us-letter"}
# Countries whose printers hold the other paper, as people write them.
_LETTER = {"canada", "united states", "united states of america", "usa", "us", "états-unis"}
# How what is written on a card begins.
PROMPTS = {
    ContributionKind.HOPE: gettext_lazy("I hope that …"),
    ContributionKind.CONCERN: gettext_lazy("I am concerned that …"),
    ContributionKind.QUESTION: gettext_lazy("I would like to know …"),
    ContributionKind.RESERVATION: gettext_lazy("What I do not agree with is …"),
    ContributionKind.IDEA: gettext_lazy("To bring this forward, somebody could …"),
    ContributionKind.COMMITMENT: gettext_lazy("I will …"),
}


def paper_of(dialogue: Dialogue) -> str:
    """The paper that is likely to lie in the printer where a dialogue is held."""
    return "letter" if dialogue.country.strip().lower() in _LETTER else "a4"


def pdf_of(template: str, data: dict[str, Any]) -> bytes:
    """What a template of ``dialogues/typst`` makes of ``data``."""
    return typesetting.pdf_of(TEMPLATES / template, data)


def _line(text: str, longest: int = 300) -> str:
    """Text on one line, without what no printer can print."""
    text = " ".join(text.split())
    return Truncator("".join(c for c in text if unicodedata.category(c)[0] != "C")).chars(longest)


def cards_pdf(
    dialogue: Dialogue, runs: Iterable[Run], *, paper: str, each: int, language: str
) -> bytes:
    """Cards to write on: four or eight a page, each with its number in the record."""
    with translation.override(language):
        title, day = _line(dialogue.title, 110), date_format(dialogue.on)
        asks_seat = dialogue.attribution != Attribution.ANONYMOUS
        data = {
            "title": _("Cards: %(title)s") % {"title": title},
            "language": language,
            "paper": PAPERS[paper],
            "each": each,
            "footer": f"{title}, {day}",
            "seat": _("Seat, if you like: %(line)s") % {"line": "_____"} if asks_seat else "",
            "cards": [
                {
                    "kind": run.kind.value,
                    "word": str(run.kind.label),
                    "code": code_of(run.kind, number),
                    "number": number,
                    "label": f"{number:02}",
                    "prompt": str(PROMPTS[run.kind]),
                }
                for run in runs
                for number in range(run.first, run.last + 1)
            ],
        }
    return pdf_of("cards.typ", data)


def sign_in_pdf(dialogue: Dialogue, *, paper: str, language: str, empty: int = 20) -> bytes:
    """A sheet to sign in on, with a box for each thing one may agree to.

    It is passed around, so it repeats nobody's address. Who has a seat stands on it already,
    except where nobody's name is asked for.
    """
    names = dialogue.attribution != Attribution.ANONYMOUS
    with translation.override(language):
        columns = [("sector", _("Sector"), 2)]
        if names:
            columns = [
                ("name", _("Name"), 3),
                ("affiliation", _("Affiliation"), 3),
                *columns,
                ("email", _("E-mail, if you wish to hear from us"), 3),
            ]
        rows = [
            {
                "seat": str(person.seat),
                "cells": [
                    _line({"name": person.name, "affiliation": person.affiliation}[name], 80)
                    if name in {"name", "affiliation"}
                    else str(person.get_sector_display())
                    if name == "sector"
                    else _("known to us")
                    if person.email
                    else ""
                    for name, _heading, _width in columns
                ],
            }
            for person in dialogue.participants.present().order_by("seat")
        ]
        rows += [{"seat": "", "cells": [""] * len(columns)} for _n in range(empty)]
        data = {
            "title": _("Who is here: %(title)s") % {"title": _line(dialogue.title, 110)},
            "language": language,
            "paper": PAPERS[paper],
            "about": f"{_line(dialogue.place)}, {date_format(dialogue.on)}",
            "explanation": _(
                "Tick what you agree to, each thing for itself. You may tick none and still take"
                " part, and you may change your mind later."
            ),
            "seat": _("Seat"),
            "page-of": _("Page {page} of {pages}"),
            "columns": [{"name": heading, "width": width} for _name, heading, width in columns],
            "purposes": [
                {"letter": letter, "wording": _line(joining.wording(dialogue, purpose), 2_000)}
                for letter, purpose in zip("ABCDE", joining.purposes(dialogue), strict=False)
            ],
            "rows": rows,
        }
    return pdf_of("sign-in.typ", data)


def spaced(code: str) -> str:
    """A join code as it is read aloud: 4K7 2MP."""
    return f"{code[:3]} {code[3:]}"


def poster_pdf(room: Room, *, site: str, paper: str, language: str) -> bytes:
    """How to join, to be read across a room. ``site`` is where it is: https://example.org"""
    dialogue = room.dialogue
    prefix = "" if language == "en" else f"/{language}"
    # A contract, as all addresses are: see the site map.
    door = f"{site}{prefix}/join/"
    picture = io.BytesIO()
    segno.make(f"{door}{room.code}/", error="m", micro=False).save(
        picture, kind="svg", border=4, xmldecl=False
    )
    with translation.override(language):
        data = {
            "title": _line(dialogue.title),
            "language": language,
            "paper": PAPERS[paper],
            "where": f"{_line(dialogue.place)}, {date_format(dialogue.on)}",
            "open": _("On your phone, open"),
            "address": door.partition("://")[2].rstrip("/"),
            "enter": _("and enter"),
            "code": spaced(room.code),
            "qr": picture.getvalue().decode(),
            "alt": _("QR code that leads to %(address)s") % {"address": f"{door}{room.code}/"},
            "means": _what_joining_means(dialogue),
        }
    return pdf_of("poster.typ", data)


def _what_joining_means(dialogue: Dialogue) -> list[str]:
    rule = {
        Attribution.NAME: _("Your name stands beside your words only if you say so."),
        Attribution.SECTOR: _("Your words may be shown with your sector, never with your name."),
        Attribution.CHATHAM_HOUSE: _(
            "What is said may be used; who said it, and who was here, may not be told."
        ),
        Attribution.ANONYMOUS: _("Nobody asks for your name."),
    }.get(Attribution(dialogue.attribution), _("Your words are never shown with your name."))
    return [
        _("You can say what you think from your phone, without an account and without an app."),
        _("Before you send anything you read what is kept, and for how long.") + " " + rule,
    ]
