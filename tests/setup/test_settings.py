"""The site refuses to start in a wrong environment, with one clear sentence."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

STRONG = secrets.token_urlsafe(64)
PRODUCTION = {
    "W2I_MODE": "production",
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "w2i.example.org",
}


# So that what runs in another process counts as tested too.
COVERAGE = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


def python(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in an environment of exactly these variables."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={"W2I_VAR": str(var), **COVERAGE, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"W2I_MODE": "prod"}, "W2I_MODE"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({**PRODUCTION, "SECRET_KEY": "short"}, "SECRET_KEY is weak"),
        ({**PRODUCTION, "SECRET_KEY": "ab" * 40}, "SECRET_KEY is weak"),
        ({**PRODUCTION, "SECRET_KEY": "abcde" * 20}, "SECRET_KEY is weak"),
        (
            {**PRODUCTION, "SECRET_KEY": f"django-insecure-{PRODUCTION['SECRET_KEY']}"},
            "SECRET_KEY is weak",
        ),
        ({**PRODUCTION, "ALLOWED_HOSTS": "w2i.example.org,.org"}, "ALLOWED_HOSTS is open"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "w2i.example.org,*"}, "ALLOWED_HOSTS is open"),
        ({**PRODUCTION, "DEBUG": "1"}, "DEBUG is on"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is weak"),
        ({"DATABASE_URL": "w2i.sqlite3"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://host/name"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://user:hidden@host:port/name"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://user:hidden@host"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///"}, "DATABASE_URL"),
        ({"CACHE_URL": "memcache://host"}, "CACHE_URL"),
        ({"CACHE_URL": "redis://:hidden@host:port/0"}, "CACHE_URL"),
        ({"CACHE_URL": "redis://"}, "CACHE_URL"),
        ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL"),
        ({"SITE_URL": "w2i.example.org"}, "SITE_URL"),
        ({"SITE_URL": "https://example.org/w2i/"}, "SITE_URL"),
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"WORKERS": "0"}, "WORKERS"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ],
)
def test_a_wrong_environment_is_refused_with_one_sentence(
    tmp_path: Path, wrong: dict[str, str], named: str
) -> None:
    run = python("manage.py", "check", var=tmp_path, **wrong)

    assert run.returncode == 1
    assert run.stdout == ""
    (sentence,) = run.stderr.splitlines()
    assert sentence.startswith(f"W2I does not start: {named}")
    assert sentence.endswith(".")
    assert "hidden" not in sentence


def test_the_web_server_is_refused_with_the_same_sentence(tmp_path: Path) -> None:
    run = python("-c", "import w2i.wsgi", var=tmp_path, W2I_MODE="production")

    assert run.returncode == 1
    (sentence,) = run.stderr.splitlines()
    assert sentence.startswith("W2I does not start: SECRET_KEY is missing")


def test_production_passes_djangos_own_checks(tmp_path: Path) -> None:
    run = python(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", var=tmp_path, **PRODUCTION
    )

    assert run.returncode == 0, run.stderr
    assert "no issues" in run.stdout


def test_this_machine_makes_its_own_secret_key_and_keeps_it(tmp_path: Path) -> None:
    show = "import w2i.settings as s; print(s.SECRET_KEY)"

    first = python("-c", show, var=tmp_path).stdout.strip()
    second = python("-c", show, var=tmp_path).stdout.strip()

    assert len(first) >= 50
    assert first == second
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_an_empty_variable_counts_as_missing(tmp_path: Path) -> None:
    show = "import w2i.settings as s; print(s.DATABASES['default']['ENGINE'], s.SERVE_PORT)"

    run = python("-c", show, var=tmp_path, DATABASE_URL="", CACHE_URL=" ", EMAIL_URL="", PORT="")

    assert run.stdout.split() == ["django.db.backends.sqlite3", "8000"]


@pytest.mark.parametrize(
    ("host", "url"), [("0.0.0.0", "http://127.0.0.1:8000/"), ("::1", "http://[::1]:8000/")]
)
def test_letters_lead_to_an_address_that_can_be_opened(tmp_path: Path, host: str, url: str) -> None:
    show = "import w2i.settings as s; print(s.SITE_URL)"

    assert python("-c", show, var=tmp_path, HOST=host).stdout.strip() == url


def test_production_never_prints_mail_into_the_log(tmp_path: Path) -> None:
    show = "import w2i.settings as s; print(s.EMAIL_BACKEND)"

    assert "console" in python("-c", show, var=tmp_path).stdout
    assert "dummy" in python("-c", show, var=tmp_path, **PRODUCTION).stdout
    mailing = {**PRODUCTION, "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587"}
    assert "smtp" in python("-c", show, var=tmp_path, **mailing).stdout
