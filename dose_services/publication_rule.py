"""Whether an archive should hold a dose SR of ours about an exam as it stands."""

from enum import Enum

from db.repositories import devices
from db.repositories.exams import KnownExam
from db.session import Session
from dose_core.ledger.exam import Exam
from dose_core.ledger.standing import Standing
from dose_core.model import DeviceStated
from dose_core.writers.kinds import DoseSr, chosen_as
from dose_services.device_resolving import digest_of
from dose_services.pacs_values import Destination


class Wish(Enum):
    """What an archive should hold of one kind."""

    ONE = "one"  # on the revision that counts
    NO_OTHER = "no other"  # what it has may stay, and nothing follows
    NONE = "none"  # what it has is to leave it


def are_marked(session: Session, known: KnownExam, exam: Exam) -> bool:
    """
    Tell if the device of an exam is marked as one that sends no dose report; of several devices, if each is.

    A report of ours beside that of another device of the study would be taken for the whole of it.
    """
    if known.device is None or not known.device.sends_no_rdsr:
        return False
    named = {*exam.devices, *((exam.ct.device,) if exam.ct else ())} - {DeviceStated()}
    if len(named) < 2:  # noqa: PLR2004  the exam's device is the only one
        return True
    digests = {digest_of(one, known.exam.site) for one in named}
    return devices.marked(session, digests) == digests


def wish(known: KnownExam, exam: Exam, kind: DoseSr, destination: Destination, *, are_devices_marked: bool) -> Wish:
    """
    Return what an archive should hold of one kind about an exam.

    Nothing, if the exam does not count, holds nothing of the kind, or a dose report of a device speaks of that part.
    """
    part = kind.part(exam)
    if known.exam.state != Standing.COUNTED or not part.sources or part.is_reported:
        return Wish.NONE
    is_wanted = destination.wants(chosen_as(kind.name), site=known.exam.site, known_since=known.exam.created_at)
    if not are_devices_marked or known.exam.expired_at is not None or not is_wanted:
        return Wish.NO_OTHER
    return Wish.ONE
