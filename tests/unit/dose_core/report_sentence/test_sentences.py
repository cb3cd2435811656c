"""Tests of dose_core.report_sentence.sentences: what is said of each kind of exam, and that it is what is counted."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dose_core.dosimetry.estimate import Estimate, Interval
from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Basis, Estimated, Quantity, Total
from dose_core.report_sentence.parts import Part
from dose_core.report_sentence.sentences import EffectiveDose, sentences_of
from dose_core.report_sentence.wording import wording_of
from tests.builders.exams import EXAM
from tests.builders.totals import total

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 3, 1, 10, 30)  # noqa: DTZ001  as a device states it
COMPUTED = Estimated(low=243.21, high=361.449, coverage=None, source="a paper", methods=("invented version 1",))
DLP, CTDI = total(Quantity.DLP, 300.0), total(Quantity.CTDI_VOL_MAX, 5.25, of="320")


def exam(*totals: Total, modalities: tuple[str, ...] = ("CT",), at: datetime | None = AT) -> Exam:
    return replace(EXAM, totals=totals, modalities=modalities, started_at=at)


def said(its: Exam, language: str = "en", templates: dict[Part, str] | None = None) -> str:
    return " ".join(one.text for one in sentences_of(its, wording_of(language), zone=BERLIN, templates=templates or {}))


BIPLANE = exam(
    total(Quantity.DAP, 45.125),
    total(Quantity.DAP, 20.0, of="a"),
    total(Quantity.KA_R, 820.0, of="a"),
    total(Quantity.KA_R, 310.5, of="b"),
    total(Quantity.FLUORO_TIME, 754.0),
    modalities=("XA",),
)
BREASTS = exam(total(Quantity.AGD, 1.25, of="L"), total(Quantity.AGD, None, of="R", missing=1), modalities=("MG",))
PET_CT = exam(DLP, CTDI, total(Quantity.ACTIVITY, 251.4, of="F-18 FDG"), modalities=("CT", "PT"))


class TestTheSentence:
    @pytest.mark.parametrize(
        ("its", "english", "german"),
        [
            (
                exam(DLP, CTDI),
                "CT, March 1, 2026: dose-length product 300 mGy·cm, largest CTDIvol 5.25 mGy (32 cm phantom).",
                "CT, 1. März 2026: Dosislängenprodukt 300 mGy·cm, höchster CTDIvol 5,25 mGy (32-cm-Phantom).",
            ),
            (
                BIPLANE,
                (
                    "Angiography, March 1, 2026: dose-area product 45.125 Gy·cm², air kerma at the reference point "
                    "820 mGy (plane A) and 310.5 mGy (plane B), fluoroscopy time 754 s."
                ),
                (
                    "Angiographie, 1. März 2026: Dosisflächenprodukt 45,125 Gy·cm², Luftkerma am Referenzpunkt "
                    "820 mGy (Ebene A) und 310,5 mGy (Ebene B), Durchleuchtungszeit 754 s."
                ),
            ),
            (
                exam(total(Quantity.DAP, 0.12), modalities=("DX",)),
                "Radiography, March 1, 2026: dose-area product 0.12 Gy·cm².",
                "Röntgenaufnahme, 1. März 2026: Dosisflächenprodukt 0,12 Gy·cm².",
            ),
            (
                BREASTS,
                "Mammography, March 1, 2026: average glandular dose left breast 1.25 mGy and right breast unknown.",
                "Mammographie, 1. März 2026: mittlere Parenchymdosis linke Brust 1,25 mGy und rechte Brust unbekannt.",
            ),
            (
                PET_CT,
                (
                    "CT, March 1, 2026: dose-length product 300 mGy·cm, largest CTDIvol 5.25 mGy (32 cm phantom). "
                    "PET, March 1, 2026: administered activity F-18 FDG 251.4 MBq."
                ),
                (
                    "CT, 1. März 2026: Dosislängenprodukt 300 mGy·cm, höchster CTDIvol 5,25 mGy (32-cm-Phantom). "
                    "PET, 1. März 2026: verabreichte Aktivität F-18 FDG 251,4 MBq."
                ),
            ),
        ],
    )
    def test_says_each_part_of_an_exam_plainly(self, its: Exam, english: str, german: str) -> None:
        assert (said(its), said(its, "de")) == (english, german)

    def test_says_unknown_what_irradiated_and_nobody_states(self) -> None:
        its = exam(total(Quantity.DLP, None, missing=1), at=None)

        assert said(its) == "CT, date unknown: dose-length product unknown, largest CTDIvol unknown."
        assert said(its, "de") == "CT, Datum unbekannt: Dosislängenprodukt unbekannt, höchster CTDIvol unbekannt."

    def test_says_unknown_what_a_device_for_fluoroscopy_shows_and_nobody_states(self) -> None:
        dap = total(Quantity.DAP, 2.5)

        assert said(exam(dap, modalities=("RF",))) == (
            "Fluoroscopy, March 1, 2026: dose-area product 2.5 Gy·cm², air kerma at the reference point unknown, "
            "fluoroscopy time unknown."
        )
        assert "unknown" not in said(exam(dap, modalities=("DX",)))

    @pytest.mark.parametrize(
        ("its", "english", "german"),
        [
            (
                total(Quantity.DLP, 12.5, missing=1),
                "at least 12.5 mGy·cm (1 part without a value)",
                "mindestens 12,5 mGy·cm (1 Teil ohne Wert)",
            ),
            (
                total(Quantity.DLP, 12.5, missing=2),
                "at least 12.5 mGy·cm (2 parts without a value)",
                "mindestens 12,5 mGy·cm (2 Teile ohne Wert)",
            ),
            (
                replace(total(Quantity.DLP, 300.5, basis=Basis.ESTIMATE), estimated=COMPUTED),
                "about 300.5 mGy·cm (computed by DoseLedger: invented version 1; interval 243.2 to 361.4 mGy·cm)",
                "etwa 300,5 mGy·cm (von DoseLedger berechnet: invented version 1; Intervall 243,2 bis 361,4 mGy·cm)",
            ),
            (
                replace(total(Quantity.DLP, 300.5, basis=Basis.ESTIMATE, missing=1), estimated=COMPUTED),
                (
                    "at least about 300.5 mGy·cm (1 part without a value; computed by DoseLedger: invented version 1; "
                    "interval 243.2 to 361.4 mGy·cm)"
                ),
                (
                    "mindestens etwa 300,5 mGy·cm (1 Teil ohne Wert; von DoseLedger berechnet: invented version 1; "
                    "Intervall 243,2 bis 361,4 mGy·cm)"
                ),
            ),
            (total(Quantity.DLP, 300.5, basis=Basis.ESTIMATE), "unknown", "unbekannt"),  # no interval was kept of it
        ],
    )
    def test_says_what_makes_a_number_less_than_it_seems(self, its: Total, english: str, german: str) -> None:
        templates = {Part.CT: "{dlp}"}

        assert said(exam(its), templates=templates).lower() == english.lower()
        assert said(exam(its), "de", templates).lower() == german.lower()

    def test_says_that_image_headers_know_no_fluoroscopy(self) -> None:
        its = exam(total(Quantity.DAP, 2.5, basis=Basis.ACQUISITIONS_ONLY), modalities=("XA",))

        assert "dose-area product at least 2.5 Gy·cm² (fluoroscopy not included)" in said(its)
        assert "Dosisflächenprodukt mindestens 2,5 Gy·cm² (Durchleuchtung nicht enthalten)" in said(its, "de")

    @pytest.mark.parametrize(
        ("of", "english", "german"),
        [
            ("single", "9 mGy", "9 mGy"),
            ("b@1", "9 mGy (plane B; device 2)", "9 mGy (Ebene B; Gerät 2)"),
            ("both", "9 mGy (both planes)", "9 mGy (beide Ebenen)"),
            ("Tube 7", "9 mGy (source Tube 7)", "9 mGy (Strahler Tube 7)"),
            ("Tube 7@1", "9 mGy (source Tube 7; device 2)", "9 mGy (Strahler Tube 7; Gerät 2)"),
            ("@1", "9 mGy (device 2)", "9 mGy (Gerät 2)"),
            # filed by an earlier release, which left the sign in the names of devices
            ("Tube@left", "9 mGy (source Tube@left)", "9 mGy (Strahler Tube@left)"),
            ("Tube@left@0", "9 mGy (source Tube@left; device 1)", "9 mGy (Strahler Tube@left; Gerät 1)"),
        ],
    )
    def test_names_the_plane_and_the_device(self, of: str, english: str, german: str) -> None:
        its = exam(total(Quantity.KA_R, 9.0, of=of), modalities=("XA",))

        assert (said(its, templates={Part.PROJECTION: "{ka_r}"}), said(its, "de", {Part.PROJECTION: "{ka_r}"})) == (
            english,
            german,
        )

    def test_names_each_phantom_since_their_doses_are_unlike(self) -> None:
        its = exam(DLP, total(Quantity.CTDI_VOL_MAX, 40.0, of="160"), total(Quantity.CTDI_VOL_MAX, 5.0, of="unknown"))

        assert said(its, templates={Part.CT: "{ctdi_vol}"}) == "40 mGy (16 cm phantom) and 5 mGy (phantom not stated)"

    def test_tells_the_day_of_the_site(self) -> None:
        late = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)

        assert said(exam(DLP, at=late)).startswith("CT, March 1, 2026:")

    def test_is_worded_by_the_template_of_the_site(self) -> None:
        assert said(exam(DLP, CTDI), "de", {Part.CT: "DLP: {dlp}."}) == "DLP: 300 mGy·cm."

    def test_knows_the_totals_that_it_says(self) -> None:
        (sentence,) = sentences_of(BIPLANE, wording_of("en"), zone=BERLIN)

        assert [(one.quantity, one.of) for one in sentence.totals] == [
            (Quantity.DAP, None),
            (Quantity.KA_R, "a"),
            (Quantity.KA_R, "b"),
            (Quantity.FLUORO_TIME, None),
        ]

    def test_of_an_exam_without_dose_is_none(self) -> None:
        assert sentences_of(exam(modalities=()), wording_of("en"), zone=BERLIN) == ()


class TestEffectiveDose:
    ESTIMATE = Estimate(
        value=4.2,
        unit="mSv",
        interval=Interval(low=3.13579, high=5.3, coverage=0.95, source="a paper"),
        method_id="invented",
        method_version="2",
        inputs=(),
        source="a paper",
    )

    def test_is_not_said_unless_it_is_asked_for(self) -> None:
        assert "Sv" not in said(exam(DLP, CTDI))

    def test_is_said_with_interval_method_and_what_it_is_a_dose_of(self) -> None:
        doses = (EffectiveDose(of=None, estimate=self.ESTIMATE), EffectiveDose(of="F-18", estimate=self.ESTIMATE))

        texts = {}
        for language in ("en", "de"):
            (_, told) = sentences_of(exam(DLP), wording_of(language), zone=BERLIN, effective=doses)
            texts[language] = told.text.replace("\u00a0", " ")

        english = "4.2 mSv (interval 3.136 to 5.3 mSv, 95% coverage; invented version 2; "
        english += "of a reference person, not of this patient)"
        german = "4,2 mSv (Intervall 3,136 bis 5,3 mSv, Überdeckung 95 %; invented Version 2; "
        german += "einer Referenzperson, nicht dieser Patientin oder dieses Patienten)"
        assert texts == {
            "en": f"Effective dose {english}; F-18 {english}.",
            "de": f"Effektive Dosis {german}; F-18 {german}.",
        }

    @pytest.mark.parametrize(
        ("of", "english", "german"),
        [
            ("administered", "of the administered activity 4.2 mSv", "durch die verabreichte Aktivität 4,2 mSv"),
            ("projection", "of projection X-ray imaging 4.2 mSv", "durch Projektionsröntgen 4,2 mSv"),
            ("F-18 FDG", "F-18 FDG 4.2 mSv", "F-18 FDG 4,2 mSv"),
        ],
    )
    def test_says_in_words_what_it_is_a_dose_of(self, of: str, english: str, german: str) -> None:
        effective = (EffectiveDose(of=of, estimate=self.ESTIMATE),)

        (_, told) = sentences_of(exam(DLP), wording_of("en"), zone=BERLIN, effective=effective)
        (_, gesagt) = sentences_of(exam(DLP), wording_of("de"), zone=BERLIN, effective=effective)

        assert told.text.startswith(f"Effective dose {english} (")
        assert gesagt.text.startswith(f"Effektive Dosis {german} (")

    def test_that_was_asked_for_and_is_not_known_is_said_as_unknown(self) -> None:
        (_, told) = sentences_of(exam(DLP), wording_of("en"), zone=BERLIN, effective=())

        assert told.text == "Effective dose unknown."
