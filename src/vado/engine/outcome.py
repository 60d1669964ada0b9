"""Outcome: one of several things happens to each person, a multinomial draw over the ways.

A choice whose shares do not depend on the state is the same mechanism. See :class:`vado.network.stations.Outcome`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.engine.move import move
from vado.engine.slots import Numbers, stack
from vado.engine.split import split
from vado.errors import BadValueError
from vado.network.stations import Outcome
from vado.network.values import Table


def tables(outcome: Outcome, numbers: Numbers) -> list[Table]:
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


@njit
def step(plan, values, state, station, day, key):  # type: ignore[no-untyped-def]
    """Split today's people over the ways."""
    slot = plan.first_slot[station]
    first_way = plan.first_way[station]
    ways = plan.first_way[station + 1] - first_way
    for group in range(state.inflow.shape[1]):
        people = state.inflow[station, group]
        if people > 0:
            state.inflow[station, group] = 0
            first = plan.base[slot] + day * plan.day_step[slot] + group * plan.group_step[slot]
            split(people, values, first, ways, key + plan.group_keys[group], state.counts)
            for way in range(ways):
                if state.counts[way] > 0:
                    move(plan, state, first_way + way, group, state.counts[way])
