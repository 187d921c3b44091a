"""Tables for a terminal and for a document."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by row; the first columns, `worded` of them, hold words and the others numbers."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    worded: int = 1

    def as_text(self) -> str:
        """Columns of equal width."""
        lines = [self.headings, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.headings))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if column < self.worded else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )

    def as_markdown(self) -> str:
        """The table of a Markdown document."""
        rule = ("---" if column < self.worded else "---:" for column in range(len(self.headings)))
        return "\n".join(f"| {' | '.join(line)} |" for line in (self.headings, rule, *self.rows))
