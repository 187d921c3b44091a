"""Registers a Thing with a certificate of its own, and writes the settings that its client starts from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class ThingFiles:
    """Where a Thing's credentials lie: all in one folder that nobody else can read."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def private_key(self) -> Path:
        return self.folder / "private-key.pem"

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def settings(self) -> Path:
        return self.folder / "settings.json"

    @property
    def are_complete(self) -> bool:
        return all(file.exists() for file in (self.certificate, self.private_key, self.ca))


def register_thing(
    iot: Any, name: str, kind: str, attributes: dict[str, str], files: ThingFiles, *, ca_pem: str
) -> None:
    """Register a Thing once; a Thing that has its files already is left as it is.

    The private key is made here and never leaves its folder: IoT signs a request for it.

    Parameters
    ----------
    kind
        Thing type, and the name of the policy that its certificate carries.
    ca_pem
        The authority that the broker's own certificate is checked against.
    """
    if files.are_complete:
        return
    files.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    iot.create_thing(thingName=name, thingTypeName=kind, attributePayload={"attributes": attributes})
    signed = iot.create_certificate_from_csr(certificateSigningRequest=request.decode(), setAsActive=True)
    iot.attach_policy(policyName=kind, target=signed["certificateArn"])
    iot.attach_thing_principal(thingName=name, principal=signed["certificateArn"])
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(files.private_key, private)
    _write(files.ca, ca_pem.encode())
    _write(files.certificate, signed["certificatePem"].encode())


def write_settings(files: ThingFiles, settings: dict[str, object]) -> None:
    _write(files.settings, json.dumps(settings, indent=1).encode())


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
