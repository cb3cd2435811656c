"""Fields of a value of ours as what a template is filled with."""

from collections.abc import Mapping

from dose_core import units
from dose_core.writers.templates.fill import Measured


def measured(values: object, fields: Mapping[str, str]) -> dict[str, Measured]:
    """Return the numbers that a dataclass states, by the names of their concepts; what it does not state is absent."""
    found = {}
    for name, field in fields.items():
        value: float | None = getattr(values, field)
        if value is not None:
            found[name] = Measured(value=float(value), unit=unit_of(field))
    return found


def pulses(values: object, field: str, per_pulse: str) -> list[Measured]:
    """Return a quantity pulse by pulse where it is stated so, else as one value; nothing if it is not stated."""
    stated: tuple[float, ...] = getattr(values, per_pulse)
    single: float | None = getattr(values, field)
    unit = unit_of(field)
    return [Measured(value=value, unit=unit) for value in stated or ((single,) if single is not None else ())]


def unit_of(field: str) -> str:
    """Return the unit that the name of a field carries, that of a count where it carries none."""
    return units.unit_of(field) or units.COUNT
