"""
Read the radiation summary of Siemens Arcadis mobile C-arms, an Enhanced SR in a scheme of their own.

It has neither template nor events: a few totals stand below the root. Source: reports of Arcadis Varic
(title C-10 of 99SMS_RADSUM), whose items state their meaning and unit.
"""

from typing import Any

from dose_core.model import Kind, PlaneTotals, ProjectionReport, ProjectionTotals
from dose_core.readers.dicom_object import DicomObject, has_title
from dose_core.readers.projection import vendors
from dose_core.readers.sr import codes
from dose_core.readers.sr import document as sr_document
from dose_core.readers.sr.rows import Row, read_rows
from dose_core.units import COUNT, GY_CM2, MGY, S

_ROWS = (
    Row("dap_gy_cm2", vendors.ARCADIS_DAP, GY_CM2, GY_CM2),
    Row("ka_r_mgy", vendors.ARCADIS_AIR_KERMA, MGY, "Gy"),
    Row("fluoro_time_s", vendors.ARCADIS_FLUORO_TIME, S, S),
    Row("frame_count", vendors.ARCADIS_EXPOSURES, COUNT, COUNT),  # radiographic exposures, one frame each
)


class ArcadisReader:
    """Reads the Siemens Arcadis radiation summary."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it has the title of the summary."""
        return has_title(source, codes.SIEMENS_DOSE_SUMMARY)

    def read(self, source: DicomObject) -> ProjectionReport:
        """
        Return the totals and the times of the examination.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        root, log = source.root, source.log
        stated = sr_document.fields(source)
        values: dict[str, Any] = read_rows(root, _ROWS, "totals.planes[0]")
        return ProjectionReport(
            kind=Kind.LEGACY_DOSE_SR,
            **stated,
            # The study may have begun on another day than the examination.
            started_at=root.moment(vendors.ARCADIS_START, field="started_at"),
            ended_at=root.moment(vendors.ARCADIS_END, field="ended_at"),
            totals=ProjectionTotals(planes=(PlaneTotals(**values),), dap_gy_cm2=values.get("dap_gy_cm2")),
            warnings=log.warnings,
            stated=log.stated,
        )
