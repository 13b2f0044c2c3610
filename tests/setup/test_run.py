"""The script a newcomer types: what it looks for, what it does once, what it says."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

# Stands in for Python: makes an environment of itself, installs nothing, repeats its arguments.
STAND_IN = """#!/bin/sh
case "$*" in
    *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"pip install"*) echo "Collecting something" ;;
    --version) echo "Python 3.11.2" ;;
    manage.py*) echo "$*" ;;
esac
"""


class Folder:
    """A fresh clone, as far as ./run cares."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name in ("run", "requirements.txt"):
            shutil.copy(settings.BASE_DIR / name, path / name)
        self.search = [self.program("good", "python3", STAND_IN)]

    def program(self, folder: str, name: str, script: str) -> Path:
        file = self.path / folder / name
        file.parent.mkdir()
        file.write_text(script)
        file.chmod(0o755)
        return file.parent

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(map(str, [*self.search, "/usr/bin", "/bin"]))
        return subprocess.run(
            [self.path / "run", *arguments],
            env={"PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_without_a_word_it_prepares_and_serves(folder: Folder) -> None:
    assert folder.run().stdout.splitlines()[-1] == "manage.py serve --prepare"


def test_a_command_of_the_site_is_passed_on_whole(folder: Folder) -> None:
    run = folder.run("manage", "createsuperuser", "--email", "a b@example.org")

    assert run.stdout.splitlines()[-1] == "manage.py createsuperuser --email a b@example.org"


def test_a_python_that_exists_and_fails_is_passed_over(folder: Folder) -> None:
    folder.search.insert(0, folder.program("broken", "python3", "#!/bin/sh\nexit 1\n"))

    run = folder.run("manage", "check")

    assert f"Making .venv with Python 3.11.2 ({folder.path}/good/python3)" in run.stdout


def test_packages_are_installed_once_and_again_when_the_list_changes(folder: Folder) -> None:
    first = folder.run("manage", "check")
    again = folder.run("manage", "check")
    with (folder.path / "requirements.txt").open("a") as file:
        file.write("another==1.0\n")
    changed = folder.run("manage", "check")

    assert "Installing" in first.stdout
    assert again.stdout == "manage.py check\n"
    assert "Installing" in changed.stdout
    assert "Making .venv" not in changed.stdout


def test_a_failed_installation_says_why_and_is_tried_again(folder: Folder) -> None:
    broken = STAND_IN.replace('echo "Collecting something"', 'echo "no network"; exit 1')
    (folder.path / "good" / "python3").write_text(broken)

    first, second = folder.run(), folder.run()

    for run in (first, second):
        assert run.returncode == 1
        assert "no network" in run.stderr
        assert "manage.py" not in run.stdout


def test_an_unknown_word_is_refused_with_what_there_is(folder: Folder) -> None:
    run = folder.run("tests")

    assert run.returncode == 1
    assert "./run test" in run.stderr
    assert run.stderr.endswith("There is no ./run tests.\n")
