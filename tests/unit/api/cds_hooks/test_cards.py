"""Tests of api.cds_hooks.cards and words: what a card says, in each language, whatever an object states."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from api.cds_hooks.cards import Look, cards_of
from api.cds_hooks.words import LANGUAGES, Words
from dose_core.ledger.region import Region
from dose_core.orders.likeness import Likeness
from dose_core.orders.modality import ModalityKind, names_of
from dose_services.hook_calls import Advice, DraftOrder, PregnancyFact, PregnancyState, StatedBy
from dose_services.hook_values import CardKind
from dose_services.prior_similar import PriorExam
from tests.support.hooks_schema import CARDS, check

ID = UUID("0b0e5f8e-0000-4000-8000-000000000005")
PLAIN = PriorExam(
    exam_id=ID,
    study_instance_uid="2.25.1",
    accession_number="A-1",
    modality="CT",
    region=Region.CHEST,
    parts=(Region.CHEST,),
    description="CT chest",
    started_at=datetime(2026, 3, 1, 9, 15, tzinfo=UTC),
    days_ago=12,
    site="",
    institution="Hilltop Hospital",
    station_name="CT1",
    likeness=Likeness.SAME,
    images_url="https://pacs.example/2.25.1",
    report_url=None,
)
PRIOR = Advice(
    id=ID,
    kind=CardKind.PRIOR_SIMILAR,
    is_warning=True,
    orders=(DraftOrder(reference="ServiceRequest/1", numbers=("1",), procedure=None),),
    exams=(PLAIN,),
    suggestion_id=ID,
)


def look(language: str = "en", smart: str | None = None) -> Look:
    return Look(words=Words(language), timezone=UTC, address="https://dose.example/", smart_launch_url=smart)


def card(advice: Advice, how: Look) -> dict[str, object]:
    answer = cards_of([advice], how)
    check(CARDS, answer)
    (only,) = answer["cards"]
    return dict(only)


ADVICE = [
    PRIOR,
    replace(PRIOR, exams=(PLAIN,) * 3),
    replace(PRIOR, kind=CardKind.RECENT, is_warning=False, orders=(), suggestion_id=None),
    replace(PRIOR, kind=CardKind.SKIN_FOLLOW_UP, orders=(), suggestion_id=None, due_on=date(2026, 3, 31)),
    replace(PRIOR, kind=CardKind.SKIN_FOLLOW_UP, orders=(), suggestion_id=None),
    *(
        replace(
            PRIOR,
            kind=CardKind.PREGNANCY,
            exams=(),
            suggestion_id=None,
            pregnancy=PregnancyFact(state=state, by=by, on=date(2026, 3, 1)),
        )
        for state in PregnancyState
        for by in StatedBy
    ),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_is_as_the_specification_has_it_in_every_language(language: str) -> None:
    for advice in ADVICE:
        made = card(advice, look(language))

        assert made["indicator"] in {"info", "warning"}
        assert "{" not in f"{made['summary']}{made['detail']}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_region_and_kind_has_a_word(language: str) -> None:
    words = Words(language)
    of_several = {
        Region.HEAD_AND_NECK,
        Region.ABDOMEN_AND_PELVIS,
        Region.CHEST_ABDOMEN_AND_PELVIS,
        Region.SEVERAL,
    }  # told by their parts

    for region in set(Region) - of_several:
        assert len(words.exam("CT", [region]).split()) >= 2
    for kind in ModalityKind:
        assert names_of(kind)[0] not in words.exam(names_of(kind)[0], []).split() or kind is ModalityKind.CT


def test_an_exam_of_several_parts_names_them_all() -> None:
    assert Words("en").exam("CT", [Region.CHEST, Region.ABDOMEN, Region.PELVIS]) == "CT chest, abdomen, and pelvis"
    assert Words("de").exam("CT/PT", [Region.CHEST, Region.ABDOMEN]) == "CT + Nuklearmedizin Thorax und Abdomen"


@pytest.mark.parametrize(
    ("days", "told"), [(0, "today"), (1, "yesterday"), (2, "2 days ago"), (-1, "Mar 1, 2026"), (None, "")]
)
def test_when_is_told_in_days_of_the_calendar(days: int | None, told: str) -> None:
    assert Words("en").when(days, date(2026, 3, 1)) == told


def test_what_an_object_states_is_text_and_nothing_else() -> None:
    hostile = replace(
        PLAIN,
        institution="<script>alert(1)</script> [x](javascript:alert(1))\n# Buy `now` *",
        accession_number="|_~",
        modality="M{0}\u2028X" + "Z" * 300,
    )

    made = card(replace(PRIOR, exams=(hostile,)), look())

    detail = str(made["detail"])
    assert r"\<script\>" in detail
    assert r"\[x\]\(javascript:" in detail
    assert "\u2028" not in f"{made['summary']}{detail}"
    assert len(detail.splitlines()) == 3
    assert len(str(made["summary"])) == 139


def test_a_smart_link_names_the_study_where_the_ehr_can_launch_us() -> None:
    made = card(PRIOR, look(smart="https://dose.example/launch/smart"))

    links = made["links"]
    assert isinstance(links, list)
    assert links[-1] == {
        "label": "Exams of this patient",
        "url": "https://dose.example/launch/smart",
        "type": "smart",
        "appContext": '{"study_instance_uid": "2.25.1"}',
    }


def test_no_advice_is_an_answer_without_cards() -> None:
    assert cards_of([], look()) == {"cards": []}
