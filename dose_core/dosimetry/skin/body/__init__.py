"""Bodies made of superellipse sections: how they are proportioned, their surface, and the names of its parts."""

from dose_core.dosimetry.skin.body.body_phantom import Arms, body_phantom

__all__ = ["Arms", "body_phantom"]
