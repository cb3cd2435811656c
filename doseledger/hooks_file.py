"""The file that names the EHRs which call CDS Hooks, and says what their cards tell."""

import tomllib
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dose_core.errors import DoseError
from dose_core.orders.procedures import ProcedureTable, UnusableProcedureTableError, built_in, read_table
from dose_services.prior_similar import Links
from dose_services.viewer_links import UnusableTemplateError, ViewerTemplate

if TYPE_CHECKING:
    from api.cds_hooks.settings import HookSettings

_Word = Annotated[str, Field(min_length=1, max_length=500)]


class UnusableHooksFileError(DoseError):
    """The file of CDS Hooks does not hold; the text says what is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Ehr(_Part):
    issuer: _Word
    jwks_url: _Word
    authorities: dict[str, _Word] = Field(min_length=1)
    tenant: _Word | None = None
    fhir_server: _Word | None = None
    origins: tuple[_Word, ...] = ()


class _Outgoing(_Part):
    networks: tuple[str, ...] = ()
    allow_http: bool = False
    authorities_file: Path | None = None


class _File(_Part):
    language: Literal["en", "de"] = "en"
    prior_days: Annotated[int, Field(ge=1, le=3650)] = 365
    ages_asked: tuple[Annotated[int, Field(ge=8, le=70)], Annotated[int, Field(ge=8, le=70)]] | None = None
    report_url: _Word | None = None
    procedures_file: Path | None = None
    ehr: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")], _Ehr] = {}
    outgoing: _Outgoing = _Outgoing()

    @model_validator(mode="after")
    def _tells_clients_apart(self) -> Self:
        known = [(one.issuer, one.tenant) for one in self.ehr.values()]
        for issuer, tenant in known:
            tenants = [of for by, of in known if by == issuer]
            if len(tenants) > 1 and (tenant is None or tenants.count(tenant) > 1):
                raise ValueError("EHRs of one issuer need a tenant each, by which they are told apart")
            if len({one.jwks_url for one in self.ehr.values() if one.issuer == issuer}) > 1:
                raise ValueError("EHRs of one issuer have their keys at one address")
        return self


def read_hooks_file(path: Path | None, *, viewer: ViewerTemplate | None) -> "HookSettings":
    """
    Return what a file says of CDS Hooks; without a file nobody is let in. Files in it are named from where it stands.

    Raises:
        UnusableHooksFileError: it cannot be read, or something in it is wrong; the text names the place.
    """
    from api.auth.outgoing import AddressRefusedError, OutgoingRules, origin_of
    from api.cds_hooks.settings import ASKED_FROM_YEARS, ASKED_TO_YEARS, HookClient, HookSettings

    if path is None:
        return HookSettings(links=Links(images=viewer))
    try:
        told = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        clients = tuple(
            HookClient(
                name=name,
                issuer=one.issuer,
                jwks_url=one.jwks_url,
                authorities=one.authorities,
                tenant=one.tenant,
                fhir_server=one.fhir_server.rstrip("/") if one.fhir_server else None,
                origins=tuple(map(origin_of, one.origins)),
            )
            for name, one in told.ehr.items()
        )
        asked = [url for one in clients for url in (one.jwks_url, one.fhir_server) if url]
        trusted = told.outgoing.authorities_file
        years = told.ages_asked or (ASKED_FROM_YEARS, ASKED_TO_YEARS)
        return HookSettings(
            clients=clients,
            outgoing=OutgoingRules(
                origins=frozenset(map(origin_of, asked)),
                networks=tuple(map(ip_network, told.outgoing.networks)),
                allows_http=told.outgoing.allow_http,
                authorities=str(path.parent / trusted) if trusted else None,
            ),
            language=told.language,
            procedures=_procedures(told.procedures_file, path.parent),
            links=Links(images=viewer, report=ViewerTemplate(told.report_url) if told.report_url else None),
            prior_within=timedelta(days=told.prior_days),
            asked_from_years=years[0],
            asked_to_years=years[1],
        )
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) + f" ({one['msg']})" for one in error.errors()})
        msg = f"{path}: {', '.join(places)}"
        raise UnusableHooksFileError(msg) from None
    except (*_FORESEEN, AddressRefusedError) as error:
        msg = f"{path}: {error}"
        raise UnusableHooksFileError(msg) from None


_FORESEEN = (
    OSError,
    UnicodeDecodeError,
    tomllib.TOMLDecodeError,
    ValueError,
    UnusableTemplateError,
    UnusableProcedureTableError,
)


def _procedures(file: Path | None, folder: Path) -> ProcedureTable:
    """Return the table of the site, and ours where it says nothing."""
    if file is None:
        return built_in()
    return read_table((folder / file).read_text(encoding="utf-8").splitlines()).over(built_in())
