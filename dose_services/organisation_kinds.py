"""What an organisation can be."""

from enum import StrEnum


class Kind(StrEnum):
    """What an organisation is."""

    REGION = "region"
    HOSPITAL = "hospital"
    DEPARTMENT = "department"
