"""People take a way: they are counted on it and come in at its station."""

from __future__ import annotations

from numba import njit


@njit
def move(plan, state, way, group, people):  # type: ignore[no-untyped-def]
    """Let people of a group take a way."""
    target = plan.target[way]
    state.inflow[target, group] += people
    state.busy[target] = 1
    state.flow[way, group] += people


@njit
def number(plan, values, slot, day, group):  # type: ignore[no-untyped-def]
    """Return the number in a slot for a day and a group."""
    return values[plan.base[slot] + day * plan.day_step[slot] + group * plan.group_step[slot]]
