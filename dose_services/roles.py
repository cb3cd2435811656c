"""
What users and tokens may do: duties, permissions, purposes, and how far each reaches, as shipped.

A site changes what a role may do by rows (``dose_services.role_permissions``); what has no row is as it stands here.
"""

from enum import StrEnum


class Scope(StrEnum):
    """What a bearer token may be used for. One that may only ingest can never be used to read."""

    INGEST = "ingest"  # hand in objects
    LAUNCH = "launch"  # ask for launch handles
    READ = "read"  # read what its user, or its system, may read


class Role(StrEnum):
    """The duties that somebody may have in an organisation; ``integrator`` is for programs, never given to a person."""

    RADIOLOGIST = "radiologist"
    REFERRER = "referrer"
    RADIOGRAPHER = "radiographer"
    MPE = "mpe"  # medical physics expert: 2013/59/Euratom, articles 4(49) and 83
    RPO = "rpo"  # radiation protection officer: the same, articles 4(76) and 84
    ADMINISTRATOR = "administrator"
    INTEGRATOR = "integrator"
    AUDITOR = "auditor"


_FORMER_WORDS = {"physicist": Role.MPE, "admin": Role.ADMINISTRATOR, "system": Role.INTEGRATOR}


def role_named(word: str) -> Role:
    """
    Return the role of a word; those of earlier releases (physicist, admin, system) are still understood.

    Raises:
        ValueError: there is no such role.
    """
    return _FORMER_WORDS.get(word) or Role(word)


class Purpose(StrEnum):
    """
    What somebody uses data for.

    Source: HL7 Terminology, code system v3-ActReason, value set PurposeOfUse 3.1.0; the texts are ours.
    """

    TREAT = "TREAT"  # treatment
    HQUALIMP = "HQUALIMP"  # improving the quality of care: dose management, quality control
    HOPERAT = "HOPERAT"  # operations that care needs
    HSYSADMIN = "HSYSADMIN"  # administering the system
    HCOMPL = "HCOMPL"  # meeting a mandate: audit
    HRESCH = "HRESCH"  # research


PURPOSE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActReason"


class Span(StrEnum):
    """How far a permission reaches, seen from the organisation in which a role is held; each has all that is below."""

    NONE = "none"
    ORGANISATION = "organisation"  # that organisation
    REGION = "region"  # the nearest region above it
    EVERYWHERE = "everywhere"


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
    BREAK_GLASS = "break_glass"  # see who is restricted, or out of reach, with a written reason
    RESTRICT_PATIENTS = "restrict_patients"  # hide a patient, and lift that
    SWITCH_EFFECTIVE_DOSE = "switch_effective_dose"  # let a site see effective dose, or hide it
    CALIBRATE_SKIN_DOSE = "calibrate_skin_dose"  # say how a device states its geometry, and that its maps are validated
    CALIBRATE_LOCALISERS = "calibrate_localisers"  # say how the localisers of a CT device attenuate
    RECORD_REACTIONS = "record_reactions"  # what was seen of a patient's skin
    RUN_QUEUES = "run_queues"  # see what waits for other systems, without whom it is about; send again, park, drop
    MANAGE_DESTINATIONS = "manage_destinations"  # say which archives and registries get what, and where they are
    READ_ACCESS = "read_access"  # see organisations, who has which role, and what a role may do
    MANAGE_ACCESS = "manage_access"  # change these
    READ_AUDIT = "read_audit"  # see who looked at what


_OF_CARE = frozenset({Permission.SEARCH_PATIENTS, Permission.VIEW_LAUNCHED_PATIENT})

# Duties kept apart: who administers sees no patients, who audits changes nothing, and who refers sees the patient they
# come from only.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.RADIOLOGIST: _OF_CARE
    | {
        Permission.READ_DEVICES,
        Permission.RECORD_REACTIONS,
        Permission.BREAK_GLASS,
    },
    Role.REFERRER: frozenset({Permission.VIEW_LAUNCHED_PATIENT}),
    Role.RADIOGRAPHER: _OF_CARE | {Permission.READ_DEVICES, Permission.STATE_VALUES},
    Role.MPE: _OF_CARE
    | {
        Permission.READ_UNCOUNTED,
        Permission.READ_FINDINGS,
        Permission.CLOSE_FINDINGS,
        Permission.READ_DEVICES,
        Permission.SET_DEVICES,
        Permission.STATE_VALUES,
        Permission.DECIDE_EXAMS,
        Permission.BREAK_GLASS,
        Permission.RESTRICT_PATIENTS,
        Permission.SWITCH_EFFECTIVE_DOSE,
        Permission.CALIBRATE_SKIN_DOSE,
        Permission.CALIBRATE_LOCALISERS,
        Permission.RECORD_REACTIONS,
        Permission.RUN_QUEUES,
    },
    Role.RPO: frozenset({Permission.READ_FINDINGS, Permission.CLOSE_FINDINGS, Permission.READ_DEVICES}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.READ_FINDINGS,
            Permission.CLOSE_FINDINGS,
            Permission.READ_DEVICES,
            Permission.SET_DEVICES,
            Permission.RESTRICT_PATIENTS,
            Permission.RUN_QUEUES,
            Permission.MANAGE_DESTINATIONS,
            Permission.READ_ACCESS,
            Permission.MANAGE_ACCESS,
        }
    ),
    Role.INTEGRATOR: frozenset({Permission.SEARCH_PATIENTS, Permission.READ_DEVICES}),
    Role.AUDITOR: frozenset({Permission.READ_ACCESS, Permission.READ_AUDIT}),
}

# For what each role uses what it sees. What a request states no purpose for is treatment; for who treats nobody, it is
# the first of their own.
PURPOSES: dict[Role, tuple[Purpose, ...]] = {
    Role.RADIOLOGIST: (Purpose.TREAT, Purpose.HQUALIMP),
    Role.REFERRER: (Purpose.TREAT,),
    Role.RADIOGRAPHER: (Purpose.TREAT,),
    Role.MPE: (Purpose.TREAT, Purpose.HQUALIMP),
    Role.RPO: (Purpose.HOPERAT,),
    Role.ADMINISTRATOR: (Purpose.HSYSADMIN,),
    Role.INTEGRATOR: (Purpose.TREAT,),
    Role.AUDITOR: (Purpose.HCOMPL,),
}


def shipped_span(role: Role, permission: Permission, purpose: Purpose) -> Span:
    """
    Return how far a permission of a role reaches as shipped.

    For treatment, the patient's whole history in the region is read: what was irradiated elsewhere counts for the next
    exam. All else is for the organisation in which the role is held; the glass is broken wherever there is need.
    """
    if permission not in PERMISSIONS[role] or purpose not in PURPOSES[role]:
        return Span.NONE
    if permission is Permission.BREAK_GLASS:
        return Span.EVERYWHERE
    if purpose is Purpose.TREAT and permission in _OF_CARE:
        return Span.REGION
    return Span.ORGANISATION
