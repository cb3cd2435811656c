"""What a reader notes while it reads: values it could not use, and where the used ones stood."""

from dose_core.model import ReadWarning, StatedValue

# A hostile report could hold a fault per item; a person reads the first ones only.
MAX_WARNINGS = 200


class ReadLog:
    """One per object; shared by all that read it."""

    def __init__(self) -> None:
        self._warnings: dict[ReadWarning, None] = {}  # in order, each once
        self._stated: list[StatedValue] = []
        self._dropped = 0
        self.noted = 0  # how often a problem was noted, known ones again; tells if something was noted meanwhile

    def add_warning(self, path: str, concept: str, problem: str) -> None:
        """Note a problem; ``problem`` must not quote text that may name a patient."""
        self.noted += 1
        warning = ReadWarning(path=path, concept=concept, problem=problem)
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings[warning] = None
        elif warning not in self._warnings:
            self._dropped += 1

    def note_again(self) -> None:
        """Note what is listed already, by another warning."""
        self.noted += 1

    def add_origin(self, field: str | None, path: str, text: str, unit: str | None = None) -> None:
        """Note the origin of a value that is used; without a field it is nobody's."""
        if field is not None:
            self._stated.append(StatedValue(field, path, text, unit))

    @property
    def warnings(self) -> tuple[ReadWarning, ...]:
        """The problems in reading order, the last of them telling how many more there were."""
        if not self._dropped:
            return tuple(self._warnings)
        more = ReadWarning(path="", concept="", problem=f"{self._dropped} more problems were not listed")
        return (*self._warnings, more)

    @property
    def stated(self) -> tuple[StatedValue, ...]:
        """The origins of the used values in reading order."""
        return tuple(self._stated)
