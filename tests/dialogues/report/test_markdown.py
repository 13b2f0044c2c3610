"""What facilitators write becomes blocks, and nothing but blocks, whatever they write."""

from dataclasses import asdict
from typing import Any

import pytest

from dialogues.report.blocks import Heading, Items, Paragraph, Quotation, Run, Table
from dialogues.report.drafts import plain
from dialogues.report.markdown import blocks_of, is_safe


def words(value: Any) -> str:
    """All text in some blocks, in order."""
    if isinstance(value, dict):
        return " ".join(words(one) for name, one in value.items() if name not in {"link", "style"})
    if isinstance(value, list | tuple):
        return " ".join(map(words, value))
    return value if isinstance(value, str) else ""


def text_of(text: str) -> str:
    return " ".join(words([asdict(block) for block in blocks_of(text)]).split())


def links(text: str) -> list[str]:
    return [
        run.link
        for block in blocks_of(text)
        if isinstance(block, Paragraph)
        for run in block.runs
        if run.link
    ]


def test_what_is_written_well_is_kept() -> None:
    blocks = blocks_of(
        "# Title\n\n### Below\n\nOne *two* **three**\nfour [five](https://example.org/5).\n\n"
        "- a\n- b\n  1. c\n\n> said\n\n| x | n |\n|---|--:|\n| y | 2 |\n",
        "fr",
    )

    title, below, paragraph, items, quotation, table = blocks
    assert title == Heading("Title", 3, "fr")
    assert below == Heading("Below", 4, "fr")
    assert isinstance(paragraph, Paragraph)
    assert paragraph.runs == (
        Run("One "),
        Run("two", is_emphasis=True),
        Run(" "),
        Run("three", is_strong=True),
        Run(" four "),
        Run("five", link="https://example.org/5"),
        Run("."),
    )
    assert isinstance(items, Items)
    assert [type(block) for block in items.items[1]] == [Paragraph, Items]
    assert isinstance(quotation, Quotation)
    assert table == Table("", ("x", "n"), (("y", "2"),), (1,))


def test_markup_of_other_kinds_is_text() -> None:
    for text in (
        "<script>alert(1)</script>",
        "a <b onclick=x>b</b> &lt; &amp;amp;",
        "<!-- no comment -->",
        "<div>\nin it\n</div>",
    ):
        assert text_of(text) == " ".join(text.split())
        assert all(isinstance(block, Paragraph) for block in blocks_of(text))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/\\evil.example",
        "relative",
        "",
        "#anchor",
        "http://[broken",
    ],
)
def test_a_link_leads_nowhere_else(address: str) -> None:
    assert not is_safe(address)
    # A backslash or a bracket is escaped: what comes out is a path of this site, or no host.
    for link in links(f"[click]({address})\n\n[click](<{address}>)"):
        assert link in {"/%5Cevil.example", "http://%5Bbroken"}
    assert "click" in text_of(f"[click]({address})")


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a?b=c", "http://example.org", "mailto:a@example.org", "/about/"],
)
def test_a_link_leads_to_the_web_to_mail_and_within_the_site(address: str) -> None:
    assert links(f"[click]({address})") == [address]


def test_of_a_picture_its_description_stays() -> None:
    assert text_of("![a *room*](https://example.org/room.png)") == "a room"
    assert links("![room](https://example.org/room.png)") == []


def test_control_characters_are_dropped() -> None:
    assert text_of("a\x00b\x07c\x1bd\ud800e\ufffef\x85g") == "abcdefg"
    assert text_of("one\r\n\r\ntwo\rthree") == "one two three"
    assert blocks_of("\x00 \n") == ()


@pytest.mark.parametrize(
    "text",
    [
        "> " * 3_000 + "inside",
        ">" * 3_000 + "inside",
        "- " * 3_000 + "inside",
        "1. " * 500 + "inside",
        "\n".join("  " * n + f"- item{n}" for n in range(60)) + "\n\ninside",
        "\n\n".join(">" * n + f" quote{n}" for n in range(1, 60)) + "\n\ninside",
        "*" * 10_000 + "inside",
        "[" * 20_000 + "inside",
        "![" * 5_000 + "inside",
        "`" * 5_001 + "inside",
        "x" * 100_000 + " inside",
        "| a " * 300 + "|\n" + "|---" * 300 + "|\n| inside |",
    ],
)
def test_no_nesting_and_no_length_loses_words_or_goes_deep(text: str) -> None:
    blocks, words = blocks_of(text), text_of(text)

    assert "inside" in words
    for n in range(60):
        assert (f"item{n}" in text) == (f"item{n}" in words)
        assert (f"quote{n}" in text) == (f"quote{n}" in words)
    # Writers go down as deep as blocks do.
    assert depth(asdict(blocks[0])) < 60


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list | tuple):
        return 1 + max(map(depth, value), default=0)
    return 0


@pytest.mark.parametrize(
    "text",
    [
        "# 1. *No* _heading_, [no](/link/) `code` <b> a | b ~~c~~ \\d",
        "- not an item",
        "> not said",
        "12. not numbered",
        "+ plus",
        "Dr. Ada Winter (MIGS), A & B",
    ],
)
def test_a_name_put_into_a_draft_stays_as_it_is(text: str) -> None:
    [paragraph] = blocks_of(plain(text))

    assert isinstance(paragraph, Paragraph)
    assert paragraph.runs == (Run(text),)
