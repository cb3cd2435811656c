"""The data elements that the readers use, by their keywords (PS3.6, chapter 6)."""

from enum import IntEnum


class Tag(IntEnum):
    """Tags as numbers: group in the upper, element in the lower 16 bits."""

    TransferSyntaxUID = 0x00020010
    SpecificCharacterSet = 0x00080005
    ImageType = 0x00080008
    SOPClassUID = 0x00080016
    SOPInstanceUID = 0x00080018
    StudyDate = 0x00080020
    AcquisitionDate = 0x00080022
    ContentDate = 0x00080023
    AcquisitionDateTime = 0x0008002A
    StudyTime = 0x00080030
    AcquisitionTime = 0x00080032
    ContentTime = 0x00080033
    AccessionNumber = 0x00080050
    Modality = 0x00080060
    Manufacturer = 0x00080070
    InstitutionName = 0x00080080
    ReferringPhysicianName = 0x00080090
    CodeValue = 0x00080100
    CodingSchemeDesignator = 0x00080102
    CodeMeaning = 0x00080104
    LongCodeValue = 0x00080119
    URNCodeValue = 0x00080120
    TimezoneOffsetFromUTC = 0x00080201
    StationName = 0x00081010
    StudyDescription = 0x00081030
    SeriesDescription = 0x0008103E
    PhysiciansOfRecord = 0x00081048
    PerformingPhysicianName = 0x00081050
    ManufacturerModelName = 0x00081090
    AnatomicRegionSequence = 0x00082218
    IrradiationEventUID = 0x00083010
    PatientName = 0x00100010
    PatientID = 0x00100020
    IssuerOfPatientID = 0x00100021
    PatientBirthDate = 0x00100030
    PatientSex = 0x00100040
    PatientSize = 0x00101020
    PatientWeight = 0x00101030
    PatientIdentityRemoved = 0x00120062
    SliceThickness = 0x00180050
    KVP = 0x00180060
    DeviceSerialNumber = 0x00181000
    SoftwareVersions = 0x00181020
    ProtocolName = 0x00181030
    ExposureTime = 0x00181150
    XRayTubeCurrent = 0x00181151
    WaterEquivalentDiameter = 0x00181271
    AcquisitionType = 0x00189302
    RevolutionTime = 0x00189305
    TotalCollimationWidth = 0x00189307
    SpiralPitchFactor = 0x00189311
    ExposureModulationType = 0x00189323
    ExposureTimeInms = 0x00189328
    XRayTubeCurrentInmA = 0x00189330
    CTDIvol = 0x00189345
    CTDIPhantomTypeCodeSequence = 0x00189346
    StudyInstanceUID = 0x0020000D
    SeriesInstanceUID = 0x0020000E
    SeriesNumber = 0x00200011
    AcquisitionNumber = 0x00200012
    InstanceNumber = 0x00200013
    ImagePositionPatient = 0x00200032
    ImageOrientationPatient = 0x00200037
    FrameOfReferenceUID = 0x00200052
    Rows = 0x00280010
    RelationshipType = 0x0040A010
    ValueType = 0x0040A040
    ConceptNameCodeSequence = 0x0040A043
    MeasurementUnitsCodeSequence = 0x004008EA
    DateTime = 0x0040A120
    PersonName = 0x0040A123
    UID = 0x0040A124
    TextValue = 0x0040A160
    ConceptCodeSequence = 0x0040A168
    MeasuredValueSequence = 0x0040A300
    NumericValue = 0x0040A30A
    CompletionFlag = 0x0040A491
    ContentSequence = 0x0040A730


# Implicit VR names no VR, so these are the sequences to descend into; every other element of defined
# length is skipped as bytes. PS3.6: all are SQ.
SEQUENCES = frozenset(
    {
        Tag.AnatomicRegionSequence,
        Tag.CTDIPhantomTypeCodeSequence,
        Tag.ConceptNameCodeSequence,
        Tag.MeasurementUnitsCodeSequence,
        Tag.ConceptCodeSequence,
        Tag.MeasuredValueSequence,
        Tag.ContentSequence,
    }
)

# Likewise the binary ones: FD in PS3.6. All other numbers that are read are text (DS, IS).
DOUBLES = frozenset(
    {
        Tag.WaterEquivalentDiameter,
        Tag.RevolutionTime,
        Tag.TotalCollimationWidth,
        Tag.SpiralPitchFactor,
        Tag.ExposureTimeInms,
        Tag.XRayTubeCurrentInmA,
        Tag.CTDIvol,
    }
)


def tag_text(tag: int) -> str:
    """Return a tag as PS3.6 prints it: ``(0018,9345)``."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
