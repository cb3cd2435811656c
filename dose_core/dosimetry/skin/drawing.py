"""A map of skin dose as a picture: the skin laid flat, with sides, a scale, the peak, and what the map leaves out."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import floor, log10
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.body.parts import ARMS, LEGS
from dose_core.dosimetry.skin.colours import NO_BEAM, PART_LINE, Colours, colours
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.raster import NO_SKIN, Raster, raster

_SKIN_PX = 760  # from head to feet
_MARGIN_PX = 56
_SCALE_PX = 110  # room for the scale, to the right of the skin
_BAR_PX = 22
_LINE_PX = 20
_LABEL_PX, _TEXT_PX, _SIDE_PX = 13, 15, 30  # heights of letters
_LETTER_PX = 8  # width of a letter, about
_NARROWEST_PX = 620
_INK, _PALE, _PAPER, _WARNING = (20, 20, 24), (100, 100, 108), (255, 255, 255), (150, 30, 20)
_CONTOURS = {0.25: _PAPER, 0.5: _PAPER, 0.75: _INK}  # of the highest dose: a dose is not told by its colour alone
_TICKS = 5
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_RING_PX = 9

INDICATIVE = "INDICATIVE: maps of this device have not been validated"
NO_BEAM_MET = "No beam met the body; that is no dose of zero."
_VIEW = "The skin is seen from outside, cut open in front. Grey: no beam."


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """
    What is written beside the skin.

    ``notes`` are sentences of the caller's, such as what the map leaves out. Nothing that names a patient belongs here.
    """

    title: str
    is_indicative: bool
    notes: Sequence[str] = ()


def picture(phantom: Phantom, dose_mgy: Floats, caption: Caption) -> bytes:
    """
    Return the picture as PNG; the same map and caption give the same bytes.

    The back is in the middle, the patient's left on the left. Colours go from 0 to the highest dose, lines stand at
    quarters of it, a ring around the peak; its dose and its part of the body are written above. Skin that no beam met
    is grey, with fine lines between the parts of the body.
    """
    skin = raster(phantom, dose_mgy, height_px=_SKIN_PX)
    height, width = skin.cell.shape
    page_width = max(width, _NARROWEST_PX) + 2 * _MARGIN_PX + _SCALE_PX
    above, below = _above(phantom, dose_mgy, caption, page_width), _lines(caption.notes, page_width)
    corner = (_MARGIN_PX + max(0, _NARROWEST_PX - width) // 2, _LINE_PX * (len(above) + 4))
    page = Image.new("RGB", (page_width, corner[1] + height + _LINE_PX * (3 + len(below))), _PAPER)
    draw = ImageDraw.Draw(page)
    page.paste(Image.fromarray(_pixels(phantom, dose_mgy, skin)), corner)
    _sides(draw, phantom, skin, corner)
    if dose_mgy.max(initial=0.0) > 0:
        _scale(draw, page, (page_width - _SCALE_PX, corner[1]), float(dose_mgy.max()))
        _ring(draw, phantom.unrolled_mm[dose_mgy.argmax()], skin, corner)
    for number, (line, ink) in enumerate(above):
        draw.text((_MARGIN_PX, _LINE_PX * number + _LINE_PX // 2), line, fill=ink, font=_font(_TEXT_PX))
    for number, line in enumerate(below):
        start = corner[1] + height + _LINE_PX * (2 + number)
        draw.text((_MARGIN_PX, start), line, fill=_INK, font=_font(_LABEL_PX))
    kept = BytesIO()
    page.save(kept, format="PNG", compress_level=9)
    return kept.getvalue()


def _above(phantom: Phantom, dose_mgy: Floats, caption: Caption, width: int) -> list[tuple[str, tuple[int, int, int]]]:
    highest = int(dose_mgy.argmax())
    region = phantom.regions[int(phantom.region[highest])]
    peak = f"Peak: {_number(float(dose_mgy[highest]))} mGy, {region} (ring)" if dose_mgy[highest] > 0 else NO_BEAM_MET
    lines = [(line, _INK) for line in _lines([caption.title, peak], width)]
    if caption.is_indicative:
        lines.append((INDICATIVE, _WARNING))
    return [*lines, *((line, _PALE) for line in _lines([f"Body: {phantom.name}", _VIEW], width))]


def _lines(texts: Sequence[str], width: int) -> list[str]:
    return [line for text in texts for line in wrap(text, (width - 2 * _MARGIN_PX) // _LETTER_PX)]


def _pixels(phantom: Phantom, dose_mgy: Floats, skin: Raster) -> Colours:
    """Return the colours of the skin, with lines at quarters of the highest dose and between parts of the body."""
    is_skin = skin.cell != NO_SKIN
    dose = np.where(is_skin, dose_mgy[skin.cell], 0.0)
    met = dose > 0
    pixels = np.full((*dose.shape, 3), _PAPER, dtype=np.uint8)
    pixels[is_skin] = NO_BEAM
    part = np.where(is_skin, phantom.region[skin.cell], NO_SKIN)
    pixels[_edges(part) & is_skin & ~met] = PART_LINE
    if met.any():
        over_highest = dose / dose.max()
        pixels[met] = colours(over_highest[met])
        smooth = _smooth(over_highest)
        for level, ink in _CONTOURS.items():
            pixels[_edges(smooth >= level) & met] = ink
    return pixels


def _edges(grid: NDArray[np.bool_] | NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return the pixels that differ from that to the left or above."""
    found = np.zeros(grid.shape, dtype=np.bool_)
    found[:, 1:] |= grid[:, 1:] != grid[:, :-1]
    found[1:] |= grid[1:] != grid[:-1]
    return found


def _smooth(values: Floats) -> Floats:
    """Return the mean over 5 x 5 pixels, so that lines do not follow single cells."""
    for axis in (0, 1):
        values = np.mean([np.roll(values, shift, axis=axis) for shift in range(-2, 3)], axis=0)
    return values


def _sides(draw: ImageDraw.ImageDraw, phantom: Phantom, skin: Raster, corner: tuple[int, int]) -> None:
    """Write which side is which: beside the skin, and above it across the girth of the trunk."""
    left, top = corner
    height, width = skin.cell.shape
    reach = float(np.abs(phantom.unrolled_mm[~_is_of(phantom, (*LEGS, *ARMS)), 0]).max())
    across = np.array([[part * reach, 0.0] for part in (0.92, 0.5, 0.0, -0.5, -0.92)])
    for words, (column, _) in zip(("front", "left side", "back", "right side", "front"), skin.at(across), strict=True):
        draw.text((left + column, top - _LINE_PX // 2), words, fill=_INK, font=_font(_LABEL_PX), anchor="ms")
    middle = left + float(skin.at(np.zeros((1, 2)))[0, 0])
    draw.text((middle, top - 2 * _LINE_PX + 4), "HEAD", fill=_INK, font=_font(_LABEL_PX), anchor="ms")
    _limbs(draw, phantom, skin, corner)
    draw.text((middle, top + height + _LINE_PX), "FEET", fill=_INK, font=_font(_LABEL_PX), anchor="ms")
    for words, x in (("L", left - _MARGIN_PX // 2), ("R", left + width + _MARGIN_PX // 2)):
        draw.text((x, top + height // 8), words, fill=_INK, font=_font(_SIDE_PX), anchor="mm")


def _limbs(draw: ImageDraw.ImageDraw, phantom: Phantom, skin: Raster, corner: tuple[int, int]) -> None:
    """Write below each leg and arm whose it is."""
    for words, limb in (("leg", LEGS), ("arm", ARMS)):
        for side in ("left", "right"):
            theirs = _is_of(phantom, limb) & _is_of(phantom, (f", {side}",))
            if theirs.any():
                places = phantom.unrolled_mm[theirs]
                under = np.array([[(places[:, 0].min() + places[:, 0].max()) / 2, places[:, 1].max()]])
                column, row = skin.at(under)[0] + corner
                draw.text((column, row + _LINE_PX), f"{side} {words}", fill=_INK, font=_font(_LABEL_PX), anchor="ms")


def _is_of(phantom: Phantom, words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return the cells of parts of the body in whose name one of the words stands."""
    return np.array([any(word in name for word in words) for name in phantom.regions])[phantom.region]


def _scale(draw: ImageDraw.ImageDraw, page: Image.Image, corner: tuple[int, int], highest_mgy: float) -> None:
    left, top = corner
    length = _SKIN_PX // 2
    bar = np.repeat(colours(np.linspace(1.0, 0.0, length))[:, None], _BAR_PX, axis=1)
    page.paste(Image.fromarray(bar), (left, top))
    draw.text((left, top - 8), "mGy", fill=_INK, font=_font(_TEXT_PX), anchor="ls")
    for level, ink in _CONTOURS.items():
        draw.line((left, top + length * (1 - level), left + _BAR_PX, top + length * (1 - level)), fill=ink)
    draw.rectangle((left, top, left + _BAR_PX, top + length), outline=_INK)
    step = _step(highest_mgy / _TICKS)
    for number in range(int(highest_mgy / step + 1e-9) + 1):
        y = top + length * (1 - number * step / highest_mgy)
        draw.line((left + _BAR_PX, y, left + _BAR_PX + 6, y), fill=_INK)
        draw.text((left + _BAR_PX + 10, y), _number(number * step), fill=_INK, font=_font(_LABEL_PX), anchor="lm")


def _ring(draw: ImageDraw.ImageDraw, place_mm: Floats, skin: Raster, corner: tuple[int, int]) -> None:
    column, row = skin.at(place_mm[None])[0]
    x, y = corner[0] + float(column), corner[1] + float(row)
    for ink, wide in ((_PAPER, 4), (_INK, 2)):
        draw.ellipse((x - _RING_PX, y - _RING_PX, x + _RING_PX, y + _RING_PX), outline=ink, width=wide)


def _step(rough: float) -> float:
    """Return the next round number from a rough step on."""
    power = 10.0 ** floor(log10(rough))
    return power * next(step for step in _STEPS if step * power >= rough * (1 - 1e-9))


def _number(value: float) -> str:
    """Return at least the whole number, and three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits before the point


def _font(height_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=height_px)
