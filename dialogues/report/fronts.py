"""The front of a report: what the page of its dialogue has room for."""

from dataclasses import replace

from dialogues.report.blocks import Block, Quotation, Report, Sides, Statements

SHOWN = 60


def front_of(report: Report, shown: int = SHOWN) -> Report:
    """The same report with at most ``shown`` statements in each list.

    ``Statements.n`` and ``path`` lead to the rest.
    """
    return replace(
        report,
        sections=tuple(
            replace(section, blocks=tuple(_cut(block, shown) for block in section.blocks))
            for section in report.sections
        ),
    )


def _cut(block: Block, shown: int) -> Block:
    match block:
        case Statements() if len(block.rows) > shown:
            return replace(block, rows=block.rows[:shown])
        case Sides():
            left, right = _cut(block.left, shown), _cut(block.right, shown)
            assert isinstance(left, Statements)  # noqa: S101 - as it was
            assert isinstance(right, Statements)  # noqa: S101
            return Sides(left, right)
        case Quotation():
            return replace(block, blocks=tuple(_cut(one, shown) for one in block.blocks))
    return block
