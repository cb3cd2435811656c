"""
How DoseLedger marks the objects it writes itself.

Standard library only: the writers set these values, the readers recognise them, so that an SR of ours
that comes back from an archive starts no loop: it is known to have arrived, and is no source of dose.
"""

# (0008,0070) and (0008,1090) of the Enhanced General Equipment Module (PS3.3, C.7.5.2) of our SRs.
OUR_MANUFACTURER = "DoseLedger"

# UIDs derived from UUIDs need no registration (PS3.5, B.2; Rec. ITU-T X.667).
OUR_UID_ROOT = "2.25."
