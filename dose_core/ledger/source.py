"""Kinds of source, in the order in which they win."""

from enum import StrEnum

from dose_core.model import Kind


class Source(StrEnum):
    """
    Where a value comes from; earlier members win, for each quantity and event.

    Projection X-ray is the exception: sums over image headers leave out fluoroscopy, so that they are
    never an exam's total there.
    """

    RDSR = "rdsr"
    IMAGE_HEADER = "image_header"
    MPPS = "mpps"
    SCREEN = "screen"
    MANUAL = "manual"


SOURCE_OF: dict[Kind, Source] = {
    Kind.CT_RDSR: Source.RDSR,
    Kind.PROJECTION_RDSR: Source.RDSR,
    Kind.MAMMOGRAPHY_RDSR: Source.RDSR,
    Kind.RADIOPHARMACEUTICAL_RDSR: Source.RDSR,
    Kind.ENHANCED_RDSR: Source.RDSR,
    Kind.LEGACY_DOSE_SR: Source.RDSR,
    Kind.CT_IMAGE: Source.IMAGE_HEADER,
    Kind.PROJECTION_IMAGE: Source.IMAGE_HEADER,
    Kind.MAMMOGRAPHY_IMAGE: Source.IMAGE_HEADER,
    Kind.NUCLEAR_IMAGE: Source.IMAGE_HEADER,
    Kind.MPPS: Source.MPPS,
    Kind.DOSE_SCREEN: Source.SCREEN,
    Kind.MANUAL: Source.MANUAL,
    # A patient dose report states estimates about what others measured, a rejection note nothing about dose: they are
    # no sources of an exam.
}
