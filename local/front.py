"""The dashboard's address: serves the built pages and passes /v1 on, as CloudFront does in the cloud.

One origin for pages and API, so that the JWT authorizer and the Lambda function behind it are the real ones.
"""

import argparse
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, web

_DIST = web.AppKey("dist", Path)
_API = web.AppKey("api", str)
_CONFIG = web.AppKey("config", dict)
_SESSION = web.AppKey("session", ClientSession)

_HOP_BY_HOP = {
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


def make_front(dist: Path, api_url: str, config: dict[str, str]) -> web.Application:
    """The front as an application.

    Parameters
    ----------
    dist
        Folder of the built dashboard.
    api_url
        Address of the HTTP API's stage, without a slash at the end.
    config
        What /config.json tells the dashboard: region, user pool, and where Cognito is.
    """
    app = web.Application(client_max_size=10 * 1024**2)
    app[_DIST] = dist
    app[_API] = api_url
    app[_CONFIG] = config
    app.cleanup_ctx.append(_sessions)
    app.on_response_prepare.append(_secure)
    app.router.add_route("*", "/v1/{path:.*}", _pass_on)
    app.router.add_get("/config.json", _tell_config)
    app.router.add_get("/{path:.*}", _serve)
    return app


async def _sessions(app: web.Application) -> AsyncIterator[None]:
    app[_SESSION] = ClientSession(timeout=ClientTimeout(total=30), auto_decompress=False)
    yield
    await app[_SESSION].close()


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    aws = request.app[_CONFIG]["cognito_url"]
    response.headers.update(
        {
            "Content-Security-Policy": (
                f"default-src 'self'; img-src 'self' blob: data: {aws}; connect-src 'self' {aws}; "
                "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
    )


async def _pass_on(request: web.Request) -> web.Response:
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
    async with request.app[_SESSION].request(
        request.method,
        f"{request.app[_API]}{request.path_qs}",
        headers=headers,
        data=await request.read(),
        allow_redirects=False,
    ) as answer:
        kept = {
            n: v for n, v in answer.headers.items() if n.lower() not in _HOP_BY_HOP - {"content-encoding"}
        }
        return web.Response(status=answer.status, headers=kept, body=await answer.read())


async def _tell_config(request: web.Request) -> web.Response:
    return web.json_response(request.app[_CONFIG], headers={"Cache-Control": "no-store"})


async def _serve(request: web.Request) -> web.StreamResponse:
    dist = request.app[_DIST]
    wanted = (dist / request.match_info["path"]).resolve()
    if wanted.is_file() and wanted.is_relative_to(dist.resolve()):
        return web.FileResponse(wanted)
    return web.FileResponse(dist / "index.html", headers={"Cache-Control": "no-cache"})


def main() -> int:
    """Serve until terminated."""
    parser = argparse.ArgumentParser(prog="python -m local.front", description=main.__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dist", type=Path, required=True)
    parser.add_argument("--api-url", required=True)
    parser.add_argument("--config", type=json.loads, required=True)
    chosen = parser.parse_args()
    app = make_front(chosen.dist, chosen.api_url, chosen.config)
    web.run_app(app, host="127.0.0.1", port=chosen.port, print=None, access_log=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
