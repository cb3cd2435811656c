"""The section "DoseLedger" of Orthanc's configuration, checked."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dose_core.errors import DoseError
from orthanc_plugin.ownership import check_ownership

SECTION = "DoseLedger"

DEFAULT_STABLE_AGE_S = 60  # Orthanc's own default of StableAge
DEFAULT_CATCH_UP_S = 60.0


class SettingsError(DoseError):
    """A setting is missing or wrong; the text names it and says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the plugin runs with. Secrets are read from files and never printed."""

    service_url: str
    ingest_token: str
    launch_token: str | None
    ca_file: str | None
    plaintext_reason: str | None
    spool_folder: Path
    quiet_s: float
    catch_up_s: float
    identity_header: str | None
    identity_secret_header: str | None
    identity_secret: str | None
    orthanc_authenticates: bool
    orthanc_url: str
    orthanc_certificate: str | None
    tells_deletions: bool = False

    def __repr__(self) -> str:
        """Name the service only: a settings object may end in a traceback."""
        return f"Settings(service_url={self.service_url!r})"


def read_settings(configuration: Mapping[str, Any], *, folder: Path) -> Settings:
    """
    Return the plugin's settings from Orthanc's whole configuration.

    ``folder`` is the one of Orthanc's configuration file; relative paths count from there, as Orthanc's own do.

    Raises:
        SettingsError: something is missing or wrong.
        OwnershipError: a secret's file may be changed by others.
    """
    section = configuration.get(SECTION)
    if not isinstance(section, Mapping):
        msg = f'Orthanc\'s configuration has no section "{SECTION}"; doseledger plugin-config writes one'
        raise SettingsError(msg)
    service_url = _required_text(section, "ServiceUrl").rstrip("/")
    stable_age_s = _positive_number(configuration, "StableAge", DEFAULT_STABLE_AGE_S)
    storage = folder / str(configuration.get("StorageDirectory", "OrthancStorage"))
    spool = _optional_text(section, "SpoolFolder")
    is_tls = configuration.get("SslEnabled") is True
    port = configuration.get("HttpPort", 8042)
    identity = _read_identity_settings(section, folder)
    ca_file = _optional_text(section, "CaFile")
    return Settings(
        service_url=service_url,
        ingest_token=_read_secret(folder / _required_text(section, "IngestTokenFile"), "IngestTokenFile"),
        launch_token=_optional_secret(section, "LaunchTokenFile", folder),
        ca_file=str(folder / ca_file) if ca_file else None,
        plaintext_reason=checked_plaintext(service_url, _optional_text(section, "AllowPlaintext")),
        spool_folder=folder / spool if spool else storage / "doseledger-spool",
        quiet_s=_positive_number(section, "QuietSeconds", stable_age_s),
        catch_up_s=_positive_number(section, "CatchUpSeconds", DEFAULT_CATCH_UP_S),
        identity_header=identity[0],
        identity_secret_header=identity[1],
        identity_secret=identity[2],
        orthanc_authenticates=configuration.get("AuthenticationEnabled") is True,
        orthanc_url=f"{'https' if is_tls else 'http'}://127.0.0.1:{port}",
        orthanc_certificate=str(folder / configuration.get("SslCertificate", "certificate.pem")) if is_tls else None,
        tells_deletions=section.get("TellDeletions") is True,
    )


def checked_plaintext(service_url: str, reason: str | None) -> str | None:
    """Return why dose data may travel unencrypted, ``None`` where it does not."""
    address = urlsplit(service_url)
    if address.scheme == "https":
        return None
    if address.scheme != "http" or not address.hostname:
        msg = f"{SECTION}.ServiceUrl must start with https:// (or http:// for a service on this machine)"
        raise SettingsError(msg)
    if _is_loopback(address.hostname):
        return None
    if not reason:
        msg = (
            f"{SECTION}.ServiceUrl is plain http to another machine: patient data would travel readable. "
            f"Use https, or name the reason in {SECTION}.AllowPlaintext; it is shown as a finding."
        )
        raise SettingsError(msg)
    return reason


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_identity_settings(section: Mapping[str, Any], folder: Path) -> tuple[str | None, str | None, str | None]:
    names = ("IdentityHeader", "IdentitySecretHeader", "IdentitySecretFile")
    stated = [_optional_text(section, name) for name in names]
    if not any(stated):
        return None, None, None
    if not all(stated):
        msg = f"{SECTION}: {', '.join(names)} belong together; without the secret anybody could claim to be anyone"
        raise SettingsError(msg)
    header, secret_header, secret_file = (value or "" for value in stated)
    return header.lower(), secret_header.lower(), _read_secret(folder / secret_file, "IdentitySecretFile")


def _required_text(section: Mapping[str, Any], name: str) -> str:
    value = _optional_text(section, name)
    if value is None:
        msg = f"{SECTION}.{name} is missing"
        raise SettingsError(msg)
    return value


def _optional_text(section: Mapping[str, Any], name: str) -> str | None:
    value = section.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        msg = f"{SECTION}.{name} must be a text"
        raise SettingsError(msg)
    return value.strip() or None


def _positive_number(section: Mapping[str, Any], name: str, default: float) -> float:
    value = section.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        msg = f"{name} must be a number of seconds above 0"
        raise SettingsError(msg)
    return float(value)


def _optional_secret(section: Mapping[str, Any], name: str, folder: Path) -> str | None:
    path = _optional_text(section, name)
    return _read_secret(folder / path, name) if path else None


def _read_secret(path: Path, name: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            check_ownership(os.fstat(file.fileno()), f"the file of {SECTION}.{name}")
            secret = file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{SECTION}.{name}: the file cannot be read by Orthanc's account ({type(error).__name__})"
        raise SettingsError(msg) from error
    if not secret or not secret.isascii() or not secret.isprintable():
        msg = f"{SECTION}.{name}: the file must hold one line of printable ASCII"
        raise SettingsError(msg)
    return secret
