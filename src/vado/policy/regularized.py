"""People who would become regular under a law for those resident on a date.

A scenario that sets ``us.legalization`` is read as the eight-year path of the US Citizenship Act of 2021, the bill that
the government of the time proposed: :mod:`vado.stock.legalized` says how many of those whom its publisher had in mind
would become regular over the years, with the take-up of the law of 1986. It is a number of people and not a flow: it
changes nobody's way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vado.forecast.targets import Floats
from vado.policy.outcomes import Outcome
from vado.policy.projection import Projection
from vado.stock.legalized import Legalized, legalized

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

LEVER = "us.legalization"
PROGRAMME = "citizenship_act_2021"
#: No run tells it; it stands in the same tables.
REGULARIZED = Outcome(
    "regularized",
    "People resident on the date who become regular in the end",
    "persons",
    "persons",
    True,
    lambda run: np.zeros(run.sizes["draw"]),
    human=True,
)


def programme(ledger: Ledger, projection: Projection) -> Legalized:
    """Return what the law would do, a draw a member, as known on the day."""
    seen = projection.knowledge.as_of
    return legalized(ledger, programme=PROGRAMME, as_of=seen, draws=projection.members, seed=projection.seed)


def strength(history: Mapping[str, Sequence[Mapping[str, Any]]]) -> float:
    """Return how far a scenario legalizes, 0 to 1: the largest value of its lever for any group."""
    values = [step["value"] for step in history.get(LEVER, ())]
    return max((max(v.values()) if isinstance(v, Mapping) else float(v) for v in values), default=0.0)


def regularized(ledger: Ledger, projection: Projection, history: Mapping[str, Sequence[Mapping[str, Any]]]) -> Floats:
    """Return how many become regular in each member, zero where the scenario legalizes nobody."""
    part = strength(history)
    if not part:
        return np.zeros(projection.members)
    return np.asarray(part * programme(ledger, projection).total())
