"""Tests of dose_core.ledger.device_identity: which machine it was."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.ledger.device_identity import devices_among, identity_keys, is_strong, names_no_device
from dose_core.model import DeviceStated
from tests.builders.devices import SCANNER, appearances, keys_of

UID = "1.2.826.0.1.3680043.10.999.3.1"
STUDY = "1.2.826.0.1.3680043.10.999.1"


def device_count(*stated: DeviceStated) -> int:
    return len(devices_among(appearances(*stated)))


class TestOneDevice:
    @pytest.mark.parametrize(
        "other",
        [
            {"software_versions": ("2.0",)},
            {"model": None, "station_name": None, "institution": None},
            {"station_name": "CT99", "institution": "Another name of the house"},
            {"manufacturer": "INVENTED SCANNERS NM", "serial_number": " aw-1001 "},
            {"model": "One_PET 600"},  # the parts of a PET/CT name different models
            {"observer_uid": UID},
        ],
    )
    def test_is_known_by_its_serial_number_whatever_else_changes(self, other: dict[str, object]) -> None:
        assert device_count(SCANNER, replace(SCANNER, **other)) == 1  # type: ignore[arg-type]  # fields by name

    def test_is_known_by_its_observer_uid_where_the_serial_number_is_empty(self) -> None:
        known = replace(SCANNER, observer_uid=UID)

        assert device_count(known, DeviceStated(observer_uid=UID)) == 1

    def test_keeps_its_short_serial_number_through_an_upgrade_that_renames_the_model_if_a_uid_says_so(self) -> None:
        before = replace(SCANNER, serial_number="71", model="DS 43.10", observer_uid=UID)

        assert device_count(before, replace(before, model="DS 53.40")) == 1

    @pytest.mark.parametrize("empty", [(), ("manufacturer",), ("institution",), ("manufacturer", "model")])
    def test_is_recognised_without_serial_number_if_it_alone_fits(self, empty: tuple[str, ...]) -> None:
        seen = replace(SCANNER, serial_number=None, **dict.fromkeys(empty))  # type: ignore[arg-type]  # fields by name

        assert device_count(SCANNER, seen) == 1

    def test_is_recognised_by_its_serial_number_when_the_maker_is_empty(self) -> None:
        assert device_count(SCANNER, DeviceStated(serial_number="AW1001", station_name="OTHER")) == 1

    def test_is_one_for_objects_that_never_state_a_serial_number(self) -> None:
        full = replace(SCANNER, serial_number=None)

        assert device_count(full, replace(full, station_name=None), DeviceStated(model="One")) == 1

    def test_is_recognised_by_the_ae_title_of_its_procedure_steps(self) -> None:
        step = DeviceStated(ae_title="CT1_AE", station_name="CT1")

        assert device_count(SCANNER, step, DeviceStated(ae_title="ct1_ae")) == 1


class TestSeveralDevices:
    def test_of_one_model_and_station_name_are_told_apart_by_serial_number(self) -> None:
        assert device_count(SCANNER, replace(SCANNER, serial_number="AW1002")) == 2

    def test_leave_an_object_alone_that_fits_both(self) -> None:
        unclear = replace(SCANNER, serial_number=None)
        twins = (SCANNER, replace(SCANNER, serial_number="AW1002"))

        devices = devices_among(appearances(*twins, unclear))

        assert frozenset(appearances(unclear)) in devices
        assert len(devices) == 3

    def test_have_equal_names_at_two_sites(self) -> None:
        here = set(keys_of(replace(SCANNER, observer_uid=UID), site="north"))

        assert here.isdisjoint(keys_of(replace(SCANNER, observer_uid=UID), site="south"))

    def test_contradict_each_other_in_the_station_name(self) -> None:
        assert device_count(SCANNER, replace(SCANNER, serial_number=None, station_name="CT2")) == 2

    def test_have_copied_observer_uids_if_serial_numbers_differ(self) -> None:
        one, other = (replace(SCANNER, observer_uid=UID, serial_number=number) for number in ("1010101", "1010102"))

        assert device_count(one, other) == 2

    def test_of_different_models_may_have_one_short_serial_number(self) -> None:
        assert (
            device_count(replace(SCANNER, serial_number="71"), replace(SCANNER, serial_number="71", model="Two")) == 2
        )

    @pytest.mark.parametrize("filler", ["0", "000000", "N/A", "unknown", "XXXXXX", "999999", "123456", "*", "-", ""])
    def test_are_not_joined_by_what_fills_an_empty_serial_number(self, filler: str) -> None:
        one, other = (replace(SCANNER, serial_number=filler, station_name=name) for name in ("CT1", "CT2"))

        assert device_count(one, other) == 2
        assert not any(map(is_strong, keys_of(one)))


class TestKeys:
    def test_take_no_observer_uid_that_is_the_studys_own(self) -> None:
        """GE OEC Fluorostar writes the Study Instance UID there."""
        stated = replace(SCANNER, observer_uid=STUDY)

        assert identity_keys(stated, site="", study_instance_uid=STUDY) == keys_of(SCANNER)
        assert identity_keys(stated, site="", study_instance_uid=None)[0].startswith("uid:")

    def test_are_the_same_texts_tomorrow(self) -> None:
        """They are kept in a database: a change of spelling would make every device a new one. Told by sha256sum."""
        first, second, third, *_ = keys_of(replace(SCANNER, observer_uid=UID))

        assert (first, second) == ("uid:e1bebedb480763a0", "serial:83db0b0273dc707d")
        assert third == "bare-serial:21ae5f6f1f499327"

    @pytest.mark.parametrize(
        ("stated", "is_nameless"),
        [
            (DeviceStated(), True),
            (DeviceStated(manufacturer="Siemens", software_versions=("1",), institution="House"), True),
            (DeviceStated(serial_number="0", model="unknown"), True),
            (DeviceStated(model="One"), False),
            (DeviceStated(station_name="CT1"), False),
            (DeviceStated(ae_title="CT1"), False),
            (DeviceStated(observer_uid=UID), False),
        ],
    )
    def test_are_none_if_nothing_names_a_device(self, stated: DeviceStated, is_nameless: bool) -> None:  # noqa: FBT001  a column
        assert names_no_device(stated) is is_nameless


def _any_of(*texts: str | None) -> st.SearchStrategy[str | None]:
    return st.sampled_from(texts)


_stated = st.builds(
    DeviceStated,
    manufacturer=_any_of(None, "Invented Scanners", "Other Works"),
    model=_any_of(None, "One", "Two"),
    station_name=_any_of(None, "CT1", "CT2"),
    serial_number=_any_of(None, "7", "AW1001", "AW1002"),
    institution=_any_of(None, "House"),
    ae_title=_any_of(None, "AE1"),
    observer_uid=_any_of(None, UID, f"{UID}.2"),
)


@given(st.lists(_stated, max_size=12).flatmap(lambda them: st.tuples(st.just(them), st.permutations(them))))
def test_devices_are_the_same_in_whatever_order_they_appear(
    orders: tuple[Iterable[DeviceStated], Iterable[DeviceStated]],
) -> None:
    one, other = orders

    devices = devices_among(appearances(*one))

    assert devices == devices_among(appearances(*other))
    assert sorted(keys for device in devices for keys in device) == sorted({keys for keys in appearances(*one) if keys})
