"""The effective dose of what was administered, of each administration apart and of all together."""

from collections.abc import Sequence

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.nm_effective_dose import METHOD_ID, METHOD_VERSION, Administered, effective_dose, total
from dose_core.estimating.case import Case, Outcome
from dose_core.estimating.radiopharmaceutical_agents import agent_of
from dose_core.estimating.value_ids import counted_value_id
from dose_core.ledger.exam import Counted
from dose_core.ledger.nuclides import kind_of
from dose_core.model import Administration

_QUANTITY = "effective_dose_msv"


class NmEffectiveDose:
    """Administered activity times the coefficient of agent and age."""

    id = METHOD_ID
    version = METHOD_VERSION
    is_effective_dose = True

    def outcomes(self, case: Case) -> Sequence[Outcome]:
        """Return one outcome for each administration, and one for all; none for an exam without any."""
        of_each = [
            Outcome(
                quantity=_QUANTITY,
                result=_of(counted, case.subject.age_years),
                of=kind_of(counted.event),
                event_uid=counted.event_uid,
            )
            for counted in case.exam.nuclear
        ]
        if not of_each:
            return ()
        return (*of_each, Outcome(quantity=_QUANTITY, result=total([one.result for one in of_each]), of="administered"))


def _of(counted: Counted[Administration], age_years: float | None) -> Estimate | NotComputable:
    stated = counted.event
    agent = agent_of(stated)
    if agent is None:
        return NotComputable(
            missing=("a radiopharmaceutical whose coefficient was checked",),
            reason="agent and nuclide together name none; a compound is never told from its nuclide alone",
        )
    if not _is_intravenous(stated.route):
        return NotComputable(
            missing=("a coefficient for this route",), reason="the coefficients are those of intravenous administration"
        )
    return effective_dose(
        Administered(
            nuclide=agent.nuclide,
            agent=agent.name,
            stated_agent=stated.agent,
            activity_mbq=stated.administered_activity_mbq,
            extravasation_percent=stated.extravasation_percent,
            activity_value_id=counted_value_id(counted, "administered_activity_mbq"),
            extravasation_value_id=counted_value_id(counted, "extravasation_percent"),
        ),
        age_years,
    )


def _is_intravenous(route: str | None) -> bool:
    """Tell if nothing else is said: images often state no route, and all agents of the table are injected."""
    words = (route or "").casefold()
    return not words or "intraven" in words or words.replace(".", "").strip() == "iv"
