"""From the settings to each process: ``doseledger api``, ``hl7``, ``worker``."""

import logging
import socket
from datetime import timedelta
from importlib.metadata import version
from ipaddress import ip_network
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db.session import Engine, make_engine
from dose_core.identity.placeholder import PlaceholderRules
from dose_core.ledger.not_patient import NotPatientRules
from dose_core.observations.codes import LocalCodes
from dose_services.installed_readers import installed_readers
from dose_services.site import Site
from dose_services.tokens import TokenSettings
from dose_services.viewer_links import ViewerTemplate, orthanc_explorer_2
from doseledger.hooks_file import read_hooks_file
from doseledger.launch_peers import read_launch_peers
from doseledger.settings import Settings
from doseledger.sign_in_peers import SignInPeers, read_sign_in_peers

if TYPE_CHECKING:
    from dose_core.auditing.events import AuditSource
    from dose_services.sign_in import SignIn
    from dose_worker.settings import AuditFeedSettings, ListenerSettings, RetentionSettings
    from hl7_bridge.tls import TlsFiles


def site_of(settings: Settings) -> Site:
    """Return what the site says about itself."""
    return Site(
        timezone=ZoneInfo(settings.site_timezone),
        default_authority=settings.default_authority,
        hl7_default_charset=settings.hl7_default_charset,
        redirects_merged=settings.hl7_redirects_merged,
        quiet_time_s=settings.quiet_time_s,
        not_patient=NotPatientRules(
            patient_ids=settings.not_patient_ids,
            patient_names=settings.not_patient_names,
            protocols=settings.not_patient_protocols,
            station_names=settings.not_patient_stations,
        ),
        placeholders=PlaceholderRules(names=settings.placeholder_names),
        placeholder_time=timedelta(hours=settings.placeholder_hours),
        observation_codes=LocalCodes(stated=settings.observation_codes),
        report_language=settings.report_language,
    )


def viewer_of(settings: Settings) -> ViewerTemplate | None:
    """Return how to open studies in the PACS: as the site says, else in the Orthanc that browsers reach."""
    if settings.viewer_url:
        return ViewerTemplate(settings.viewer_url)
    return orthanc_explorer_2(settings.orthanc_public_url) if settings.orthanc_public_url else None


def tokens_of(settings: Settings) -> TokenSettings:
    """Return what access tokens are signed with; the service is its own issuer and audience."""
    return TokenSettings(
        secret=settings.token_secret.get_secret_value().encode(),
        issuer=settings.public_url,
        audience=settings.public_url,
    )


def sign_in_of(settings: Settings, peers: SignInPeers) -> "SignIn":
    """Return how people sign in."""
    from dose_services.browser_sessions import SessionLimits
    from dose_services.password_hashing import PasswordHashing
    from dose_services.sign_in import SignIn

    limits = SessionLimits(
        idle=timedelta(minutes=settings.session_idle_minutes), absolute=timedelta(hours=settings.session_hours)
    )
    return SignIn(hashing=PasswordHashing(), limits=limits, directories=peers.directories)


def run_api() -> None:
    """Serve REST and pages until SIGTERM."""
    from api import main
    from api.settings import ApiSettings

    settings, engine = _started()
    installed_readers()  # a broken one is told at the start, not when the first object comes
    peers = read_sign_in_peers(settings.sign_in_peers)
    api_settings = ApiSettings(
        tokens=tokens_of(settings),
        public_url=settings.public_url,
        frame_ancestors=settings.frame_ancestors,
        viewer=viewer_of(settings),
        hooks=read_hooks_file(settings.cds_hooks, viewer=viewer_of(settings)),
        launch=read_launch_peers(settings.launch_peers),
        sign_in=sign_in_of(settings, peers),
        oidc=peers.oidc,
        trusted_proxies=tuple(map(ip_network, settings.trusted_proxies)),
    )
    listener = main.Listener(
        host=settings.api_host,
        port=settings.api_port,
        certificate=settings.api_tls_certificate,
        key=settings.api_tls_key,
    )
    main.run(api_settings, engine, site_of(settings), listener)


def run_hl7() -> None:
    """Listen for HL7 messages until SIGTERM."""
    from dose_core.hl7.sender_rules import SenderRule
    from hl7_bridge import main
    from hl7_bridge.settings import Hl7Settings

    settings, engine = _started()
    hl7_settings = Hl7Settings(
        host=settings.hl7_host,
        port=settings.hl7_port,
        tls=_tls_of(settings),
        idle_timeout_s=settings.hl7_idle_timeout_s,
        max_connections=settings.hl7_max_connections,
        max_connections_per_peer=settings.hl7_max_connections_per_peer,
        max_block_bytes=settings.hl7_max_message_bytes,
        allowed_peers=frozenset(settings.hl7_allowed_peers),
        allowed_certificates=frozenset(settings.hl7_allowed_certificates),
        allowed_senders=frozenset(_sender(text) for text in settings.hl7_allowed_senders),
        sender_rules=tuple(map(SenderRule.parse, settings.hl7_sender_rules)),
        processing_ids=frozenset(settings.hl7_processing_ids),
    )
    main.run(hl7_settings, engine, site_of(settings))


def run_worker() -> None:
    """Do background work until SIGTERM."""
    from dose_worker import main
    from dose_worker.settings import WorkerSettings

    settings, _ = _started()
    installed_readers()
    worker_settings = WorkerSettings(
        database_url=settings.database_url.get_secret_value(),
        software_version=version("doseledger"),
        orthanc_url=settings.orthanc_url,
        orthanc_user=settings.orthanc_user,
        orthanc_password=settings.orthanc_password.get_secret_value() if settings.orthanc_password else None,
        measures_ct_sizes=settings.measure_ct_sizes,
        retention=_retention_of(settings),
        forwarding_key=forwarding_key_of(settings),
        commitment=listener_of(settings),
        audit=audit_of(settings),
    )
    main.run(worker_settings, site_of(settings))


def audit_of(settings: Settings) -> "AuditFeedSettings":
    """Return which audit repositories are told of looks."""
    from dose_services.archive_values import TlsFiles
    from dose_worker.settings import AuditFeedSettings

    host, _, port = (settings.audit_syslog or "").rpartition(":")
    authorities, certificate = settings.audit_tls_ca, settings.audit_tls_certificate
    return AuditFeedSettings(
        source=audit_source_of(settings),
        syslog=(host, int(port)) if port else None,
        fhir_url=settings.audit_fhir_url,
        tls=TlsFiles(
            ca_file=str(authorities) if authorities else None,
            certificate_file=str(certificate) if certificate else None,
        ),
    )


def audit_source_of(settings: Settings) -> "AuditSource":
    """Return who tells of looks: this installation, by the address under which browsers reach it."""
    from dose_core.auditing.events import AuditSource

    return AuditSource(source_id=settings.public_url, site=settings.audit_site, host=socket.gethostname())


def forwarding_key_of(settings: Settings) -> bytes | None:
    """Return the key that replaces identifiers in dose SRs for registries, ``None`` if the site has none."""
    return settings.forwarding_key.get_secret_value().encode() if settings.forwarding_key else None


def listener_of(settings: Settings) -> "ListenerSettings | None":
    """Return where PACS report what they keep, ``None`` if that is nowhere."""
    from dose_worker.settings import ListenerSettings

    if settings.commitment_port is None:
        return None
    certificate, key, authorities = (
        str(path) if path else None
        for path in (
            settings.commitment_tls_certificate,
            settings.commitment_tls_key,
            settings.commitment_tls_client_ca,
        )
    )
    return ListenerSettings(
        host=settings.commitment_host,
        port=settings.commitment_port,
        ae_title=settings.commitment_ae_title,
        allowed_peers=settings.commitment_allowed_peers,
        certificate=certificate,
        key=key,
        client_ca=authorities,
    )


def _retention_of(settings: Settings) -> "RetentionSettings | None":
    from dose_worker.settings import RetentionSettings

    if settings.retention_jurisdiction is None or not settings.retention_daily:
        return None
    hl7_keep = timedelta(days=settings.hl7_keep_days)
    return RetentionSettings(jurisdiction=settings.retention_jurisdiction, hl7_keep=hl7_keep)


def _tls_of(settings: Settings) -> "TlsFiles | None":
    from hl7_bridge.tls import TlsFiles

    if settings.hl7_tls_certificate is None:
        return None
    return TlsFiles(
        certificate=settings.hl7_tls_certificate,
        key=settings.hl7_tls_key,
        client_authorities=settings.hl7_tls_client_ca,
        is_client_certificate_optional=settings.hl7_tls_client_certificate == "optional",
    )


def _sender(text: str) -> tuple[str, str]:
    application, _, facility = text.partition("|")
    return application, facility


def _started() -> tuple[Settings, Engine]:
    from api.logging import configure_logging

    settings = Settings.load()
    configure_logging(logging.INFO)
    return settings, make_engine(settings.database_url.get_secret_value())
