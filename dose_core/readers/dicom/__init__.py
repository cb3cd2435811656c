"""DICOM bytes: data sets, their elements and values."""
