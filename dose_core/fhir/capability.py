"""
What our FHIR service can do.

Source: HL7 FHIR R4, CapabilityStatement; Radiation Dose Summary 1.0.0, CapabilityStatement FHIRServer, and its test
plan, scenario 2: producer and server in one, so that nobody else creates resources here.
"""

from dose_core.fhir.elements import present
from dose_core.fhir.queries import NO_SEARCH, READ_ALONE, SEARCHES
from dose_core.fhir.terms import (
    DEVICE_PROFILE,
    DOSE_SUMMARY_PROFILE,
    FHIR_VERSION,
    GUIDE,
    INDICATION_PROFILE,
    OURS,
    PREGNANCY_PROFILE,
    REPORT_PROFILE,
    Json,
)

RELEASED = "2026-11-22"  # the day on which this statement was last changed
_BY_POST = "by POST _search alone: what names a patient never stands in an address"
_CHAINED = "as patient.identifier also by identifier, by POST _search alone"
_TYPES = {
    "token": ("identifier", "code", "type", "_id", "_tag"),
    "string": ("family", "given", "manufacturer"),
    "reference": ("patient", "subject", "device", "part-of"),
    "date": ("date",),
}
_TYPE_OF = {name: kind for kind, names in _TYPES.items() for name in names}
_PROFILES = {
    "Device": (DEVICE_PROFILE,),
    "Observation": (DOSE_SUMMARY_PROFILE, INDICATION_PROFILE, PREGNANCY_PROFILE),
    "Composition": (REPORT_PROFILE,),
}


def capability_statement(base: str, version: str) -> Json:
    """Return what the service at this address can do; ``version`` is that of DoseLedger."""
    kinds = [*SEARCHES, READ_ALONE]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": RELEASED,
        "kind": "instance",
        "software": {"name": "DoseLedger", "version": version},
        "implementation": {"description": "Radiation dose summaries of this site", "url": base},
        "fhirVersion": FHIR_VERSION,
        "format": ["json"],
        "implementationGuide": [f"{GUIDE}/ImplementationGuide/hl7.fhir.uv.radiation-dose-summary"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Reads alone. Doses come from what devices state, never by FHIR.",
                "security": {
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                                    "code": "OAuth",
                                }
                            ],
                            "text": "bearer token (RFC 6750) of scope read",
                        }
                    ]
                },
                "resource": [_resource(kind) for kind in kinds],
                "interaction": [
                    {"code": "transaction", "documentation": "of reads and searches"},
                    {"code": "batch", "documentation": "of reads and searches"},
                    {"code": "search-system", "documentation": "of one type, which _type names"},
                ],
            }
        ],
    }


def _resource(kind: str) -> Json:
    by_get, by_post = SEARCHES.get(kind, NO_SEARCH)
    can = ["read", *(["search-type"] if kind in SEARCHES else [])]
    operations = [{"name": "cumulative-dose", "definition": f"{OURS}:cumulative-dose"}] if kind == "Patient" else []
    return present(
        type=kind,
        supportedProfile=list(_PROFILES.get(kind, ())),
        interaction=[{"code": code} for code in can],
        versioning="versioned",
        readHistory=False,
        searchParam=[
            *(present(name=name, type=_TYPE_OF[name], documentation=_said(name, by_post)) for name in by_get),
            *({"name": name, "type": _TYPE_OF[name], "documentation": _BY_POST} for name in by_post if "." not in name),
        ],
        operation=operations,
    )


def _said(name: str, by_post: tuple[str, ...]) -> str | None:
    return _CHAINED if f"{name}.identifier" in by_post else None
