"""What ``doseledger replay`` prints: of each study what differs, and at the end how much of what, and why."""

import re
from collections import Counter
from collections.abc import Iterator

from dose_core.ledger.changes import Change
from dose_core.ledger.totals import Total
from dose_services.replay import Replayed
from dose_services.rereading import ReadAgain

_INDEX = re.compile(r"\[[0-9]+\]")


class Summary:
    """Counts what became of the objects while it puts each outcome into lines."""

    def __init__(self, *, version: str, is_applied: bool) -> None:
        self._version = version
        self._is_applied = is_applied
        self._studies = 0
        self._exams = 0
        self._count: Counter[str] = Counter()
        self._why: Counter[tuple[str, str, str]] = Counter()  # field, kind, version before

    def told(self, outcome: Replayed) -> Iterator[str]:
        """Yield the lines of one outcome: none if it differs in nothing."""
        self._count["taken"] += outcome.taken
        self._studies += outcome.study is not None
        if not outcome.objects:
            return
        if outcome.study is not None:
            site = f" of site {outcome.study.site}" if outcome.study.site else ""
            yield f"study {outcome.study.study_instance_uid}{site}"
        for one in outcome.objects:
            self._note(one, is_kept=outcome.problem is not None)
            yield from self._object(one)
        for total in outcome.totals:
            part = f" of {total.of}" if total.of else ""
            yield f"  exam: {total.quantity}{part}: {_total(total.before)} -> {_total(total.after)}"
        if outcome.states:
            yield f"  exam: {' -> '.join(outcome.states)}"
        if outcome.problem:
            yield f"  not applied: {outcome.problem}"
        elif outcome.totals or outcome.states:
            self._exams += 1

    def lines(self) -> Iterator[str]:
        """Yield the lines at the end."""
        count = self._count
        yield f"{count['taken']} objects of {self._studies} studies were read again by readers {self._version}"
        yield f"{count['values']} values changed in {count['changed']} objects, and {self._exams} exams with them"
        for (field, kind, version), number in sorted(self._why.items()):
            yield f"  {number} x {field} of {kind}: read by {version} before, by {self._version} now"
        for name, words in (
            ("newly", "could not be read before, or stated no dose, and are read now"),
            ("otherwise", "are not read for another reason than before"),
            ("kept", "keep what was read before; their lines say why"),
        ):
            if count[name]:
                yield f"{count[name]} objects {words}"
        if not any(count[name] for name in ("changed", "newly", "otherwise")):
            yield "there is nothing to keep"
        else:
            yield "all of it is kept" if self._is_applied else "nothing was written; --apply keeps it"

    def _note(self, one: ReadAgain, *, is_kept: bool) -> None:
        if one.problem or is_kept:
            self._count["kept"] += 1
        elif one.before != one.after:
            self._count["newly" if one.after == "read" else "otherwise"] += 1
        else:
            self._count["changed"] += 1
            self._count["values"] += len(one.changes)
            for change in one.changes:
                self._why[_INDEX.sub("[]", change.field), str(one.kind), str(one.version_before)] += 1

    def _object(self, one: ReadAgain) -> Iterator[str]:
        kind = f" {one.kind}" if one.kind else ""
        if one.before != one.after:
            told = f"{one.before} -> {one.after}"
        else:
            told = f"read by {one.version_before} before, by {self._version} now"
        yield f"  object {one.sop_instance_uid}{kind}: {told}"
        if one.problem:
            yield f"    stays as it was: it {one.problem}"
        for change in one.changes:
            yield f"    {_change(change)}"


def _change(change: Change) -> str:
    place = f"  ({change.path})" if change.path else ""
    return f"{change.field}: {change.before} -> {change.after}{place}"


def _total(total: Total | None) -> str:
    if total is None:
        return "none"
    if total.value is None:
        return "not known"
    missing = f", {total.missing} parts missing" if total.missing else ""
    return f"{total.value:g} ({total.basis}, {total.source}{missing})"
