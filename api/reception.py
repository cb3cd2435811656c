"""Where objects come in: evidence is committed first, alone; then it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Depends, Request

from api.auth.principals import IngestPrincipalDep
from api.deps import MetricsDep, NowDep, SiteDep, UnitOfWorkDep
from api.metrics import Metrics
from db.retry import in_unit_of_work
from dose_core.contract import HEADER_PLAINTEXT_REASON, MAX_REASON_CHARACTERS, Envelope, decode_value
from dose_services.ingest import Kept, keep_objects
from dose_services.reading import ReadState, UnitOfWork, read_kept
from dose_services.site import Site
from dose_services.transport import note_plaintext


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Takes the objects of one request. Once ``take`` has kept them, no failure of reading turns into an error."""

    sender: str
    site_label: str
    plaintext_reason: str | None
    unit_of_work: UnitOfWork
    now: datetime
    site: Site
    metrics: Metrics

    def take(self, envelopes: Sequence[Envelope]) -> tuple[list[Kept], list[ReadState]]:
        """Keep the objects, read them, and return what became of each, in their order. Safe to repeat."""
        keep = partial(
            keep_objects, envelopes=envelopes, sender=self.sender, received_at=self.now, site=self.site_label
        )
        kept = in_unit_of_work(self.unit_of_work, keep)
        if self.plaintext_reason:
            note = partial(note_plaintext, sender=self.sender, reason=self.plaintext_reason, now=self.now)
            in_unit_of_work(self.unit_of_work, note)
        states = read_kept(self.unit_of_work, kept, now=self.now, site=self.site)
        self.metrics.was_read(states, new=frozenset(one.evidence_id for one in kept if one.is_new))
        return kept, states


async def _reception(
    request: Request,
    principal: IngestPrincipalDep,
    unit_of_work: UnitOfWorkDep,
    now: NowDep,
    site: SiteDep,
    metrics: MetricsDep,
) -> Reception:
    stated = request.headers.get(HEADER_PLAINTEXT_REASON)
    return Reception(
        sender=principal.subject,
        site_label=principal.site,
        plaintext_reason=decode_value(stated, max_characters=MAX_REASON_CHARACTERS) if stated else None,
        unit_of_work=unit_of_work,
        now=now,
        site=site,
        metrics=metrics,
    )


ReceptionDep = Annotated[Reception, Depends(_reception)]
