"""Checkpoint: some are stopped, a binomial draw; a convoy is stopped or passes as a whole.

See :class:`vado.network.stations.Checkpoint`.
"""

from __future__ import annotations

from vado.engine.binomial import binomial
from vado.engine.kernel import kernel
from vado.engine.move import move, number
from vado.engine.slots import Attributes
from vado.network.stations import Checkpoint
from vado.network.values import Table


def tables(checkpoint: Checkpoint, numbers: Attributes) -> list[Table]:
    """Return the probabilities of being stopped, of a person and of a convoy."""
    stop = numbers.attribute(checkpoint, "stop")
    return [stop, stop if checkpoint.stop_convoy is None else numbers.attribute(checkpoint, "stop_convoy")]


@kernel
def step(at, numbers, groups, target, people):
    """Stop some of today's people, let the others pass."""
    for group in range(groups.shape[0]):
        came = people.inflow[at.station, group]
        if came > 0:
            people.inflow[at.station, group] = 0
            stopped = binomial(came, number(numbers, at.slot, at.day, group), at.key + groups[group])
            if stopped > 0:
                move(target, people, at.way, group, stopped)
            if came > stopped:
                move(target, people, at.way + 1, group, came - stopped)
