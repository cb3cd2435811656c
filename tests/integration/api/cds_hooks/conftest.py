"""The service with one EHR that may call its hooks, and two people of the invented hospital."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.cds_hooks.settings import HookSettings
from dose_services.prior_similar import Links
from dose_services.viewer_links import ViewerTemplate
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST, BRUNO_HEAD, Study
from tests.builders.envelopes import whole
from tests.integration.api.conftest import SITE, House, MakeHouse
from tests.support.hooks_schema import CARDS, REQUEST, check
from tests.support.mock_ehr_hooks import CLIENT, JWKS_URL, SERVICE, MockEhr

BASE = "http://127.0.0.1"
LINKS = Links(
    images=ViewerTemplate("https://pacs.example/study?uid={StudyInstanceUID}"),
    report=ViewerTemplate("https://ris.example/report/{AccessionNumber}"),
)
HOOKS = HookSettings(clients=(CLIENT,), links=LINKS)


@dataclass(kw_only=True)
class Ward:
    """A house with the EHR that calls it."""

    house: House
    ehr: MockEhr

    def had(
        self,
        study: Study,
        *,
        days_ago: int,
        accession: str | None = None,
        **elements: Any,  # noqa: ANN401 - elements by keyword
    ) -> None:
        """Have an exam arrive that was made so many days ago, by the site's calendar; its report states elements."""
        day = self.house.now.astimezone(SITE.timezone).date() - timedelta(days=days_ago)
        started = datetime.combine(day, study.started_at.time())
        key = f"{study.key} {days_ago}"
        moved = replace(study, key=key, started_at=started, accession_number=accession or study.accession_number)
        report = dose_report(moved)
        for keyword, value in elements.items():
            setattr(report, keyword, value)
        assert self.house.hand_in(whole(report)).json()["read_status"] == "read"

    def post(self, body: dict[str, Any], path: str = SERVICE, **claims: Any) -> Any:  # noqa: ANN401 - foreign
        """Post a body with a token for this call, and return the answer."""
        return self.house.client.post(path, json=body, headers=self.ehr.headers(path, **claims))

    def cards(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the cards that a call gets; body and answer are as the specification has them."""
        check(REQUEST, body)
        answer = self.post(body)
        assert answer.status_code == 200, answer.text
        check(CARDS, answer.json())
        cards: list[dict[str, Any]] = answer.json()["cards"]
        return cards


def ward_of(house: House) -> Ward:
    """Return a house with the EHR whose keys it knows."""
    ehr = MockEhr(base=BASE)
    house.app.state.hook_keys = {JWKS_URL: ehr.keys()}
    return Ward(house=house, ehr=ehr)


@pytest.fixture
def ward(make_house: MakeHouse) -> Ward:
    """Anna had a CT of the chest 12 days ago, Bruno one of the head."""
    made = ward_of(make_house(hooks=HOOKS))
    made.had(ANNA_CHEST, days_ago=12)
    made.had(BRUNO_HEAD, days_ago=40)
    return made
