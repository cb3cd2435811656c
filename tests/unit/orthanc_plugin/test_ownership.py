"""Tests of orthanc_plugin.ownership."""

import os
import stat

import pytest

from orthanc_plugin.ownership import OwnershipError, check_ownership

US, ROOT, SOMEBODY_ELSE = os.geteuid(), 0, os.geteuid() + 1


def status(mode: int, owner: int) -> os.stat_result:
    """Return what the system says of a file with this mode and owner."""
    return os.stat_result((stat.S_IFREG | mode, 0, 0, 1, owner, owner, 0, 0, 0, 0))


class TestCheckOwnership:
    @pytest.mark.parametrize("owner", [US, ROOT])
    @pytest.mark.parametrize("mode", [0o600, 0o400, 0o644, 0o755])
    def test_passes_what_only_we_and_root_may_write(self, mode: int, owner: int) -> None:
        check_ownership(status(mode, owner), "DoseLedger.IngestTokenFile")

    @pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o777])
    def test_refuses_what_others_may_write(self, mode: int) -> None:
        with pytest.raises(OwnershipError, match=r"IngestTokenFile.*chmod go-w"):
            check_ownership(status(mode, US), "DoseLedger.IngestTokenFile")

    def test_refuses_what_belongs_to_somebody_else(self) -> None:
        with pytest.raises(OwnershipError, match=r"IngestTokenFile.*another account"):
            check_ownership(status(0o600, SOMEBODY_ELSE), "DoseLedger.IngestTokenFile")
