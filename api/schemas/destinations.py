"""
Bodies by which destinations are made known and changed.

Files of the worker's machine (passwords, tokens, certificates, folders to fill) are named by the command line alone:
who may send these bodies need not hold that machine.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue

from api.schemas.base import BodyIn
from dose_services.archive_values import (
    DEFAULT_TIMEOUT_S,
    OUR_AE_TITLE,
    DicomNode,
    StowNode,
    TlsFiles,
    UnusableNodeError,
)
from dose_services.destination_places import Place
from dose_services.forwarding_values import ForwardRule, ListedPacs, Reports
from dose_services.pacs_values import PacsRule

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\s/](?:[^/\x00-\x1f]*[^\s/])?$")]
Host = Annotated[str, Field(min_length=1, max_length=253)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Title = Annotated[str, Field(min_length=1, max_length=16)]
Url = Annotated[str, Field(max_length=2000)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=200)]
_PLACE: dict[str, JsonValue] = {"host": "pacs2.hospital.example", "port": 11112}


class _NodeIn(BodyIn):
    """Where a destination is: by C-STORE at ``host``, ``port`` and ``called_ae_title``, or by STOW-RS at ``url``."""

    host: Host | None = None
    port: Port = 11112
    called_ae_title: Title = "ANY-SCP"
    calling_ae_title: Title = OUR_AE_TITLE
    uses_tls: bool = False
    server_name: Host | None = None
    url: Url | None = None
    timeout_s: int = DEFAULT_TIMEOUT_S

    def node(self, *, asks_commitment: bool = False) -> DicomNode | StowNode:
        """
        Return the place.

        Raises:
            UnusableNodeError: none is named, or two, or nothing could be sent there.
        """
        if (self.host is None) == (self.url is None):
            raise UnusableNodeError("name a host, or an address for STOW-RS")
        files = TlsFiles(server_name=self.server_name) if self.server_name else None
        if self.url is not None:
            return StowNode(url=self.url, tls=files, timeout_s=self.timeout_s)
        return DicomNode(
            host=self.host or "",
            port=self.port,
            called_ae_title=self.called_ae_title,
            calling_ae_title=self.calling_ae_title,
            tls=files or TlsFiles() if self.uses_tls else files,
            asks_commitment=asks_commitment,
            timeout_s=self.timeout_s,
        )


class PacsIn(_NodeIn):
    """
    An archive that gets dose SRs of ours; ``kinds`` null is every kind, ``exams_since`` null from now on.

    With ``asks_commitment`` it is asked to confirm that it keeps them.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "PACS", "called_ae_title": "PACS", "kinds": ["ct rdsr"], **_PLACE}]}
    )

    name: Name
    asks_commitment: bool = False
    kinds: Words | None = None
    sites: Words = ()
    exams_since: AwareDatetime | None = None

    def rule(self, now: datetime) -> PacsRule:
        """Return what it gets."""
        return PacsRule(
            kinds=self.kinds,
            sites=self.sites,
            exams_since=self.exams_since or now,
            deletes=False,
        )


class ForwardDestinationIn(_NodeIn):
    """
    A registry that gets dose SRs, or a listed archive of the site by its name in ``pacs``.

    Objects are de-identified unless ``is_identified``, which is for listed archives alone. The rest says which it gets
    and what stays in them, see the how-to on forwarding; ``since`` null is from now on.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "national", "url": "https://registry.example/dicomweb"}]}
    )

    name: Name
    pacs: Name | None = None
    is_identified: bool = False
    modalities: Words = ()
    device_ids: Annotated[tuple[UUID, ...], Field(max_length=200)] = ()
    reports: Reports = Reports.DEVICE
    since: AwareDatetime | None = None
    keeps_characteristics: bool = False
    keeps_device: bool = False
    released_texts: Words = ()

    def place(self) -> DicomNode | StowNode | ListedPacs:
        """
        Return where it is.

        Raises:
            UnusableNodeError: no place is named, or two, or nothing could be sent there.
        """
        if self.pacs is None:
            return self.node()
        if self.host is not None or self.url is not None:
            raise UnusableNodeError("name a listed archive, or a place of its own")
        return ListedPacs(name=self.pacs)

    def rule(self, now: datetime) -> ForwardRule:
        """Return what it gets."""
        return ForwardRule(
            since=self.since or now,
            modalities=self.modalities,
            device_ids=self.device_ids,
            reports=self.reports,
            is_identified=self.is_identified,
            keeps_characteristics=self.keeps_characteristics,
            keeps_device=self.keeps_device,
            released_texts=self.released_texts,
        )


class MoveIn(BodyIn):
    """What changes about a destination; what is left out stays. With ``is_active`` false it rests."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PLACE, {"is_active": False}]})

    host: Host | None = None
    port: Port | None = None
    called_ae_title: Title | None = None
    calling_ae_title: Title | None = None
    url: Url | None = None
    uses_tls: bool | None = None
    server_name: Host | None = None
    timeout_s: int | None = None
    is_active: bool | None = None

    def place(self) -> Place | None:
        """Return where it is from now on, ``None`` if that is not said."""
        names = set(MoveIn.model_fields) - {"is_active"}
        given: dict[str, Any] = {name: value for name in names if (value := getattr(self, name)) is not None}
        return Place(**given, moves_secrets=False) if given else None


class PacsChangeIn(MoveIn):
    """
    What changes about an archive; ``kinds`` replaces those that it gets, an empty list is none.

    ``changed_at`` is what was read of it: if somebody changed it since, nothing is changed. Null leaves that open.
    """

    kinds: Words | None = None
    changed_at: AwareDatetime | None = None


class ForwardChangeIn(MoveIn):
    """
    What changes about a destination of forwarded dose SRs; ``release_texts`` are texts that stay from now on.

    ``changed_at`` is what was read of it: if somebody changed it since, nothing is changed. Null leaves that open.
    """

    release_texts: Words = ()
    changed_at: AwareDatetime | None = None
