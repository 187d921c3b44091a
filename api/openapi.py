"""Write api/openapi.json, or check that it is what the routes say.

`python -m api.openapi` writes, `python -m api.openapi --check` fails where it would change.
"""

import argparse
import json
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, License, Server

from api.app import app

PATH = Path(__file__).with_name("openapi.json")


def document() -> str:
    """The OpenAPI 3.1 document as text, keys in a stable order."""
    schema = json.loads(
        app.get_openapi_json_schema(
            title="Rollcall",
            version="1",
            description=(
                "Registers of a school. Every read answers with an ETag and honours If-None-Match; "
                "changes of something that was read want it in If-Match. "
                "Errors are problem details (RFC 9457). The school is that of the token."
            ),
            license_info=License(name="Apache-2.0", identifier="Apache-2.0"),
            servers=[Server(url="/")],
            security_schemes={"idToken": HTTPBearer(scheme="bearer", bearerFormat="JWT")},
            security=[{"idToken": []}],
        )
    )
    _document_problems(schema)
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _document_problems(schema: dict[str, Any]) -> None:
    """The resolver writes its own shapes of some errors into the document; api.problems answers problems."""
    for operation in (operation for path in schema["paths"].values() for operation in path.values()):
        unavailable = operation["responses"][str(HTTPStatus.SERVICE_UNAVAILABLE.value)]
        operation["responses"][str(HTTPStatus.INTERNAL_SERVER_ERROR.value)] = unavailable | {
            "description": HTTPStatus.INTERNAL_SERVER_ERROR.phrase
        }
    for unused in ("HTTPValidationError", "ResponseValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(unused)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where the file is stale")
    arguments = parser.parse_args()
    written = PATH.read_text() if PATH.exists() else ""
    current = document()
    if arguments.check and written != current:
        sys.stderr.write("api/openapi.json is not what the routes say: run python -m api.openapi\n")
        return 1
    if not arguments.check:
        PATH.write_text(current)
    return 0


if __name__ == "__main__":
    sys.exit(main())
