"""What the documentation tells people to type exists."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT: Path = settings.BASE_DIR
DOCUMENTS = ["README.md", "docs/running.md", "docs/privacy.md"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_word_after_run_is_known(document: str) -> None:
    text = (ROOT / document).read_text()
    usage = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, timeout=60)

    used = set(re.findall(r"\./run ([a-z]+)\b", text))

    assert used
    assert {word for word in used if f"./run {word}" not in usage.stdout} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_of_the_site_exists_with_its_options(document: str) -> None:
    text = (ROOT / document).read_text()
    commands = get_commands()

    for name, rest in re.findall(r"\./run manage (\w+)([^`\n]*)", text):
        app = commands[name]
        command = app if not isinstance(app, str) else load_command_class(app, name)
        known = command.create_parser("manage.py", name)._option_string_actions
        assert [option for option in re.findall(r"--[a-z-]+", rest) if option not in known] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_linked_is_there(document: str) -> None:
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", (ROOT / document).read_text())

    missing = [link for link in links if not ((ROOT / document).parent / link).exists()]
    assert missing == []


def test_every_folder_of_the_map_is_there() -> None:
    text = (ROOT / "README.md").read_text().partition("## Where things are")[2]

    folders = re.findall(r"^ {4}((?:[\w]+/ *)+)", text, re.MULTILINE)

    names = " ".join(folders).split()
    assert len(names) >= 11
    assert [name for name in names if not (ROOT / name).is_dir()] == []


def test_every_setting_is_documented() -> None:
    source = (ROOT / "w2i/settings.py").read_text()
    table = (ROOT / "docs/running.md").read_text()

    read = set(re.findall(r'_(?:text|flag|number|address)\(\s*"([A-Z0-9_]+)"', source))
    described = set(re.findall(r"^\| `([A-Z0-9_]+)`", table, re.MULTILINE))

    assert len(read) > 15
    assert read == described
