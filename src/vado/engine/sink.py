"""Sink: people leave the system; the ways that lead here have counted them."""

from __future__ import annotations

from numba import njit

from vado.engine.slots import Numbers
from vado.network.stations import Sink
from vado.network.values import Table


def tables(sink: Sink, numbers: Numbers) -> list[Table]:
    """Return nothing: a sink has no numbers."""
    return []


@njit
def step(state, station):  # type: ignore[no-untyped-def]
    """Let today's people leave."""
    state.inflow[station, :] = 0
