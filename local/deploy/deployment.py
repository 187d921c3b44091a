"""Deploys a whole cloud assembly into the emulator."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from local.deploy import assembly
from local.deploy.assets import AssetBucket
from local.deploy.change_sets import StackDeployer
from local.deploy.code import code_of, stamp
from local.emulator.clients import Clients
from local.emulator.settings import REPOSITORY


@dataclass(frozen=True)
class Outputs:
    """What a deployment left behind.

    Parameters
    ----------
    by_stack
        The outputs of each stack by their keys.
    changed
        Names of the stacks that were created or updated.
    """

    by_stack: dict[str, dict[str, str]]
    changed: tuple[str, ...]

    def __getitem__(self, key: str) -> str:
        """Return the output `key`, of whichever stack has it."""
        for outputs in self.by_stack.values():
            if key in outputs:
                return outputs[key]
        msg = f"no stack has an output named {key}"
        raise KeyError(msg)


def deploy(
    cdk_out: Path,
    clients: Clients,
    *,
    checkpoint: Callable[[], None],
    parameters: Mapping[str, str] = MappingProxyType({}),
    skipped_stacks: Iterable[str] = (),
    repository: Path = REPOSITORY,
    progress: Callable[[str], None] = lambda _: None,
) -> Outputs:
    """Bring the emulator to the synthesised templates and to the code of the working tree.

    Deploying again what is deployed changes nothing and takes about a second. After a code edit, the same
    call updates the functions, without another synthesis.

    Parameters
    ----------
    cdk_out
        Folder that `cdk synth` wrote.
    clients
        Clients of the emulator with rights to everything.
    checkpoint
        Writes the emulator's state to disk; called once at the end, so that a crash right after a
        deployment finds tables and stacks that agree.
    parameters
        Values of template parameters, for whichever stacks have them.
    skipped_stacks
        Names of the stacks that only the cloud can run.
    repository
        Folder of the packages that functions run.
    progress
        Is told the name of each stack before it is deployed.

    Raises
    ------
    DeployError
        If there is no assembly, or a stack cannot be deployed.
    """
    stacks = assembly.stacks(cdk_out, skipped_stacks)
    bucket = AssetBucket(clients)
    bucket.bootstrap()
    code = code_of(repository)
    if not bucket.holds(code.key):
        bucket.put(code.key, code.content)
    deployer = StackDeployer(clients, bucket.publish_template)
    by_stack = {}
    changed = []
    for stack in stacks:
        progress(stack.name)
        template = json.loads(stack.template.read_text())
        stamp(template, code, bucket.name)
        text = json.dumps(template)
        for asset in assembly.file_assets(stack):
            if asset.key in text:  # the synthesised code is not: the working tree's is in its place
                bucket.publish(asset)
        if deployer.deploy(stack.name, template, parameters):
            changed.append(stack.name)
        by_stack[stack.name] = deployer.outputs(stack.name)
    if changed:
        checkpoint()
    return Outputs(by_stack, tuple(changed))
