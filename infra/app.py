"""Synthesise Rollcall's stacks: `python -m infra.app`, or `cdk synth`, which runs the same.

The output folder is CDK_OUTDIR, or `cdk.out`; context values come as JSON in CDK_CONTEXT_JSON, where the
CDK command line puts its own.
"""

import os
import tempfile
from pathlib import Path

import aws_cdk as cdk

from infra.code_asset import stage
from infra.settings import Settings
from infra.stacks.api import ApiStack
from infra.stacks.devices import DevicesStack
from infra.stacks.edge import EdgeStack
from infra.stacks.pipeline import PipelineStack
from infra.stacks.storage import StorageStack

REPOSITORY = Path(__file__).resolve().parents[1]


def synthesise(repository: Path, out: Path) -> None:
    """Write the templates, assets and manifest of all stacks.

    Parameters
    ----------
    out
        Folder of the cloud assembly, made where it is missing.
    """
    app = cdk.App(analytics_reporting=False, outdir=str(out))
    settings = Settings.from_context(app.node.try_get_context)
    with tempfile.TemporaryDirectory(prefix="rollcall-code-") as folder:
        code = stage(repository, Path(folder) / "code")
        storage = StorageStack(app, "RollcallStorage", settings=settings)
        DevicesStack(app, "RollcallDevices")
        PipelineStack(
            app, "RollcallPipeline", storage=storage, settings=settings, repository=repository, code=code
        )
        api = ApiStack(
            app, "RollcallApi", storage=storage, settings=settings, repository=repository, code=code
        )
        EdgeStack(app, "RollcallEdge", storage=storage, api=api, settings=settings)
        app.synth()


if __name__ == "__main__":
    synthesise(REPOSITORY, Path(os.environ.get("CDK_OUTDIR", "cdk.out")))
