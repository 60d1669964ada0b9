"""Choice: people choose where to go on, a multinomial draw whose shares may follow crowding and habit.

Shares that depend on nothing but the date are worked out beforehand; crowding and habit look at the state at the end
of the day before. See :class:`vado.network.stations.Choice` for the formula.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.engine.move import move, number
from vado.engine.slots import Numbers, stack
from vado.engine.split import split
from vado.network.stations import Choice
from vado.network.values import Number, Table

#: Longest wait that deters [days]; a queue without capacity is this long.
LONGEST_WAIT = 1e6


def is_responsive(choice: Choice) -> bool:
    """Return whether the shares depend on the state."""
    watches = choice.crowding != Number(0.0) and any(way.queue for way in choice.ways_out)
    return watches or choice.habit != Number(0.0)


def tables(choice: Choice, numbers: Numbers) -> list[Table]:
    """Return the shares, or what they are made of: weights, attraction, crowding and habit."""
    decay = numbers.attribute(choice, "distance_decay")
    aversion = numbers.attribute(choice, "risk_aversion")
    ways = choice.ways_out
    attraction = stack([numbers.attribute(way, "attraction", owner=choice) for way in ways])
    with np.errstate(invalid="ignore"):
        attraction = attraction / attraction.sum(axis=2, keepdims=True)
    deterred = [
        decay * numbers.attribute(way, "km", owner=choice) + aversion * numbers.attribute(way, "risk", owner=choice)
        for way in ways
    ]
    utility = -stack(deterred)
    # Only differences of utility matter; the best way at 0 keeps all exponentials within range.
    attractive = np.exp(utility - utility.max(axis=2, keepdims=True))
    if not is_responsive(choice):
        shares = attraction * attractive
        with np.errstate(invalid="ignore"):
            return [shares / shares.sum(axis=2, keepdims=True)]
    habit = numbers.attribute(choice, "habit")
    weights = attractive * attraction ** (1.0 - habit[:, :, None])
    return [weights, attraction, numbers.attribute(choice, "crowding"), habit]


@njit
def find_shares(plan, values, state, station, day, group):  # type: ignore[no-untyped-def]
    """Fill ``state.shares`` with a group's shares today; return whether any way is open."""
    slot = plan.first_slot[station]
    first_way = plan.first_way[station]
    ways = plan.first_way[station + 1] - first_way
    first = plan.base[slot] + day * plan.day_step[slot] + group * plan.group_step[slot]
    shares = state.shares
    shares[:ways] = values[first : first + ways]
    if not shares[0] >= 0.0:
        return False
    if plan.responsive[plan.index[station]] == 0:
        return True
    attraction = plan.base[slot + 1] + day * plan.day_step[slot + 1] + group * plan.group_step[slot + 1]
    crowding = number(plan, values, slot + 2, day, group)
    habit = number(plan, values, slot + 3, day, group)
    before = 0.0
    for way in range(ways):
        before += state.memory[first_way + way]
    total = 0.0
    for way in range(ways):
        if shares[way] > 0.0:
            if habit > 0.0:
                went = (state.memory[first_way + way] + values[attraction + way]) / (before + 1.0)
                shares[way] *= went**habit
            queue = plan.way_queue[first_way + way]
            if crowding > 0.0 and queue >= 0:
                capacity = number(plan, values, plan.first_slot[plan.queue_station[queue]], day, 0)
                shares[way] *= np.exp(-crowding * min(state.yesterday[queue] / max(capacity, 1e-9), LONGEST_WAIT))
        total += shares[way]
    if total <= 0.0:
        # Every way is so crowded that the numbers vanish: people go where they would go without the crowds.
        shares[:ways] = values[attraction : attraction + ways]
        total = 1.0
    for way in range(ways):
        shares[way] /= total
    return True


@njit
def step(plan, values, state, station, day, key):  # type: ignore[no-untyped-def]
    """Split today's people over the ways."""
    first_way = plan.first_way[station]
    ways = plan.first_way[station + 1] - first_way
    for group in range(state.inflow.shape[1]):
        people = state.inflow[station, group]
        if people > 0:
            state.inflow[station, group] = 0
            if not find_shares(plan, values, state, station, day, group):
                state.closed[0], state.closed[1], state.closed[2] = station, group, day
                return
            split(people, state.shares, 0, ways, key + plan.group_keys[group], state.counts)
            for way in range(ways):
                if state.counts[way] > 0:
                    move(plan, state, first_way + way, group, state.counts[way])
                    state.choosers[first_way + way] += state.counts[way]


@njit
def remember(plan, state, station):  # type: ignore[no-untyped-def]
    """Add today's choosers to the memory, at the end of the day."""
    fading = plan.fading[plan.index[station]]
    for way in range(plan.first_way[station], plan.first_way[station + 1]):
        state.memory[way] = state.memory[way] * fading + state.choosers[way]
        state.choosers[way] = 0.0
