"""
Settings of all processes: read once at the start, checked as a whole, frozen.

They come from the environment (``DOSELEDGER_SITE_TIMEZONE``) over a TOML file (``site_timezone``) that
``--config`` or ``DOSELEDGER_CONFIG`` names. No secret has a default. A secret may stand in a file of its
own: ``DOSELEDGER_TOKEN_SECRET_FILE`` names it.
"""

import codecs
import ipaddress
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from dose_core.errors import DoseError
from dose_core.hl7.framing import MAX_BLOCK_BYTES
from dose_core.hl7.sender_rules import SenderRule, certificate_name
from dose_core.identity.placeholder import PlaceholderRules, UnusablePatternError
from dose_core.ledger.not_patient import NotPatientRules, PatternTooWideError
from dose_core.observations.codes import LocalCodes, UnusableCodeError
from dose_core.retention.rules import Jurisdiction
from doseledger.prefix import PREFIX
from doseledger.settings_of_archives import ArchiveSettings
from doseledger.settings_of_audit import AuditSettings
from doseledger.settings_of_launch import LaunchSettings
from doseledger.settings_of_sign_in import SignInSettings

_SECRETS = ("database_url", "token_secret", "orthanc_password", "forwarding_key")
_PATTERNS = ("not_patient_ids", "not_patient_names", "not_patient_protocols", "not_patient_stations")
_WORDS = (
    "frame_ancestors",
    "hl7_allowed_peers",
    "hl7_allowed_senders",
    "hl7_processing_ids",
    "commitment_allowed_peers",
)
_WITH_BLANKS = ("hl7_allowed_certificates", "hl7_sender_rules", "placeholder_names", "observation_codes")
_ELSEWHERE = {"CONFIG", "TEST_POSTGRES"}  # ours, but no settings of a process

_Read = TypeVar("_Read")


class SettingsError(DoseError):
    """The settings do not hold; the text has a line for each thing that is wrong and how to mend it."""


class Settings(AuditSettings, ArchiveSettings, LaunchSettings, SignInSettings):
    """All settings. A field's description is what ``doseledger config check`` tells about it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: SecretStr = Field(description="postgresql://user:password@host:port/name of PostgreSQL 15 or newer")
    site_timezone: str = Field(description="IANA time zone of the site, such as Europe/Berlin")
    default_authority: str = Field(
        min_length=1, description="assigning authority of a patient identifier that names none"
    )
    quiet_time_s: int = Field(default=86_400, ge=0, description="seconds without new objects before we write a dose SR")
    hl7_default_charset: str = Field(default="utf-8", description="character set of HL7 messages that state none")
    hl7_redirects_merged: bool = Field(
        default=False, description="what HL7 says of a merged patient is taken for the survivor instead of refused"
    )
    not_patient_ids: tuple[str, ...] = Field(default=(), description="patterns of patient ids that are no patient's")
    not_patient_names: tuple[str, ...] = Field(
        default=(), description="patterns of patient names that are no patient's; write no person's name"
    )
    not_patient_protocols: tuple[str, ...] = Field(
        default=(), description="patterns of protocols by which no patient is examined"
    )
    not_patient_stations: tuple[str, ...] = Field(
        default=(), description="patterns of station names at which no patient is examined"
    )

    placeholder_names: tuple[str, ...] = Field(
        default=(), description="patterns of names of patients who are not known yet; write no person's name"
    )
    placeholder_hours: int = Field(
        default=72, ge=1, description="hours after which exams of a patient who is not known are a finding"
    )
    observation_codes: tuple[str, ...] = Field(
        default=(),
        description="codes of weight, height, head, pregnancy as CODE=body_weight or CODE^SYSTEM=body_height",
    )

    report_language: str = Field(
        default="en", description="language of the report sentences in dose summaries by FHIR, such as de or de-AT"
    )

    retention_jurisdiction: Jurisdiction | None = Field(
        default=None, description="whose law says how long records are kept: DE, FR, GB or SE; none keeps everything"
    )
    retention_daily: bool = Field(
        default=False, description="the worker makes unreadable each day what is older; needs a jurisdiction"
    )
    hl7_keep_days: int = Field(
        default=365, ge=1, description="days after which `doseledger retention` makes an HL7 message unreadable"
    )

    token_secret: SecretStr = Field(min_length=32, description="at least 32 random characters; signs access tokens")
    public_url: str = Field(description="address under which browsers reach the service, such as https://dose.example")
    api_host: str = Field(default="127.0.0.1", description="address to listen on")
    api_port: int = Field(default=8700, ge=1, le=65535, description="port of the service")
    api_tls_certificate: Path | None = Field(
        default=None, description="PEM file of the service's certificate and what leads to its authority; asks TLS"
    )
    api_tls_key: Path | None = Field(
        default=None, description="PEM file of the key, unless it stands in the file of DOSELEDGER_API_TLS_CERTIFICATE"
    )

    hl7_host: str = Field(default="127.0.0.1", description="address of the HL7 listener")
    hl7_port: int = Field(default=8701, ge=1, le=65535, description="port of the HL7 listener")
    hl7_allowed_senders: tuple[str, ...] = Field(
        default=(), description="senders as APPLICATION|FACILITY (MSH-3.1, MSH-4.1); empty allows all"
    )
    hl7_processing_ids: tuple[str, ...] = Field(
        default=("P",), description="processing ids (MSH-11) that are accepted; add T or D on a test system only"
    )
    hl7_allowed_peers: tuple[str, ...] = Field(
        default=(), description="IP addresses and networks (10.1.0.0/16) that may send; empty allows all"
    )
    hl7_tls_certificate: Path | None = Field(
        default=None, description="PEM file of the HL7 listener's certificate and what leads to its authority; asks TLS"
    )
    hl7_tls_key: Path | None = Field(
        default=None, description="PEM file of the key, unless it stands in the file of DOSELEDGER_HL7_TLS_CERTIFICATE"
    )
    hl7_tls_client_ca: Path | None = Field(
        default=None, description="PEM file of the authorities whose certificates HL7 senders show"
    )
    hl7_tls_client_certificate: Literal["required", "optional"] = Field(
        default="required", description="required or optional, if DOSELEDGER_HL7_TLS_CLIENT_CA is set"
    )
    hl7_allowed_certificates: tuple[str, ...] = Field(
        default=(),
        description="HL7 senders as sha256:, cn:, subject:, dns:, ip:, email: or uri: of their certificate; "
        "empty allows all that DOSELEDGER_HL7_TLS_CLIENT_CA has signed",
    )
    hl7_sender_rules: tuple[str, ...] = Field(
        default=(),
        description="which peer may speak for which sender, as PEER > APPLICATION|FACILITY; empty binds nobody",
    )
    hl7_max_connections: int = Field(default=600, ge=1, description="connections to the HL7 listener at a time")
    hl7_max_connections_per_peer: int = Field(
        default=20, ge=1, description="connections to the HL7 listener at a time from one IP address"
    )
    hl7_max_message_bytes: int = Field(
        default=MAX_BLOCK_BYTES, ge=64 * 1024, description="the longest HL7 message that is read"
    )
    hl7_idle_timeout_s: int = Field(
        default=3600, ge=1, description="seconds after which a silent HL7 connection is closed"
    )

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: SecretStr) -> SecretStr:
        if urlsplit(url.get_secret_value()).scheme not in {"postgresql", "postgres"}:
            raise ValueError("must start with postgresql://")
        return url

    @field_validator("site_timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such IANA time zone; write it like Europe/Berlin") from error
        return name

    @field_validator("hl7_default_charset")
    @classmethod
    def _is_a_charset(cls, name: str) -> str:
        try:
            codecs.lookup(name)
        except LookupError as error:
            raise ValueError("no character set that Python knows; write it like utf-8 or iso8859_1") from error
        return name

    @field_validator("hl7_allowed_peers", "commitment_allowed_peers")
    @classmethod
    def _are_addresses(cls, peers: tuple[str, ...]) -> tuple[str, ...]:
        for peer in peers:
            try:
                ipaddress.ip_network(peer)
            except ValueError as error:
                msg = f"{peer} is no IPv4 or IPv6 address, nor a network without bits of a host"
                raise ValueError(msg) from error
        return peers

    @field_validator("api_tls_certificate")
    @classmethod
    def _is_what_browsers_are_told(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and urlsplit(str(info.data.get("public_url"))).scheme != "https":
            raise ValueError("DOSELEDGER_PUBLIC_URL has to begin with https:// then")
        return path

    @field_validator("hl7_tls_key", "hl7_tls_client_ca")
    @classmethod
    def _belongs_to_a_certificate(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and info.data.get("hl7_tls_certificate") is None:
            raise ValueError("DOSELEDGER_HL7_TLS_CERTIFICATE has to be set as well")
        return path

    @field_validator("hl7_allowed_certificates")
    @classmethod
    def _are_certificates(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        plain = tuple(_in_settings(certificate_name, name) for name in names)
        if plain and info.data.get("hl7_tls_client_ca") is None:
            raise ValueError("DOSELEDGER_HL7_TLS_CLIENT_CA has to be set as well, or nobody vouches for a name")
        return plain

    @field_validator("hl7_sender_rules")
    @classmethod
    def _are_sender_rules(cls, rules: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        read = [_in_settings(SenderRule.parse, rule) for rule in rules]
        if any(rule.certificates for rule in read) and info.data.get("hl7_tls_client_ca") is None:
            raise ValueError("DOSELEDGER_HL7_TLS_CLIENT_CA has to be set as well, or nobody vouches for a name")
        return rules

    @field_validator("retention_daily")
    @classmethod
    def _has_a_rule(cls, is_daily: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - as pydantic calls it
        if is_daily and info.data.get("retention_jurisdiction") is None:
            raise ValueError("DOSELEDGER_RETENTION_JURISDICTION has to be set as well, or nothing says what is older")
        return is_daily

    @field_validator("hl7_allowed_senders")
    @classmethod
    def _are_senders(cls, senders: tuple[str, ...]) -> tuple[str, ...]:
        if any(sender.count("|") != 1 for sender in senders):
            raise ValueError("each is written APPLICATION|FACILITY, with blanks or commas between them")
        return senders

    @field_validator(*_PATTERNS)
    @classmethod
    def _are_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        try:
            NotPatientRules(patient_ids=patterns)
        except PatternTooWideError as error:
            raise ValueError(str(error)) from error
        return patterns

    @field_validator("placeholder_names")
    @classmethod
    def _are_names(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        try:
            PlaceholderRules(names=patterns)
        except UnusablePatternError as error:
            raise ValueError(str(error)) from error
        return patterns

    @field_validator("observation_codes")
    @classmethod
    def _are_codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        try:
            LocalCodes(stated=codes)
        except UnusableCodeError as error:
            raise ValueError(str(error)) from error
        return codes

    @field_validator("public_url", "orthanc_url", "orthanc_public_url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
            raise ValueError("must start with http:// or https:// and name a host")
        return url.rstrip("/") if url else url

    @field_validator(*_WORDS, mode="before")
    @classmethod
    def _from_words(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator(*_PATTERNS, *_WITH_BLANKS, mode="before")
    @classmethod
    def _from_parts(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    def plain(self) -> dict[str, str | int]:
        """Return all settings that are set, secrets in clear, as the environment or a settings file holds them."""
        values: dict[str, str | int] = {}
        for name, value in self:
            clear = value.get_secret_value() if isinstance(value, SecretStr) else value
            if clear is not None:
                values[name] = _as_text(clear)
        return values

    @classmethod
    def load(
        cls,
        environ: Mapping[str, str] = os.environ,
        *,
        extra: Mapping[str, Any] | None = None,
    ) -> Self:
        """
        Return the settings from file and environment; the environment wins, ``extra`` fills what both leave open.

        Raises:
            SettingsError: something is missing, wrong or unknown; the text lists all of it.
        """
        values = {**(extra or {}), **_from_file(_named(environ)), **_from_environment(environ)}
        try:
            return cls(**values)
        except ValidationError as error:
            raise SettingsError("\n".join(_told(e["loc"], e["msg"], e["type"]) for e in error.errors())) from None


def database_url(environ: Mapping[str, str] = os.environ) -> str:
    """
    Return the database's URL for a command that needs nothing else.

    Raises:
        SettingsError: it is neither in the environment nor in the settings file.
    """
    values = {**_from_file(_named(environ)), **_from_environment(environ)}
    url = values.get("database_url")
    if not url:
        what = Settings.model_fields["database_url"].description
        msg = (
            f"{PREFIX}DATABASE_URL is missing: {what}; beside 'doseledger up', "
            "name its settings: doseledger --config DATA_DIR/running.toml ..."
        )
        raise SettingsError(msg)
    return str(url)


def forwarding_key(environ: Mapping[str, str] = os.environ) -> bytes | None:
    """
    Return the key that replaces identifiers in dose SRs for registries, ``None`` if the site has none.

    Raises:
        SettingsError: its file cannot be read.
    """
    values = {**_from_file(_named(environ)), **_from_environment(environ)}
    key = values.get("forwarding_key")
    return str(key).encode() if key else None


def _named(environ: Mapping[str, str]) -> Path | None:
    name = environ.get(f"{PREFIX}CONFIG")
    return Path(name) if name else None


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"the settings file {path} cannot be read: {error}"
        raise SettingsError(msg) from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    ours = {
        name.removeprefix(PREFIX): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in _ELSEWHERE
    }
    values: dict[str, Any] = {}
    for name, value in ours.items():
        secret = name.removesuffix("_FILE").lower()
        if name.endswith("_FILE") and secret in _SECRETS:
            values[secret] = _secret_in(Path(value), name)
        else:
            values[name.lower()] = value
    return values


def _secret_in(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{PREFIX}{name} names {path}, which cannot be read: {error}"
        raise SettingsError(msg) from error


def _as_text(value: Any) -> str | int:  # noqa: ANN401 - a value of any setting
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value) if isinstance(value, Path) else value


def _in_settings(read: Callable[[str], _Read], text: str) -> _Read:
    try:
        return read(text)
    except DoseError as error:
        raise ValueError(str(error)) from error


def _told(location: tuple[int | str, ...], message: str, kind: str) -> str:
    name = str(location[0])
    known = Settings.model_fields.get(name)
    if known is None:
        return f"{PREFIX}{name.upper()} is no setting; remove it or correct its spelling"
    what = "is missing" if kind == "missing" else f"is wrong ({message.removeprefix('Value error, ')})"
    return f"{PREFIX}{name.upper()} {what}: {known.description}"
