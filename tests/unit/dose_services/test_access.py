"""Tests of dose_services.access: permission = role x organisation x purpose."""

from uuid import UUID

import pytest

from dose_services.access import ROOT, Access, PurposeNotAllowedError
from dose_services.roles import Permission, Purpose, Role

NORTH, SOUTH, COAST, HARBOUR, CT_OF_HARBOUR, HILL = (UUID(int=number) for number in range(10, 16))
# all > north (region) > harbour (hospital) > its CT department; north > hill; all > south (region) > coast
TREE = (
    (ROOT, None, "region"),
    (NORTH, ROOT, "region"),
    (SOUTH, ROOT, "region"),
    (HARBOUR, NORTH, "hospital"),
    (CT_OF_HARBOUR, HARBOUR, "department"),
    (HILL, NORTH, "hospital"),
    (COAST, SOUTH, "hospital"),
)
OF_NORTH = frozenset({NORTH, HARBOUR, CT_OF_HARBOUR, HILL})


def access(
    *held: tuple[Role, UUID] | tuple[Role, UUID, tuple[Purpose, ...]],
    changed: tuple[tuple[str, str, str, str], ...] = (),
) -> Access:
    full = tuple((one[0], one[1], one[2] if len(one) == 3 else ()) for one in held)
    return Access(held=full, changed=changed, tree=TREE)


class TestRights:
    def test_at_the_root_are_everywhere_without_a_condition(self) -> None:
        rights = access((Role.RADIOLOGIST, ROOT)).usual

        assert rights.organisations(Permission.SEARCH_PATIENTS) is None
        assert rights.reach(Permission.SEARCH_PATIENTS) is None

    def test_of_a_physicist_at_the_root_need_no_condition_for_exams_that_are_held(self) -> None:
        assert access((Role.MPE, ROOT)).usual.reach(Permission.DECIDE_EXAMS) is None

    def test_for_treatment_reach_the_region_around_a_hospital(self) -> None:
        rights = access((Role.RADIOLOGIST, HARBOUR)).rights(Purpose.TREAT)

        assert rights.organisations(Permission.SEARCH_PATIENTS) == OF_NORTH

    def test_for_another_purpose_reach_the_hospital_and_all_below_it(self) -> None:
        rights = access((Role.RADIOLOGIST, HARBOUR)).rights(Purpose.HQUALIMP)

        assert rights.organisations(Permission.SEARCH_PATIENTS) == frozenset({HARBOUR, CT_OF_HARBOUR})

    def test_to_see_what_is_held_stay_with_the_hospital_though_history_reaches_the_region(self) -> None:
        reach = access((Role.MPE, HARBOUR)).usual.reach(Permission.SEARCH_PATIENTS)

        assert reach is not None
        assert reach.organisations == OF_NORTH
        assert reach.uncounted == frozenset({HARBOUR, CT_OF_HARBOUR})

    def test_add_up_over_several_grants(self) -> None:
        rights = access((Role.MPE, CT_OF_HARBOUR), (Role.MPE, COAST)).usual

        assert rights.organisations(Permission.DECIDE_EXAMS) == frozenset({CT_OF_HARBOUR, COAST})

    def test_of_two_roles_do_not_mix_their_places(self) -> None:
        rights = access((Role.MPE, COAST), (Role.RADIOGRAPHER, HARBOUR)).usual

        assert rights.organisations(Permission.DECIDE_EXAMS) == frozenset({COAST})
        assert rights.organisations(Permission.STATE_VALUES) == frozenset({COAST, HARBOUR, CT_OF_HARBOUR})

    def test_of_nobody_are_nothing(self) -> None:
        rights = access().usual

        assert not any(rights.may(permission) for permission in Permission)
        assert rights.organisations(Permission.SEARCH_PATIENTS) == frozenset()

    def test_hold_only_for_the_purposes_of_the_grant(self) -> None:
        limited = access((Role.RADIOLOGIST, HARBOUR, (Purpose.HQUALIMP,)))

        assert not limited.rights(Purpose.TREAT).may(Permission.SEARCH_PATIENTS)
        assert limited.usual.purpose_of(Permission.SEARCH_PATIENTS) is Purpose.HQUALIMP

    def test_are_what_a_site_made_of_them(self) -> None:
        changed = (
            ("radiologist", "search_patients", "TREAT", "organisation"),
            ("radiologist", "break_glass", "TREAT", "none"),
            ("radiologist", "read_findings", "TREAT", "everywhere"),
        )
        rights = access((Role.RADIOLOGIST, HILL), changed=changed).rights(Purpose.TREAT)

        assert rights.organisations(Permission.SEARCH_PATIENTS) == frozenset({HILL})
        assert not rights.may(Permission.BREAK_GLASS)
        assert rights.organisations(Permission.READ_FINDINGS) is None


class TestThePurpose:
    @pytest.mark.parametrize(
        ("role", "permission", "purpose"),
        [
            (Role.RADIOLOGIST, Permission.SEARCH_PATIENTS, Purpose.TREAT),
            (Role.MPE, Permission.DECIDE_EXAMS, Purpose.TREAT),
            (Role.ADMINISTRATOR, Permission.MANAGE_ACCESS, Purpose.HSYSADMIN),
            (Role.AUDITOR, Permission.READ_ACCESS, Purpose.HCOMPL),
        ],
    )
    def test_that_nobody_states_is_treatment_or_what_the_duty_is_for(
        self, role: Role, permission: Permission, purpose: Purpose
    ) -> None:
        assert access((role, HARBOUR)).rights_for(None).purpose_of(permission) is purpose

    def test_that_nobody_states_takes_no_duty_away_from_who_has_two(self) -> None:
        rights = access((Role.ADMINISTRATOR, ROOT), (Role.MPE, HARBOUR)).rights_for(None)

        assert rights.organisations(Permission.MANAGE_ACCESS) is None
        assert rights.organisations(Permission.DECIDE_EXAMS) == frozenset({HARBOUR, CT_OF_HARBOUR})

    def test_that_no_role_is_for_is_refused(self) -> None:
        with pytest.raises(PurposeNotAllowedError):
            access((Role.RADIOLOGIST, HARBOUR)).rights_for(Purpose.HRESCH)
