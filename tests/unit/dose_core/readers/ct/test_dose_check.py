"""Tests of dose_core.readers.ct.dose_check: what was configured and foreseen, and who went on."""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import CtReport, DoseCheck
from tests.builders.ct_rdsr import acquisition, ct_dose, ct_rdsr_bytes
from tests.builders.sr import Concept, Item, code, container, num, person, text
from tests.support.read_as import read_as

YES: Concept = ("373066001", "SCT", "Yes")
NO: Concept = ("373067005", "SCT", "No")
YES_SRT: Concept = ("R-0038D", "SRT", "Yes")
NO_SRT: Concept = ("R-00339", "SRT", "No")


def read_dose(*content: Item) -> CtReport:
    """Return a report whose only event has a CT Dose container with this content."""
    return read_as(CtReport, ct_rdsr_bytes(acquisition(ct_dose(*content))))


class TestDoseCheck:
    def test_states_the_alert_with_who_authorised_it_and_why(self) -> None:
        report = read_dose(
            container(
                codes.DCM.DoseCheckAlertDetails,
                code(codes.DCM.DLPAlertValueConfigured, YES),
                code(codes.DCM.CtdivolAlertValueConfigured, NO),
                num(codes.DCM.DLPAlertValue, "1000", "mGy.cm"),
                num(codes.DCM.AccumulatedDLPForwardEstimate, "12.512", "Gy.cm"),
                num(codes.DCM.AccumulatedCtdivolForwardEstimate, "10.6", "mGy"),
                text(codes.DCM.ReasonForProceeding, "large patient"),
                person(
                    codes.DCM.PersonName,
                    "Arzt^Anna",
                    code(codes.DCM.PersonRoleInProcedure, codes.DCM.IrradiationAuthorizing),
                ),
            )
        )

        assert report.events[0].dose_checks == (
            DoseCheck(
                level="alert",
                is_configured=True,
                dlp_limit_mgy_cm=1000.0,
                dlp_forward_mgy_cm=12512.0,
                ctdi_vol_forward_mgy=10.6,
                reason="large patient",
                authorized_by="Arzt^Anna",
            ),
        )
        assert report.warnings == ()

    def test_states_the_notification_of_one_scan(self) -> None:
        notification = container(
            codes.DCM.DoseCheckNotificationDetails,
            code(codes.DCM.DLPNotificationValueConfigured, NO_SRT),
            code(codes.DCM.CtdivolNotificationValueConfigured, YES_SRT),
            num(codes.DCM.DLPNotificationValue, "100", "mGy.cm"),
            num(codes.DCM.CtdivolNotificationValue, "50", "mGy"),
            num(codes.DCM.DLPForwardEstimate, "251.2", "mGy.cm"),
            num(codes.DCM.CtdivolForwardEstimate, "60", "mGy"),
        )

        assert read_dose(notification).events[0].dose_checks == (
            DoseCheck(
                level="notification",
                is_configured=True,
                dlp_limit_mgy_cm=100.0,
                dlp_forward_mgy_cm=251.2,
                ctdi_vol_limit_mgy=50.0,
                ctdi_vol_forward_mgy=60.0,
            ),
        )

    @pytest.mark.parametrize(
        ("dlp", "ctdi_vol", "expected"),
        [(YES, NO, True), (NO_SRT, YES_SRT, True), (NO, NO_SRT, False), (None, NO, False), (None, None, None)],
    )
    def test_is_configured_if_one_of_the_two_limits_is(
        self, dlp: Concept | None, ctdi_vol: Concept | None, expected: object
    ) -> None:
        details = container(
            codes.DCM.DoseCheckAlertDetails,
            code(codes.DCM.DLPAlertValueConfigured, dlp),
            code(codes.DCM.CtdivolAlertValueConfigured, ctdi_vol),
        )

        (check,) = read_dose(details).events[0].dose_checks

        assert check.is_configured is expected

    def test_keeps_where_each_value_stood(self) -> None:
        details = container(codes.DCM.DoseCheckAlertDetails, num(codes.DCM.DLPAlertValue, "1000", "mGy.cm"))

        fields = {one.field: one.path for one in read_dose(details).stated}

        assert fields["events[0].dose_checks[0].dlp_limit_mgy_cm"] == "1.2.3.1.1"

    def test_canon_keeps_alert_and_notification_of_each_event(self) -> None:
        """Canon and Toshiba state them per event, with the sum so far as the forward estimate."""
        alert = container(
            codes.DCM.DoseCheckAlertDetails, num(codes.DCM.AccumulatedDLPForwardEstimate, "502.4", "mGy.cm")
        )
        notification = container(codes.DCM.DoseCheckNotificationDetails)

        assert [check.level for check in read_dose(alert, notification).events[0].dose_checks] == [
            "alert",
            "notification",
        ]

    def test_spectrum_dynamics_foresees_without_a_limit(self) -> None:
        """Veriton: the meanings of 113902 and 113910 are spelt CTDIVol, nothing is configured, estimates are there."""
        notification = container(
            codes.DCM.DoseCheckNotificationDetails,
            code(("113909", "DCM", "DLP Notification Value Configured"), NO_SRT),
            code(("113910", "DCM", "CTDIVol Notification Value Configured"), NO_SRT),
            num(codes.DCM.DLPForwardEstimate, "71", "mGy.cm"),
        )

        report = read_dose(notification)

        (check,) = report.events[0].dose_checks
        assert (check.is_configured, check.dlp_limit_mgy_cm, check.dlp_forward_mgy_cm) == (False, None, 71.0)
        assert report.warnings == ()

    def test_spectrum_dynamics_names_a_person_without_a_name(self) -> None:
        alert = container(codes.DCM.DoseCheckAlertDetails, person(codes.DCM.PersonName, ""))
        without_element = {**person(codes.DCM.PersonName, "")}
        del without_element["PersonName"]

        assert read_dose(alert).events[0].dose_checks[0].authorized_by is None
        report = read_dose(container(codes.DCM.DoseCheckAlertDetails, without_element))
        assert report.events[0].dose_checks[0].authorized_by is None
        assert report.warnings == ()
