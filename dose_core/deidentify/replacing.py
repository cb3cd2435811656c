"""Replacing values for one object: the days, UIDs and pseudonyms of its patient, and the texts that may stay."""

import re
from dataclasses import dataclass

from dose_core.deidentify.keyed import days_for, pseudonym_for, serial_for, uid_for
from dose_core.deidentify.policy import Policy

REMOVED = "REMOVED"
_SHORT = re.compile(r"[A-Za-z0-9]")
# PS3.5, 6.2, DS, and at most sixteen characters.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_NUMBER_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Replacing:
    """What takes the place of the values of one object."""

    policy: Policy
    subject: str
    days: int

    @classmethod
    def of(cls, policy: Policy, subject: str) -> "Replacing":
        """Return it for an object about a person; ``subject`` tells people apart and is never written."""
        return cls(policy, subject, days_for(policy.key, subject))

    @property
    def pseudonym(self) -> str:
        """What stands for the person."""
        return pseudonym_for(self.policy.key, self.subject)

    def uid(self, stated: str) -> str:
        """Return the UID that takes the place of another."""
        return uid_for(self.policy.key, stated)

    def released(self, stated: str | None) -> str | None:
        """Return a text that somebody released to the letter, ``None`` of another."""
        return stated if stated in self.policy.released_texts else None

    def text(self, action: str, stated: str | None) -> str | None:
        """Return what takes the place of a text; ``None``: it is left out."""
        if action == "maker":
            return self.released(stated) or REMOVED
        if action == "released":
            return self.released(stated)
        if action == "station":
            return self.released(stated) if self.policy.keeps_device else None
        if action == "serial":
            kept = self.released(stated) if self.policy.keeps_device else None
            return kept or (serial_for(self.policy.key, stated) if stated else REMOVED)
        if action == "short":
            return stated if stated and _SHORT.fullmatch(stated) else REMOVED
        return REMOVED if action == "dummy" else None


def clean_number(stated: str | None) -> str | None:
    """Return a decimal string as it is, a longer one with ten digits; ``None`` if it is no finite number."""
    if stated is None or not _NUMBER.fullmatch(stated):
        return None
    if len(stated) <= _NUMBER_CHARACTERS:
        return stated
    shortened = f"{float(stated):.10g}"
    return shortened if _NUMBER.fullmatch(shortened) and len(shortened) <= _NUMBER_CHARACTERS else None
