"""What is installed is what pyproject.toml asks for, pinned and hashed, from anywhere."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT: Path = settings.BASE_DIR
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LISTS = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-test.txt": [
        *PROJECT["dependencies"],
        *PROJECT["optional-dependencies"]["test"],
    ],
}


def pins(name: str) -> dict[str, Version]:
    lines = (ROOT / name).read_text().splitlines()
    return {
        canonicalize_name(match["name"]): Version(match["version"])
        for line in lines
        if (match := re.match(r"(?P<name>[\w.-]+)(\[.*\])?==(?P<version>[^\s;]+)", line))
    }


@pytest.mark.parametrize(("name", "wanted"), LISTS.items(), ids=LISTS)
def test_a_list_pins_everything_the_project_asks_for(name: str, wanted: list[str]) -> None:
    pinned = pins(name)

    for text in wanted:
        requirement = Requirement(text)
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), text


@pytest.mark.parametrize("name", LISTS)
def test_every_pin_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text()

    entries = re.split(r"\n(?=[a-z0-9])", text)
    # One that differs with the Python stands there once for each.
    named = re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE)

    assert len(entries) == len(named) >= len(pins(name))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_no_host_and_no_folder(name: str) -> None:
    text = (ROOT / name).read_text()

    assert re.findall(r"https?://|file:|--(?:index|extra-index|find-links)|(?<=\s)/\w+", text) == []


def test_the_tests_run_on_what_is_deployed() -> None:
    deployed, tested = pins("requirements.txt"), pins("requirements-test.txt")

    assert {name: tested.get(name) for name in deployed} == deployed


@pytest.mark.parametrize(("name", "wanted"), LISTS.items(), ids=LISTS)
def test_a_list_is_whole(name: str, wanted: list[str]) -> None:
    # It is installed as it stands (--no-deps), so whatever its packages need must be in it.
    pinned = pins(name)
    to_see = [Requirement(text) for text in wanted]
    seen: set[str] = set()

    while to_see:
        requirement = to_see.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        package = canonicalize_name(requirement.name)
        assert requirement.specifier.contains(pinned[package], prereleases=True), requirement
        extras = ["", *requirement.extras]
        to_see += [
            needed
            for text in distribution(package).requires or []
            if (needed := Requirement(text)).marker is None
            or any(needed.marker.evaluate({"extra": extra}) for extra in extras)
        ]


def test_the_lists_hold_for_the_oldest_python_that_is_supported() -> None:
    # Python 3.11.2, which Debian 12 ships, needs what later ones do not.
    assert PROJECT["requires-python"] == ">=3.11"
    assert "async-timeout" in pins("requirements.txt")


def test_what_is_installed_is_what_is_listed() -> None:
    for name in ("django", "granian", "redis"):
        assert Version(distribution(name).version) == pins("requirements.txt")[name]
