"""
Which attributes say whose object it is and for what it was made, not what it states: those that archives correct.

Left out are the modules of patient and study and the request, whole:

* Patient (PS3.3, table C.7-1), Patient Study (C.7-4a), Clinical Trial (C.7-2b, C.7-4b, C.7-5b): groups 0010, 0012.
* General Study (C.7-3): by name. Imaging service request, visit and admission (C.3, C.4): groups 0032, 0038.
* Request Attributes (table 10-9) and what of it stands outside its sequence; Referenced Request Sequence of a report
  (C.17-2), Scheduled Step Attributes Sequence of a performed procedure step (C.4-13).
* What says that and how an archive changed the object (SOP Common, C.12-1; Digital Signatures, C.12-3), and how its
  pixels are compressed (C.7.6.3, C.7.6.1.1.5), which changes with the transfer syntax.

Study and Series Instance UID are among them. PS3.4, B.4.1.3 names both as subject to coercion, as it does Patient ID:
an archive that assigns a study's UID, or a person who moves an examination to its proper study, changes them in each
object and nothing else. Such a move must be met by resolving anew where the exam belongs. Counted as content, it would
raise a conflict for each object of every moved study, and none would say anything about a dose. The SOP Instance UID
says which object it is and stays: versions are compared under one.
"""

from dose_core.readers.dicom.tags import Tag

_GROUPS = frozenset({0x0010, 0x0012, 0x0032, 0x0038, 0x0100})  # 0100: SOP Instance Status, set by archives
# Of group 0010 these belong to an image: of what is in it, and of how it was acquired.
_OF_THE_IMAGE = frozenset(
    {
        0x00100028,  # Subject Relative Position in Image
        0x00102210,  # Anatomical Orientation Type
        0x00109431,  # Examined Body Thickness
    }
)
_TAGS = frozenset(
    {
        int(Tag.StudyInstanceUID),
        int(Tag.SeriesInstanceUID),
        # General Study, Patient Study
        int(Tag.StudyDate),
        int(Tag.StudyTime),
        int(Tag.AccessionNumber),
        0x00080051,  # Issuer of Accession Number Sequence
        0x00080063,  # Anatomic Regions in Study Code Sequence
        int(Tag.ReferringPhysicianName),
        0x00080092,  # Referring Physician's Address
        0x00080094,  # Referring Physician's Telephone Numbers
        0x00080096,  # Referring Physician Identification Sequence
        0x0008009C,  # Consulting Physician's Name
        0x0008009D,  # Consulting Physician Identification Sequence
        0x00081030,  # Study Description
        0x00081032,  # Procedure Code Sequence
        0x00081048,  # Physician(s) of Record
        0x00081049,  # Physician(s) of Record Identification Sequence
        0x00081060,  # Name of Physician(s) Reading Study
        0x00081062,  # Physician(s) Reading Study Identification Sequence
        0x00081080,  # Admitting Diagnoses Description
        0x00081084,  # Admitting Diagnoses Code Sequence
        0x00081110,  # Referenced Study Sequence
        0x00081120,  # Referenced Patient Sequence
        0x00200010,  # Study ID
        0x00201070,  # Other Study Numbers
        0x00401012,  # Reason For Performed Procedure Code Sequence
        # Request Attributes
        0x00400007,  # Scheduled Procedure Step Description
        0x00400008,  # Scheduled Protocol Code Sequence
        0x00400009,  # Scheduled Procedure Step ID
        0x00400026,  # Order Placer Identifier Sequence
        0x00400027,  # Order Filler Identifier Sequence
        int(Tag.ScheduledStepAttributesSequence),
        int(Tag.RequestAttributesSequence),
        0x00401001,  # Requested Procedure ID
        0x00401002,  # Reason for the Requested Procedure
        0x00401003,  # Requested Procedure Priority
        0x0040100A,  # Reason for Requested Procedure Code Sequence
        0x00401400,  # Requested Procedure Comments
        0x00402001,  # Reason for the Imaging Service Request
        0x00402006,  # Placer Order Number / Imaging Service Request (retired)
        0x00402007,  # Filler Order Number / Imaging Service Request (retired)
        0x00402016,  # Placer Order Number / Imaging Service Request
        0x00402017,  # Filler Order Number / Imaging Service Request
        0x00402400,  # Imaging Service Request Comments
        int(Tag.ReferencedRequestSequence),
        # SOP Common, Digital Signatures
        int(Tag.SpecificCharacterSet),
        0x00080015,  # Instance Coercion DateTime
        0x0018A001,  # Contributing Equipment Sequence
        0x04000561,  # Original Attributes Sequence
        0x04000600,  # Instance Origin Status
        0x4FFE0001,  # MAC Parameters Sequence
        0xFFFAFFFA,  # Digital Signatures Sequence
        # How pixels are compressed
        0x00280004,  # Photometric Interpretation
        0x00280006,  # Planar Configuration
        0x00282110,  # Lossy Image Compression
        0x00282112,  # Lossy Image Compression Ratio
        0x00282114,  # Lossy Image Compression Method
    }
)

# Private creators of archives, by what pydicom's private dictionary names in their blocks: names and numbers of patient
# and request once more, where the archive keeps the object, flags and marks of its viewers.
ARCHIVE_CREATORS = frozenset(
    {
        b"AGFA PACS Archive Mirroring 1.0",
        b"EMAGEON JPEG2K INFO",
        b"EMAGEON STUDY HOME",
        b"GEIIS",
        b"GEIIS PACS",
        b"MITRA LINKED ATTRIBUTES 1.0",
        b"MITRA OBJECT ATTRIBUTES 1.0",
        b"MITRA OBJECT DOCUMENT 1.0",
        b"MITRA OBJECT UTF8 ATTRIBUTES 1.0",
        b"MITRA PRESENTATION 1.0",
        b"Mitra Markup 1.0",
        b"Mitra Object Document 1.0",
        b"Mitra Presentation 1.0",
        b"SECTRA_Ident_01",
        b"STENTOR",
        b"http://www.gemedicalsystems.com/it_solutions/rad_pacs/",
    }
)


def is_administrative(tag: int) -> bool:
    """Test if an element of the outermost data set states nothing but whose object it is, or what was done with it."""
    return tag in _TAGS or (tag >> 16 in _GROUPS and tag not in _OF_THE_IMAGE)
