"""Tests of dose_services.roles: duties as shipped."""

import pytest

from dose_services.roles import PERMISSIONS, PURPOSES, Permission, Purpose, Role, Span, role_named, shipped_span

OF_PATIENTS = {Permission.SEARCH_PATIENTS, Permission.VIEW_LAUNCHED_PATIENT, Permission.DECIDE_EXAMS}


class TestRoles:
    def test_have_permissions_and_purposes_each(self) -> None:
        assert PERMISSIONS.keys() == PURPOSES.keys() == set(Role)

    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.RPO, Role.AUDITOR])
    def test_of_no_care_see_no_patients(self, role: Role) -> None:
        assert not PERMISSIONS[role] & OF_PATIENTS
        assert Purpose.TREAT not in PURPOSES[role]

    def test_of_care_do_not_say_who_may_what(self) -> None:
        managing = {role for role in Role if Permission.MANAGE_ACCESS in PERMISSIONS[role]}

        assert managing == {Role.ADMINISTRATOR}

    def test_of_an_auditor_change_nothing(self) -> None:
        assert not {one for one in PERMISSIONS[Role.AUDITOR] if not one.startswith("read_")}

    @pytest.mark.parametrize(
        ("word", "role"), [("physicist", Role.MPE), ("admin", Role.ADMINISTRATOR), ("system", Role.INTEGRATOR)]
    )
    def test_are_still_understood_by_their_words_of_earlier_releases(self, word: str, role: Role) -> None:
        assert role_named(word) is role

    def test_that_are_none_are_refused(self) -> None:
        with pytest.raises(ValueError, match="janitor"):
            role_named("janitor")


class TestSpans:
    def test_reach_the_region_for_treatment_and_the_own_organisation_for_all_else(self) -> None:
        spans = {
            purpose: shipped_span(Role.RADIOLOGIST, Permission.SEARCH_PATIENTS, purpose)
            for purpose in PURPOSES[Role.RADIOLOGIST]
        }

        assert spans == {Purpose.TREAT: Span.REGION, Purpose.HQUALIMP: Span.ORGANISATION}

    def test_of_what_decides_about_exams_are_the_own_organisation_even_for_treatment(self) -> None:
        assert shipped_span(Role.MPE, Permission.DECIDE_EXAMS, Purpose.TREAT) is Span.ORGANISATION

    def test_are_none_for_what_a_role_may_not_or_not_for_this(self) -> None:
        assert shipped_span(Role.REFERRER, Permission.SEARCH_PATIENTS, Purpose.TREAT) is Span.NONE
        assert shipped_span(Role.REFERRER, Permission.VIEW_LAUNCHED_PATIENT, Purpose.HRESCH) is Span.NONE

    def test_of_breaking_the_glass_are_wherever_there_is_need(self) -> None:
        assert shipped_span(Role.RADIOLOGIST, Permission.BREAK_GLASS, Purpose.TREAT) is Span.EVERYWHERE
