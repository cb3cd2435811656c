"""
How far two numbers may lie apart that mean the same: as far as the rounding of their texts lets them.

Devices round, or cut, each event and each total on their own. A text is off by one unit of its last digit at most, so
that a sum is off by the units of all its parts. One percent is let pass besides: displayed doses may be wrong by 35 %
(IEC 60601-2-43 and 60601-2-54, 203.6.4.5: dose-area product and reference air kerma) or 20 % (IEC 60601-2-44:
CTDIvol), and a hundredth is nothing to look after.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from math import fsum

from dose_core.ledger.claims import Claim, Reading
from dose_core.ledger.exam import Statement
from dose_core.model import DoseReport

_RELATIVE = 0.01


class Texts:
    """The texts in which values are stated; a report is looked through once, and only when two values differ."""

    def __init__(self, statements: Iterable[Statement[DoseReport]]) -> None:
        """Take the statements that values may be read from."""
        self._reports = {statement.key: statement.report for statement in statements}
        self._texts: dict[str, Mapping[str, str]] = {}

    def agree(self, one: Claim, other: Claim) -> bool:
        """Test if the values of two claims are the same but for rounding; both must be known."""
        apart = abs((one.value or 0.0) - (other.value or 0.0))
        if apart <= _RELATIVE * max(one.value or 0.0, other.value or 0.0):
            return True
        return apart <= fsum(map(self._unit, (*one.readings, *other.readings)))

    def _unit(self, reading: Reading) -> float:
        """Return one unit of the last digit of the text, in the unit of the value; nothing of what has no text."""
        text = self._of(reading.statement).get(reading.field, "")
        try:
            stated = Decimal(text.strip())
        except InvalidOperation:
            return 0.0
        exponent = stated.as_tuple().exponent
        if not isinstance(exponent, int) or not stated:  # no number; and of a 0 nobody knows the unit of the value
            return 0.0
        return 10.0**exponent * abs(reading.value / float(stated))

    def _of(self, statement: str) -> Mapping[str, str]:
        if statement not in self._texts:
            report = self._reports.get(statement)
            self._texts[statement] = {one.field: one.text for one in report.stated} if report else {}
        return self._texts[statement]
