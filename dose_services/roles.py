"""What users and tokens may do."""

from enum import StrEnum


class Scope(StrEnum):
    """What a bearer token may be used for. One that may only ingest can never be used to read."""

    INGEST = "ingest"  # hand in objects
    LAUNCH = "launch"  # ask for launch handles
    READ = "read"  # read what its user, or its system, may read


class Role(StrEnum):
    """The duties that a user may have; ``system`` is for programs and never given to a person."""

    RADIOLOGIST = "radiologist"
    PHYSICIST = "physicist"
    REFERRER = "referrer"
    ADMIN = "admin"
    SYSTEM = "system"


class Permission(StrEnum):
    """One thing that a role may allow."""

    SEARCH_PATIENTS = "search_patients"  # find and read any patient
    VIEW_LAUNCHED_PATIENT = "view_launched_patient"  # read the one patient that a launch handle names
    READ_UNCOUNTED = "read_uncounted"  # read exams that are held, or no patient's
    READ_FINDINGS = "read_findings"
    CLOSE_FINDINGS = "close_findings"
    READ_DEVICES = "read_devices"
    SET_DEVICES = "set_devices"
    STATE_VALUES = "state_values"  # type what no object states, and take it back
    DECIDE_EXAMS = "decide_exams"  # see what waits at the desk, and say whose it is
    BREAK_GLASS = "break_glass"  # see a restricted patient, with a written reason
    RESTRICT_PATIENTS = "restrict_patients"  # hide a patient, and lift that
    SWITCH_EFFECTIVE_DOSE = "switch_effective_dose"  # let a site see effective dose, or hide it
    CALIBRATE_SKIN_DOSE = "calibrate_skin_dose"  # say how a device states its geometry, and that its maps are validated
    CALIBRATE_LOCALISERS = "calibrate_localisers"  # say how the localisers of a CT device attenuate
    RECORD_REACTIONS = "record_reactions"  # what was seen of a patient's skin
    RUN_QUEUES = "run_queues"  # see what waits for other systems, without whom it is about; send again, park, drop


# Duties kept apart: who administers sees no patients, and who refers sees the patient they come from only.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.RADIOLOGIST: frozenset(
        {
            Permission.SEARCH_PATIENTS,
            Permission.VIEW_LAUNCHED_PATIENT,
            Permission.READ_DEVICES,
            Permission.RECORD_REACTIONS,
            Permission.BREAK_GLASS,
        }
    ),
    Role.PHYSICIST: frozenset(Permission),
    Role.REFERRER: frozenset({Permission.VIEW_LAUNCHED_PATIENT}),
    Role.ADMIN: frozenset(
        {
            Permission.READ_FINDINGS,
            Permission.CLOSE_FINDINGS,
            Permission.READ_DEVICES,
            Permission.SET_DEVICES,
            Permission.RESTRICT_PATIENTS,
            Permission.RUN_QUEUES,
        }
    ),
    Role.SYSTEM: frozenset({Permission.SEARCH_PATIENTS, Permission.READ_DEVICES}),
}


def may(roles: frozenset[Role], permission: Permission) -> bool:
    """Tell whether one of the roles allows it."""
    return any(permission in PERMISSIONS[role] for role in roles)
