"""Tests of dose_services.roles."""

import pytest

from dose_services.roles import PERMISSIONS, Permission, Role, may


class TestRoles:
    def test_each_have_their_permissions(self) -> None:
        assert PERMISSIONS.keys() == set(Role)

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.REFERRER])
    def test_that_do_not_search_patients(self, role: Role) -> None:
        assert not may(frozenset({role}), Permission.SEARCH_PATIENTS)

    def test_add_up(self) -> None:
        both = frozenset({Role.ADMIN, Role.RADIOLOGIST})

        assert may(both, Permission.SEARCH_PATIENTS)
        assert may(both, Permission.READ_FINDINGS)

    def test_of_nobody_allow_nothing(self) -> None:
        assert not any(may(frozenset(), permission) for permission in Permission)
