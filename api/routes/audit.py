"""Who looked at what: for auditors."""

from collections.abc import Iterator
from csv import QUOTE_ALL, writer
from datetime import datetime
from io import StringIO
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.auth.principals import AuditReaderDep
from api.deps import NowDep, SessionDep
from api.schemas.audit import LookOut, LooksOut
from dose_services import audit_reading
from dose_services.audit import Action, record_look
from dose_services.audit_reading import COLUMNS, Wanted, csv_row

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

# Ours: more than this is for `doseledger audit export`, which holds no connection of the service.
_MOST_ROWS = 50_000


async def _wanted(
    subject: Annotated[str | None, Query(max_length=200, description="such as user:ada")] = None,
    action: Action | None = None,
    patient: Annotated[UUID | None, Query(description="our id of the patient")] = None,
    exam: Annotated[UUID | None, Query(description="our id of the exam")] = None,
    since: Annotated[datetime | None, Query(description="then or later")] = None,
    until: Annotated[datetime | None, Query(description="before then")] = None,
) -> Wanted:
    return Wanted(subject=subject, action=action, patient_id=patient, exam_id=exam, since=since, until=until)


WantedDep = Annotated[Wanted, Depends(_wanted)]


@router.get("/looks", summary="Looks")
def read_looks(
    wanted: WantedDep,
    principal: AuditReaderDep,
    session: SessionDep,
    now: NowDep,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> LooksOut:
    """
    Return looks, newest first, without names; for auditors. That they were read is a look itself.

    An auditor of one organisation sees looks at its exams and their patients, and those of its people.
    """
    reach = principal.looker.reach
    looks = audit_reading.page(session, wanted, after=after, limit=limit + 1, reach=reach)
    record_look(session, principal.looker, Action.READ_AUDIT, now=now, patient_id=wanted.patient_id)
    page = looks[:limit]
    return LooksOut(looks=[LookOut.of(look) for look in page], next=page[-1]["id"] if len(looks) > limit else None)


@router.get("/looks.csv", summary="Looks as a table", response_class=Response)
def export_looks(wanted: WantedDep, principal: AuditReaderDep, session: SessionDep, now: NowDep) -> Response:
    """
    Return looks as CSV (RFC 4180), newest first, at most 50,000; what a spreadsheet would compute is made text.

    `doseledger audit export` gives more, and gives DICOM audit messages and FHIR AuditEvents too.
    """
    reach = principal.looker.reach
    looks = audit_reading.page(session, wanted, after=None, limit=_MOST_ROWS, reach=reach)
    record_look(session, principal.looker, Action.EXPORT_AUDIT, now=now, patient_id=wanted.patient_id)
    headers = {"Content-Disposition": 'attachment; filename="looks.csv"'}
    rows = _rows([list(COLUMNS), *map(csv_row, looks)])
    return Response("".join(rows), media_type="text/csv; charset=utf-8", headers=headers)


def _rows(cells: list[list[str]]) -> Iterator[str]:
    for row in cells:
        line = StringIO()
        writer(line, quoting=QUOTE_ALL).writerow(row)
        yield line.getvalue()
