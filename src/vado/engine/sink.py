"""Sink: people leave the system; the ways that lead here have counted them."""

from __future__ import annotations

from vado.engine.kernel import kernel
from vado.engine.slots import Attributes
from vado.network.stations import Sink
from vado.network.values import Table


def tables(sink: Sink, numbers: Attributes) -> list[Table]:
    """Return nothing: a sink has no numbers."""
    return []


@kernel
def step(at, people):
    """Let today's people leave."""
    for group in range(people.inflow.shape[1]):
        people.inflow[at.station, group] = 0
