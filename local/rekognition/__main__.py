"""`python -m local.rekognition`: starts Rekognition Local in the foreground."""

import argparse
import asyncio
import logging
import os
import sys
from pathlib import Path

from faces import FaceEngineError
from local.rekognition.server import RekognitionServer
from local.rekognition.settings import RekognitionSettings

_DEFAULT_PORT = 4577


def main() -> None:
    """Read the command line and serve until told to stop."""
    settings = _settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(RekognitionServer(settings).serve())
    except FaceEngineError as error:
        sys.exit(f"Rekognition Local cannot start: {error}")
    except OSError as error:
        sys.exit(f"Rekognition Local cannot start on port {settings.port}: {error.strerror or error}")


def _settings() -> RekognitionSettings:
    default = RekognitionSettings(port=_DEFAULT_PORT, data_dir=Path("data/rekognition"))
    parser = argparse.ArgumentParser(
        prog="python -m local.rekognition",
        description="Amazon Rekognition's face operations on this machine, for boto3 and every other client. "
        "It listens on 127.0.0.1 only, and reads S3 pictures with the AWS credentials of its environment.",
    )
    parser.add_argument("--port", type=int, default=default.port, help="default: %(default)s")
    parser.add_argument("--data", type=Path, default=default.data_dir, help="folder of the collections")
    parser.add_argument(
        "--s3-endpoint",
        default=os.environ.get("AWS_ENDPOINT_URL_S3"),
        help="where S3 is, such as http://127.0.0.1:4566",
    )
    parser.add_argument(
        "--strict", action="store_true", help="add the cloud's limits: picture and face sizes, throughput"
    )
    parser.add_argument("--tps", type=int, default=default.tps, help="strict: calls a second and operation")
    parser.add_argument(
        "--user-settle-seconds",
        type=float,
        default=default.user_settle_seconds,
        help="how long users stay UPDATING after a change",
    )
    parser.add_argument("--engines", type=int, default=default.engines, help="face engines side by side")
    chosen = parser.parse_args()
    if chosen.tps < 1 or chosen.engines < 1:
        parser.error("--tps and --engines must be 1 or more")
    return RekognitionSettings(
        port=chosen.port,
        data_dir=chosen.data,
        s3_endpoint=chosen.s3_endpoint,
        strict=chosen.strict,
        tps=chosen.tps,
        user_settle_seconds=chosen.user_settle_seconds,
        engines=chosen.engines,
    )


if __name__ == "__main__":
    main()
