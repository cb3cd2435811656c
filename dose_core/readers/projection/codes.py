"""
The concepts of projection dose reports.

Source: PS3.16, TID 10001 to 10004, 10006, 10007 and the CIDs named below; ``codes`` for the schemes.
"""

from dose_core.model import EventType, Plane
from dose_core.readers.projection import vendors
from dose_core.readers.projection.vendors import with_philips
from dose_core.readers.sr.codes import Concept, dcm, snomed

# TID 10001
PROJECTION_XRAY = dcm("113704", "Projection X-Ray")
ACQUISITION_DEVICE_TYPE = dcm("122142", "Acquisition Device Type")
ACCUMULATED_DOSE = dcm("113702", "Accumulated X-Ray Dose Data")
IRRADIATION_EVENT = dcm("113706", "Irradiation Event X-Ray Data")
DEVICE_OBSERVER_UID = dcm("121012", "Device Observer UID")

# TID 10002, 10004, 10007
ACQUISITION_PLANE = dcm("113764", "Acquisition Plane")
REFERENCE_POINT = dcm("113780", "Reference Point Definition")
DAP_TOTAL = dcm("113722", "Dose Area Product Total")
KA_R_TOTAL = dcm("113725", "Dose (RP) Total")
FLUORO_DAP_TOTAL = dcm("113726", "Fluoro Dose Area Product Total")
FLUORO_KA_R_TOTAL = dcm("113728", "Fluoro Dose (RP) Total")
FLUORO_TIME = dcm("113730", "Total Fluoro Time")
ACQUISITION_DAP_TOTAL = dcm("113727", "Acquisition Dose Area Product Total")
ACQUISITION_KA_R_TOTAL = dcm("113729", "Acquisition Dose (RP) Total")
ACQUISITION_TIME = dcm("113855", "Total Acquisition Time")
FRAME_TOTAL = dcm("113731", "Total Number of Radiographic Frames")
# TID 10006, 10007: with projection radiography the distance stands beside the totals.
SOURCE_TO_REFERENCE_POINT = dcm("113737", "Distance Source to Reference Point")

# TID 10003
EVENT_TYPE = dcm("113721", "Irradiation Event Type")
ANATOMICAL_STRUCTURE = snomed("91723000", "T-D0005", "Anatomical structure")
LATERALITY = snomed("272741003", "G-C171", "Laterality")
IMAGE_VIEW = dcm("111031", "Image View")
DAP = dcm("122130", "Dose Area Product")
KA_R = dcm("113738", "Dose (RP)")
ENTRANCE_EXPOSURE = dcm("111636", "Entrance Exposure at RP")
HALF_VALUE_LAYER = dcm("111634", "Half Value Layer")
PATIENT_THICKNESS = with_philips(dcm("111638", "Patient Equivalent Thickness"), vendors.PHILIPS_OBJECT_THICKNESS)
COLLIMATED_FIELD_AREA = dcm("113790", "Collimated Field Area")
COLLIMATED_FIELD_HEIGHT = dcm("113788", "Collimated Field Height")
COLLIMATED_FIELD_WIDTH = dcm("113789", "Collimated Field Width")
PATIENT_ORIENTATION = dcm("113743", "Patient Orientation")
PATIENT_ORIENTATION_MODIFIER = dcm("113744", "Patient Orientation Modifier")
PATIENT_TABLE_RELATIONSHIP = dcm("113745", "Patient Table Relationship")

# TID 10003A
EXPOSURE_INDEX = dcm("113845", "Exposure Index")
TARGET_EXPOSURE_INDEX = dcm("113846", "Target Exposure Index")
DEVIATION_INDEX = dcm("113847", "Deviation Index")

# TID 10003B
XRAY_FILTERS = dcm("113771", "X-Ray Filters")
FILTER_TYPE = dcm("113772", "X-Ray Filter Type")
FILTER_MATERIAL = dcm("113757", "X-Ray Filter Material")
FILTER_MINIMUM = dcm("113758", "X-Ray Filter Thickness Minimum")
FILTER_MAXIMUM = dcm("113773", "X-Ray Filter Thickness Maximum")
FLUORO_MODE = dcm("113732", "Fluoro Mode")
PULSE_RATE = dcm("113791", "Pulse Rate")
NUMBER_OF_PULSES = dcm("113768", "Number of Pulses")
KVP = dcm("113733", "KVP")
TUBE_CURRENT = dcm("113734", "X-Ray Tube Current")
AVERAGE_TUBE_CURRENT = dcm("113767", "Average X-Ray Tube Current")
# 113735 is retired and still sent (Siemens, Philips Azurion).
EXPOSURE_TIME = Concept("Exposure Time", frozenset({("113824", "DCM"), ("113735", "DCM")}))
PULSE_WIDTH = dcm("113793", "Pulse Width")
EXPOSURE = dcm("113736", "Exposure")
FOCAL_SPOT_SIZE = dcm("113766", "Focal Spot Size")
IRRADIATION_DURATION = dcm("113742", "Irradiation Duration")
XRAY_GRID = dcm("111635", "X-Ray Grid")

# TID 10003C and CID 10008
PRIMARY_ANGLE = dcm("112011", "Positioner Primary Angle")
SECONDARY_ANGLE = dcm("112012", "Positioner Secondary Angle")
PRIMARY_END_ANGLE = dcm("113739", "Positioner Primary End Angle")
SECONDARY_END_ANGLE = dcm("113740", "Positioner Secondary End Angle")
COLUMN_ANGULATION = dcm("113770", "Column Angulation")
SOURCE_TO_ISOCENTRE = dcm("113748", "Distance Source to Isocenter")
SOURCE_TO_DETECTOR = dcm("113750", "Distance Source to Detector")
TABLE_LONGITUDINAL = dcm("113751", "Table Longitudinal Position")
TABLE_LATERAL = dcm("113752", "Table Lateral Position")
TABLE_HEIGHT = with_philips(dcm("113753", "Table Height Position"), vendors.PHILIPS_TABLE_HEIGHT)
TABLE_LONGITUDINAL_END = dcm("113759", "Table Longitudinal End Position")
TABLE_LATERAL_END = dcm("113760", "Table Lateral End Position")
TABLE_HEIGHT_END = with_philips(dcm("113761", "Table Height End Position"), vendors.PHILIPS_FINAL_TABLE_HEIGHT)
TABLE_TILT = dcm("113754", "Table Head Tilt Angle")
TABLE_TILT_END = with_philips(dcm("128763", "Table Head Tilt End Angle"), vendors.PHILIPS_FINAL_TABLE_TILT)
TABLE_ROTATION = dcm("113755", "Table Horizontal Rotation Angle")
TABLE_ROTATION_END = dcm("128764", "Table Horizontal Rotation End Angle")
CRADLE = dcm("113756", "Table Cradle Tilt Angle")
CRADLE_END = with_philips(dcm("128765", "Table Cradle Tilt End Angle"), vendors.PHILIPS_FINAL_CRADLE)

# CID 10003
PLANES = (
    (dcm("113622", "Single Plane"), Plane.SINGLE),
    (dcm("113620", "Plane A"), Plane.A),
    (dcm("113621", "Plane B"), Plane.B),
    (dcm("113890", "All Planes"), Plane.BOTH),
)

# CID 10002
FLUOROSCOPY = snomed("44491008", "P5-06000", "Fluoroscopy")
EVENT_TYPES = (
    (FLUOROSCOPY, EventType.FLUOROSCOPY),
    (dcm("113611", "Stationary Acquisition"), EventType.STATIONARY_ACQUISITION),
    (dcm("113612", "Stepping Acquisition"), EventType.STEPPING_ACQUISITION),
    (dcm("113613", "Rotational Acquisition"), EventType.ROTATIONAL_ACQUISITION),
)

# CID 10032
FLUOROSCOPY_GUIDED = dcm("113957", "Fluoroscopy-Guided Projection Radiography System")
INTEGRATED = dcm("113958", "Integrated Projection Radiography System")
CASSETTE_BASED = dcm("113959", "Cassette-based Projection Radiography System")
DEVICE_TYPES = tuple((concept, concept.meaning) for concept in (FLUOROSCOPY_GUIDED, INTEGRATED, CASSETTE_BASED))

# CID 10004
FLUORO_MODES = tuple((concept, concept.meaning) for concept in (dcm("113630", "Continuous"), dcm("113631", "Pulsed")))

# CID 10017
GRIDS = tuple(
    (concept, concept.meaning)
    for concept in (
        dcm("111641", "Fixed grid"),
        dcm("111642", "Focused grid"),
        dcm("111643", "Reciprocating grid"),
        dcm("111644", "Parallel grid"),
        dcm("111645", "Crossed grid"),
        dcm("111646", "No grid"),
        dcm("111640", "Virtual grid"),
    )
)

# CID 244
SIDES = (
    (snomed("7771000", "G-A101", "Left"), "L"),
    (snomed("24028007", "G-A100", "Right"), "R"),
    (snomed("51440002", "G-A102", "Bilateral"), "B"),
    (snomed("66459002", "G-A103", "Unilateral"), "U"),
)

# CID 10007
NO_FILTER = dcm("111609", "No filter")

# CID 10006, and its older codes "... or ... compound"; some have the one form of a code only.
FILTER_MATERIALS = (
    (snomed("66925006", "C-12700", "Copper"), "copper"),
    (Concept("Copper or Copper compound", frozenset({("C-127F9", "SRT")})), "copper"),
    (snomed("12503006", "C-12000", "Aluminum"), "aluminum"),
    (snomed("105830007", "C-120F9", "Aluminum or Aluminum compound"), "aluminum"),
    (snomed("71128006", "C-15000", "Molybdenum"), "molybdenum"),
    (Concept("Molybdenum or Molybdenum compound", frozenset({("C-150F9", "SRT")})), "molybdenum"),
    (snomed("59801003", "C-16700", "Rhodium"), "rhodium"),
    (Concept("Rhodium or Rhodium compound", frozenset({("C-167F9", "SRT")})), "rhodium"),
    (snomed("41967008", "C-13700", "Silver"), "silver"),
    (Concept("Silver or Silver compound", frozenset({("C-137F9", "SRT")})), "silver"),
    (snomed("45215009", "C-15600", "Tantalum"), "tantalum"),
    (Concept("Tantalum or Tantalum compound", frozenset({("C-156F9", "SRT")})), "tantalum"),
    (snomed("12597001", "C-13900", "Tin"), "tin"),
    (snomed("88488004", "C-13200", "Lead"), "lead"),
    (Concept("Lead or Lead compound", frozenset({("C-132F9", "SRT")})), "lead"),
    (Concept("Niobium", frozenset({("767776000", "SCT")})), "niobium"),
    (Concept("Niobium or Niobium compound", frozenset({("C-1190E", "SRT")})), "niobium"),
    (Concept("Europium", frozenset({("767775001", "SCT")})), "europium"),
    (Concept("Europium or Europium compound", frozenset({("C-1190F", "SRT")})), "europium"),
)

# CID 19, 20 and 21 as far as PS3.3, C.7.3.1.1.2 (Patient Position) has a code for them.
RECUMBENT = snomed("102538003", "F-10450", "recumbent")
MODIFIERS = (
    (snomed("40199007", "F-10340", "supine"), "S"),
    (snomed("1240000", "F-10310", "prone"), "P"),
    (snomed("102536004", "F-10319", "left lateral decubitus"), "DL"),
    (snomed("102535000", "F-10317", "right lateral decubitus"), "DR"),
)
FIRST_INTO_THE_GANTRY = (
    (snomed("102540008", "F-10470", "headfirst"), "HF"),
    (snomed("102541007", "F-10480", "feet-first"), "FF"),
)
