"""Tests of doseledger.backfill_list."""

import stat
from pathlib import Path

import pytest

from doseledger.backfill_list import Failed, StudyList, StudyListError

URL = "http://192.0.2.1:8042"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


def opened(path: Path, *, archive: str = URL, site: str = "") -> StudyList:
    return StudyList(path, archive=archive, site=site)


class TestTheList:
    def test_tells_each_study_once_in_order(self, path: Path) -> None:
        studies = opened(path)

        assert [studies.add(["b", "a"]), studies.add(["a", "c"])] == [2, 1]
        assert list(studies.studies()) == ["b", "a", "c"]

    def test_goes_on_where_it_was(self, path: Path) -> None:
        first = opened(path)
        first.add([f"study-{number}" for number in range(1200)])
        first.complete()
        for study in list(first.studies())[:700]:
            first.done(study)
        first.close()

        second = opened(path)

        assert second.is_complete
        assert (second.length, second.waiting) == (1200, 500)
        assert list(second.studies()) == [f"study-{number}" for number in range(700, 1200)]

    def test_may_be_marked_while_it_is_read(self, path: Path) -> None:
        studies = opened(path)
        studies.add([f"study-{number}" for number in range(1200)])

        told = []
        for study in studies.studies():
            studies.done(study)
            told.append(study)

        assert (len(told), studies.waiting) == (1200, 0)

    def test_is_complete_when_that_is_said_and_until_it_is_begun_anew(self, path: Path) -> None:
        studies = opened(path)
        studies.add(["a"])
        told = [studies.is_complete]
        studies.complete()
        told.append(studies.is_complete)
        studies.clear()
        told.append(studies.is_complete)

        assert told == [False, True, False]
        assert studies.length == 0

    def test_remembers_what_failed_last(self, path: Path) -> None:
        studies = opened(path)
        studies.fail(Failed("b", None, "gone"))
        studies.fail(Failed("a", "2.25.1", "damaged"))
        studies.fail(Failed("a", "2.25.1", "damaged still"))

        assert list(studies.failures()) == [Failed("a", "2.25.1", "damaged still"), Failed("b", None, "gone")]


class TestTheFile:
    def test_can_be_read_by_its_owner_alone(self, path: Path) -> None:
        opened(path)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_serves_one_process_at_a_time(self, path: Path) -> None:
        first = opened(path)
        first.add(["a"])

        with pytest.raises(StudyListError, match="another backfill"):
            opened(path)

        first.close()
        assert opened(path).length == 1

    @pytest.mark.parametrize("other", [{"archive": "http://192.0.2.2:8042"}, {"site": "VALLEY"}])
    def test_is_about_one_archive_and_site(self, path: Path, other: dict[str, str]) -> None:
        opened(path).close()

        with pytest.raises(StudyListError, match="another archive or site"):
            opened(path, **other)

    def test_that_cannot_be_written_is_refused_in_words(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("no database, but long enough that nobody takes it for an empty one" * 20)

        for path in (tmp_path, tmp_path / "no folder" / "state", tmp_path / "text"):
            with pytest.raises(StudyListError, match="cannot be used"):
                opened(path)
