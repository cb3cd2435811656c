"""
TLS of the listener, and who a peer is by its certificate.

Certificates end and are renewed while the bridge runs: each new connection gets the context of the
newest files that fit together, and connections that stand stay as they are.

Source: RFC 9325 (recommendations for TLS); PS3.15, B.12, which asks the same of DICOM; IHE ITI TF-2, ITI-19.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from dose_core.errors import DoseError

# RFC 9325, 4.2: forward secrecy and authenticated encryption. TLS 1.3 has no others.
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


class TlsFilesError(DoseError):
    """Certificate, key and list of authorities cannot be used, or do not belong together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """
    PEM files. The key may stand in the file of the certificate.

    With ``client_authorities`` a peer shows a certificate that one of them has signed; it must, unless
    ``is_client_certificate_optional``. Those of the operating system are never asked.
    """

    certificate: Path
    key: Path | None = None
    client_authorities: Path | None = None
    is_client_certificate_optional: bool = False


class Tls:
    """The context that new connections get. Belongs to one event loop."""

    def __init__(self, files: TlsFiles) -> None:
        """
        Load the files.

        Raises:
            TlsFilesError: they cannot be used.
        """
        self._files = files
        self._stamp = _stamp(files)
        self.context = _context(files)

    def reload(self) -> None:
        """
        Load the files anew.

        Raises:
            TlsFilesError: they cannot be used; what was loaded before stays.
        """
        self._stamp = _stamp(self._files)
        self.context = _context(self._files)

    def have_files_changed(self) -> bool:
        """Tell whether a file is not what it was when they were loaded, or could not be."""
        return _stamp(self._files) != self._stamp


def identities(certificate: bytes | None) -> frozenset[str]:
    """
    Return the names by which a list may know the owner of a certificate (DER).

    They are ``sha256:`` and 64 hexadecimal digits, ``subject:/O=.../CN=...``, ``cn:``, and of the alternative names
    ``dns:``, ``ip:``, ``email:`` and ``uri:``, all in lower case.
    """
    if certificate is None:
        return frozenset()
    try:
        owner = x509.load_der_x509_certificate(certificate)
        named = [
            f"sha256:{owner.fingerprint(SHA256()).hex()}",
            "subject:" + "".join(f"/{part.rfc4514_attribute_name}={part.value!s}" for part in owner.subject),
            *(f"cn:{part.value!s}" for part in owner.subject.get_attributes_for_oid(NameOID.COMMON_NAME)),
            *_alternative_names(owner),
        ]
    except ValueError:  # OpenSSL took it, and it is not as RFC 5280 wants it: nobody whom a list could name
        return frozenset()
    return frozenset(name.lower() for name in named)


def _alternative_names(owner: x509.Certificate) -> list[str]:
    try:
        names = owner.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    kinds: tuple[tuple[str, type[x509.GeneralName]], ...] = (
        ("dns", x509.DNSName),
        ("ip", x509.IPAddress),
        ("email", x509.RFC822Name),
        ("uri", x509.UniformResourceIdentifier),
    )
    return [f"{kind}:{name.value!s}" for kind, shape in kinds for name in names if isinstance(name, shape)]


def _context(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    try:
        context.load_cert_chain(files.certificate, files.key)
        if files.client_authorities is not None:
            context.load_verify_locations(files.client_authorities)
            is_optional = files.is_client_certificate_optional
            context.verify_mode = ssl.CERT_OPTIONAL if is_optional else ssl.CERT_REQUIRED
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        msg = f"the TLS files of the HL7 listener cannot be used: {reason}; they are {_names(files)}"
        raise TlsFilesError(msg) from error
    return context


def _paths(files: TlsFiles) -> list[Path]:
    return [path for path in (files.certificate, files.key, files.client_authorities) if path is not None]


def _names(files: TlsFiles) -> str:
    return ", ".join(map(str, _paths(files)))


def _stamp(files: TlsFiles) -> tuple[tuple[int, int, int] | None, ...]:
    return tuple(_stamp_of(path) for path in _paths(files))


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()  # follows links, by which renewing programs exchange files
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
