"""
Dose SRs without who was irradiated: built anew from what is known to be safe, never by taking things away.

Source: PS3.15, Annex E: Basic Application Level Confidentiality Profile with the options Clean Structured Content and
Retain Longitudinal Temporal Information with Modified Dates, and, as a policy says, Retain Patient Characteristics,
Retain Device Identity and Clean Descriptors. ``elements.csv`` and ``items.csv`` say what stays and as what.
"""
