"""Bodies about objects that an archive deleted."""

from typing import Annotated

from pydantic import Field

from api.schemas.base import BodyIn
from dose_core.contract import MAX_DELETIONS, MAX_HEADER_CHARACTERS

_OrthancId = Annotated[str, Field(min_length=1, max_length=MAX_HEADER_CHARACTERS)]


class DeletionsIn(BodyIn):
    """Orthanc's ids of the objects that it deleted."""

    orthanc_ids: Annotated[list[_OrthancId], Field(min_length=1, max_length=MAX_DELETIONS)]
