#!/usr/bin/env python
"""How long it takes to propose themes and near-duplicates, beside its goal of 10 s.

    .venv/bin/python bench/suggest.py                  5,000 statements, half English, half French
    .venv/bin/python bench/suggest.py --statements 20000

Measured is what the worker does: a process of its own reads the statements, loads the libraries,
and writes what it proposes. The statements are put together from the phrases of the demonstration
data. Some are said again otherwise ("planted"): with another opening, other punctuation, a slip of
the pen, a filler, or the second sentence first. Found is how many of the planted ones are proposed,
and false is how many proposed pairs do not say of the same people that they do the same.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "w2i.settings")

GOAL = 10  # seconds
PLANTED = 0.05  # of all statements
FILLERS = {"en": "Honestly, ", "fr": "Franchement, "}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--statements", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many of what is false")
    options = parser.parse_args()
    rows, meanings, planted = statements(options.statements, random.Random(options.seed))

    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "dialogues.suggesting"],
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    found = json.loads(done.stdout)

    print(f"{len(rows):,} statements: {seconds:.1f} s (goal {GOAL} s), {memory} MB at most")
    report(rows, meanings, planted, found, options.show)
    print(f"themes: {len(found['themes'])}, such as")
    for theme in found["themes"][:8]:
        print(f"  {theme['language']}  {theme['name']}: {len(theme['statements'])}")


def statements(
    n: int, rng: random.Random
) -> tuple[list[dict[str, object]], dict[int, object], dict[int, int]]:
    """Statements, what each means by its key, and which (key) is said again of which."""
    import django

    django.setup()
    from w2i.demonstration import phrases

    kinds = {
        "hope": (phrases.HOPES, phrases.DEEDS),
        "concern": (phrases.CONCERNS, phrases.FAILINGS),
        "question": (phrases.QUESTIONS, phrases.DEEDS),
        "idea": (phrases.IDEAS, phrases.DEEDS),
    }
    rows: list[dict[str, object]] = []
    meanings: dict[int, object] = {}
    planted: dict[int, int] = {}

    def add(kind: str, language: str, text: str, meaning: object) -> int:
        key = len(rows) + 1
        rows.append({"key": key, "kind": kind, "text": text, "language": language, "whole": 0})
        meanings[key] = meaning
        return key

    while len(rows) < n:
        language = "en" if len(rows) % 2 else "fr"
        kind = rng.choice(list(kinds))
        openings, deeds = kinds[kind]
        who, deed = rng.choice(phrases.WHO), rng.choice(deeds)
        when, more = rng.choice(phrases.WHEN), rng.choice(phrases.MORE)
        gaps = {
            "who": who.in_language(language),
            "when": when.in_language(language),
            "deed": deed.fr if language == "fr" else deed.en,
            "infinitive": deed.infinitive,
        }
        opening, other = (
            one.in_language(language).format(**gaps) for one in rng.sample(openings, 2)
        )
        then = more.in_language(language)
        meaning = (kind, who.en, deed.en, more.en)
        first = add(kind, language, f"{opening} {then}", meaning)
        if rng.random() < PLANTED and len(rows) < n:
            again = rng.choice(
                [
                    f"{other} {then}",
                    f"{then} {opening}",
                    slip(f"{opening} {then}", rng),
                    f"{FILLERS[language]}{opening} {then}".rstrip("."),
                    f"{opening} {then}".upper(),
                ]
            )
            planted[add(kind, language, again, meaning)] = first
    return rows, meanings, planted


def slip(text: str, rng: random.Random) -> str:
    """A text with one letter of a long word left out."""
    long_words = [word for word in text.split() if len(word) > 6 and word.isalpha()]
    if not long_words:
        return text
    word = rng.choice(long_words)
    at = rng.randrange(2, len(word) - 1)
    return text.replace(word, word[:at] + word[at + 1 :], 1)


def report(
    rows: list[dict[str, object]],
    meanings: dict[int, object],
    planted: dict[int, int],
    found: dict[str, list[dict[str, int]]],
    show: int,
) -> None:
    leads = {pair["statement"]: pair["of"] for pair in found["pairs"]}
    # A third that means the same may be what both lead to.
    hits = sum(key in leads and meanings[leads[key]] == meanings[key] for key in planted)
    false = [(a, b) for a, b in leads.items() if meanings[a] != meanings[b]]
    chance = len(leads) - len(false) - hits
    print(
        f"near-duplicates: {hits} of {len(planted)} planted found; {len(leads)} proposed, of them"
        f" {len(false)} false and {chance} alike by chance"
    )
    for a, b in false[:show]:
        print(f"  {rows[b - 1]['text']}\n  {rows[a - 1]['text']}\n")


if __name__ == "__main__":
    main()
