"""The folder that becomes the functions' code."""

from pathlib import Path

from infra.code_asset import dependencies_folder, is_packaged, stage


def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for name in (
        "attendance/domain/marks.py",
        "faces/engine.py",
        "pipeline/handlers/open_capture.py",
        "api/app.py",
        "api/openapi.json",
        "api/notes.txt",
        "api/__pycache__/app.cpython-311.pyc",
        "local/emulator.py",
        "tests/unit/test_marks.py",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_our_packages_are_staged_and_nothing_else(tmp_path: Path) -> None:
    staged = stage(repository(tmp_path), tmp_path / "code")
    assert files(staged) == {
        "attendance/domain/marks.py",
        "faces/engine.py",
        "pipeline/handlers/open_capture.py",
        "api/app.py",
        "api/openapi.json",
    }


def test_staging_again_forgets_what_was_removed_since(tmp_path: Path) -> None:
    root = repository(tmp_path)
    stage(root, tmp_path / "code")
    (root / "faces/engine.py").unlink()
    assert "faces/engine.py" not in files(stage(root, tmp_path / "code"))


def test_the_layer_is_never_empty_and_says_when_nothing_is_packaged(tmp_path: Path) -> None:
    folder = dependencies_folder(tmp_path)
    assert files(folder) == {"python/README.txt"}
    assert not is_packaged(tmp_path)


def test_what_was_packaged_is_left_alone(tmp_path: Path) -> None:
    package = tmp_path / "build/dependencies/python/numpy/__init__.py"
    package.parent.mkdir(parents=True)
    package.write_text("")
    assert files(dependencies_folder(tmp_path)) == {"python/numpy/__init__.py"}
    assert is_packaged(tmp_path)
