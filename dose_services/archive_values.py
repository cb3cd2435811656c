"""What is said about an archive that gets dose SRs of ours, and what it says that it keeps."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from dose_core.errors import DoseError
from dose_services.addresses import is_never_a_destination

# Ten times the two seconds that an archive needs at most to store a small object on a loaded machine.
DEFAULT_TIMEOUT_S = 20
_LONGEST_TIMEOUT_S = 40  # an attempt is repeated after 90 s, and two conversations must be over by then
_AE_TITLE_CHARACTERS = 16  # PS3.5, 6.2, VR AE
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
OUR_AE_TITLE = "DOSELEDGER"


class UnusableNodeError(DoseError):
    """An archive is described so that nothing could be sent to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """
    PEM files, on the worker's machine, by which an archive and we know each other.

    Its certificate must be signed by an authority of ``ca_file`` (of the machine, if there is none) and name
    ``server_name`` (the host, if there is none). Ours is shown if there is one.
    """

    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    server_name: str | None = None

    def __post_init__(self) -> None:
        if self.key_file and not self.certificate_file:
            raise UnusableNodeError("a key needs its certificate")


@dataclass(frozen=True, slots=True, kw_only=True)
class DicomNode:
    """
    A PACS that takes objects by C-STORE, with TLS if there are ``tls`` files.

    ``asks_commitment`` has it asked to confirm that it keeps them (storage commitment). ``timeout_s`` is how long one
    conversation with it may take as a whole.
    """

    host: str
    port: int
    called_ae_title: str
    calling_ae_title: str = OUR_AE_TITLE
    tls: TlsFiles | None = None
    asks_commitment: bool = False
    timeout_s: int = DEFAULT_TIMEOUT_S

    def __post_init__(self) -> None:
        if not self.host.strip() or not 1 <= self.port <= 65_535:  # noqa: PLR2004  ports have 16 bits
            raise UnusableNodeError("name the host of the PACS, and its port between 1 and 65535")
        _check_host(self.host)
        for title in (self.called_ae_title, self.calling_ae_title):
            if not is_ae_title(title):
                raise UnusableNodeError("an AE title has 1 to 16 characters of ASCII, without a backslash")
        _check_timeout(self.timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class StowNode:
    """
    A PACS that takes objects by STOW-RS; ``url`` is the address of its DICOMweb services, before ``/studies``.

    Secrets stand in files of the worker's machine: ``token_file`` holds a bearer token, ``password_file`` the password
    of ``user``. They are read with each request. ``tls`` says whom to believe behind an https address.
    """

    url: str
    user: str | None = None
    password_file: str | None = None
    token_file: str | None = None
    tls: TlsFiles | None = None
    timeout_s: int = DEFAULT_TIMEOUT_S

    def __post_init__(self) -> None:
        address = urlsplit(self.url)
        if address.scheme not in {"http", "https"} or not address.hostname or address.query or address.fragment:
            raise UnusableNodeError("the address is http:// or https://, with a host and without a query")
        _check_host(address.hostname)
        if address.username or address.password:
            raise UnusableNodeError("user and password do not stand in the address: name the user and a file")
        if self.tls is not None and address.scheme != "https":
            raise UnusableNodeError("certificates are for https")
        if bool(self.user) != bool(self.password_file):
            raise UnusableNodeError("a user needs the file of the password, and the password its user")
        if self.user and self.token_file:
            raise UnusableNodeError("name a user or a token, not both")
        if (self.user or self.token_file) and address.scheme == "http" and address.hostname not in _THIS_MACHINE:
            raise UnusableNodeError("a password or token travels by https alone, except on this machine")
        if self.user and (":" in self.user or not self.user.isprintable()):  # RFC 7617, 2
            raise UnusableNodeError("the name of a user has no colon and no control characters")
        _check_timeout(self.timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotKept:
    """An instance that an archive does not commit itself to keep; ``reason`` is its own, in words of ours."""

    sop_instance_uid: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentReport:
    """
    What an archive says about one request for storage commitment; instances that it leaves out are in neither.

    Source: PS3.4, J.3.3.
    """

    transaction_uid: str
    kept: tuple[str, ...] = ()
    not_kept: tuple[NotKept, ...] = ()


def is_ae_title(title: str) -> bool:
    """Tell if DICOM allows an AE title (PS3.5, 6.2); ours have no blanks around them either."""
    is_text = title.isascii() and title.isprintable() and "\\" not in title
    return is_text and title == title.strip() and 0 < len(title) <= _AE_TITLE_CHARACTERS


def _check_host(host: str) -> None:
    if is_never_a_destination(host):
        raise UnusableNodeError("nothing is sent to link-local addresses, nor to those of a cloud's metadata")


def _check_timeout(timeout_s: int) -> None:
    if not 1 <= timeout_s <= _LONGEST_TIMEOUT_S:
        msg = f"an archive gets between 1 and {_LONGEST_TIMEOUT_S} seconds"
        raise UnusableNodeError(msg)
