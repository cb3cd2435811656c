"""
The coded concepts of mammography dose reports.

Source: PS3.16, TID 10001 to 10005 and 10003A to 10003C; the CIDs named below. UMLS codes: reports of real devices.
"""

from dose_core.readers.codes import Concept, dcm, snomed

# TID 10001, CID 10005. The specimen is exposed on the same device, and accumulated in the same report.
MAMMOGRAPHY_PROCEDURES = (
    snomed("71651007", "P5-40010", "Mammography", "C0024671"),
    snomed("80865008", "P5-40030", "Specimen radiography of breast"),
)

# TID 10002, 10003
ACCUMULATED_DOSE = dcm("113702", "Accumulated X-Ray Dose Data")
IRRADIATION_EVENT = dcm("113706", "Irradiation Event X-Ray Data")

# TID 10005
ACCUMULATED_AGD = dcm("111637", "Accumulated Average Glandular Dose")

# TID 10003
EVENT_TYPE = dcm("113721", "Irradiation Event Type")
ANATOMICAL_STRUCTURE = snomed("91723000", "T-D0005", "Anatomical structure")
LATERALITY = snomed("272741003", "G-C171", "Laterality")
IMAGE_VIEW = dcm("111031", "Image View")
IMAGE_VIEW_MODIFIER = dcm("111032", "Image View Modifier")
HALF_VALUE_LAYER = dcm("111634", "Half Value Layer")
ENTRANCE_EXPOSURE = dcm("111636", "Entrance Exposure at RP")
REFERENCE_POINT = dcm("113780", "Reference Point Definition")
AVERAGE_GLANDULAR_DOSE = dcm("111631", "Average Glandular Dose")
PERCENT_FIBROGLANDULAR = dcm("111046", "Percent Fibroglandular Tissue")
PATIENT_EQUIVALENT_THICKNESS = dcm("111638", "Patient Equivalent Thickness")

# TID 10003A
EXPOSURE_INDEX = dcm("113845", "Exposure Index")

# TID 10003B
NUMBER_OF_PULSES = dcm("113768", "Number of Pulses")
PULSE_WIDTH = dcm("113793", "Pulse Width")
IRRADIATION_DURATION = dcm("113742", "Irradiation Duration")
EXPOSURE = dcm("113736", "Exposure")
FOCAL_SPOT_SIZE = dcm("113766", "Focal Spot Size")
ANODE_MATERIAL = dcm("111632", "Anode Target Material")
XRAY_FILTERS = dcm("113771", "X-Ray Filters")
FILTER_MATERIAL = dcm("113757", "X-Ray Filter Material")
FILTER_MINIMUM = dcm("113758", "X-Ray Filter Thickness Minimum")
FILTER_MAXIMUM = dcm("113773", "X-Ray Filter Thickness Maximum")
XRAY_GRID = dcm("111635", "X-Ray Grid")

# TID 10003C
PRIMARY_ANGLE = dcm("112011", "Positioner Primary Angle")
COMPRESSION_THICKNESS = dcm("111633", "Compression Thickness")
COMPRESSION_FORCE = dcm("111647", "Compression Force")
COMPRESSION_PRESSURE = dcm("111648", "Compression Pressure")
COMPRESSION_AREA = dcm("111649", "Compression Contact Area")
SOURCE_TO_DETECTOR = dcm("113750", "Distance Source to Detector")
SOURCE_TO_REFERENCE_POINT = dcm("113737", "Distance Source to Reference Point")

# CID 10002: a tomosynthesis is a rotation of the tube, a 2D image a standing one.
IS_TOMOSYNTHESIS = (
    (dcm("113613", "Rotational Acquisition"), True),
    (dcm("113611", "Stationary Acquisition"), False),
)

# CID 244 for the laterality of a breast, CID 6022 for the breast itself.
SIDES = (
    (snomed("7771000", "G-A101", "Left"), "L"),
    (snomed("24028007", "G-A100", "Right"), "R"),
    (snomed("51440002", "G-A102", "Bilateral"), "B"),
    (snomed("80248007", "T-04030", "Left breast", "C0222601"), "L"),
    (snomed("73056007", "T-04020", "Right breast", "C0222600"), "R"),
    (snomed("63762007", "T-04080", "Both breasts", "C0222605"), "B"),
)

# CID 4014, with the abbreviations of the American College of Radiology that stand beside the codes there.
VIEWS = (
    (snomed("399162004", "R-10242", "cranio-caudal"), "CC"),
    (snomed("399368009", "R-10226", "medio-lateral oblique"), "MLO"),
    (snomed("399260004", "R-10224", "medio-lateral"), "ML"),
    (snomed("399352003", "R-10228", "latero-medial"), "LM"),
    (snomed("399099002", "R-10230", "latero-medial oblique"), "LMO"),
    (snomed("399196006", "R-10244", "caudo-cranial (from below)"), "FB"),
    (snomed("399188001", "R-102D0", "superolateral to inferomedial oblique"), "SIO"),
    (snomed("441555000", "R-40AAA", "inferomedial to superolateral oblique"), "ISO"),
    (snomed("399192008", "R-1024A", "cranio-caudal exaggerated laterally"), "XCCL"),
    (snomed("399101009", "R-1024B", "cranio-caudal exaggerated medially"), "XCCM"),
    (snomed("127457009", "G-8310", "tissue specimen from breast"), "SPECIMEN"),
)

# CID 4015
VIEW_MODIFIERS = (
    snomed("399161006", "R-102D2", "Cleavage"),
    snomed("399011000", "R-102D1", "Axillary Tail"),
    snomed("399197002", "R-102D3", "Rolled Lateral"),
    snomed("399226006", "R-102D4", "Rolled Medial"),
    snomed("414493004", "R-102CA", "Rolled Inferior"),
    snomed("415670009", "R-102C9", "Rolled Superior"),
    snomed("399209000", "R-102D5", "Implant Displaced"),
    snomed("399163009", "R-102D6", "Magnification"),
    snomed("399055006", "R-102D7", "Spot Compression"),
    snomed("399110001", "R-102C2", "Tangential"),
    snomed("442581004", "R-40AB3", "Nipple in profile"),
    snomed("441752004", "P2-00161", "Anterior compression"),
    snomed("442593008", "R-40ABE", "Infra-mammary fold"),
    snomed("442580003", "R-40AB2", "Axillary tissue"),
)

# CID 10017
GRIDS = (
    dcm("111640", "Virtual grid"),
    dcm("111641", "Fixed grid"),
    dcm("111642", "Focused grid"),
    dcm("111643", "Reciprocating grid"),
    dcm("111644", "Parallel grid"),
    dcm("111645", "Crossed grid"),
    dcm("111646", "No grid"),
)


def _material(sct: str, srt: str, word: str) -> tuple[Concept, str]:
    """Return an element of CID 10006 or 10016; its older code, which ends in F9, names "X or X compound"."""
    meaning = f"{word.capitalize()} or {word.capitalize()} compound"
    return Concept(meaning, frozenset({(sct, "SCT"), (f"{srt}00", "SRT"), (f"{srt}F9", "SRT")})), word


# CID 10006 (filter) and CID 10016 (anode)
MATERIALS = (
    _material("71128006", "C-150", "molybdenum"),
    _material("26194003", "C-164", "tungsten"),
    _material("59801003", "C-167", "rhodium"),
    _material("41967008", "C-137", "silver"),
    _material("12503006", "C-120", "aluminum"),
    _material("66925006", "C-127", "copper"),
    _material("12597001", "C-139", "tin"),
    _material("45215009", "C-156", "tantalum"),
    _material("88488004", "C-132", "lead"),
    (Concept("Niobium or Niobium compound", frozenset({("767776000", "SCT")})), "niobium"),
    (Concept("Europium or Europium compound", frozenset({("767775001", "SCT")})), "europium"),
)

# PS3.3, C.8.11.7 and C.8.7.10: the defined terms of Anode Target Material and Filter Material, with the spellings
# that devices write instead.
MATERIAL_WORDS = {word: word for _, word in MATERIALS} | {
    "aluminium": "aluminum",
    "al": "aluminum",
    "mo": "molybdenum",
    "rh": "rhodium",
    "ag": "silver",
    "w": "tungsten",
    "cu": "copper",
}
