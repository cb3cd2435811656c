"""The data elements that the readers use, by their keywords (PS3.6, chapter 6)."""

from enum import IntEnum
from functools import cache

from pydicom.datadict import dictionary_VR


class Tag(IntEnum):
    """Tags as numbers: group in the upper, element in the lower 16 bits."""

    MediaStorageSOPClassUID = 0x00020002
    MediaStorageSOPInstanceUID = 0x00020003
    TransferSyntaxUID = 0x00020010
    SpecificCharacterSet = 0x00080005
    ImageType = 0x00080008
    SOPClassUID = 0x00080016
    SOPInstanceUID = 0x00080018
    StudyDate = 0x00080020
    SeriesDate = 0x00080021
    AcquisitionDate = 0x00080022
    ContentDate = 0x00080023
    AcquisitionDateTime = 0x0008002A
    StudyTime = 0x00080030
    SeriesTime = 0x00080031
    AcquisitionTime = 0x00080032
    ContentTime = 0x00080033
    AccessionNumber = 0x00080050
    Modality = 0x00080060
    PresentationIntentType = 0x00080068
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
    ProcedureCodeSequence = 0x00081032
    SeriesDescription = 0x0008103E
    InstitutionalDepartmentName = 0x00081040
    PhysiciansOfRecord = 0x00081048
    PerformingPhysicianName = 0x00081050
    ManufacturerModelName = 0x00081090
    ReferencedImageSequence = 0x00081140
    ReferencedSOPClassUID = 0x00081150
    ReferencedSOPSequence = 0x00081199
    AnatomicRegionSequence = 0x00082218
    IrradiationEventUID = 0x00083010
    RadiopharmaceuticalAdministrationEventUID = 0x00083012
    FrameType = 0x00089007
    PatientName = 0x00100010
    PatientID = 0x00100020
    IssuerOfPatientID = 0x00100021
    PatientBirthDate = 0x00100030
    PatientSex = 0x00100040
    OtherPatientIDsSequence = 0x00101002
    PatientSize = 0x00101020
    PatientWeight = 0x00101030
    PatientIdentityRemoved = 0x00120062
    BodyPartExamined = 0x00180015
    Radiopharmaceutical = 0x00180031
    SliceThickness = 0x00180050
    KVP = 0x00180060
    DeviceSerialNumber = 0x00181000
    SoftwareVersions = 0x00181020
    ProtocolName = 0x00181030
    RadiopharmaceuticalRoute = 0x00181070
    RadiopharmaceuticalVolume = 0x00181071
    RadiopharmaceuticalStartTime = 0x00181072
    RadiopharmaceuticalStopTime = 0x00181073
    RadionuclideTotalDose = 0x00181074
    RadionuclideHalfLife = 0x00181075
    RadiopharmaceuticalStartDateTime = 0x00181078
    RadiopharmaceuticalStopDateTime = 0x00181079
    DistanceSourceToDetector = 0x00181110
    DistanceSourceToPatient = 0x00181111
    TableHeight = 0x00181130
    TableMotion = 0x00181134
    TableAngle = 0x00181138
    FieldOfViewShape = 0x00181147
    FieldOfViewDimensions = 0x00181149
    ExposureTime = 0x00181150
    XRayTubeCurrent = 0x00181151
    Exposure = 0x00181152
    ExposureInuAs = 0x00181153
    AveragePulseWidth = 0x00181154
    RadiationSetting = 0x00181155
    RadiationMode = 0x0018115A
    ImageAndFluoroscopyAreaDoseProduct = 0x0018115E
    FilterType = 0x00181160
    IntensifierSize = 0x00181162
    Grid = 0x00181166
    FocalSpots = 0x00181190
    AnodeTargetMaterial = 0x00181191
    BodyPartThickness = 0x001811A0
    CompressionForce = 0x001811A2
    CompressionPressure = 0x001811A3
    CompressionContactArea = 0x001811A5
    WaterEquivalentDiameter = 0x00181271
    ScanLength = 0x00181302
    AcquisitionDeviceProcessingDescription = 0x00181400
    RelativeXRayExposure = 0x00181405
    ExposureIndex = 0x00181411
    TargetExposureIndex = 0x00181412
    DeviationIndex = 0x00181413
    ColumnAngulation = 0x00181450
    PositionerMotion = 0x00181500
    PositionerPrimaryAngle = 0x00181510
    PositionerSecondaryAngle = 0x00181511
    PositionerPrimaryAngleIncrement = 0x00181520
    PositionerSecondaryAngleIncrement = 0x00181521
    PatientPosition = 0x00185100
    ViewPosition = 0x00185101
    Sensitivity = 0x00186000
    FilterMaterial = 0x00187050
    FilterThicknessMinimum = 0x00187052
    FilterThicknessMaximum = 0x00187054
    ExposureControlMode = 0x00187060
    ExposureControlModeDescription = 0x00187062
    ExposureTimeInuS = 0x00188150
    XRayTubeCurrentInuA = 0x00188151
    FrameAcquisitionDateTime = 0x00189074
    CTAcquisitionTypeSequence = 0x00189301
    AcquisitionType = 0x00189302
    CTAcquisitionDetailsSequence = 0x00189304
    RevolutionTime = 0x00189305
    SingleCollimationWidth = 0x00189306
    TotalCollimationWidth = 0x00189307
    CTTableDynamicsSequence = 0x00189308
    SpiralPitchFactor = 0x00189311
    CTExposureSequence = 0x00189321
    ExposureModulationType = 0x00189323
    CTXRayDetailsSequence = 0x00189325
    ExposureTimeInms = 0x00189328
    CTImageFrameTypeSequence = 0x00189329
    XRayTubeCurrentInmA = 0x00189330
    ExposureInmAs = 0x00189332
    CTDIvol = 0x00189345
    CTDIPhantomTypeCodeSequence = 0x00189346
    DistanceSourceToIsocenter = 0x00189402
    PositionerPositionSequence = 0x00189405
    TablePositionSequence = 0x00189406
    FrameAcquisitionSequence = 0x00189417
    AcquisitionProtocolName = 0x00189423
    FieldOfViewSequence = 0x00189432
    PlaneIdentification = 0x00189457
    FieldOfViewDimensionsInFloat = 0x00189461
    TableHorizontalRotationAngle = 0x00189469
    TableHeadTiltAngle = 0x00189470
    TableCradleTiltAngle = 0x00189471
    AcquiredImageAreaDoseProduct = 0x00189473
    XRayGeometrySequence = 0x00189476
    IrradiationEventIdentificationSequence = 0x00189477
    XRay3DAcquisitionSequence = 0x00189507
    PrimaryPositionerScanStartAngle = 0x00189510
    SecondaryPositionerScanStartAngle = 0x00189511
    XRayAcquisitionDoseSequence = 0x00189542
    XRayGridSequence = 0x00189555
    XRayFilterSequence = 0x00189556
    StudyInstanceUID = 0x0020000D
    SeriesInstanceUID = 0x0020000E
    SeriesNumber = 0x00200011
    AcquisitionNumber = 0x00200012
    InstanceNumber = 0x00200013
    ImagePositionPatient = 0x00200032
    ImageOrientationPatient = 0x00200037
    FrameOfReferenceUID = 0x00200052
    Laterality = 0x00200060
    ImageLaterality = 0x00200062
    ImageComments = 0x00204000
    FrameAnatomySequence = 0x00209071
    FrameLaterality = 0x00209072
    FrameContentSequence = 0x00209111
    PlanePositionSequence = 0x00209113
    PlaneOrientationSequence = 0x00209116
    FrameAcquisitionNumber = 0x00209156
    UnassignedSharedConvertedAttributesSequence = 0x00209170
    UnassignedPerFrameConvertedAttributesSequence = 0x00209171
    NumberOfFrames = 0x00280008
    PixelMeasuresSequence = 0x00289110
    RequestingPhysician = 0x00321032
    RequestedProcedureDescription = 0x00321060
    PerformedStationAETitle = 0x00400241
    PerformedStationName = 0x00400242
    PerformedProcedureStepStartDate = 0x00400244
    PerformedProcedureStepStartTime = 0x00400245
    PerformedProcedureStepEndDate = 0x00400250
    PerformedProcedureStepEndTime = 0x00400251
    PerformedProcedureStepStatus = 0x00400252
    PerformedProtocolCodeSequence = 0x00400260
    ScheduledStepAttributesSequence = 0x00400270
    RequestAttributesSequence = 0x00400275
    TotalTimeOfFluoroscopy = 0x00400300
    TotalNumberOfExposures = 0x00400301
    EntranceDose = 0x00400302
    ExposedArea = 0x00400303
    DistanceSourceToEntrance = 0x00400306
    ExposureDoseSequence = 0x0040030E
    CommentsOnRadiationDose = 0x00400310
    HalfValueLayer = 0x00400314
    OrganDose = 0x00400316
    PerformedSeriesSequence = 0x00400340
    MeasurementUnitsCodeSequence = 0x004008EA
    EntranceDoseInmGy = 0x00408302
    ValueType = 0x0040A040
    ConceptNameCodeSequence = 0x0040A043
    DateTime = 0x0040A120
    PersonName = 0x0040A123
    UID = 0x0040A124
    TextValue = 0x0040A160
    ConceptCodeSequence = 0x0040A168
    MeasuredValueSequence = 0x0040A300
    NumericValue = 0x0040A30A
    ReferencedRequestSequence = 0x0040A370
    CompletionFlag = 0x0040A491
    ContentSequence = 0x0040A730
    TabulatedValuesSequence = 0x0040A801
    TableRowNumber = 0x0040A804
    TableColumnNumber = 0x0040A805
    TableColumnDefinitionSequence = 0x0040A807
    CellValuesSequence = 0x0040A808
    RadiopharmaceuticalInformationSequence = 0x00540016
    ViewCodeSequence = 0x00540220
    ViewModifierCodeSequence = 0x00540222
    RadionuclideCodeSequence = 0x00540300
    AdministrationRouteCodeSequence = 0x00540302
    RadiopharmaceuticalCodeSequence = 0x00540304
    SelectorDTValue = 0x00720063
    SelectorFDValue = 0x00720074
    SelectorFLValue = 0x00720076
    TableTopVerticalPosition = 0x300A0128
    TableTopLongitudinalPosition = 0x300A0129
    TableTopLateralPosition = 0x300A012A
    SharedFunctionalGroupsSequence = 0x52009229
    PerFrameFunctionalGroupsSequence = 0x52009230


@cache
def dictionary_vr(tag: int) -> bytes:
    """Return the VR that PS3.6 gives a tag, ``UN`` for a private or unknown one."""
    try:
        return dictionary_VR(tag)[:2].encode("ascii")
    except KeyError:
        return b"UN"


def tag_text(tag: int) -> str:
    """Return a tag as PS3.6 prints it: ``(0018,9345)``."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
