"""
Read mammography X-Ray Radiation Dose SR objects, 2D and tomosynthesis.

Source: PS3.16, TID 10001 (Projection X-Ray Radiation Dose) with TID 10005 (Accumulated Mammography X-Ray Dose).
Only what the object states is returned.
"""

from dose_core.model import Kind, MammographyReport, MammographyTotals
from dose_core.readers.dicom_object import DicomObject, has_title
from dose_core.readers.limits import bounded_events
from dose_core.readers.mammography import codes as mammo
from dose_core.readers.mammography.checks import check_report
from dose_core.readers.mammography.event import read_event, side_of
from dose_core.readers.projection import codes as xray
from dose_core.readers.projection.device import observed_device
from dose_core.readers.projection.event import containers
from dose_core.readers.projection.rdsr import first_start
from dose_core.readers.sr import codes
from dose_core.readers.sr import document as sr_document
from dose_core.readers.sr.codes import is_same
from dose_core.readers.sr.tree import SrNode
from dose_core.units import COUNT, MGY

_FIELD_OF_SIDE = {"L": "agd_left_mgy", "R": "agd_right_mgy", "B": "agd_both_mgy"}


class MammographyReportReader:
    """Reads X-Ray Radiation Dose Reports about mammography, told by procedure or by their glandular dose."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is an X-Ray Radiation Dose Report that names mammography or states a glandular dose."""
        return has_title(source, codes.XRAY_DOSE_REPORT) and is_mammography(source.root)

    def read(self, source: DicomObject) -> MammographyReport:
        """
        Return what the report states, with one event per Irradiation Event X-Ray Data, in the order of the object.

        A value that is absent is ``None``; one that is present but unusable (unknown unit, not a number,
        negative) is ``None`` too and named in ``warnings``.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        root, log = source.root, source.log
        stated = sr_document.fields(source)
        stated["device"] = observed_device(root, stated["device"], stated["study_instance_uid"])
        nodes = bounded_events(containers(root, xray.IRRADIATION_EVENT))
        events = tuple(read_event(node, f"events[{index}]") for index, node in enumerate(nodes))
        accumulated = containers(root, xray.ACCUMULATED_DOSE)
        totals = _read_totals(accumulated)
        check_report(root, accumulated, totals, nodes, events)
        return MammographyReport(
            kind=Kind.MAMMOGRAPHY_RDSR,
            **stated,
            started_at=root.moment(codes.START_OF_IRRADIATION, field="started_at") or first_start(events),
            ended_at=root.moment(codes.END_OF_IRRADIATION, field="ended_at"),
            totals=totals,
            events=events,
            warnings=log.warnings,
            stated=log.stated,
        )


def is_mammography(root: SrNode) -> bool:
    """
    Test if an X-Ray Radiation Dose Report is about mammography.

    Without a known procedure its content tells: a glandular dose is stated for breasts only. The first event
    is enough, so that a long fluoroscopy report is not walked.
    """
    procedure = root.first(codes.PROCEDURE_REPORTED)
    stated = procedure.coded_value if procedure else None
    if any(is_same(stated, mammography) for mammography in mammo.MAMMOGRAPHY_PROCEDURES):
        return True
    accumulated, event = root.first(xray.ACCUMULATED_DOSE), root.first(xray.IRRADIATION_EVENT)
    return (accumulated is not None and accumulated.first(mammo.ACCUMULATED_AGD) is not None) or (
        event is not None and event.first(mammo.AVERAGE_GLANDULAR_DOSE) is not None
    )


def _read_totals(accumulated: tuple[SrNode, ...]) -> MammographyTotals:
    """Return the accumulated glandular dose of each side; of a side that stands twice, the first."""
    totals: dict[str, float] = {}
    for container in accumulated:
        for node in container.all(mammo.ACCUMULATED_AGD):
            side = side_of(node)
            if side is None:
                node.warn(mammo.ACCUMULATED_AGD, "names no breast; not used")
                continue
            field = _FIELD_OF_SIDE[side]
            value = node.as_number(mammo.ACCUMULATED_AGD, unit=MGY, field=f"totals.{field}")
            if value is not None and totals.setdefault(field, value) != value:
                node.warn(mammo.ACCUMULATED_AGD, "stands twice for one breast with different values")
    counts = (container.count(codes.EVENT_COUNT, unit=COUNT, field="totals.event_count") for container in accumulated)
    event_count = next((count for count in counts if count is not None), None)
    return MammographyTotals(**totals, event_count=event_count)
