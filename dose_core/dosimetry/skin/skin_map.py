"""What a calculation of skin dose returns: dose per cell, the peak, and all that the sum leaves out."""

from dataclasses import dataclass

from dose_core.dosimetry.skin.beam import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Events that are not on the map, and why; ``ka_r_mgy`` is how much they state, added up, if any does."""

    events: tuple[int, ...]
    reason: str
    ka_r_mgy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The cell with the most dose: how much, where, on which part of the body."""

    dose_mgy: float
    cell: int
    position_mm: tuple[float, float, float]
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinMap:
    """
    Absorbed dose to skin in mGy for each cell of a phantom.

    ``dap_fraction`` is the part of the kerma-area product of all beams that met the phantom. ``peak`` is ``None`` where
    no beam met it: that is no dose of zero. ``caveats`` names what was assumed; ``beyond_tables`` is true where a
    row of a table stood for a beam or a device that it does not know, so that the interval must be the wider one.
    """

    dose_mgy: Floats  # (n,)
    peak: Peak | None
    dap_fraction: float | None
    left_out: tuple[LeftOut, ...] = ()
    caveats: tuple[str, ...] = ()
    beyond_tables: bool = False
