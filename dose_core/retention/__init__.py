"""How long records of dose are kept: the periods of each jurisdiction, and what of a patient's records is due."""
