"""What a launch opens: the whole history of one patient, some exams of theirs, or one map of skin dose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from dose_core.errors import DoseError
from dose_services.exams import ExamSummary


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
class Opening:
    """
    Which window opens, and how.

    ``exam_ids`` are the only exams that it shows; of a history, the one that is shown first, if any. Without
    ``needs_banner`` the program around it tells whom it is about. ``purpose`` is a code of HL7 v3 PurposeOfUse.
    """

    window: Window = Window.HISTORY
    exam_ids: tuple[UUID, ...] = ()
    needs_banner: bool = True
    purpose: str | None = None

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
        }


def opening_from(columns: Mapping[str, Any]) -> Opening:
    """Return what ``Opening.columns`` made; of a handle of an earlier release, which has none, the whole history."""
    return Opening(
        window=Window(columns.get("shows", Window.HISTORY)),
        exam_ids=tuple(map(UUID, columns.get("exam_ids", ()))),
        needs_banner=columns.get("needs_banner", True),
        purpose=columns.get("purpose"),
    )


def named_exams(exams: Sequence[ExamSummary], wanted: Sequence[WantedExam]) -> tuple[UUID, ...] | None:
    """Return the exams that are wanted, in the order of the history; ``None`` if one that is wanted is not there."""
    if not all(any(one.names(exam) for exam in exams) for one in wanted):
        return None
    return tuple(exam.id for exam in exams if any(one.names(exam) for one in wanted))
