"""All kinds of finding: what each means, and what to do about it. ``docs/reference/findings.md`` lists them too."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What a finding is about."""

    EXAM = "exam"
    OBJECT = "object"
    DEVICE = "device"
    SENDER = "sender"
    DESTINATION = "destination"
    PATIENT = "patient"
    ORDER = "order"


class FindingKind(StrEnum):
    """Kinds of finding."""

    AGD_DISAGREES = "agd_disagrees"
    BREAK_GLASS = "break_glass"
    CANCELLED_ORDER_WITH_DOSE = "cancelled_order_with_dose"
    CLOCK_SKEW = "clock_skew"
    COMMITMENT_REFUSED = "commitment_refused"
    CONTENT_CONFLICT = "content_conflict"
    CUT_SHORT = "cut_short"
    DLP_MISSING = "dlp_missing"
    DOSE_SR_NOT_CONFIRMED = "dose_sr_not_confirmed"
    DOSE_SR_NOT_PLANNED = "dose_sr_not_planned"
    DOSE_SR_NOT_WRITTEN = "dose_sr_not_written"
    DOSE_SR_REFUSED_BY_ARCHIVE = "dose_sr_refused_by_archive"
    DOSE_SR_WAITS_FOR_ARCHIVE = "dose_sr_waits_for_archive"
    DOSE_WITHOUT_ORDER = "dose_without_order"
    ESTIMATE_FAILED = "estimate_failed"
    EVENTS_WITHOUT_DOSE = "events_without_dose"
    FORWARD_REFUSED = "forward_refused"
    FORWARDING_WAITS = "forwarding_waits"
    HELD = "held"
    IMPLAUSIBLE = "implausible"
    LOCAL_TIME = "local_time"
    MERGE_LOOP = "merge_loop"
    MISSING_PHANTOM = "missing_phantom"
    MIXED_SOURCE = "mixed_source"
    NO_PATIENT_ID = "no_patient_id"
    NO_READER = "no_reader"  # of the first release, which read CT alone; none is raised any more
    NOT_COUNTED = "not_counted"
    OBJECT_DELETED = "object_deleted"
    OBJECT_REJECTED = "object_rejected"
    ORDER_OF_ANOTHER_PATIENT = "order_of_another_patient"
    ORDER_WITHOUT_DOSE = "order_without_dose"
    PATIENT_DISAGREES = "patient_disagrees"  # of earlier releases; such an exam is held now
    PLACEHOLDER = "placeholder"
    PLAINTEXT_DELIVERY = "plaintext_delivery"
    RESULT_NOT_WRITTEN = "result_not_written"
    RESULT_REFUSED = "result_refused"
    RESULTS_WAIT = "results_wait"
    SILENT_DEVICE = "silent_device"
    SKIN_FOLLOW_UP_DUE = "skin_follow_up_due"
    TOTALS_DIFFER = "totals_differ"
    UID_COLLISION = "uid_collision"
    UNKNOWN_MODEL = "unknown_model"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a kind means: a title, what its findings are about, and what to do."""

    title: str
    subject: Subject
    what_to_do: str


ABOUT: dict[FindingKind, About] = {
    FindingKind.AGD_DISAGREES: About(
        title="a glandular dose does not fit its exposure",
        subject=Subject.EXAM,
        what_to_do="compare entrance dose, half-value layer and glandular dose with the console, and check the device",
    ),
    FindingKind.BREAK_GLASS: About(
        title="somebody saw a restricted patient",
        subject=Subject.PATIENT,
        what_to_do="read who it was and why in the patient's subject report, and close the finding with what you found",
    ),
    FindingKind.CANCELLED_ORDER_WITH_DOSE: About(
        title="a dose for an order that was cancelled",
        subject=Subject.EXAM,
        what_to_do="ask the department which is right; correct the order in the RIS, or match the exam by hand",
    ),
    FindingKind.CLOCK_SKEW: About(
        title="a clock is wrong",
        subject=Subject.EXAM,
        what_to_do="compare the clock and the time zone of the device with those of the house",
    ),
    FindingKind.COMMITMENT_REFUSED: About(
        title="an archive offers no storage commitment",
        subject=Subject.DESTINATION,
        what_to_do="switch it on there for our AE title; the archive has the reports all the same",
    ),
    FindingKind.CONTENT_CONFLICT: About(
        title="one object in two contents",
        subject=Subject.EXAM,
        what_to_do="find out which system changed the dose of an object under its UID; have the right one sent again",
    ),
    FindingKind.CUT_SHORT: About(
        title="an object was delivered in part",
        subject=Subject.EXAM,
        what_to_do="have the object sent again",
    ),
    FindingKind.DLP_MISSING: About(
        title="a CT event has no DLP",
        subject=Subject.EXAM,
        what_to_do="have the dose report of the device sent, or its missing images",
    ),
    FindingKind.DOSE_SR_NOT_CONFIRMED: About(
        title="an archive does not confirm that it keeps our dose SR",
        subject=Subject.EXAM,
        what_to_do="look for the report in the archive, and have it sent again if it is not there",
    ),
    FindingKind.DOSE_SR_NOT_PLANNED: About(
        title="it cannot be decided which dose SRs of ours archives are to hold",
        subject=Subject.EXAM,
        what_to_do="report it with the exam's id; what the archives have stays until it is decided",
    ),
    FindingKind.DOSE_SR_NOT_WRITTEN: About(
        title="our dose SR could not be written",
        subject=Subject.EXAM,
        what_to_do="correct what the text names at the device; new images make a new attempt",
    ),
    FindingKind.DOSE_SR_REFUSED_BY_ARCHIVE: About(
        title="the archive refused our dose SR",
        subject=Subject.EXAM,
        what_to_do="mend the cause in the archive, then have the report sent again",
    ),
    FindingKind.DOSE_SR_WAITS_FOR_ARCHIVE: About(
        title="our dose SR waits for the archive",
        subject=Subject.EXAM,
        what_to_do="start the archive; check its address, user and password",
    ),
    FindingKind.DOSE_WITHOUT_ORDER: About(
        title="a dose without an order",
        subject=Subject.EXAM,
        what_to_do="match the exam to its order by hand, or ask the department who asked for it",
    ),
    FindingKind.ESTIMATE_FAILED: About(
        title="a method of estimation failed",
        subject=Subject.EXAM,
        what_to_do="report it to who made the method; what it said of the exam before still stands",
    ),
    FindingKind.EVENTS_WITHOUT_DOSE: About(
        title="something irradiated and states no dose",
        subject=Subject.EXAM,
        what_to_do="have the device send dose reports, or write the dose into its images",
    ),
    FindingKind.FORWARD_REFUSED: About(
        title="a dose SR could not be forwarded",
        subject=Subject.EXAM,
        what_to_do="read why in the forwarding queue, mend the cause, then send the object again or cancel it there",
    ),
    FindingKind.FORWARDING_WAITS: About(
        title="dose SRs wait to be forwarded",
        subject=Subject.DESTINATION,
        what_to_do="start that system, or set the key of the site; nothing is lost: what waits goes out then",
    ),
    FindingKind.HELD: About(
        title="the exam waits at the desk",
        subject=Subject.EXAM,
        what_to_do="decide at the desk whose it is",
    ),
    FindingKind.IMPLAUSIBLE: About(
        title="a value is outside of its limits",
        subject=Subject.EXAM,
        what_to_do="compare it with the console; it may be in another unit than it says",
    ),
    FindingKind.LOCAL_TIME: About(
        title="the start is in an hour that there is twice, or not at all",
        subject=Subject.EXAM,
        what_to_do="nothing, if the change of the clocks explains it; else set the clock of the device",
    ),
    FindingKind.MERGE_LOOP: About(
        title="a message merges patients in a circle",
        subject=Subject.PATIENT,
        what_to_do="find out which of the merges was wrong, and take it back; then have the refused one sent again",
    ),
    FindingKind.MISSING_PHANTOM: About(
        title="a CTDIvol without its phantom",
        subject=Subject.EXAM,
        what_to_do="ask the maker: without the phantom the value is compared with nothing",
    ),
    FindingKind.MIXED_SOURCE: About(
        title="objects of one device come on several ways",
        subject=Subject.DEVICE,
        what_to_do="have the device, or the archive, send its objects, and not both",
    ),
    FindingKind.NO_PATIENT_ID: About(
        title="nobody is named",
        subject=Subject.EXAM,
        what_to_do="correct the study in the archive; the exam finds its patient then",
    ),
    FindingKind.NO_READER: About(
        title="no reader took an object",
        subject=Subject.OBJECT,
        what_to_do="nothing: it was read again when readers of its kind came",
    ),
    FindingKind.NOT_COUNTED: About(
        title="something that looks like dose was left out",
        subject=Subject.EXAM,
        what_to_do="see in the exam if the reason is right",
    ),
    FindingKind.OBJECT_DELETED: About(
        title="an object that states a dose was deleted from the archive",
        subject=Subject.EXAM,
        what_to_do="ask who deleted it, and why. It is kept here; if it was of another patient, decide so at the desk",
    ),
    FindingKind.OBJECT_REJECTED: About(
        title="an object that states a dose was rejected in the archive",
        subject=Subject.EXAM,
        what_to_do="ask who rejected it, and why. The patient was irradiated all the same; if it was another patient, "
        "decide so at the desk",
    ),
    FindingKind.ORDER_OF_ANOTHER_PATIENT: About(
        title="the order is of another patient than the exam",
        subject=Subject.EXAM,
        what_to_do="check who was examined; release the exam at the desk to them, or undo the match",
    ),
    FindingKind.ORDER_WITHOUT_DOSE: About(
        title="an order was completed and has no dose",
        subject=Subject.ORDER,
        what_to_do="see the cause at the order; have the objects sent, or match the exam by hand",
    ),
    FindingKind.PATIENT_DISAGREES: About(
        title="another birth date than the patient has",
        subject=Subject.EXAM,
        what_to_do="nothing: the exam is held now, until its identity is decided at the desk",
    ),
    FindingKind.PLACEHOLDER: About(
        title="nobody said yet who a patient was",
        subject=Subject.PATIENT,
        what_to_do="merge the placeholder into the patient, or release its exams to whom they belong",
    ),
    FindingKind.PLAINTEXT_DELIVERY: About(
        title="a sender delivers without encryption",
        subject=Subject.SENDER,
        what_to_do="give the service a certificate and the sender its https address",
    ),
    FindingKind.RESULT_NOT_WRITTEN: About(
        title="a result for another system could not be written",
        subject=Subject.EXAM,
        what_to_do="report it: the exam holds something that no message of ours has a place for",
    ),
    FindingKind.RESULT_REFUSED: About(
        title="another system refused a result",
        subject=Subject.EXAM,
        what_to_do="read its answer, mend the cause there, such as an unknown patient, then send the message again",
    ),
    FindingKind.RESULTS_WAIT: About(
        title="results wait for another system",
        subject=Subject.DESTINATION,
        what_to_do="start that system; check its address and certificates. Nothing is lost: what waits is sent then",
    ),
    FindingKind.SILENT_DEVICE: About(
        title="a device has fallen silent",
        subject=Subject.DEVICE,
        what_to_do="check its way to the archive; close the finding with a comment if it is out of service",
    ),
    FindingKind.SKIN_FOLLOW_UP_DUE: About(
        title="a patient's skin is to be looked at",
        subject=Subject.EXAM,
        what_to_do="have the skin looked at about a month after the exam, and record what was seen, even if nothing",
    ),
    FindingKind.TOTALS_DIFFER: About(
        title="sources contradict each other",
        subject=Subject.EXAM,
        what_to_do="compare with the console; what was not chosen stays visible beside the total",
    ),
    FindingKind.UID_COLLISION: About(
        title="another site has a study of this UID",
        subject=Subject.EXAM,
        what_to_do="nothing, if the study was sent from one site to the other; else tell the maker of the device",
    ),
    FindingKind.UNKNOWN_MODEL: About(
        title="a model that is new here, or is not named",
        subject=Subject.DEVICE,
        what_to_do="compare some of its exams with the console, then close the finding with a comment",
    ),
    FindingKind.UNREADABLE: About(
        title="an object could not be read",
        subject=Subject.OBJECT,
        what_to_do="have it sent again if it is broken; report it if it is not: it is kept and can be read later",
    ),
}
