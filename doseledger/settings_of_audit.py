"""Settings of the record of looks; ``doseledger.settings`` reads them with all others."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator


class AuditSettings(BaseModel):
    """Which audit repositories are told of looks, and how."""

    audit_syslog: str | None = Field(
        default=None, description="audit repository for DICOM audit messages over TLS, such as audit.example:6514"
    )
    audit_fhir_url: str | None = Field(
        default=None, description="base address of an audit repository for FHIR AuditEvents; https"
    )
    audit_tls_ca: Path | None = Field(
        default=None, description="PEM file of the authorities whose certificates audit repositories show"
    )
    audit_tls_certificate: Path | None = Field(
        default=None, description="PEM file of our certificate and its key for audit repositories"
    )
    audit_site: str | None = Field(default=None, description="name of the hospital in audit messages")

    @field_validator("audit_syslog")
    @classmethod
    def _names_a_port(cls, text: str | None) -> str | None:
        host, _, port = (text or "h:1").rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004 - the last port there is
            raise ValueError("has to be HOST:PORT, such as audit.example:6514")
        return text

    @field_validator("audit_fhir_url")
    @classmethod
    def _is_https(cls, text: str | None) -> str | None:
        if text is not None and (urlsplit(text).scheme != "https" or not urlsplit(text).hostname):
            raise ValueError("has to be an address that begins with https://")
        return text
