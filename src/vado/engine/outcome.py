"""Outcome: one of several things happens to each person, a multinomial draw over the ways.

A choice whose shares do not depend on the state is the same mechanism. See :class:`vado.network.stations.Outcome`.
"""

from __future__ import annotations

import numpy as np

from vado.engine.kernel import kernel
from vado.engine.move import move
from vado.engine.slots import Attributes, stack
from vado.engine.split import split
from vado.errors import BadValueError
from vado.network.stations import Outcome
from vado.network.values import Table


def tables(outcome: Outcome, numbers: Attributes) -> list[Table]:
    """Return the shares of the ways, ``(group or 1, day or 1, ways)``."""
    given = {
        index: numbers.attribute(way, "share", owner=outcome)
        for index, way in enumerate(outcome.ways_out)
        if way.share != "rest"
    }
    total: Table = sum(given.values(), start=np.zeros((1, 1)))
    if total.max() > 1.0 + 1e-9:
        raise BadValueError(f"the shares of {outcome.id} come to {total.max():.6g}; they may come to 1 at most")
    if len(given) == len(outcome.ways_out) and total.min() < 1.0 - 1e-9:
        raise BadValueError(f"the shares of {outcome.id} come to {total.min():.6g}; give one way `share: rest`")
    rest = np.maximum(1.0 - total, 0.0)
    return [stack([given.get(index, rest) for index in range(len(outcome.ways_out))])]


@kernel
def step(at, numbers, groups, target, people, counts):
    """Split today's people over the ways."""
    for group in range(groups.shape[0]):
        came = people.inflow[at.station, group]
        if came > 0:
            people.inflow[at.station, group] = 0
            first = numbers.base[at.slot] + at.day * numbers.day_step[at.slot] + group * numbers.group_step[at.slot]
            split(came, numbers.values, first, at.ways, at.key + groups[group], counts)
            for way in range(at.ways):
                if counts[way] > 0:
                    move(target, people, at.way + way, group, counts[way])
