"""Throws together what a test of the emulator runs on."""

from collections.abc import Callable
from typing import Any

import pytest
from emulator_probes import role_for, unique, zipped

from local.emulator.clients import Clients


@pytest.fixture(scope="session")
def make_function(aws: Clients) -> Callable[..., str]:
    """Give a maker of functions: source of a module with `handler`, rights, settings; returns the name."""

    def make(source: str, *statements: dict[str, Any], **settings: Any) -> str:
        name = unique("function")
        aws.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler="main.handler",
            Role=role_for(aws, "lambda", *statements),
            Code={"ZipFile": zipped(main=source)},
            **{"Timeout": 10, **settings},
        )
        return name

    return make
