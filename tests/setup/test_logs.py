"""Log lines: one JSON object each, and nobody in them."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from w2i.logs import JsonFormatter

Logged = Callable[[], list[dict[str, Any]]]
PRIVATE = ["jane.doe@example.org", "whisper", "oatmeal", "203.0.113.9", "s3cret-token"]


def failing(request: HttpRequest, token: str) -> HttpResponse:
    try:
        raise KeyError("jane.doe@example.org")
    except KeyError as cause:
        raise ValueError(f"no such key: {token} of jane.doe@example.org") from cause


def answering(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("failing/<str:token>/", failing),
    path("answering/<str:token>/", answering),
]


@pytest.fixture
def logged() -> Iterator[Logged]:
    """Reads what was logged as JSON; at the end, makes sure that nobody can be found in it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)

    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]

    logging.getLogger().removeHandler(handler)
    assert stream.getvalue() != ""
    assert [secret for secret in PRIVATE if secret in stream.getvalue()] == []


@pytest.fixture
def reader(settings: Settings) -> Client:
    """Somebody whose every trait could be logged."""
    settings.ROOT_URLCONF = __name__
    client = Client(
        raise_request_exception=False,
        REMOTE_ADDR="203.0.113.9",
        HTTP_X_FORWARDED_FOR="203.0.113.9",
        HTTP_REFERER="https://elsewhere.example/?q=whisper",
        HTTP_USER_AGENT="oatmeal",
    )
    client.cookies["taste"] = "oatmeal"
    return client


@pytest.mark.django_db
def test_a_request_is_one_line_that_names_the_pattern(logged: Logged, reader: Client) -> None:
    reader.get("/answering/s3cret-token/", {"email": "jane.doe@example.org", "q": "whisper"})

    (line,) = logged()
    assert line.keys() == {
        "time",
        "level",
        "logger",
        "event",
        "method",
        "path",
        "status",
        "ms",
        "cache",
    }
    assert (line["method"], line["path"], line["status"]) == ("GET", "/answering/<str:token>/", 200)


@pytest.mark.django_db
def test_an_address_that_is_not_ours_is_not_repeated(logged: Logged, reader: Client) -> None:
    reader.get("/jane.doe@example.org/")

    (line,) = logged()
    assert (line["path"], line["status"]) == ("unknown", 404)


@pytest.mark.django_db
def test_a_method_that_is_none_is_not_repeated(logged: Logged, reader: Client) -> None:
    reader.generic("WHISPER", "/answering/s3cret-token/")

    (line,) = logged()
    assert line["method"] == "OTHER"


@pytest.mark.django_db
def test_an_error_says_what_and_where_but_not_with_which_values(
    logged: Logged, reader: Client
) -> None:
    reader.get("/failing/s3cret-token/")

    error, request = logged()
    assert [one["type"] for one in error["error"]] == ["KeyError", "ValueError"]
    assert error["error"][0]["at"][-1].startswith("tests/setup/test_logs.py:")
    assert error["path"] == "/failing/<str:token>/"
    assert (request["path"], request["status"]) == ("/failing/<str:token>/", 500)


@pytest.mark.django_db
def test_signing_in_leaves_no_address_in_the_log(logged: Logged, client: Client) -> None:
    client.post(
        "/accounts/login/",
        {"login": "jane.doe@example.org", "password": "whisper"},
        REMOTE_ADDR="203.0.113.9",
    )

    (line,) = logged()
    assert line["path"] == "/accounts/login/"


@pytest.mark.django_db
def test_a_host_that_is_not_ours_gets_a_page_and_is_not_repeated(
    logged: Logged, client: Client
) -> None:
    answer = client.get("/", HTTP_HOST="whisper.example")

    assert answer.status_code == 400
    assert "<h1" in answer.text
    (line,) = logged()
    assert (line["path"], line["status"]) == ("unknown", 400)


def test_of_a_message_of_several_lines_only_the_first_is_kept() -> None:
    record = logging.LogRecord("other", logging.ERROR, "", 0, "It failed\njane", None, None)

    line = JsonFormatter().format(record)

    assert json.loads(line)["event"] == "It failed"
