"""Answers that are written once, not looked through again by the framework."""

from collections.abc import Iterable

from fastapi import Response, status

from api.schemas.base import BodyOut

_JSON = "application/json"


def answer(body: BodyOut, status_code: int = status.HTTP_200_OK) -> Response:
    """Return a body as an answer; it was checked when it was made."""
    return Response(body.model_dump_json(by_alias=True), media_type=_JSON, status_code=status_code)


def answer_with_lines(lines: Iterable[bytes], **bodies: BodyOut) -> Response:
    """Return bodies and, as ``exams``, lines that are JSON already and are passed on as they are kept."""
    parts = [f'"{name}":{body.model_dump_json(by_alias=True)}'.encode() for name, body in bodies.items()]
    parts.append(b'"exams":[' + b",".join(lines) + b"]")
    return Response(b"{" + b",".join(parts) + b"}", media_type=_JSON)
