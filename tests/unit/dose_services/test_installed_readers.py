"""Tests of dose_services.installed_readers: what other packages bring, sound or broken."""

from importlib.metadata import distributions
from pathlib import Path

import pytest

from dose_core.model import CtReport
from dose_core.readers.errors import NotDoseError, UnreadableError
from dose_core.readers.registry import read_dose
from dose_services.installed_readers import InstalledReaders, find_readers, installed_readers
from tests.builders.ct_image import ct_image_bytes
from tests.builders.packages import write_package

HEAD = """
from dose_core.model import CtReport, CtTotals, Kind
from dose_core.readers import header
from dose_core.readers.errors import NotDoseError, UnreadableError

class Reader:
    def accepts(self, source):
        return True
    def read(self, source):
"""
SOUND = "        return CtReport(kind=Kind.MPPS, **header.fields(source.data_set))"
NOT_FINITE = SOUND.replace("Kind.MPPS,", "Kind.MPPS, totals=CtTotals(dlp_mgy_cm=float('nan')),")
WRONG_TYPE = SOUND.replace("Kind.MPPS,", "Kind.MPPS, totals=CtTotals(dlp_mgy_cm='Muster^Mara'),")
OWN_SHAPE = HEAD.replace("class Reader", "class Sheet(CtReport):\n    pass\n\nclass Reader") + SOUND.replace(
    "CtReport(", "Sheet("
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path of imports, in which nothing is installed."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def found_in(site: Path) -> InstalledReaders:
    return find_readers(point for one in distributions(path=[str(site)]) for point in one.entry_points)


def install(site: Path, module: str, source: str, target: str | None = None) -> None:
    """Install a package of an invented maker under the name of its module; each test has a module of its own."""
    entry_points = {module.replace("_", "-"): target or f"{module}:Reader"}
    write_package(site, module, source, name=f"{module.replace('_', '-')}-package", entry_points=entry_points)


class TestASoundPackage:
    def test_reads_what_ours_would_have_read(self, site: Path) -> None:
        install(site, "acme_sound", HEAD + SOUND)

        found = found_in(site)

        assert found.left_out == ()
        report = read_dose(ct_image_bytes(), more_readers=found.readers)
        assert isinstance(report, CtReport)
        assert report.kind == "mpps"

    def test_is_asked_in_the_order_of_its_name(self, site: Path) -> None:
        for module in ("acme_second", "acme_first"):
            install(site, module, HEAD + f"        raise UnreadableError({module!r})")

        with pytest.raises(UnreadableError, match=r"^acme_first$"):
            read_dose(ct_image_bytes(), more_readers=found_in(site).readers)

    @pytest.mark.parametrize(("error", "module"), [(NotDoseError, "acme_no_dose"), (UnreadableError, "acme_damaged")])
    def test_says_in_its_own_words_why_there_is_no_dose(self, site: Path, error: type[Exception], module: str) -> None:
        install(site, module, HEAD + f"        raise {error.__name__}('the sheet is blank')")

        with pytest.raises(error, match=r"^the sheet is blank$"):
            read_dose(ct_image_bytes(), more_readers=found_in(site).readers)


class TestABrokenPackage:
    @pytest.mark.parametrize(
        ("module", "source", "problem"),
        [
            ("acme_import", "import acme_library_that_is_missing", "ModuleNotFoundError: No module named 'acme_lib"),
            ("acme_syntax", "class Reader(:", "SyntaxError"),
            ("acme_exit", "raise SystemExit(3)", "SystemExit: 3"),
            ("acme_no_class", "", "has no attribute 'Reader'"),
            ("acme_arguments", "class Reader:\n    def __init__(self, folder): ...", "TypeError"),
            ("acme_no_reader", "class Reader:\n    read = accepts = 1", "has no accepts() and no read()"),
        ],
    )
    def test_is_left_out_and_named_and_the_others_are_found(
        self, site: Path, module: str, source: str, problem: str
    ) -> None:
        install(site, module, source)
        install(site, f"{module}_beside", HEAD + SOUND)

        found = found_in(site)

        (fault,) = found.left_out
        assert len(found.readers) == 1
        name = module.replace("_", "-")
        assert str(fault).startswith(f"the reader '{name}' of the package {name}-package 1.0 is left out: {module}:")
        assert problem in str(fault)

    def test_is_told_in_the_log(self, site: Path, caplog: pytest.LogCaptureFixture) -> None:
        install(site, "acme_logged", "raise RuntimeError('no licence')")
        installed_readers.cache_clear()
        try:
            assert installed_readers().readers == installed_readers().readers == ()
        finally:
            installed_readers.cache_clear()

        (record,) = caplog.records
        assert "acme-logged-package 1.0 is left out" in record.getMessage()
        assert "no licence" in record.getMessage()


class TestAReaderThatFails:
    @pytest.mark.parametrize(
        ("module", "source", "problem"),
        [
            ("acme_key", HEAD + "        return {}['Muster^Mara']", "failed: KeyError in read, line 10"),
            ("acme_deep", HEAD + "        return self.read(source)", "failed: RecursionError in read, line 10"),
            ("acme_none", HEAD + "        pass", "returned NoneType instead of a DoseReport"),
            ("acme_nan", HEAD + NOT_FINITE, "returned a value that is no text, finite number, date or code"),
            ("acme_type", HEAD + WRONG_TYPE, "returned a value of another type than its field's"),
            ("acme_shape", OWN_SHAPE, "returned Sheet, which is none of the reports of dose_core.model"),
            ("acme_ask", "class Reader:\n    def accepts(self): ...\n    def read(self): ...", "failed: TypeError"),
        ],
    )
    def test_costs_the_object_alone_and_is_named_without_quoting_the_object(
        self, site: Path, recwarn: pytest.WarningsRecorder, module: str, source: str, problem: str
    ) -> None:
        install(site, module, source)
        readers = found_in(site).readers

        with pytest.raises(UnreadableError, match="the reader 'acme-") as told:
            read_dose(ct_image_bytes(), more_readers=readers)

        assert problem in str(told.value)
        assert f"{module.replace('_', '-')}-package 1.0" in str(told.value)
        assert "Muster" not in str(told.value)
        assert not recwarn.list  # a warning of a library could quote it, too
