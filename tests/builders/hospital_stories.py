"""
What may happen to a few people on a hospital day. All people are invented, and their names say so.

A story is told in chapters: what is in one chapter may reach us in any order, what is in a later one comes later.
"""

from collections.abc import Callable

from tests.builders.hospital_events import (
    Change,
    Dose,
    Event,
    Id,
    Link,
    Merge,
    Move,
    MoveVisit,
    Order,
    Said,
    Unmerge,
    Update,
)
from tests.builders.hospital_people import FIRST_NAMES, Hospital, Person

DUMMY = Id("999999999", "INSURANCE")

Chapters = list[list[Event]]


def plain(hospital: Hospital) -> Chapters:
    """Admission, updates and exams of one patient."""
    one = hospital.person()
    # Real feeds list dummy numbers beside the one that counts.
    beside = [DUMMY] if hospital.drawn.random() < 0.1 else []
    updates = [hospital.updated(one, *beside) for _ in range(hospital.drawn.randrange(2, 8))]
    first: list[Event] = [hospital.admitted(one), *updates[:2]]
    return [first, [*updates[2:], hospital.dose(one)]]


def only_dicom(hospital: Hospital) -> Chapters:
    """A patient of whom no message ever tells."""
    one = hospital.person()
    return [[Dose(of=one.mrn, number=hospital.dose(one.mrn).number, said=one.said())], [hospital.dose(one)]]


def exam_before_admission(hospital: Hospital) -> Chapters:
    """What a message says of a person counts more than what a report said."""
    one = hospital.person()
    early = Dose(of=one.mrn, number=hospital.dose(one.mrn).number, said=Said(name=one.name, birth_date=one.birth_date))
    return [[early], [hospital.admitted(one), hospital.dose(one)]]


def new_identifier(hospital: Hospital) -> Chapters:
    """A patient gets a second identifier, of another authority, under which reports come as well, even before it."""
    one = hospital.person()
    second = hospital.identifier("NAT", "NATIONAL")
    learned = Update(trigger="A31", ids=(one.mrn, second), said=one.said())
    return [
        [hospital.admitted(one), hospital.dose(one)],
        [learned, hospital.dose(second)],
        [hospital.updated(one, second), hospital.dose(second)],
    ]


def other_birth_date(hospital: Hospital) -> Chapters:
    """A report states another birth date than the patient has; sometimes a message says later that it is theirs."""
    one = hospital.person()
    stated = Said(name=one.name, birth_date="19110911")
    odd = Dose(of=one.mrn, number=hospital.dose(one.mrn).number, said=stated)
    told: Chapters = [[hospital.admitted(one)], [odd, hospital.dose(one)]]
    corrected: list[Event] = [Update(trigger="A08", ids=(one.mrn,), said=Said(birth_date="19110911"))]
    return [*told, corrected] if hospital.drawn.random() < 0.5 else told


def merge(hospital: Hospital) -> Chapters:
    """Two records become one; reports under the old identifier come before, with and after it; a late system errs."""
    old, survivor = hospital.person(), hospital.person()
    first: list[Event] = [hospital.admitted(old), hospital.admitted(survivor), hospital.dose(old)]
    second: list[Event] = [hospital.updated(old), hospital.updated(survivor), hospital.merged(old, survivor)]
    stale = Update(trigger="A08", ids=(old.mrn,), said=Said(name="Invented-Stale^Stine"))
    return [
        first,
        [*second, hospital.dose(old), hospital.dose(survivor)],
        [stale, hospital.dose(old)],
        [hospital.updated(survivor), hospital.merged(old, survivor)],
    ]


def chain(hospital: Hospital) -> Chapters:
    """A into B and B into C, told in any order."""
    first, middle, last = hospital.person(), hospital.person(), hospital.person()
    admitted: list[Event] = [hospital.admitted(one) for one in (first, middle, last)]
    doses: list[Event] = [hospital.dose(one) for one in (first, middle, last)]
    links = [hospital.merged(first, middle), hospital.merged(middle, last)]
    return [admitted, [*doses[:2], *links, doses[2]], [hospital.dose(first), hospital.updated(last)]]


def into_one_who_was_merged(hospital: Hospital) -> Chapters:
    """B into C, and after it A into B."""
    first, middle, last = hospital.person(), hospital.person(), hospital.person()
    admitted: list[Event] = [hospital.admitted(one) for one in (first, middle, last)]
    links = [hospital.merged(middle, last), hospital.merged(first, middle)]
    return [[*admitted, hospital.dose(first)], [*links, hospital.dose(middle)]]


def several_at_once(hospital: Hospital) -> Chapters:
    """One message that merges two records into a third."""
    one, other, survivor = hospital.person(), hospital.person(), hospital.person()
    merged = Merge(trigger="A40", survivor=survivor.mrn, subsumed=(one.mrn, other.mrn), said=survivor.said())
    doses: list[Event] = [hospital.dose(who) for who in (one, other, survivor)]
    return [[hospital.admitted(who) for who in (one, other, survivor)], [*doses, merged]]


def reverse(hospital: Hospital) -> Chapters:
    """A into B, then B into A: A speaks for both, and is brought up to date again."""
    one, other = hospital.person(), hospital.person()
    first: list[Event] = [hospital.admitted(one), hospital.admitted(other), hospital.dose(one)]
    there, back = hospital.merged(one, other), hospital.merged(other, one)
    return [first, [hospital.updated(one), there, back, hospital.dose(other)], [hospital.updated(one)]]


def unknown_to_all(hospital: Hospital) -> Chapters:
    """A merge of two of whom nobody has told; a report comes late under the old identifier."""
    old, survivor = hospital.person(), hospital.person()
    merged = Merge(trigger="A40", survivor=survivor.mrn, subsumed=(old.mrn,), said=survivor.said())
    return [[merged, hospital.dose(survivor)], [hospital.dose(old), hospital.updated(survivor)]]


def into_itself(hospital: Hospital) -> Chapters:
    """A merge of a patient into themselves is refused."""
    one = hospital.person()
    return [[hospital.admitted(one)], [hospital.merged(one, one, "A40"), hospital.dose(one)]]


def merge_of_other_name(hospital: Hospital) -> Chapters:
    """A merge changes no demographics of a patient who is known, whatever its PID says."""
    old, survivor = hospital.person(), hospital.person()
    odd = Said(name="Invented-Other^Otto", birth_date="19010101", sex="O")
    merged = Merge(trigger="A40", survivor=survivor.mrn, subsumed=(old.mrn,), said=odd)
    return [[hospital.admitted(old), hospital.admitted(survivor)], [merged, hospital.dose(old)]]


def emergency(hospital: Hospital) -> Chapters:
    """Somebody without a name is irradiated, and turns out to be a patient; sometimes one who is just being made."""
    patient = hospital.person()
    number = hospital.drawn.randrange(24)
    unknown = Person(
        mrn=hospital.identifier("EMERGENCY"), name=f"Unknown^Motorbike {number}:10", birth_date=None, sex="M"
    )
    known: list[Event] = [hospital.admitted(patient)] if hospital.drawn.random() < 0.5 else []
    told = Merge(trigger="A40", survivor=patient.mrn, subsumed=(unknown.mrn,), said=patient.said())
    return [
        [hospital.admitted(unknown), hospital.dose(unknown), *known],
        [told, hospital.dose(unknown)],
        [hospital.updated(patient), hospital.dose(patient)],
    ]


def emergency_by_visit(hospital: Hospital) -> Chapters:
    """The visit of an emergency, and the study made there, becomes a patient's; what has no order stays."""
    wrong, patient = hospital.person(), hospital.person()
    unknown = hospital.identifier("EMERGENCY")
    visit = hospital.identifier("VISIT")
    nobody = Update(trigger="A04", ids=(unknown,), said=Said(name="Unknown^Bicycle 07:45", sex="F"))
    ordered, beside = hospital.dose(unknown, is_xa=False), hospital.dose(unknown)
    moves = [MoveVisit(visit=visit, source=unknown, to=patient.mrn)]
    if hospital.drawn.random() < 0.3:
        moves.insert(0, MoveVisit(visit=visit, source=unknown, to=wrong.mrn))
    order = Order(visit=visit, of=unknown, study=ordered)
    return [
        [nobody, hospital.admitted(wrong), hospital.admitted(patient)],
        [order, ordered, beside, *moves],
        [hospital.updated(patient), hospital.dose(patient)],
    ]


def unmerge(hospital: Hospital) -> Chapters:
    """A merge was wrong and an operator takes it back; sometimes it was right after all, and is told anew."""
    old, survivor = hospital.person(), hospital.person()
    first: list[Event] = [hospital.admitted(old), hospital.admitted(survivor), hospital.dose(old)]
    wrong = hospital.merged(old, survivor)
    after: list[Event] = [hospital.updated(old), hospital.updated(survivor), hospital.dose(old)]
    told: Chapters = [
        [*first, hospital.dose(survivor)],
        [wrong, hospital.updated(survivor), hospital.dose(old)],
        [Unmerge(identifier=old.mrn)],
        after,
    ]
    anew: list[Event] = [hospital.merged(old, survivor)]
    return [*told, anew] if hospital.drawn.random() < 0.3 else told


def unmerge_in_a_chain(hospital: Hospital) -> Chapters:
    """A into B into C; an operator takes B back out of C, and A comes along."""
    first, middle, last = hospital.person(), hospital.person(), hospital.person()
    people = (first, middle, last)
    merges = [hospital.merged(first, middle), hospital.merged(middle, last)]
    return [
        [*(hospital.admitted(one) for one in people), *(hospital.dose(one) for one in people)],
        [*merges],
        [Unmerge(identifier=middle.mrn)],
        [hospital.updated(middle), hospital.updated(last), hospital.dose(first)],
    ]


def link(hospital: Hospital) -> Chapters:
    """Two living records are linked; both go on by themselves, and half of the links are broken again."""
    one, other = hospital.person(), hospital.person()
    other.mrn = hospital.identifier("WEST", "WEST-HOSPITAL")
    tied = Link(one=one.mrn, other=other.mrn)
    admitted: list[Event] = [hospital.admitted(one), hospital.admitted(other)]
    doses: list[Event] = [hospital.dose(one), hospital.dose(other)]
    broken: list[Event] = []
    if hospital.drawn.random() < 0.5:
        broken = [Link(one=one.mrn, other=other.mrn, is_broken=True)]
    updates: list[Event] = [hospital.updated(one), hospital.updated(other)]
    return [admitted, [tied, *doses, *broken], updates]


def link_and_merge(hospital: Hospital) -> Chapters:
    """A is linked with B, and B is merged into C: one history of three."""
    one, other, survivor = hospital.person(), hospital.person(), hospital.person()
    people = (one, other, survivor)
    events: list[Event] = [Link(one=one.mrn, other=other.mrn), hospital.merged(other, survivor)]
    return [
        [*(hospital.admitted(who) for who in people)],
        [*events, *(hospital.dose(who) for who in people)],
        [hospital.updated(one), hospital.updated(survivor)],
    ]


def changed_identifier(hospital: Hospital) -> Chapters:
    """An identifier is replaced; reports come under the old and the new one, messages under the new one."""
    one = hospital.person()
    old, new = one.mrn, hospital.identifier("NEW")
    first: list[Event] = [hospital.admitted(one), hospital.dose(old)]
    second: list[Event] = [hospital.updated(one), Change(old=old, new=new), hospital.dose(old), hospital.dose(new)]
    one.mrn = new
    return [first, [*second, hospital.updated(one)], [hospital.updated(one), hospital.dose(old)]]


def change_to_a_known_one(hospital: Hospital) -> Chapters:
    """An identifier that somebody has can replace none."""
    one, other = hospital.person(), hospital.person()
    events: list[Event] = [Change(old=one.mrn, new=other.mrn), hospital.dose(one)]
    return [[hospital.admitted(one), hospital.admitted(other)], [*events, hospital.dose(other)]]


def moved_identifier(hospital: Hospital) -> Chapters:
    """One of two identifiers of a patient was another's; what came under it goes along."""
    source, target = hospital.person(), hospital.person()
    second = hospital.identifier("SECOND")
    known = Update(trigger="A31", ids=(source.mrn, second), said=source.said())
    doses: list[Event] = [hospital.dose(source), hospital.dose(second)]
    move = Move(identifier=second, to=target.mrn)
    return [
        [hospital.admitted(source), hospital.admitted(target), known],
        doses,
        [hospital.updated(source), move, hospital.updated(target), hospital.dose(second)],
    ]


def confusion(hospital: Hospital) -> Chapters:
    """Anything happens to four people at once, and arrives in any order."""
    drawn = hospital.drawn
    people = [hospital.person() for _ in range(4)]
    mrns = [one.mrn for one in people]
    happened: list[Event] = []
    for _ in range(10):
        one, other = drawn.sample(mrns, 2)
        said = Said(name=f"Invented-{hospital.people}^{drawn.choice(FIRST_NAMES)}", sex=drawn.choice("MFO"))
        happened.append(
            drawn.choice(
                (
                    Update(trigger="A08", ids=(one,), said=said),
                    Update(trigger="A31", ids=(one,), said=said),
                    Merge(trigger="A40", survivor=one, subsumed=(other,), said=Said()),
                    Merge(trigger="A40", survivor=one, subsumed=(other,), said=Said()),
                    Move(identifier=one, to=other),
                    Change(old=one, new=hospital.identifier("NEW")),
                    Link(one=one, other=other),
                    Link(one=one, other=other, is_broken=True),
                )
            )
        )
    return [[*map(hospital.admitted, people), *map(hospital.dose, mrns)], happened, [*map(hospital.dose, mrns)]]


Story = Callable[[Hospital], Chapters]

# Of these the answers hang on the order in which they come.
OPEN_ANSWERS: frozenset[Story] = frozenset({confusion})
# How often each happens; the rest of the people have plain days.
HOW_OFTEN: dict[Story, int] = {
    only_dicom: 10,
    exam_before_admission: 15,
    other_birth_date: 10,
    new_identifier: 18,
    merge: 35,
    chain: 10,
    into_one_who_was_merged: 6,
    several_at_once: 5,
    reverse: 12,
    unknown_to_all: 8,
    into_itself: 4,
    merge_of_other_name: 6,
    emergency: 25,
    emergency_by_visit: 10,
    confusion: 10,
    unmerge: 15,
    unmerge_in_a_chain: 4,
    link: 12,
    link_and_merge: 6,
    changed_identifier: 15,
    change_to_a_known_one: 4,
    moved_identifier: 12,
}
