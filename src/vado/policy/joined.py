"""A description with household kinds together, for runs whose outcomes do not tell them apart.

A run over nationalities alone takes a third of the time. What depends on household kinds is averaged over those who are
processed: the encounters that did not end in expulsion over the last year known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vado.forecast.fit.households import HOUSEHOLDS, together
from vado.forecast.members import Knowledge
from vado.forecast.targets import NATIONALITIES
from vado.ledger.codes import OTHER
from vado.ledger.dates import add_months
from vado.network.evaluate import Evaluator
from vado.network.model import Lever, Network
from vado.network.values import Axes, parse

#: All of the ledger's household kinds as the one kind ``all``.
TOGETHER: Mapping[str, tuple[str, ...]] = {"all": tuple(kind for kinds in HOUSEHOLDS.values() for kind in kinds)}

Weights = dict[str, float]


def weights_of(knowledge: Knowledge) -> Weights:
    """Return the part of each household kind among a nationality's people who are processed, by ``CODE/kind``."""
    last = knowledge.panel.origin.date()
    rows = knowledge.observe("sw_encounters", start=add_months(last, -11).replace(day=1), end=last)
    rows = rows[rows["legal_authority"] == "title_8"]
    code = rows["nationality"].where(rows["nationality"].isin(NATIONALITIES), OTHER)
    made: Weights = {}
    for nationality in NATIONALITIES:
        own = rows[code == nationality]
        counts = {h: float(own.loc[own["household"].isin(k), "value"].sum()) + 0.5 for h, k in HOUSEHOLDS.items()}
        made |= {f"{nationality}/{h}": count / sum(counts.values()) for h, count in counts.items()}
    return made


def joined(network: Network, weights: Weights) -> Network:
    """Return the description over nationalities, with levers averaged over household kinds."""
    levers = {}
    for name, lever in network.levers.items():
        changes = [
            change.model_copy(update={"value": _averaged(change.value, lever, network, weights)})
            for change in lever.changes
        ]
        value = _averaged(lever.value, lever, network, weights)
        levers[name] = lever.model_copy(update={"value": value, "changes": tuple(changes)})
    return together(network.model_copy(update={"levers": levers}))


def joined_changes(
    changes: Mapping[str, Sequence[Mapping[str, Any]]], network: Network, weights: Weights
) -> dict[str, list[dict[str, Any]]]:
    """Return histories of levers whose values by household kind are averaged in the same way."""
    made: dict[str, list[dict[str, Any]]] = {}
    for name, steps in changes.items():
        lever = network.levers[name]
        made[name] = [
            {**step, "value": _by_nationality(parse(step["value"]), lever, network, weights)} for step in steps
        ]
    return made


def _averaged(value: Any, lever: Lever, network: Network, weights: Weights) -> Any:
    return parse(_by_nationality(value, lever, network, weights))


def _by_nationality(value: Any, lever: Lever, network: Network, weights: Weights) -> Any:
    changed = lever.model_copy(update={"value": value, "changes": ()})
    axes = Axes(network.group_names, np.array([network.start.toordinal()]))
    table = Evaluator(network.model_copy(update={"levers": {"lever": changed}}), axes).parameter("lever")
    of_groups = np.broadcast_to(table, (len(network.group_names), 1))[:, 0]
    sums: dict[str, float] = {}
    for (nationality, household), number in zip(network.group_names, of_groups, strict=True):
        sums[nationality] = sums.get(nationality, 0.0) + weights[f"{nationality}/{household}"] * float(number)
    return next(iter(sums.values())) if np.ptp(list(sums.values())) < 1e-12 else sums
