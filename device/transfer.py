"""Presigned uploads over HTTP."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import urllib3

from attendance.contracts.upload import UploadUrl

_CONNECT_TIMEOUT_S = 10.0
_PRECONDITION_FAILED = 412


class TransferError(Exception):
    """The upload did not arrive; it may at the next try. Its words name no URL, for a URL is a key."""


class HttpTransfer:
    """PUTs files with exactly the headers that were signed.

    Parameters
    ----------
    timeout_s
        Longest silence of the server, in seconds, not the longest upload.
    ca_path
        Authorities to trust, where not the system's own.
    """

    def __init__(self, *, timeout_s: float, ca_path: Path | None = None) -> None:
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_TIMEOUT_S, read=timeout_s),
            retries=False,
            ca_certs=str(ca_path) if ca_path else None,
        )

    def put(self, upload: UploadUrl, path: Path) -> None:
        """Upload a file, or find that it was uploaded before.

        Every URL is signed with If-None-Match, so 412 says that the object exists: as only this device may
        put it there, it is the one whose answer got lost.

        Raises
        ------
        TransferError
        FileNotFoundError
            There is no such file.
        """
        demand_safe(upload.url)
        headers = {
            # Left to urllib3, these would be sent besides the signed ones.
            "User-Agent": urllib3.util.SKIP_HEADER,
            "Accept-Encoding": urllib3.util.SKIP_HEADER,
            "Content-Length": str(path.stat().st_size),
        }
        signed = {name.lower() for name in upload.headers}
        headers = {name: value for name, value in headers.items() if name.lower() not in signed}
        with path.open("rb") as body:
            try:
                answer = self._pool.request(
                    "PUT", upload.url, body=body, headers=headers | upload.headers, redirect=False
                )
            # ValueError: a URL or header that HTTP cannot carry.
            except (urllib3.exceptions.HTTPError, ValueError) as error:
                # Not its own words: those hold the URL.
                raise TransferError(f"no answer to the upload: {type(error).__name__}") from None
        if not (200 <= answer.status < 300 or answer.status == _PRECONDITION_FAILED):
            raise TransferError(f"the upload was answered with HTTP status {answer.status}")


def demand_safe(url: str) -> None:
    """Pictures travel encrypted, except to this very machine.

    Raises
    ------
    TransferError
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise TransferError("the upload URL is none") from None
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise TransferError(f"upload URLs must be https, this one is {parts.scheme or 'nothing'}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
