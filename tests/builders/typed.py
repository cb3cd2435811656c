"""What a physicist types, as the service keeps it."""

import json
from datetime import UTC, datetime
from typing import Any

from dose_core.readers.typed_record import compose

STUDY = "1.2.826.0.1.3680043.10.999.1"
TYPED_AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def value(quantity: str, number: float, unit: str, **more: str) -> dict[str, Any]:
    """Return one typed value."""
    return {"quantity": quantity, "value": number, "unit": unit, **more}


def record(
    *values: dict[str, Any],
    modality: str = "CT",
    typed: bytes | None = None,
    is_withdrawal: bool = False,
    typed_at: datetime = TYPED_AT,
    **more: Any,  # noqa: ANN401 - any JSON
) -> bytes:
    """Return the record of these values, or of a request that is given as bytes."""
    words = {"source": "dose display", "comment": "not connected"}
    body = typed or json.dumps({"modality": modality, **words, **more, "values": list(values)}).encode()
    return compose(
        body,
        sop_instance_uid=f"{STUDY}.77",
        study_instance_uid=STUDY,
        modality=modality,
        typed_by="user:ada",
        typed_at=typed_at,
        is_withdrawal=is_withdrawal,
    )
