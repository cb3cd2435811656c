"""What a method of estimation is: ours and those of others, found by the entry point ``doseledger.methods``."""

from collections.abc import Sequence
from typing import Protocol

from dose_core.estimating.case import Case, Outcome

ENTRY_POINT = "doseledger.methods"


class Method(Protocol):
    """
    One method, of one version. Pure: the same case gives the same outcomes.

    ``is_effective_dose`` tells that what it returns is one, which a site's physicist must have switched on.
    """

    @property
    def id(self) -> str:
        """Name the method for ever, such as ``ct-effective-dose-from-dlp``."""

    @property
    def version(self) -> str:
        """Name what it does; another result for the same case is another version."""

    @property
    def is_effective_dose(self) -> bool:
        """Tell if what it returns is an effective dose."""

    def outcomes(self, case: Case) -> Sequence[Outcome]:
        """Return what it says of the exam: nothing of a kind that is not its own, refusals where inputs are missing."""
