"""Make something again only where what it is made from has changed."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

_IGNORED = {"__pycache__", "node_modules", "dist"}


def fingerprint(root: Path, sources: Iterable[Path], *extra: str) -> str:
    """SHA-256 over the names and contents of files, and of all files below folders."""
    digest = hashlib.sha256("\n".join(extra).encode())
    for file in sorted(_files(sources)):
        digest.update(f"\n{file.relative_to(root)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def make_if_changed(stamp: Path, current: str, make: Callable[[], None]) -> bool:
    """Make, unless the stamp says that this very state was made before. True where it was made now."""
    if stamp.exists() and stamp.read_text() == current:
        return False
    stamp.unlink(missing_ok=True)
    make()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(current)
    return True


def _files(sources: Iterable[Path]) -> Iterable[Path]:
    for source in sources:
        if source.is_dir():
            yield from (
                file for file in source.rglob("*") if file.is_file() and not _IGNORED & set(file.parts)
            )
        else:
            yield source
