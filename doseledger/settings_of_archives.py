"""Settings of archives; ``doseledger.settings`` reads them with all others."""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator

from dose_services.archive_values import OUR_AE_TITLE, is_ae_title
from dose_services.viewer_links import UnusableTemplateError, ViewerTemplate


class ArchiveSettings(BaseModel):
    """
    Archives as browsers and the worker reach them.

    Where viewers and Orthanc are, where PACS report what they keep, and by which key dose SRs for registries are
    de-identified.
    """

    viewer_url: str | None = Field(
        default=None,
        description="address of the PACS's viewer, such as https://pacs.example/viewer?StudyInstanceUIDs={StudyInstanceUID}",
    )
    orthanc_public_url: str | None = Field(
        default=None, description="address under which browsers reach an Orthanc with Orthanc Explorer 2"
    )

    orthanc_url: str | None = Field(default=None, description="REST address of the Orthanc that gets our dose SRs")
    orthanc_user: str | None = Field(default=None, description="user of that Orthanc")
    orthanc_password: SecretStr | None = Field(default=None, description="password of that user")
    measure_ct_sizes: bool = Field(
        default=False,
        description="CT images are fetched from that Orthanc to measure the size of patients for the SSDE",
    )

    forwarding_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="at least 32 random characters, kept for ever; replaces identifiers in dose SRs for registries",
    )

    commitment_host: str = Field(default="127.0.0.1", description="address on which PACS report what they keep")
    commitment_port: int | None = Field(
        default=None, ge=1, le=65535, description="port of these reports (DICOM); without it none are listened for"
    )
    commitment_ae_title: str = Field(default=OUR_AE_TITLE, description="our AE title for these reports")
    commitment_allowed_peers: tuple[str, ...] = Field(
        default=(), description="IP addresses and networks (10.1.0.0/16) that may report; empty allows all"
    )
    commitment_tls_certificate: Path | None = Field(
        default=None, description="PEM file of our certificate for these reports; asks TLS"
    )
    commitment_tls_key: Path | None = Field(
        default=None, description="PEM file of its key, unless it stands in DOSELEDGER_COMMITMENT_TLS_CERTIFICATE"
    )
    commitment_tls_client_ca: Path | None = Field(
        default=None, description="PEM file of the authorities whose certificates PACS must show"
    )

    @field_validator("viewer_url")
    @classmethod
    def _is_a_template(cls, text: str | None) -> str | None:
        try:
            return ViewerTemplate(text).text if text else None
        except UnusableTemplateError as error:
            raise ValueError(str(error)) from error

    @field_validator("commitment_ae_title")
    @classmethod
    def _is_an_ae_title(cls, title: str) -> str:
        if not is_ae_title(title):
            raise ValueError("an AE title has 1 to 16 characters of ASCII, without a backslash")
        return title

    @field_validator("commitment_tls_key", "commitment_tls_client_ca")
    @classmethod
    def _belongs_to_our_certificate(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and info.data.get("commitment_tls_certificate") is None:
            raise ValueError("DOSELEDGER_COMMITMENT_TLS_CERTIFICATE has to be set as well")
        return path
