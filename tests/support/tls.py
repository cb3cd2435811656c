"""Certificates that certify nothing but themselves."""

import ssl
import subprocess
from pathlib import Path


def self_signed(folder: Path, *, names: str) -> Path:
    """Return a PEM file with key and certificate for these subject alternative names, such as ``IP:127.0.0.1``."""
    key, certificate, both = (folder / name for name in ("key.pem", "certificate.pem", "both.pem"))
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subject = ["-subj", "/CN=invented", "-addext", f"subjectAltName={names}"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        ["openssl", "req", "-x509", *curve, "-nodes", "-days", "2", *subject, *files], check=True, capture_output=True
    )
    both.write_text(key.read_text() + certificate.read_text())
    return both


def server_context(certificate: Path) -> ssl.SSLContext:
    """Return the context of a server that shows this certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
