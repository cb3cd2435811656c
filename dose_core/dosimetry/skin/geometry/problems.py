"""Why an event cannot be placed on a patient."""


class Problem(Exception):  # noqa: N818 - no error of the caller: it becomes the reason why an event is left out
    """``missing`` names what its object would have to state, ``reason`` says it in words; neither names a patient."""

    def __init__(self, missing: str, reason: str) -> None:
        super().__init__(reason)
        self.missing, self.reason = missing, reason
