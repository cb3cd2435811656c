"""What all bodies share."""

from pydantic import BaseModel, ConfigDict


class BodyIn(BaseModel):
    """A body that comes in: nothing unexpected in it, and no value of it in an error text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BodyOut(BaseModel):
    """A body that goes out; fields have no defaults, so that none is forgotten."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
