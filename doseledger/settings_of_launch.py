"""Settings of other programs that show or open views; ``doseledger.settings`` reads them with all others."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator


class LaunchSettings(BaseModel):
    """Who may frame a view, who may open one by themselves, and which EHRs are advised while ordering."""

    frame_ancestors: tuple[str, ...] = Field(default=(), description="origins that may show the dose view in a frame")
    launch_peers: Path | None = Field(
        default=None, description="TOML file of the programs and EHRs that may open views by themselves"
    )
    cds_hooks: Path | None = Field(
        default=None, description="TOML file of the EHRs that call CDS Hooks, and of what their cards tell"
    )

    @field_validator("frame_ancestors")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if any(urlsplit(o).scheme not in {"http", "https"} or not urlsplit(o).netloc for o in origins):
            raise ValueError("each must start with http:// or https:// and name a host")
        return origins
