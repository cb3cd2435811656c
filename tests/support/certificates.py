"""An authority of our own and the certificates that it signs. All names are invented."""

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate and its key, both in one PEM file."""

    file: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        """Return the certificate as TLS carries it."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


def authority(folder: Path, name: str = "Invented Authority") -> Issued:
    """Return a certificate that signs others."""
    return _issued(folder / f"{name}.pem", [(NameOID.COMMON_NAME, name)], [], None)


def issued(by: Issued, file: Path, *, name: str = "engine", dns: str = "engine.example") -> Issued:
    """Return a certificate for this name and 127.0.0.1, that ``by`` has signed, in a file that may exist."""
    subject = [(NameOID.ORGANIZATION_NAME, "Invented Hospital"), (NameOID.COMMON_NAME, name)]
    names = [x509.DNSName(dns), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return _issued(file, subject, names, by)


def client_context(authorities: Issued, shown: Issued | None = None) -> ssl.SSLContext:
    """Return the context of a client that trusts an authority and shows a certificate, if it has one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authorities.file)
    if shown is not None:
        context.load_cert_chain(shown.file)
    return context


def shown_by(port: int, context: ssl.SSLContext) -> bytes | None:
    """Return the certificate (DER) that a server on 127.0.0.1 shows now."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    with context.wrap_socket(plain, server_hostname="127.0.0.1") as secured:
        return secured.getpeercert(binary_form=True)


def _issued(
    file: Path, subject: list[tuple[x509.ObjectIdentifier, str]], names: list[x509.GeneralName], by: Issued | None
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    owner = x509.Name([x509.NameAttribute(kind, text) for kind, text in subject])
    now = datetime.now(tz=UTC)  # noqa: TID251 - TLS compares certificates with the clock of the machine
    builder = (
        x509.CertificateBuilder()
        .subject_name(owner)
        .issuer_name(owner if by is None else by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(key if by is None else by.key, hashes.SHA256())
    made = Issued(file=file, certificate=certificate, key=key)
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + _pem(key))
    return made


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
