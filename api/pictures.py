"""Answers that are pictures."""

from fastapi import Response


class PngResponse(Response):
    """A picture in Portable Network Graphics."""

    media_type = "image/png"
