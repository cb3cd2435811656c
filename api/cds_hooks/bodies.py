"""
What EHRs send, checked against the field tables of CDS Hooks 2.0, and FHIR R4 as far as it is used.

What the specification names is required and has its form; what it does not name is left alone, since extensions and
later releases are allowed. Error texts hold no value.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

_MAX = 200  # entries of a list; ours, to bound the work
Text = Annotated[str, StringConstraints(max_length=1000)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=256)]
FhirId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9\-.]{1,64}$")]  # FHIR R4, 2.24.0.1
UserReference = Annotated[
    str, StringConstraints(pattern=r"^(Practitioner|PractitionerRole|Patient|RelatedPerson)/[A-Za-z0-9\-.]{1,64}$")
]


class Loose(BaseModel):
    """A part of what comes; unknown fields are allowed."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True)


class CodingIn(Loose):
    """Coding: FHIR R4, 2.24.0.5."""

    system: Text = ""
    code: Text = ""
    display: Text | None = None


class ConceptIn(Loose):
    """CodeableConcept."""

    coding: Annotated[tuple[CodingIn, ...], Field(max_length=_MAX)] = ()
    text: Text | None = None


class IdentifierIn(Loose):
    """Identifier; ``use`` tells those that are old."""

    system: Text | None = None
    value: Text | None = None
    use: Text | None = None


class PatientIn(Loose):
    """Patient, as far as it is used."""

    resource_type: Literal["Patient"] = Field(alias="resourceType")
    id: FhirId | None = None
    identifier: Annotated[tuple[IdentifierIn, ...], Field(max_length=_MAX)] = ()
    birth_date: str | None = Field(default=None, alias="birthDate", max_length=10)
    gender: Text | None = None

    @property
    def born_on(self) -> date | None:
        """The whole date of birth; a year or a month alone is none."""
        try:
            return date.fromisoformat(self.birth_date) if self.birth_date else None
        except ValueError:
            return None


class ReferenceIn(Loose):
    """Reference."""

    reference: Text | None = None


class ObservationIn(Loose):
    """Observation, as far as a pregnancy is told by it."""

    resource_type: Literal["Observation"] = Field(alias="resourceType")
    status: Text | None = None
    code: ConceptIn = ConceptIn()
    value: ConceptIn | None = Field(default=None, alias="valueCodeableConcept")
    effective: Text | None = Field(default=None, alias="effectiveDateTime")


class ServiceRequestIn(Loose):
    """ServiceRequest, as far as it is used."""

    resource_type: Literal["ServiceRequest"] = Field(alias="resourceType")
    id: FhirId | None = None
    identifier: Annotated[tuple[IdentifierIn, ...], Field(max_length=_MAX)] = ()
    code: ConceptIn = ConceptIn()
    body_site: Annotated[tuple[ConceptIn, ...], Field(max_length=_MAX)] = Field(default=(), alias="bodySite")
    subject: ReferenceIn | None = None


class OtherIn(Loose):
    """A resource of another kind, which is left alone."""

    resource_type: Word = Field(alias="resourceType")


def _kind(wanted: str) -> Discriminator:
    def of(value: Any) -> str:  # noqa: ANN401 - whatever came
        found = value.get("resourceType") if isinstance(value, dict) else getattr(value, "resource_type", None)
        return "wanted" if found == wanted else "other"

    return Discriminator(of)


class OrderEntryIn(Loose):
    """An entry of a Bundle of orders."""

    resource: Annotated[
        Annotated[ServiceRequestIn, Tag("wanted")] | Annotated[OtherIn, Tag("other")], _kind("ServiceRequest")
    ]


class OrdersIn(Loose):
    """A Bundle of drafted orders."""

    resource_type: Literal["Bundle"] = Field(alias="resourceType")
    entry: Annotated[tuple[OrderEntryIn, ...], Field(max_length=_MAX)] = ()


class ObservationEntryIn(Loose):
    """An entry of a Bundle of observations."""

    resource: Annotated[
        Annotated[ObservationIn, Tag("wanted")] | Annotated[OtherIn, Tag("other")], _kind("Observation")
    ]


class ObservationsIn(Loose):
    """A Bundle of what was searched for."""

    resource_type: Literal["Bundle"] = Field(alias="resourceType")
    entry: Annotated[tuple[ObservationEntryIn, ...], Field(max_length=_MAX)] = ()


class PrefetchIn(Loose):
    """What the EHR fetched beforehand; a key that it could not fill is missing, one without data is null."""

    patient: PatientIn | None = None
    pregnancy: ObservationsIn | None = None


class AuthorizationIn(Loose):
    """How the EHR's FHIR server may be asked; never shown or kept."""

    access_token: Annotated[str, StringConstraints(min_length=1, max_length=8192, pattern=r"^[!-~]+$")] = Field(
        repr=False
    )
    token_type: Literal["Bearer"]
    expires_in: int
    scope: Annotated[str, StringConstraints(max_length=4096)]
    subject: Text


class ContextIn(Loose):
    """Who looks at whom; all hooks have this."""

    user_id: UserReference = Field(alias="userId")
    patient_id: FhirId = Field(alias="patientId")
    encounter_id: FhirId | None = Field(default=None, alias="encounterId")


class SignContextIn(ContextIn):
    """The drafted orders of ``order-sign``."""

    draft_orders: OrdersIn = Field(alias="draftOrders")

    @model_validator(mode="after")
    def _is_about_one_patient(self) -> Self:
        whose = {f"Patient/{self.patient_id}"}
        for request in self.requests:
            stated = request.subject.reference if request.subject else None
            if stated is not None and "/".join(stated.split("/")[-2:]) not in whose:
                raise ValueError("an order is of another patient than the context")
        return self

    @property
    def requests(self) -> tuple[ServiceRequestIn, ...]:
        """The orders of services among those drafted."""
        return tuple(one.resource for one in self.draft_orders.entry if isinstance(one.resource, ServiceRequestIn))


class SelectContextIn(SignContextIn):
    """The drafted orders of ``order-select``, and which were selected just now."""

    selections: Annotated[tuple[Word, ...], Field(min_length=1, max_length=_MAX)]

    @property
    def requests(self) -> tuple[ServiceRequestIn, ...]:
        """Those that were selected; with or without the name of their kind."""
        selected = {one.removeprefix("ServiceRequest/") for one in self.selections}
        every = (one.resource for one in self.draft_orders.entry)
        return tuple(one for one in every if isinstance(one, ServiceRequestIn) and one.id in selected)


class _Request(Loose):
    hook_instance: UUID = Field(alias="hookInstance")
    fhir_server: Annotated[str, StringConstraints(max_length=2000)] | None = Field(default=None, alias="fhirServer")
    fhir_authorization: AuthorizationIn | None = Field(default=None, alias="fhirAuthorization")
    prefetch: PrefetchIn = PrefetchIn()

    context: ContextIn

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.fhir_authorization is not None and self.fhir_server is None:
            raise ValueError("fhirServer is needed where fhirAuthorization is given")
        patient = self.prefetch.patient
        if patient is not None and patient.id not in {None, self.context.patient_id}:
            raise ValueError("the patient that was fetched is not the one of the context")
        return self


class PatientViewIn(_Request):
    """A call of ``patient-view``."""

    hook: Literal["patient-view"]


class OrderSelectIn(_Request):
    """A call of ``order-select``."""

    hook: Literal["order-select"]
    context: SelectContextIn


class OrderSignIn(_Request):
    """A call of ``order-sign``."""

    hook: Literal["order-sign"]
    context: SignContextIn


HookRequest = Annotated[PatientViewIn | OrderSelectIn | OrderSignIn, Field(discriminator="hook")]


class AcceptedIn(Loose):
    """A suggestion that somebody took."""

    id: Word


class ReasonIn(Loose):
    """Coding of CDS Hooks: code and system are required."""

    code: Word
    system: Word
    display: Text | None = None


class OverrideIn(Loose):
    """Why somebody went on all the same."""

    reason: ReasonIn | None = None
    user_comment: Annotated[str, StringConstraints(max_length=4000)] | None = Field(default=None, alias="userComment")


class FeedbackIn(Loose):
    """What somebody did about a card."""

    card: UUID
    outcome: Literal["accepted", "overridden"]
    accepted: Annotated[tuple[AcceptedIn, ...], Field(max_length=_MAX)] = Field(default=(), alias="acceptedSuggestions")
    override: OverrideIn | None = Field(default=None, alias="overrideReason")
    at: AwareDatetime = Field(alias="outcomeTimestamp")

    @model_validator(mode="after")
    def _names_what_was_accepted(self) -> Self:
        if self.outcome == "accepted" and not self.accepted:
            raise ValueError("acceptedSuggestions is needed where the outcome is accepted")
        return self


class FeedbacksIn(Loose):
    """Feedback about one or more cards."""

    feedback: Annotated[tuple[FeedbackIn, ...], Field(min_length=1, max_length=_MAX)]
