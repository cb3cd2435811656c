"""What may stay in a de-identified object beside its doses, and the secret by which the rest is replaced."""

from dataclasses import dataclass, field

from dose_core.deidentify.errors import WeakKeyError

# The length of what HMAC with SHA-256 gives; a shorter key weakens it (RFC 2104, 3).
SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    How objects for one receiver are de-identified.

    The same ``key`` gives the same pseudonyms, UIDs and shifts. ``keeps_characteristics`` lets sex, age, height and
    weight stay, ``keeps_device`` the station name and serial number. A free text (maker, model, software, station,
    protocol) stays only if it is one of ``released_texts`` to the letter: what nobody has read may name a patient.

    Raises:
        WeakKeyError: the key has less than 32 bytes.
    """

    key: bytes = field(repr=False)
    keeps_characteristics: bool = False
    keeps_device: bool = False
    released_texts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if len(self.key) < SHORTEST_KEY:
            msg = f"a key of at least {SHORTEST_KEY} bytes is needed to replace identifiers"
            raise WeakKeyError(msg)
