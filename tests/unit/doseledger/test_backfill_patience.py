"""Tests of doseledger.backfill_patience."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from psycopg2 import OperationalError as DriverError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from doseledger.backfill_patience import OutOfPatienceError, Pace, Patience


@dataclass
class Clock:
    """Time that passes while somebody sleeps."""

    now: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds


@dataclass
class Failing:
    """Fails so many times, then answers."""

    times: int
    error: Exception
    asked: int = 0

    def __call__(self, *_: object) -> str:
        self.asked += 1
        if self.asked <= self.times:
            raise self.error
        return "answer"


@contextmanager
def no_work() -> Iterator[Session]:
    yield Session()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def patience(clock: Clock) -> Callable[..., Patience]:
    def make(archive_answers: Callable[[], object] = lambda: None) -> Patience:
        return Patience(archive_answers=archive_answers, unit_of_work=no_work, sleep=clock.sleep)

    return make


Make = Callable[..., Patience]
AWAY = ArchiveUnavailableError("away")
NO_DATABASE = OperationalError("SELECT", {}, DriverError("no connection"))


class TestAnArchive:
    def test_that_answers_is_not_waited_for(self, patience: Make, clock: Clock) -> None:
        assert patience().of_archive(lambda: 7) == 7
        assert clock.pauses == []

    def test_that_does_not_answer_one_thing_is_asked_four_times(self, patience: Make) -> None:
        fourth, fifth = Failing(3, AWAY), Failing(4, AWAY)

        assert patience().of_archive(fourth) == "answer"
        with pytest.raises(ArchiveUnavailableError):
            patience().of_archive(fifth)

    def test_that_is_away_is_waited_for(self, patience: Make, clock: Clock) -> None:
        alive = Failing(8, AWAY)

        assert patience(alive).of_archive(Failing(1, AWAY)) == "answer"
        assert clock.pauses == [1, 1, 2, 4, 8, 16, 30, 30, 30]

    def test_is_not_waited_for_longer_than_a_quarter_of_an_hour(self, patience: Make, clock: Clock) -> None:
        with pytest.raises(OutOfPatienceError, match=r"archive .* 15 minutes; run again"):
            patience(Failing(1000, AWAY)).of_archive(Failing(1, AWAY))

        assert 900 <= sum(clock.pauses) < 960

    def test_that_refuses_is_not_asked_again(self, patience: Make) -> None:
        refusing = Failing(1, ArchiveRefusedError("never"))

        with pytest.raises(ArchiveRefusedError):
            patience().of_archive(refusing)
        assert refusing.asked == 1


class TestADatabase:
    def test_that_is_away_is_waited_for(self, patience: Make, clock: Clock) -> None:
        assert patience().of_database(Failing(3, NO_DATABASE)) == "answer"
        assert clock.pauses == [1, 2, 4]

    def test_is_not_waited_for_longer_than_a_quarter_of_an_hour(self, patience: Make) -> None:
        with pytest.raises(OutOfPatienceError, match="database"):
            patience().of_database(Failing(1000, NO_DATABASE))

    def test_that_refuses_is_not_asked_again(self, patience: Make) -> None:
        refusing = Failing(1, ValueError("odd"))

        with pytest.raises(ValueError, match="odd"):
            patience().of_database(refusing)
        assert refusing.asked == 1


class TestAPace:
    def test_lets_so_many_through_in_a_second(self, clock: Clock) -> None:
        pace = Pace(4, clock=clock, sleep=clock.sleep)

        for _ in range(9):
            pace.wait()

        assert clock.now == pytest.approx(1002)

    def test_saves_nothing_up(self, clock: Clock) -> None:
        """After a pause of the archive's it is no faster than before."""
        pace = Pace(4, clock=clock, sleep=clock.sleep)
        pace.wait()
        clock.now += 100

        for _ in range(5):
            pace.wait()

        assert clock.now == pytest.approx(1101)
