"""
Which acknowledgements a message asks for.

In the original mode there is one, which tells what became of the message. In the enhanced mode, which
a value in MSH-15 or MSH-16 chooses, the first tells that the message is safe (or why not), the second
what became of it, and each is sent only where it is asked for.

Source: HL7 v2.5.1, 2.9.2 and 2.9.3, 2.15.9.15 (MSH-15), 2.15.9.16 (MSH-16), table 0155.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from hl7_bridge.messages import NULL, Header


class When(StrEnum):
    """Table 0155."""

    ALWAYS = "AL"
    NEVER = "NE"
    ON_ERROR = "ER"
    ON_SUCCESS = "SU"

    def holds(self, *, is_success: bool) -> bool:
        """Tell whether an acknowledgement of this outcome is asked for."""
        return self in {When.ALWAYS, When.ON_SUCCESS if is_success else When.ON_ERROR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When the sender wants to hear that a message is safe, and when what became of it."""

    accept: When
    application: When
    is_enhanced: bool


ORIGINAL = Asked(accept=When.NEVER, application=When.ALWAYS, is_enhanced=False)
NOTHING = Asked(accept=When.NEVER, application=When.NEVER, is_enhanced=True)
_ACKNOWLEDGEMENTS = frozenset({"ACK", "MCF"})  # the second before 2.3.1, for answers that are sent later
_ACCEPT_ACKNOWLEDGEMENT = re.compile(rb"[\r\n]MSA(.)C[AER](?:\1|[\r\n]|\Z)")


def asked_by(header: Header | None, raw: bytes) -> Asked:
    """Return what MSH-15 and MSH-16 ask for; a value that is not in table 0155 asks always, so that nobody waits."""
    if header is None:
        return ORIGINAL
    # Who answers the accept acknowledgement of an acknowledgement of ours begins a loop.
    if header.text(9).upper() in _ACKNOWLEDGEMENTS and _ACCEPT_ACKNOWLEDGEMENT.search(raw):
        return NOTHING
    accept, application = _stated(header, 15), _stated(header, 16)
    if not accept and not application:
        return ORIGINAL
    return Asked(accept=_when(accept), application=_when(application), is_enhanced=True)


def _stated(header: Header, number: int) -> str:
    text = header.text(number).upper()
    return "" if text == NULL else text


def _when(text: str) -> When:
    if not text:
        return When.NEVER
    return When(text) if text in set(When) else When.ALWAYS
