"""
What CDS Hooks 2.0 asks of requests and answers, as JSON Schema, written from its field tables.

Source: cds-hooks/docs, docs/specification/current.md (2.0): Discovery, Calling a CDS Service, CDS Service Response,
Feedback; docs/hooks: patient-view, order-select, order-sign.
"""

from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types

_STRING = {"type": "string", "minLength": 1}
_URL = {"type": "string", "format": "uri", "pattern": "^https?://"}
_UUID = {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None, *, closed: bool = True) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {}), "extension": {"type": "object"}},
        "additionalProperties": not closed,
    }


_CODING = _object({"code": _STRING, "system": _STRING}, {"display": _STRING})
_REASON = _object({"code": _STRING, "system": _STRING, "display": _STRING})
_ACTION = {
    **_object(
        {"type": {"enum": ["create", "update", "delete"]}, "description": _STRING},
        {"resource": {"type": "object"}, "resourceId": {"type": "string", "pattern": "^[A-Za-z]+/[A-Za-z0-9.-]+$"}},
    ),
    "if": {"properties": {"type": {"const": "delete"}}},
    "then": {"required": ["resourceId"]},
    "else": {"required": ["resource"]},
}
_SUGGESTION = _object(
    {"label": _STRING},
    {"uuid": _UUID, "isRecommended": {"type": "boolean"}, "actions": {"type": "array", "items": _ACTION}},
)
_LINK = {
    **_object({"label": _STRING, "url": _URL, "type": {"enum": ["absolute", "smart"]}}, {"appContext": _STRING}),
    "if": {"properties": {"type": {"const": "absolute"}}},
    "then": {"properties": {"appContext": False}},
}
_SOURCE = _object({"label": _STRING}, {"url": _URL, "icon": _URL, "topic": _CODING})
_CARD = {
    **_object(
        {
            "summary": {"type": "string", "minLength": 1, "maxLength": 139},
            "indicator": {"enum": ["info", "warning", "critical"]},
            "source": _SOURCE,
        },
        {
            "uuid": _UUID,
            "detail": _STRING,
            "suggestions": {"type": "array", "items": _SUGGESTION},
            "selectionBehavior": {"enum": ["at-most-one", "any"]},
            "overrideReasons": {"type": "array", "items": _REASON},
            "links": {"type": "array", "items": _LINK},
        },
    ),
    "dependentRequired": {"suggestions": ["selectionBehavior"]},
}
CARDS = _object({"cards": {"type": "array", "items": _CARD}}, {"systemActions": {"type": "array", "items": _ACTION}})
DISCOVERY = _object(
    {
        "services": {
            "type": "array",
            "items": _object(
                {"hook": _STRING, "description": _STRING, "id": _STRING},
                {
                    "title": _STRING,
                    "prefetch": {"type": "object", "additionalProperties": _STRING},
                    "usageRequirements": _STRING,
                },
            ),
        }
    }
)
_BUNDLE = _object({"resourceType": {"const": "Bundle"}, "entry": {"type": "array"}}, closed=False)
_USER = {"type": "string", "pattern": "^(Practitioner|PractitionerRole|Patient|RelatedPerson)/"}
_VIEW = _object({"userId": _USER, "patientId": _STRING}, {"encounterId": _STRING})
_SIGN = _object({"userId": _USER, "patientId": _STRING, "draftOrders": _BUNDLE}, {"encounterId": _STRING})
_SELECT = _object(
    {"userId": _USER, "patientId": _STRING, "draftOrders": _BUNDLE, "selections": {"type": "array", "items": _STRING}},
    {"encounterId": _STRING},
)
_AUTHORIZATION = _object(
    {
        "access_token": _STRING,
        "token_type": {"const": "Bearer"},
        "expires_in": {"type": "integer"},
        "scope": {"type": "string"},
        "subject": _STRING,
    },
    {"patient": _STRING},
)
REQUEST = {
    **_object(
        {"hook": {"enum": ["patient-view", "order-select", "order-sign"]}, "hookInstance": _UUID, "context": {}},
        {"fhirServer": _URL, "fhirAuthorization": _AUTHORIZATION, "prefetch": {"type": "object"}},
    ),
    "dependentRequired": {"fhirAuthorization": ["fhirServer"]},
    "allOf": [
        {"if": {"properties": {"hook": {"const": hook}}}, "then": {"properties": {"context": context}}}
        for hook, context in (("patient-view", _VIEW), ("order-select", _SELECT), ("order-sign", _SIGN))
    ],
}
FEEDBACK = _object(
    {
        "feedback": {
            "type": "array",
            "minItems": 1,
            "items": {
                **_object(
                    {"card": _UUID, "outcome": {"enum": ["accepted", "overridden"]}, "outcomeTimestamp": _STRING},
                    {
                        "acceptedSuggestions": {"type": "array", "minItems": 1, "items": _object({"id": _STRING})},
                        "overrideReason": _object({}, {"reason": _CODING, "userComment": {"type": "string"}}),
                    },
                ),
                "if": {"properties": {"outcome": {"const": "accepted"}}},
                "then": {"required": ["acceptedSuggestions"]},
            },
        }
    }
)


def check(schema: dict[str, Any], document: object) -> None:
    """
    Let pass a document that the schema allows.

    Raises:
        jsonschema.ValidationError: it does not.
    """
    jsonschema.Draft202012Validator(schema).validate(document)
