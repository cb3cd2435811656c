"""
Fluoroscopy and radiography of one device as two dose reports, as a Siemens Fluorospot sends them.

The numbers are those of OpenREM's test files "Dual-RDSR-RF" and "Dual-RDSR-DX"; people and places are invented.
"""

from tests.builders.projection_rdsr import FLUOROSCOPY, STATIONARY, dose, event, observer, projection_rdsr_bytes, totals
from tests.builders.sr import Concept, Item

_DEVICE: Item = {
    "Manufacturer": "SIEMENS",
    "ManufacturerModelName": "Fluorospot Compact FD",
    "StationName": "INVENTED-1",
    "DeviceSerialNumber": "1234",
}
# Kind, dose-area product in Gy.m2, air kerma in Gy, start.
_FLUOROSCOPY: tuple[tuple[Concept, str, str, str], ...] = (
    (FLUOROSCOPY, "2e-07", "0", "20260301131326"),
    (STATIONARY, "1.13e-06", "5.3e-05", "20260301131343"),
    (FLUOROSCOPY, "2e-07", "0", "20260301131400"),
    (STATIONARY, "5.6e-07", "1.3e-05", "20260301131405"),
)
_RADIOGRAPH = ((STATIONARY, "2.39e-06", "3.5e-05", "20260301140335"),)


def dual_reports(study_instance_uid: str) -> dict[str, bytes]:
    """Return both reports of one study: 4 events of 0.0212 Gy·cm² in all, and 1 of 0.0239."""
    return {
        "fluoroscopy": _report(study_instance_uid, "1", _FLUOROSCOPY, totals("2.12e-06", "0.0001")),
        "radiograph": _report(study_instance_uid, "2", _RADIOGRAPH, totals("2.39e-06", "0")),
    }


def _report(study: str, number: str, events: tuple[tuple[Concept, str, str, str], ...], total: Item) -> bytes:
    return projection_rdsr_bytes(
        *observer("2.25.7001", manufacturer="SIEMENS", model="Fluorospot Compact FD"),
        total,
        *(
            event(*dose(dap, ka_r), uid=f"2.25.30{number}{nth}", kind=kind, start=start)
            for nth, (kind, dap, ka_r, start) in enumerate(events)
        ),
        SOPInstanceUID=f"2.25.100{number}",
        StudyInstanceUID=study,
        SeriesInstanceUID=f"2.25.110{number}",
        **_DEVICE,
    )
