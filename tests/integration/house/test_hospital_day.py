"""
A hospital day through the real bridge and the real service, against an independent model of the same day.

500 patients and 2,000 messages with dose reports in between, in an order that is not the true one, some twice, while
the bridge is killed and stopped. Then each identifier must lead where the model says, and be answered for as it says.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.builders.hospital_day import hospital_day
from tests.builders.hospital_events import Change, Dose, Happening, Link, Merge, Move, MoveVisit, Order, Unmerge, Update
from tests.support.hospital_model import HospitalModel
from tests.support.hospital_player import HospitalPlayer, answer_of
from tests.support.hospital_seen import seen
from tests.support.killable_service import KillableService, killable_service, lonely_place
from tests.support.until import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SEED = 5
PEOPLE, MESSAGES = 500, 2000
RESTARTS = {"killed": 2, "stopped": 2, "everything": 2}  # a bridge that ends five times in a minute is given up
KINDS = {Move: "A43", MoveVisit: "A45", Change: "A47", Order: "ORM^O01"}
SETTLED_WITHIN_S = 240.0


@pytest.fixture
def service() -> Iterator[KillableService]:
    with lonely_place() as place, killable_service(place) as made:
        yield made


def test_each_dose_is_shown_with_the_person_to_whom_it_belongs_after_a_whole_day(
    service: KillableService, capsys: pytest.CaptureFixture[str]
) -> None:
    day = hospital_day(people=PEOPLE, messages=MESSAGES, seed=SEED)
    model = HospitalModel()
    modelled = [(one, model.happen(one.event)) for one in day.happenings]
    expected_answers = {one.number: answer for one, answer in modelled if not one.has_open_answer}
    expected = model.shown()
    service.service.add_user("ada", "physicist", orthanc_user="ada")
    operator = service.door("read", user="ada")
    player = HospitalPlayer(service=service, operator=operator, day=day, restarts=RESTARTS, seed=SEED)
    started = time.monotonic()

    player.play()
    played_s = time.monotonic() - started
    until(service.is_settled, within_s=SETTLED_WITHIN_S, what="all that follows from the day to be done")

    answers = {number: {answer_of(ack) for ack in acks} for number, acks in player.answers.items()}
    wrong_answers = {
        number: (given, expected_answers[number])
        for number, given in answers.items()
        if number in expected_answers and given != {expected_answers[number]}
    }
    given = Counter(answer for of_message in answers.values() for answer in of_message)
    # The same bytes have the same answer, whenever they come and whoever answers them.
    doubled = [number for number, acks in player.answers.items() if len(set(acks)) > 1]
    found = seen(service.door("read"), expected)
    differences = {
        identifier: (found[identifier], shown) for identifier, shown in expected.items() if found[identifier] != shown
    }
    with capsys.disabled():
        tell(
            {
                **{f"messages: {kind}": number for kind, number in sorted(Counter(map(kind_of, day.messages)).items())},
                "messages": len(day.messages),
                "people": day.people,
                "dose reports": sum(isinstance(one.event, Dose) for one in day.happenings),
                "merges taken back by an operator": sum(isinstance(one.event, Unmerge) for one in day.happenings),
                **{f"answers: {answer}": n for answer, n in sorted(given.items())},
                "messages that came twice": sum(len(acks) > 1 for acks in player.answers.values()),
                "messages sent again for want of an answer": len(player.resent),
                **{f"restarts: {way}": number for way, number in sorted(player.done.items())},
                "identifiers compared": len(expected),
                "exams shown": len(set().union(*(shown.doses for shown in expected.values()))),
                "answers that differ": len(wrong_answers),
                "identifiers that differ": len(differences),
                "seconds until all was answered": round(played_s),
            }
        )
    assert player.done == RESTARTS
    assert answers.keys() == {one.number for one in day.messages}
    assert doubled == []
    assert wrong_answers == {}
    assert differences == {}


def kind_of(one: Happening) -> str:
    """Return the trigger event of a message; all that are none of our business are one kind."""
    event = one.event
    if isinstance(event, Update | Merge):
        return event.trigger
    if isinstance(event, Link):
        return "A37" if event.is_broken else "A24"
    return KINDS.get(type(event), "not used")


def tell(rows: dict[str, int]) -> None:
    width = max(map(len, rows))
    sys.stdout.write("\n" + "".join(f"{name:<{width}}{value:>8}\n" for name, value in rows.items()))
