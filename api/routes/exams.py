"""Find exams by study, and read one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.answers import answer, answer_with_lines
from api.auth.principals import PatientReaderDep
from api.deps import NowDep, SessionDep, SiteDep
from api.schemas.estimates import ExamEstimatesOut
from api.schemas.exam_lines import ExamLinesOut
from api.schemas.exams import ExamOut
from api.schemas.report_sentence import ReportSentenceOut
from dose_core.contract import MAX_UID_CHARACTERS
from dose_services import report_sentences, viewing

router = APIRouter(prefix="/api/v1/exams", tags=["read"])

UidQuery = Annotated[str, Query(min_length=1, max_length=MAX_UID_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f]+$")]


@router.get("", summary="The exam of a study", response_model=ExamLinesOut)
def find_exams(study_instance_uid: UidQuery, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> Response:
    """
    Return the exams of a Study Instance UID: none, or one for each site that has a study of this UID.

    A UID names a study and no person, so that it may stand in an address, as it does in DICOMweb.
    """
    found = viewing.find_exams(session, study_instance_uid, looker=principal.looker, now=now)
    return answer_with_lines(line for _, line in found)


@router.get("/{exam_id}", summary="One exam, each value with its id", response_model=ExamOut)
def read_exam(exam_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> Response:
    """
    Return an exam with its totals and events: values as stated, the object and place of each, our estimates apart.

    An estimate names its method, its interval and what it leaves out; where none can be made, the reason stands.
    Exams that are held, or no patient's, are known to physicists only.
    """
    return answer(ExamOut.of(viewing.look_at_exam(session, exam_id, looker=principal.looker, now=now)))


@router.get("/{exam_id}/estimates", summary="What is estimated of an exam", response_model=ExamEstimatesOut)
def read_estimates(exam_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> Response:
    """
    Return our estimates of an exam with interval and method, why others are refused, and those that its objects state.

    They are computed after the exam or its patient changed; ``pending`` tells that this is still to come.
    """
    return answer(ExamEstimatesOut.of(viewing.look_at_exam(session, exam_id, looker=principal.looker, now=now)))


@router.get("/{exam_id}/report-sentence", summary="The dose of an exam in a sentence, for a report")
def read_report_sentence(
    exam_id: UUID,
    principal: PatientReaderDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    language: Annotated[
        str, Query(max_length=35, description="language or locale (BCP 47), such as de or de-AT")
    ] = "en",
) -> ReportSentenceOut:
    """
    Return one plain sentence for each part of an exam, as its site words it.

    What nobody states is said as unknown, a sum of which a part is missing as a lower bound, and what DoseLedger
    computed with its interval. No effective dose stands in it, unless the site's physicist switched such on and the
    site has a sentence for it.
    """
    said = report_sentences.read(
        session, exam_id, language=language, zone=site.timezone, looker=principal.looker, now=now
    )
    return ReportSentenceOut.of(said)
