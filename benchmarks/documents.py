"""Figures written into documents by the command that measured them."""

from contextlib import suppress
from pathlib import Path


class NoBlockError(ValueError):
    """A document has no block of the name that is to be written."""


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
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    document = path.read_text(encoding="utf-8")
    before, _, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if document.count(begin) != 1 or not closed:
        message = f"{path} needs one block {begin.strip()} ... {end}"
        raise NoBlockError(message)
    written = path.with_name(f".{path.name}.new")
    try:
        written.write_text(f"{before}{begin}{text.rstrip()}\n{end}{after}", encoding="utf-8")
        written.replace(path)
    finally:
        with suppress(FileNotFoundError):
            written.unlink()
