"""
Trust no file that somebody else may exchange.

Who writes the token's file decides in whose name doses arrive; who writes to the spool's folder, what is delivered.
"""

import os
import stat

from dose_core.errors import DoseError

_ROOT = 0
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class OwnershipError(DoseError):
    """Another account may change a file or folder that the plugin depends on; the text says how to prevent it."""


def check_ownership(status: os.stat_result, name: str) -> None:
    """
    Pass what belongs to Orthanc's account or to root, and that nobody else may write.

    Raises:
        OwnershipError: it is not so; the text calls the file by ``name``.
    """
    if status.st_uid not in {os.geteuid(), _ROOT}:
        msg = f"{name} belongs to another account; give it to the account that Orthanc runs as (chown)"
        raise OwnershipError(msg)
    if status.st_mode & _OTHERS_MAY_WRITE:
        msg = f"{name}: others may write to it; look what is in it, then take that from them (chmod go-w)"
        raise OwnershipError(msg)
