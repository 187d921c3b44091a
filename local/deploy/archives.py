"""Zip files that are equal, byte for byte, when their content is."""

import hashlib
import io
import zipfile
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip file can hold
_IGNORED_FOLDERS = frozenset({"__pycache__"})
_IGNORED_SUFFIXES = frozenset({".pyc", ".pyo"})


def archive(root: Path) -> bytes:
    """Return a zip of all files below `root`, without dates, caches or byte code."""
    files = sorted(file for file in root.rglob("*") if _wanted(file))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(root).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if file.stat().st_mode & 0o100 else 0o644) << 16
            target.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def digest(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal digits: the name of an asset."""
    return hashlib.sha256(content).hexdigest()


def _wanted(file: Path) -> bool:
    return (
        file.is_file()
        and file.suffix not in _IGNORED_SUFFIXES
        and not _IGNORED_FOLDERS.intersection(file.parts)
    )
