"""Which EHRs may call the hooks, how they are told apart, and what the cards of a site say; read from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from dose_core.errors import DoseError
from dose_core.orders.procedures import ProcedureTable, built_in
from dose_services.prior_similar import NO_LINKS, Links

LANGUAGES = ("en", "de")
# RCR AuditLive, Pregnancy Questioning: individuals of 12 to 50 years inclusive are to be asked.
ASKED_FROM_YEARS, ASKED_TO_YEARS = 12, 50
_WORDS = ("name", "issuer", "jwks", "tenant", "fhir", "origin", "site")
_NEEDED = ("name", "issuer", "jwks")


class UnusableHookSettingError(DoseError):
    """A setting of the hooks cannot be worked with; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookClient:
    """
    An EHR that may call the hooks.

    ``name`` is ours, in audit. Its tokens are of ``issuer``, signed by the keys at ``jwks_url``; with ``tenant`` only
    those that name it. ``fhir_server`` is the base address at which patients may be asked for, ``origins`` are those of
    its pages that call us from a browser. ``site`` is where it belongs, if there are several.
    """

    name: str
    issuer: str
    jwks_url: str
    tenant: str | None = None
    fhir_server: str | None = None
    origins: tuple[str, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSettings:
    """
    What the hooks need to know; without clients nobody is let in.

    ``identifier_systems`` gives for a system of identifiers in FHIR the authority under which they are kept here.
    """

    clients: tuple[HookClient, ...] = ()
    identifier_systems: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    language: str = "en"
    procedures: ProcedureTable = field(default_factory=built_in)
    links: Links = NO_LINKS
    smart_launch_url: str | None = None
    prior_within: timedelta = timedelta(days=365)
    asked_from_years: int = ASKED_FROM_YEARS
    asked_to_years: int = ASKED_TO_YEARS

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of all clients."""
        return tuple(dict.fromkeys(origin for client in self.clients for origin in client.origins))


NO_HOOKS = HookSettings()


def read_client(text: str) -> HookClient:
    """
    Return a client that is written ``name=karl issuer=https://ehr.example jwks=https://ehr.example/jwks.json``.

    ``tenant``, ``fhir``, ``site`` and ``origin``, the last several times, may follow.

    Raises:
        UnusableHookSettingError: it is not written so.
    """
    told: dict[str, list[str]] = {}
    for part in text.split():
        word, is_, value = part.partition("=")
        if not is_ or not value or word not in _WORDS or (word in told and word != "origin"):
            msg = f"{part!r} is no part of a client; write each of {', '.join(_WORDS)} as WORD=VALUE, once but origin"
            raise UnusableHookSettingError(msg)
        told.setdefault(word, []).append(value)
    missing = [word for word in _NEEDED if word not in told]
    if missing:
        msg = f"a client needs {'=, '.join(_NEEDED)}=; {missing[0]}= is missing"
        raise UnusableHookSettingError(msg)
    for word in ("jwks", "fhir", "origin"):
        for url in told.get(word, ()):
            _check_address(word, url)
    return HookClient(
        name=told["name"][0],
        issuer=told["issuer"][0],
        jwks_url=told["jwks"][0],
        tenant=told.get("tenant", [None])[0],
        fhir_server=told["fhir"][0].rstrip("/") if "fhir" in told else None,
        origins=tuple(told.get("origin", ())),
        site=told.get("site", [""])[0],
    )


def read_clients(texts: tuple[str, ...]) -> tuple[HookClient, ...]:
    """
    Return all clients; no two have one name, nor one issuer and tenant.

    Raises:
        UnusableHookSettingError: one cannot be worked with, or two cannot be told apart.
    """
    clients = tuple(map(read_client, texts))
    if len({client.name for client in clients}) < len(clients):
        raise UnusableHookSettingError("two clients have one name")
    for one in clients:
        same = [other for other in clients if other.issuer == one.issuer]
        if len(same) > 1 and (one.tenant is None or [other.tenant for other in same].count(one.tenant) > 1):
            raise UnusableHookSettingError("clients of one issuer need a tenant each, by which they are told apart")
    return clients


def read_identifier_systems(texts: tuple[str, ...]) -> Mapping[str, str]:
    """
    Return the authority of each system that is written ``urn:oid:1.2.3=HOSP``.

    Raises:
        UnusableHookSettingError: one is not written so, or stands there twice.
    """
    known: dict[str, str] = {}
    for text in texts:
        system, is_, authority = (part.strip() for part in text.rpartition("="))
        if not is_ or not system or not authority or system in known:
            msg = f"{text!r} is not SYSTEM=AUTHORITY, each system once"
            raise UnusableHookSettingError(msg)
        known[system] = authority
    return MappingProxyType(known)


def _check_address(word: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.username is not None:
        msg = f"{word}={url} must start with https:// and name a host"
        raise UnusableHookSettingError(msg)
    if word == "origin" and (parts.path or parts.query):
        msg = f"{url} is no origin: scheme, host and port alone"
        raise UnusableHookSettingError(msg)
