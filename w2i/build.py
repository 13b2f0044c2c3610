"""Which version of the software this is: pages kept by another one are not used."""

import hashlib
from pathlib import Path

from django.conf import settings

_MADE_FROM = frozenset(".py .html .txt .xml .css .js .svg .typ .po .mo".split())


def fingerprint(root: Path) -> str:
    """A short hash of every file a page is made from."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in (
        "w2i",
        "accounts",
        "recommendations",
        "dialogues",
        "resolutions",
        "templates",
        "static",
        "locale",
    ):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in _MADE_FROM:
                digest.update(f"{path.relative_to(root)}|{path.stat().st_size}|".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


BUILD = fingerprint(settings.BASE_DIR)
