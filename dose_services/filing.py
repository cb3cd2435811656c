"""File what objects state under their study: statements, the exam they make, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from db import mapping
from db.repositories import desk, erasures, exams, findings, publications, statements
from db.session import Session, lock_key
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.reconcile import NothingToReconcileError
from dose_core.ledger.standing import NOTHING_COUNTS, Standing
from dose_core.ledger.versions import Speaking, speaking
from dose_core.local_time import to_utc
from dose_core.model import DoseReport, Kind
from dose_services import device_resolving, exam_findings, exam_standing, identity, same_content
from dose_services.exam_writing import Occasion, Under, write_exam
from dose_services.installed_readers import reader_version
from dose_services.site import Site

# What an audit entry says of objects that come after their exam has expired: they are read, and kept unreadable.
_FILING, _CAME_LATE = "delivery", "came after the exam had expired"


def file_reports(
    session: Session,
    site_label: str,
    study_instance_uid: str,
    reports: Sequence[tuple[UUID, DoseReport]],
    *,
    now: datetime,
    site: Site,
) -> frozenset[UUID]:
    """
    Keep what these objects of one study state and bring its exam up to date. Safe to repeat.

    Work on one study is serialised, so that two deliveries at once cannot miss each other. Returns the
    evidence whose dose contradicts that of another object of the same SOP Instance UID.
    """
    statements.deliver(
        session,
        reports,
        lock=_lock_of(site_label, study_instance_uid),
        site=site_label,
        study_instance_uid=mapping.storable(study_instance_uid),
        reader_version=reader_version(),
        now=now,
    )
    ours = {mapping.storable(report.sop_instance_uid) for _, report in reports if report.our_own}
    if ours:
        publications.note_seen(session, ours, now=now)
    is_news = any(not report.our_own and report.kind is not Kind.REJECTION_NOTE for _, report in reports)
    occasion = Occasion(now=now, cause="delivery", is_news=is_news)
    said = _file(session, site_label, study_instance_uid, occasion, site=site)
    return frozenset(map(UUID, said.contradicting))


def file_anew(
    session: Session, site_label: str, study_instance_uid: str, *, now: datetime, site: Site, cause: str
) -> None:
    """Make the exam of a study anew from its statements, as after a decision or a replay. Safe to repeat."""
    lock_study(session, site_label, study_instance_uid)
    _file(session, site_label, study_instance_uid, Occasion(now=now, cause=cause, is_news=False), site=site)


def lock_study(session: Session, site_label: str, study_instance_uid: str) -> None:
    """Let one transaction at a time work on a study."""
    lock_key(session, _lock_of(site_label, study_instance_uid))


def _lock_of(site_label: str, study_instance_uid: str) -> str:
    return f"study {site_label}|{study_instance_uid}"


def _file(session: Session, site_label: str, study_instance_uid: str, occasion: Occasion, *, site: Site) -> Speaking:
    study = mapping.storable(study_instance_uid)
    said = speaking(same_content.told_apart(session, statements.of_study(session, site_label, study)))
    # Whoever takes objects back did not make them.
    reports = [one.report for one in said.statements if one.report.kind is not Kind.REJECTION_NOTE]
    devices = device_resolving.resolve(session, site_label, reports, now=occasion.now)
    try:
        exam = exam_of(
            study_instance_uid,
            said.statements,
            superseded=said.superseded,
            default_issuer=site_label or site.default_authority,
            classes=devices.classes,
        )
    except NothingToReconcileError:
        # Only our own dose SR came back so far; or what made an exam counts no more, as after a rollback.
        exam_void = exams.void(session, site_label, study, reason=NOTHING_COUNTS, now=occasion.now)
        if exam_void:
            findings.settle(session, exam_id=exam_void, told={}, kinds=exam_findings.KINDS, now=occasion.now)
        return said
    # Held until what is filed is committed, as messages hold them: who is just being told of is then known here, or
    # the exam there.
    identifiers = identity.stated_keys([*exam.patients, *exam.also_stated], site_label or site.default_authority)
    before = exams.before(session, site_label, study, identifiers=identifiers)
    exam_id = before.exam.id if before.exam else uuid4()
    belongs = exam_standing.of(session, exam, before, exam_id, site_label=site_label, site=site, now=occasion.now)
    started = to_utc(exam.started_at, site.timezone) if exam.started_at else None
    under = Under(
        exam_id=exam_id,
        site_label=site_label,
        device_id=devices.of_exam(exam),
        read_warnings=sum(len(report.warnings) for report in reports if not report.our_own),
    )
    write_exam(session, exam, before, under, belongs, started, occasion)
    if belongs.stands.standing is Standing.HELD:
        desk.name_patients(session, exam_id, belongs.named)
    told = exam_findings.of(
        exam,
        said,
        belongs,
        time_problem=started.problem if started else None,
        other_sites=before.other_sites,
        received_at=occasion.last_evidence_at(before.exam),
        zone=site.timezone,
    )
    if belongs.has_expired:
        erasures.exams(session, [exam_id], by=_FILING, rule=_CAME_LATE, now=occasion.now)
    if told or before.exam:
        findings.settle(session, exam_id=exam_id, told=told, kinds=exam_findings.KINDS, now=occasion.now)
    return said
