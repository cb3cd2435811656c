"""From what a device states of each irradiation to beams in the frame of the patient."""
