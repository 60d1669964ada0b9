"""Checkpoint: some are stopped, a binomial draw; a convoy is stopped or passes as a whole.

See :class:`vado.network.stations.Checkpoint`.
"""

from __future__ import annotations

from numba import njit

from vado.engine.binomial import binomial
from vado.engine.move import move, number
from vado.engine.slots import Numbers
from vado.network.stations import Checkpoint
from vado.network.values import Table


def tables(checkpoint: Checkpoint, numbers: Numbers) -> list[Table]:
    """Return the probabilities of being stopped, of a person and of a convoy."""
    stop = numbers.attribute(checkpoint, "stop")
    return [stop, stop if checkpoint.stop_convoy is None else numbers.attribute(checkpoint, "stop_convoy")]


@njit
def step(plan, values, state, station, day, key):  # type: ignore[no-untyped-def]
    """Stop some of today's people, let the others pass."""
    slot = plan.first_slot[station]
    way = plan.first_way[station]
    for group in range(state.inflow.shape[1]):
        people = state.inflow[station, group]
        if people > 0:
            state.inflow[station, group] = 0
            stopped = binomial(people, number(plan, values, slot, day, group), key + plan.group_keys[group])
            if stopped > 0:
                move(plan, state, way, group, stopped)
            if people > stopped:
                move(plan, state, way + 1, group, people - stopped)
