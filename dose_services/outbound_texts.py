"""What a result says beside its numbers: the report sentence, and a link to where more is shown."""

from collections.abc import Iterator

from db.session import Session
from db.tables.exam import ExamRow
from dose_core.hl7.observations import Observation, TextType
from dose_core.hl7.result_message import SERVICE
from dose_core.ledger.exam import Exam
from dose_services import report_sentences
from dose_services.outbound_values import Form
from dose_services.site import Site
from dose_services.viewer_links import Opened, ViewerTemplate

_LINK_SUB_ID = "link"


def texts_of(session: Session, row: ExamRow, exam: Exam, form: Form, site: Site) -> Iterator[Observation]:
    """Yield a sentence for each part of an exam and the link, as far as a destination wants them."""
    if form.sentence_language is not None:
        sentences = report_sentences.without_effective_dose(
            session, exam, row.site, language=form.sentence_language, zone=site.timezone
        )
        for one in sentences:
            yield _text(one.text, form.sentence_type, one.part)
    address = _address(exam, form)
    if address is not None:
        yield _text(address, form.link_type, _LINK_SUB_ID)


def _address(exam: Exam, form: Form) -> str | None:
    opened = Opened(study_instance_uid=exam.study_instance_uid)
    return ViewerTemplate(form.link).address(opened) if form.link is not None else None


def _text(value: str, kind: TextType, sub_id: str) -> Observation:
    code, meaning, system = SERVICE
    return Observation(
        code=code, meaning=meaning, system=system, value=value, sub_id=sub_id, is_number=False, text_type=kind
    )
