"""`python -m infra.validate`: do the state machines and templates say what AWS would accept?

asl-validator reads the state machines, cfn-lint the synthesised templates.
"""

import subprocess
import sys
from pathlib import Path

from infra.app import REPOSITORY

_ASL_VALIDATOR = REPOSITORY / "web" / "node_modules" / ".bin" / "asl-validator"
# W3005: CDK names dependencies that a reference implies already.
_ACCEPTED = "W3005"


def main() -> int:
    """Check everything; 0 where nothing was found."""
    if len(sys.argv) != 2:
        print("usage: python -m infra.validate CDK_OUT", file=sys.stderr)
        return 2
    templates = sorted(str(file) for file in Path(sys.argv[1]).glob("*.template.json"))
    machines = sorted((REPOSITORY / "statemachines").glob("*.asl.json"))
    if not templates or not machines:
        print("no templates or no state machines were found: run `make synth` first", file=sys.stderr)
        return 2
    commands = [
        *([str(_ASL_VALIDATOR), "--json-path", str(machine)] for machine in machines),
        ["cfn-lint", "--ignore-checks", _ACCEPTED, "--template", *templates],
    ]
    return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
