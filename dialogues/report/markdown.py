"""What a facilitator wrote in Markdown, as blocks of a report.

Only blocks come out, so whatever was typed stays text: each form escapes it in its own way.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from dialogues.report.blocks import (
    Block,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Run,
    Style,
    Table,
)

# Deeper lists and quotations are nobody's report: what is in them stands at this depth.
_DEEPEST = 6
_MARK = r"[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]?"
_MARKED = re.compile(rf"^((?:{_MARK}){{{_DEEPEST}}})(?:{_MARK})+", re.M)
_INDENT = re.compile(rf"^[ \t]{{{4 * _DEEPEST},}}", re.M)
# More brackets than that are no links, and looking for their ends takes long.
_MOST_LINKS = 500
_LEVELS = {"h1": 3, "h2": 3}
# Line ends and tabs stay; other control characters break XML, and with it Word files.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SCHEMES = frozenset({"http", "https", "mailto"})


def _parser(*without: str) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    parser.enable("table")
    # What looks like HTML, or like a character of it, or like code, is text as any other.
    parser.disable(["html_block", "html_inline", "entity", "fence", "code", *without])
    parser.validateLink = is_safe  # type: ignore[method-assign,assignment]
    return parser


def is_safe(address: str) -> bool:
    """Whether a link may lead there: a page of the web, a mail address, or a path of this site."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme.lower() in _SCHEMES
    # "//host" and "/\host" are read as another site.
    return address.startswith("/") and not address.startswith(("//", "/\\"))


_PARSER = _parser()
_WITHOUT_LINKS = _parser("link", "image", "reference")


def cleaned(text: str) -> str:
    """A text without the control characters no form of a report can hold."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def blocks_of(text: str, language: str = "") -> tuple[Block, ...]:
    """The blocks of a text in Markdown.

    Headings become those of level 3 and 4; lists, emphasis, links, quotations and tables are kept,
    and all else is plain text. ``language`` is that of the text where it is not the report's.
    """
    text = _MARKED.sub(r"\1", _INDENT.sub(" " * 4 * _DEEPEST, cleaned(text)))
    if not text.strip():
        return ()
    parser = _PARSER if text.count("[") <= _MOST_LINKS else _WITHOUT_LINKS
    tree = SyntaxTreeNode(parser.parse(text))
    return tuple(_Reader(language).blocks(tree.children))


class _Reader:
    def __init__(self, language: str) -> None:
        self.language = language

    def blocks(self, nodes: Sequence[SyntaxTreeNode], depth: int = 0) -> Iterator[Block]:
        for node in nodes:
            if depth > _DEEPEST:
                if words := _words(node):
                    yield self._paragraph([Run(words)])
                continue
            match node.type:
                case "paragraph":
                    if runs := _runs(node):
                        yield self._paragraph(runs)
                case "heading":
                    if words := _words(node):
                        yield Heading(words, _LEVELS.get(node.tag, 4), self.language)
                case "bullet_list" | "ordered_list":
                    items = tuple(
                        found for item in node.children if (found := self._item(item, depth))
                    )
                    if items:
                        yield Items(items, is_ordered=node.type == "ordered_list")
                case "blockquote":
                    if inside := tuple(self.blocks(node.children, depth + 1)):
                        yield Quotation(inside, language=self.language)
                case "table":
                    yield self._table(node)
                case _:
                    # A rule across the page says nothing.
                    if words := _words(node):
                        yield self._paragraph([Run(words)])

    def _paragraph(self, runs: Sequence[Run]) -> Paragraph:
        return Paragraph(tuple(runs), Style.TEXT, self.language)

    def _item(self, item: SyntaxTreeNode, depth: int) -> tuple[Block, ...]:
        """Blocks of an item, of which the first is a paragraph."""
        blocks = tuple(self.blocks(item.children, depth + 1))
        if blocks and isinstance(blocks[0], Heading):
            first = self._paragraph([Run(blocks[0].text, is_strong=True)])
            return (first, *blocks[1:])
        if blocks and not isinstance(blocks[0], Paragraph):
            return (self._paragraph([Run("")]), *blocks)
        return blocks

    def _table(self, node: SyntaxTreeNode) -> Table:
        rows = [
            tuple(_words(cell) for cell in row.children)
            for part in node.children
            for row in part.children
        ]
        aligned = [
            n
            for n, cell in enumerate(node.children[0].children[0].children)
            if "right" in str(cell.attrs.get("style", ""))
        ]
        return Table("", rows[0], tuple(rows[1:]), tuple(aligned))


def _runs(node: SyntaxTreeNode) -> list[Run]:
    """The text of a paragraph in stretches of one style."""
    found: list[Run] = []
    for child in node.children:
        for run in _inline(child, Run("")):
            last = found[-1] if found else None
            if last and _style(last) == _style(run):
                found[-1] = _like(run, last.text + run.text)
            elif run.text:
                found.append(run)
    return found


def _style(run: Run) -> tuple[bool, bool, str]:
    return run.is_strong, run.is_emphasis, run.link


def _like(run: Run, text: str) -> Run:
    return Run(text, run.is_strong, run.is_emphasis, run.link)


def _inline(node: SyntaxTreeNode, style: Run) -> Iterator[Run]:
    match node.type:
        case "text" | "code_inline":
            yield _like(style, node.content)
            return
        case "image":
            # Of a picture its description stays, with what is emphasized in it.
            pass
        case "softbreak" | "hardbreak":
            yield _like(style, "\n" if node.type == "hardbreak" else " ")
            return
        case "strong":
            style = Run("", True, style.is_emphasis, style.link)
        case "em":
            style = Run("", style.is_strong, True, style.link)
        case "link":
            link = str(node.attrs.get("href", ""))
            style = Run("", style.is_strong, style.is_emphasis, link if is_safe(link) else "")
    if not node.children and not node.is_root and node.type not in {"strong", "em", "link"}:
        if node.content:
            yield _like(style, node.content)
        return
    for child in node.children:
        yield from _inline(child, style)


def _words(node: SyntaxTreeNode) -> str:
    """The plain text of a node, whatever is in it."""
    if node.type == "inline" or node.children:
        pieces = [run.text for child in node.children for run in _inline(child, Run(""))]
        return "".join(pieces).strip()
    return "" if node.type == "hr" else str(node.content if not node.is_root else "").strip()
