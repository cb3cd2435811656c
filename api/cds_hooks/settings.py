"""Which EHRs may call the hooks, how they are told apart, and what the cards of a site say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from api.auth.outgoing import OutgoingRules
from dose_core.orders.procedures import ProcedureTable, built_in
from dose_services.prior_similar import NO_LINKS, Links

# RCR AuditLive, Pregnancy Questioning: individuals of 12 to 50 years inclusive are to be asked.
ASKED_FROM_YEARS, ASKED_TO_YEARS = 12, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HookClient:
    """
    An EHR that may call the hooks.

    ``name`` is ours, in audit. Its tokens are of ``issuer``, signed by the keys at ``jwks_url``; with ``tenant`` only
    those that name it. ``authorities`` gives for a system of patient identifiers there the authority under which they
    are kept here. ``fhir_server`` is the base address at which patients may be asked for, ``origins`` are those of its
    pages that call us from a browser. What it may see follows from the grants of ``system:NAME``.
    """

    name: str
    issuer: str
    jwks_url: str
    authorities: Mapping[str, str]
    tenant: str | None = None
    fhir_server: str | None = None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSettings:
    """
    What the hooks need to know; without clients nobody is let in.

    ``language`` is that of the cards, ``prior_within`` how old a prior exam on a card may be. Who is of an age between
    ``asked_from_years`` and ``asked_to_years``, both included, is to be asked for a pregnancy.
    """

    clients: tuple[HookClient, ...] = ()
    outgoing: OutgoingRules = field(default_factory=OutgoingRules)
    language: str = "en"
    procedures: ProcedureTable = field(default_factory=built_in)
    links: Links = NO_LINKS
    prior_within: timedelta = timedelta(days=365)
    asked_from_years: int = ASKED_FROM_YEARS
    asked_to_years: int = ASKED_TO_YEARS

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of all clients."""
        return tuple(dict.fromkeys(origin for client in self.clients for origin in client.origins))


NO_HOOKS = HookSettings()
