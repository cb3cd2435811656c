"""What a launch opens: the whole history of one patient, some exams of theirs, or one map of skin dose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from dose_core.errors import DoseError
from dose_services.exams import ExamSummary
from dose_services.roles import Purpose


class Window(StrEnum):
    """The windows that a launch may open."""

    HISTORY = "history"  # all exams of the patient, and what they add up to
    EXAMS = "exams"  # the exams that are named, and nothing else of the patient
    SKIN_MAP = "skin_map"  # the skin dose of one exam, and nothing else of it but where its numbers come from


class OutsideWindowError(DoseError):
    """The view was opened for something else; open what you want to see from the program you came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedExam:
    """How a program names an exam: by what it knows of it."""

    study_instance_uid: str | None = None
    accession_number: str | None = None
    exam_id: UUID | None = None

    def names(self, exam: ExamSummary) -> bool:
        """Tell if it is this exam; all that is stated must agree."""
        stated = (
            (self.study_instance_uid, exam.study_instance_uid),
            (self.accession_number, exam.accession_number),
            (self.exam_id, exam.id),
        )
        return any(wanted is not None for wanted, _ in stated) and all(
            wanted in {None, known} for wanted, known in stated
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """
    Which exams of a history are listed at first: those that began in a time, of some modalities, and the newest.

    It hides nothing: all others are a link away.
    """

    since: datetime | None = None
    until: datetime | None = None
    modalities: tuple[str, ...] = ()
    most_recent: int | None = None

    def of(self, exams: Sequence[ExamSummary]) -> list[ExamSummary]:
        """Return the exams that it lists; they come newest first, and one without a known start is in no time."""
        listed = [one for one in exams if self._has(one)]
        return listed if self.most_recent is None else listed[: self.most_recent]

    def _has(self, exam: ExamSummary) -> bool:
        if self.modalities and exam.modality not in self.modalities:
            return False
        if self.since is None and self.until is None:
            return True
        at = exam.started_at
        return at is not None and (self.since is None or at >= self.since) and (self.until is None or at <= self.until)


ALL_EXAMS = Narrowing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """
    Which window opens, and how.

    ``exam_ids`` are the only exams that it shows; of a history, the one that is shown first, if any. Without
    ``needs_banner`` the program around it tells whom it is about. ``purpose`` is what it is used for, as stated.
    """

    window: Window = Window.HISTORY
    exam_ids: tuple[UUID, ...] = ()
    needs_banner: bool = True
    purpose: Purpose | None = None
    narrowing: Narrowing = field(default=ALL_EXAMS)

    @property
    def lists_exams(self) -> bool:
        """Whether it has a page that lists exams."""
        return self.window is Window.HISTORY or len(self.exam_ids) > 1

    @property
    def first_page(self) -> str:
        """The address of its first page below that of the view."""
        if not self.exam_ids or len(self.exam_ids) > 1:
            return ""
        page = f"/exams/{self.exam_ids[0]}"
        return f"{page}/skin-map" if self.window is Window.SKIN_MAP else page

    def shows(self, exam_id: UUID | None) -> bool:
        """Tell if it may show something of this exam; ``None`` is what belongs to none."""
        return self.window is Window.HISTORY or exam_id in self.exam_ids

    def check_exam(self, exam_id: UUID | None, *, whole: bool = True) -> None:
        """
        Let pass what it may show of an exam; ``whole`` if that is more than its skin dose and where numbers come from.

        Raises:
            OutsideWindowError: it shows something else; the text does not say if there is such an exam.
        """
        if not self.shows(exam_id) or (whole and self.window is Window.SKIN_MAP):
            raise OutsideWindowError("this view was opened for something else")

    def check_list(self) -> None:
        """
        Let pass what lists exams.

        Raises:
            OutsideWindowError: it shows one exam alone.
        """
        if not self.lists_exams:
            raise OutsideWindowError("this view was opened for one examination")

    def check_whole(self) -> None:
        """
        Let pass what speaks of all exams of the patient.

        Raises:
            OutsideWindowError: it shows some exams alone.
        """
        if self.window is not Window.HISTORY:
            raise OutsideWindowError("this view was opened for single examinations")

    def columns(self) -> dict[str, Any]:
        """Return it as the database keeps it."""
        return {
            "shows": self.window,
            "exam_ids": [str(one) for one in self.exam_ids],
            "needs_banner": self.needs_banner,
            "purpose": self.purpose,
            "narrowing": {
                "since": self.narrowing.since.isoformat() if self.narrowing.since else None,
                "until": self.narrowing.until.isoformat() if self.narrowing.until else None,
                "modalities": list(self.narrowing.modalities),
                "most_recent": self.narrowing.most_recent,
            },
        }


def opening_from(columns: Mapping[str, Any]) -> Opening:
    """Return what ``Opening.columns`` made; of a handle of an earlier release, which has none, the whole history."""
    return Opening(
        window=Window(columns.get("shows", Window.HISTORY)),
        exam_ids=tuple(map(UUID, columns.get("exam_ids", ()))),
        needs_banner=columns.get("needs_banner", True),
        purpose=Purpose(columns["purpose"]) if columns.get("purpose") else None,
        narrowing=_narrowing_from(columns.get("narrowing") or {}),
    )


def _narrowing_from(told: Mapping[str, Any]) -> Narrowing:
    since, until = told.get("since"), told.get("until")
    return Narrowing(
        since=datetime.fromisoformat(since) if since else None,
        until=datetime.fromisoformat(until) if until else None,
        modalities=tuple(told.get("modalities", ())),
        most_recent=told.get("most_recent"),
    )


def named_exams(exams: Sequence[ExamSummary], wanted: Sequence[WantedExam]) -> tuple[UUID, ...] | None:
    """Return the exams that are wanted, in the order of the history; ``None`` if one that is wanted is not there."""
    if not all(any(one.names(exam) for exam in exams) for one in wanted):
        return None
    return tuple(exam.id for exam in exams if any(one.names(exam) for one in wanted))
