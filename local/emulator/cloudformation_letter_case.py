"""HTTP APIs answer the CORS preflight, and state machines log, as their templates say.

What upstream lacks: CorsConfiguration of AWS::ApiGatewayV2::Api and LoggingConfiguration of
AWS::StepFunctions::StateMachine are stored with CloudFormation's capital letters and looked up in the
services' own spelling, so every preflight is refused and nothing is logged.
"""

from typing import Any

from ministack.services.cloudformation import provisioners

from local.emulator import upstream
from local.emulator.cloudformation_handlers import around, changed

RESPELLED = {
    "AWS::ApiGatewayV2::Api": "CorsConfiguration",
    "AWS::StepFunctions::StateMachine": "LoggingConfiguration",
}


def apply() -> None:
    """Hand the properties on in the services' spelling."""
    to_camel_case = upstream.check(provisioners, "_pascal_to_camel")
    for resource_type, name in RESPELLED.items():

        def respell(properties: dict[str, Any], name: str = name) -> dict[str, Any]:
            if not properties.get(name):
                return properties
            return changed(properties, {name: to_camel_case(properties[name])})

        around(resource_type, before=respell)
