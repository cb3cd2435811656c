"""
Which elements of a projection image state which number, in which unit.

The finer forms of one quantity stand first: an integer in mAs is 0 for half a mAs. A zero stands for an unknown
value where nothing could have been irradiated with it (Agfa ADC: KVP 0, Exposure 0).

Source: PS3.3, C.8.7.2, C.8.7.8, C.8.7.5, C.8.7.4, C.8.19.6 (macros), 10.23 (Exposure Index).
"""

from dose_core.readers.dicom.tags import Tag
from dose_core.readers.image_parts import Row
from dose_core.units import DEG, GY_CM2, KV, MA, MAS, MGY, MM, MS, RATIO, S

PREFIX = "events[0]."  # an image has one event

_DGY_CM2 = "dGy.cm2"
_POSITIONER, _TABLE, _GEOMETRY = Tag.PositionerPositionSequence, Tag.TablePositionSequence, Tag.XRayGeometrySequence

ROWS = (
    Row(
        "dap_gy_cm2",
        GY_CM2,
        # of this acquisition alone; the other may hold the fluoroscopy that prepared it
        ((None, Tag.AcquiredImageAreaDoseProduct, _DGY_CM2), (None, Tag.ImageAndFluoroscopyAreaDoseProduct, _DGY_CM2)),
        may_be_zero=False,
    ),
    Row(
        "entrance_dose_mgy",
        MGY,
        ((None, Tag.EntranceDoseInmGy, MGY), (None, Tag.EntranceDose, "dGy")),
        may_be_zero=False,
    ),
    Row("hvl_mm_al", MM, ((None, Tag.HalfValueLayer, MM),), may_be_zero=False),
    Row("kv", KV, ((Tag.FrameAcquisitionSequence, Tag.KVP, KV),), may_be_zero=False),
    Row(
        "ma",
        MA,
        (
            (Tag.FrameAcquisitionSequence, Tag.XRayTubeCurrentInmA, MA),
            (None, Tag.XRayTubeCurrentInuA, "uA"),
            (None, Tag.XRayTubeCurrent, MA),
        ),
        may_be_zero=False,
    ),
    Row(
        "mas",
        MAS,
        ((None, Tag.ExposureInmAs, MAS), (None, Tag.ExposureInuAs, "uA.s"), (None, Tag.Exposure, MAS)),
        may_be_zero=False,
    ),
    Row(
        "exposure_time_s",
        S,
        ((None, Tag.ExposureTimeInms, MS), (None, Tag.ExposureTimeInuS, "us"), (None, Tag.ExposureTime, MS)),
        may_be_zero=False,
    ),
    Row("pulse_width_ms", MS, ((None, Tag.AveragePulseWidth, MS),), may_be_zero=False),
    Row("focal_spot_mm", MM, ((None, Tag.FocalSpots, MM),), may_be_zero=False),
    # the second form is that of X-ray 3D images, whose run begins there (C.8.21.3.1.3)
    Row(
        "primary_angle_deg",
        DEG,
        ((_POSITIONER, Tag.PositionerPrimaryAngle, DEG), (None, Tag.PrimaryPositionerScanStartAngle, DEG)),
        may_be_negative=True,
    ),
    Row(
        "secondary_angle_deg",
        DEG,
        ((_POSITIONER, Tag.PositionerSecondaryAngle, DEG), (None, Tag.SecondaryPositionerScanStartAngle, DEG)),
        may_be_negative=True,
    ),
    Row("column_angulation_deg", DEG, ((None, Tag.ColumnAngulation, DEG),), may_be_negative=True),
    Row(
        "source_to_entrance_mm",
        MM,
        ((None, Tag.DistanceSourceToEntrance, MM),),
        may_be_zero=False,
    ),
    Row("table_longitudinal_mm", MM, ((_TABLE, Tag.TableTopLongitudinalPosition, MM),), may_be_negative=True),
    Row("table_lateral_mm", MM, ((_TABLE, Tag.TableTopLateralPosition, MM),), may_be_negative=True),
    Row(
        "table_height_mm",
        MM,
        ((_TABLE, Tag.TableTopVerticalPosition, MM), (None, Tag.TableHeight, MM)),
        may_be_negative=True,
    ),
    Row(
        "table_tilt_deg",
        DEG,
        ((_TABLE, Tag.TableHeadTiltAngle, DEG), (None, Tag.TableAngle, DEG)),
        may_be_negative=True,
    ),
    Row("table_rotation_deg", DEG, ((_TABLE, Tag.TableHorizontalRotationAngle, DEG),), may_be_negative=True),
    Row("cradle_deg", DEG, ((_TABLE, Tag.TableCradleTiltAngle, DEG),), may_be_negative=True),
    Row("patient_thickness_mm", MM, ((None, Tag.BodyPartThickness, MM),), may_be_zero=False),
    Row("sensitivity", RATIO, ((None, Tag.Sensitivity, RATIO),), may_be_zero=False),
    Row("target_exposure_index", RATIO, ((None, Tag.TargetExposureIndex, RATIO),), may_be_zero=False),
    Row("deviation_index", RATIO, ((None, Tag.DeviationIndex, RATIO),), may_be_negative=True),
)

SOURCE_TO_DETECTOR = Row(
    "source_to_detector_mm", MM, ((_GEOMETRY, Tag.DistanceSourceToDetector, MM),), may_be_zero=False
)
# Of a C-arm (0018,1111) ends in the isocentre (PS3.3, C.8.7.5), of a DX image at the table (C.8.7.8).
SOURCE_TO_ISOCENTRE = Row(
    "source_to_isocentre_mm", MM, ((_GEOMETRY, Tag.DistanceSourceToIsocenter, MM),), may_be_zero=False
)
SOURCE_TO_ISOCENTRE_OF_C_ARM = Row(
    "source_to_isocentre_mm",
    MM,
    ((_GEOMETRY, Tag.DistanceSourceToIsocenter, MM), (None, Tag.DistanceSourceToPatient, MM)),
    may_be_zero=False,
)
