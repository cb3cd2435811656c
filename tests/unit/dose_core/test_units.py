"""Tests of dose_core.units."""

import pytest

from dose_core.units import (
    GY_CM2,
    KV,
    MA,
    MAS,
    MBQ,
    MGY,
    MGY_CM,
    ML,
    MM,
    MS,
    MSV,
    PERCENT,
    RATIO,
    S,
    UnknownUnitError,
    convert,
    factor,
    unit_of,
)


class TestConvert:
    @pytest.mark.parametrize(
        ("value", "from_", "to", "expected"),
        [
            pytest.param(708.2, "mGy.cm", MGY_CM, 708.2, id="DLP, current spelling"),
            pytest.param(708.2, "mGycm", MGY_CM, 708.2, id="DLP, spelling before 2013"),
            pytest.param(708.2, "mGy*cm", MGY_CM, 708.2, id="DLP with an asterisk"),
            pytest.param(708.2, "mGy·cm", MGY_CM, 708.2, id="DLP with a middle dot"),
            pytest.param(0.7082, "Gy.cm", MGY_CM, 708.2, id="DLP in another scale"),
            pytest.param(0.0746, "mGy.m", MGY_CM, 7.46, id="DLP over metres, exact in decimal"),
            pytest.param(0.00991, "Gy", MGY, 9.91, id="CTDIvol in Gy"),
            pytest.param(9910, "µGy", MGY, 9.91, id="micro sign"),
            pytest.param(9910, "μGy", MGY, 9.91, id="Greek mu"),
            pytest.param(1e-5, "Gy.m2", GY_CM2, 0.1, id="DAP of a dose SR: 1e-5 Gy.m2 is 1 dGy.cm2"),
            pytest.param(1, "dGy.cm2", GY_CM2, 0.1, id="DAP of an image header"),
            pytest.param(1, "Gy.cm^2", GY_CM2, 1, id="DAP with a caret"),
            pytest.param(1, "Gym2", GY_CM2, 10000, id="DAP without a dot"),
            pytest.param(2, "Sv", MSV, 2000, id="effective dose in Sv"),
            pytest.param(370e6, "Bq", MBQ, 370, id="activity of a PET header"),
            pytest.param(10, "mCi", MBQ, 370, id="1 Ci is 3.7e10 Bq"),
            pytest.param(2.5, "cm3", ML, 2.5, id="volume in cubic centimetres"),
            pytest.param(12, "%", PERCENT, 12, id="percent stay percent"),
            pytest.param(1500, "uA.s", MAS, 1.5, id="exposure"),
            pytest.param(5200, "ms", S, 5.2, id="milliseconds"),
            pytest.param(0.5, "s", MS, 500, id="seconds"),
            pytest.param(3, "cm", MM, 30, id="centimetres"),
            pytest.param(120, "kVp", KV, 120, id="peak voltage"),
            pytest.param(0.3, "A", MA, 300, id="ampere"),
            pytest.param(1.2, "ratio", RATIO, 1.2, id="pitch without braces"),
        ],
    )
    def test_knows_the_spellings_of_devices(self, value: float, from_: str, to: str, expected: float) -> None:
        assert convert(value, from_=from_, to=to) == pytest.approx(expected, rel=1e-12)

    def test_leaves_no_trace_of_binary_fractions(self) -> None:
        assert convert(0.0746, from_="mGy.m", to=MGY_CM) == 7.46

    @pytest.mark.parametrize("from_", ["rad.cm", "foo", "", "mGy", "MGY.CM", "mGy.cm2"])
    def test_refuses_what_is_not_in_the_table(self, from_: str) -> None:
        """UCUM is case-sensitive, and a dose is no dose-length product."""
        with pytest.raises(UnknownUnitError, match="no conversion from"):
            convert(5, from_=from_, to=MGY_CM)

    def test_does_not_quote_what_is_too_long_for_a_unit(self) -> None:
        """Whatever stands there goes into a warning, which names no patient."""
        with pytest.raises(UnknownUnitError, match="no conversion from 'mGy for the dear'") as refused:
            convert(5, from_="mGy for the dear Mara Muster", to=MGY_CM)

        assert "Mara" not in str(refused.value)


class TestTheUnitOfAField:
    @pytest.mark.parametrize(
        ("field", "unit"),
        [
            ("dlp_mgy_cm", "mGy.cm"),
            ("dap_gy_cm2", "Gy.cm2"),
            ("contact_area_cm2", "cm2"),
            ("size_cm", "cm"),
            ("ctdi_vol_mgy", "mGy"),
            ("kv", "kV"),
            ("kv_per_pulse", "kV"),
            ("ma_max", "mA"),
            ("mas", "mA.s"),
            ("pulse_width_ms", "ms"),
            ("duration_s", "s"),
            ("hvl_mm_al", "mm"),
            ("pulse_rate_per_s", "/s"),
            ("pitch", None),
            ("pulse_count", None),
        ],
    )
    def test_stands_in_its_name(self, field: str, unit: str | None) -> None:
        assert unit_of(field) == unit


class TestTheFactor:
    def test_is_what_convert_multiplies_by(self) -> None:
        multiplied = factor(from_="dGy.cm2", to=GY_CM2)

        assert multiplied is not None
        assert float(multiplied) == convert(1.0, from_="dGy.cm2", to=GY_CM2) == 0.1

    def test_is_none_between_unlike_units(self) -> None:
        assert factor(from_="mGy", to=GY_CM2) is None
