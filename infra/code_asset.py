"""The two file assets of every function: our code, and the layer of its dependencies.

`local/` replaces the code asset of a synthesised app without another synthesis, so that an edit of a
Python file reaches the running functions at once. It finds the asset by CODE_ASSET_NAME and stages the
same files with `stage`. Standard library only, so that importing it does not start jsii.
"""

import shutil
from pathlib import Path

CODE_ASSET_NAME = "rollcall-code"  # displayName of the asset in cdk.out/*.assets.json
LAYER_ASSET_NAME = "rollcall-dependencies"
CODE_PACKAGES = ("attendance", "faces", "pipeline", "api")
CODE_DATA_FILES = ("api/openapi.json",)
DEPENDENCIES = Path("build") / "dependencies"

_LAYER_NOTE = "Filled by `make package` with the dependencies of the Lambda functions.\n"


def stage(repository: Path, into: Path) -> Path:
    """Copy what the functions run, and nothing else, into an empty folder.

    Parameters
    ----------
    repository
        Root of the checkout.
    into
        Emptied first, made where it is missing.

    Returns
    -------
    Path
        `into`, holding the packages' Python files and the API's description.
    """
    if into.exists():
        shutil.rmtree(into)
    into.mkdir(parents=True)
    sources = [path for package in CODE_PACKAGES for path in (repository / package).rglob("*.py")]
    data = [repository / name for name in CODE_DATA_FILES if (repository / name).is_file()]
    for source in (*sources, *data):
        copy = into / source.relative_to(repository)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    return into


def dependencies_folder(repository: Path) -> Path:
    """The layer's folder, made with a note where `make package` has not run: an asset must not be empty."""
    folder = repository / DEPENDENCIES
    if not folder.exists():
        python = folder / "python"
        python.mkdir(parents=True)
        (python / "README.txt").write_text(_LAYER_NOTE)
    return folder


def is_packaged(repository: Path) -> bool:
    """Whether the layer holds any package."""
    return any((repository / DEPENDENCIES / "python").glob("*/__init__.py"))
