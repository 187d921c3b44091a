"""One synthesis for all tests of the infrastructure, by the command that people and machines use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cloud_assembly import Assembly

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    out = tmp_path_factory.mktemp("cdk.out")
    subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=REPOSITORY,
        env={**os.environ, "CDK_OUTDIR": str(out)},
        check=True,
    )
    return Assembly(out)
