"""What all objects of the demo's scanners share: file meta, patient, study and equipment modules."""

from datetime import datetime, timedelta

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from doseledger.demo.hospital import AUTHORITY, Study, uid_of


def new_object(study: Study, *, sop_class_uid: str, key: str, modality: str) -> Dataset:
    """Return a dataset with the modules that every object of a study has; ``key`` tells it from its neighbours."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = sop_class_uid
    dataset.SOPInstanceUID = UID(uid_of("instance", study.key, key))
    dataset.StudyInstanceUID = study.study_instance_uid
    dataset.StudyDate, dataset.StudyTime = date_and_time(study.started_at)
    dataset.StudyID = "1"
    dataset.StudyDescription = study.description
    dataset.AccessionNumber = study.accession_number
    dataset.ReferringPhysicianName = ""
    dataset.PatientName = study.person.name
    dataset.PatientID = study.person.identifier
    dataset.IssuerOfPatientID = AUTHORITY
    dataset.PatientBirthDate = study.person.birth_date.strftime("%Y%m%d")
    dataset.PatientSex = study.person.sex
    dataset.Modality = modality
    dataset.Manufacturer = study.scanner.manufacturer
    dataset.ManufacturerModelName = study.scanner.model
    dataset.DeviceSerialNumber = study.scanner.serial_number
    dataset.StationName = study.scanner.ae_title
    dataset.InstitutionName = "Demonstration Hospital"
    dataset.SoftwareVersions = "demo"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class_uid)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset


def date_and_time(moment: datetime) -> tuple[str, str]:
    """Return a moment as DA and TM (PS3.5, 6.2)."""
    return moment.strftime("%Y%m%d"), moment.strftime("%H%M%S")


def started_at(study: Study, number: int) -> datetime:
    """Return when the acquisition with this number, from 1, began: a minute apart."""
    return study.started_at + timedelta(minutes=number)


def code_item(value: str, scheme: str, meaning: str) -> Dataset:
    """Return one item of a code sequence (PS3.3, 8.8)."""
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = scheme
    item.CodeMeaning = meaning
    return item
