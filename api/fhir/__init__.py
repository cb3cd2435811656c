"""HL7 FHIR R4: dose summaries for other systems, read alone."""
