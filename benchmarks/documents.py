"""Figures written into documents by the command that measured them."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


class NoBlockError(ValueError):
    """A document has no block of the name that is to be written."""


def check_blocks(path: Path, names: Iterable[str]) -> None:
    """Make sure that a document has its blocks, before minutes are spent on what belongs into them.

    Raises
    ------
    NoBlockError
        A block is missing, or there are two of its name.
    OSError
        The document cannot be read.
    """
    document = path.read_text(encoding="utf-8")
    for name in names:
        _parted(path, document, name)


def write_block(path: Path, name: str, text: str) -> None:
    """Replace what stands between the lines ``<!-- name: begin -->`` and ``<!-- name: end -->``.

    Parameters
    ----------
    path
        Of a Markdown document in UTF-8. It is replaced at once: nobody ever finds half of it.
    name
        Of the block.
    text
        Markdown, with or without a last line end.

    Raises
    ------
    NoBlockError
        The document has no such block, or more than one; it is left as it was.
    OSError
        The document cannot be read or written.
    """
    before, after = _parted(path, path.read_text(encoding="utf-8"), name)
    written = path.with_name(f".{path.name}.new")
    try:
        written.write_text(f"{before}{text.rstrip()}\n{after}", encoding="utf-8")
        written.replace(path)
    finally:
        with suppress(FileNotFoundError):
            written.unlink()


def _parted(path: Path, document: str, name: str) -> tuple[str, str]:
    """Return what is before a block's text and what is after it, each with its marker."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, _, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if document.count(begin) != 1 or not closed:
        message = f"{path} needs one block {begin.strip()} ... {end}"
        raise NoBlockError(message)
    return before + begin, closed + after
