"""Bodies about the state of the service."""

from api.schemas.base import BodyOut


class HealthOut(BodyOut):
    """Whether the service can work; ``reason`` says what is missing."""

    status: str
    reason: str | None
