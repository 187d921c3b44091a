"""The broker serves clients with an active certificate only, for as long as it is active.

What upstream lacks: a client without a certificate is accepted and serves itself from every topic, and a
revoked certificate keeps its live connection.

What AWS does: mutual TLS asks for the certificate; making one inactive disconnects its clients.
"""

import ssl
from typing import Any

from ministack.services import iot

from local.emulator import iot_connections, upstream


def apply() -> None:
    """Require a certificate in the handshake, and look once a second whether it is still good."""

    def build(original: Any) -> Any:
        def build_ssl_context() -> ssl.SSLContext:
            context: ssl.SSLContext = original()
            context.verify_mode = ssl.CERT_REQUIRED
            return context

        return build_ssl_context

    upstream.replace(iot, "_mtls_build_ssl_context", build)
    upstream.check(iot, "_mtls_active_registrations")
    iot_connections.watch(_disconnect_if_revoked)


async def _disconnect_if_revoked(session: Any) -> None:
    if session.provisioning_template or iot._mtls_active_registrations(session.certificate_id):
        return
    session._forced_disconnect_reason = "AUTH_ERROR"
    await session.send_bytes(iot._make_disconnect(iot.RC5_NOT_AUTHORIZED))
    session.writer.close()
