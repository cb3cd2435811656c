"""Which statements of a study are sources, and what of them is believed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from dose_core.ledger.exam import NotCounted, Statement
from dose_core.ledger.possible import Impossible
from dose_core.ledger.source import SOURCE_OF
from dose_core.ledger.steps import one_per_step
from dose_core.model import DoseReport, Kind

ReportT = TypeVar("ReportT", bound=DoseReport)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """
    The statements that count, in an order of their own.

    ``statements`` state a dose or an exposure; ``named`` adds those that only tell who and when, such as the first
    message of a procedure step. ``conflicts`` tell what was not believed.
    """

    statements: tuple[Statement[DoseReport], ...]
    named: tuple[Statement[DoseReport], ...]
    not_counted: tuple[NotCounted, ...]
    conflicts: tuple[str, ...]

    def of(self, shape: type[ReportT]) -> list[Statement[ReportT]]:
        """Return the statements of one shape."""
        return [Statement(key=s.key, report=s.report) for s in self.statements if isinstance(s.report, shape)]


def is_source(statement: Statement[DoseReport]) -> bool:
    """Return whether a statement of this kind is a source; one that DoseLedger wrote itself is none."""
    return statement.report.kind in SOURCE_OF and not statement.report.our_own


def admitted(statements: Iterable[Statement[DoseReport]]) -> Admitted:
    """
    Return the sources among the statements, each once.

    What DoseLedger wrote itself repeats what it was told, and is none; a patient dose report states estimates.
    """
    once = {s.key: s for s in statements if is_source(s)}
    named = sorted(once.values(), key=lambda s: (s.report.sop_instance_uid, s.key))
    impossible = Impossible()
    believed = [impossible.without(s) for s in named]
    steps, misread = one_per_step(s for s in believed if s.report.kind is Kind.MPPS)
    return Admitted(
        statements=(*(s for s in believed if s.report.kind is not Kind.MPPS), *steps),
        named=tuple(named),
        not_counted=misread,
        conflicts=impossible.conflicts,
    )
