"""Records the fingerprints of the functions that supplements replace, after an upgrade of ministack.

Run `python -m local.emulator.record`, read what has changed in git diff, and look at those supplements.
"""

import subprocess
import tempfile
from pathlib import Path

from local.emulator.settings import REPOSITORY, EmulatorSettings


def main() -> None:
    """Apply the supplements without a check and write fingerprints.json."""
    with tempfile.TemporaryDirectory() as folder:
        settings = EmulatorSettings(http_port=0, mqtt_port=0, data_dir=Path(folder))
        (settings.data_dir / "tmp").mkdir()
        subprocess.run(
            [settings.emulator_python, "-m", "local.emulator.upstream"],
            cwd=REPOSITORY,
            env=settings.environment("recording", "recording"),
            check=True,
        )


if __name__ == "__main__":
    main()
