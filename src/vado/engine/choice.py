"""Choice: people choose where to go on, a multinomial draw whose shares may follow crowding and habit.

Shares that depend on nothing but the date are worked out beforehand; crowding and habit look at the state at the end
of the day before. See :class:`vado.network.stations.Choice` for the formula.
"""

from __future__ import annotations

import numpy as np

from vado.engine.kernel import kernel
from vado.engine.move import move, number
from vado.engine.slots import Attributes, stack
from vado.engine.split import split
from vado.network.stations import Choice
from vado.network.values import Number, Table

#: Longest wait that deters [days]; a queue without capacity is this long.
LONGEST_WAIT = 1e6


def is_responsive(choice: Choice) -> bool:
    """Return whether the shares depend on the state."""
    watches = choice.crowding != Number(0.0) and any(way.queue for way in choice.ways_out)
    return watches or choice.habit != Number(0.0)


def tables(choice: Choice, numbers: Attributes) -> list[Table]:
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


@kernel
def find_shares(at, choice, choices, numbers, memory, lines, shares, group):
    """Fill ``shares`` with a group's shares today; return whether any way is open."""
    first = numbers.base[at.slot] + at.day * numbers.day_step[at.slot] + group * numbers.group_step[at.slot]
    for way in range(at.ways):
        shares[way] = numbers.values[first + way]
    if not shares[0] >= 0.0:
        return False
    if choices.responsive[choice] == 0:
        return True
    slot = at.slot + 1
    attraction = numbers.base[slot] + at.day * numbers.day_step[slot] + group * numbers.group_step[slot]
    crowding = number(numbers, at.slot + 2, at.day, group)
    habit = number(numbers, at.slot + 3, at.day, group)
    before = 0.0
    for way in range(at.ways):
        before += memory.before[at.way + way]
    total = 0.0
    for way in range(at.ways):
        if shares[way] > 0.0:
            if habit > 0.0:
                went = (memory.before[at.way + way] + numbers.values[attraction + way]) / (before + 1.0)
                shares[way] *= went**habit
            queue = choices.queue[at.way + way]
            if crowding > 0.0 and queue >= 0:
                capacity = number(numbers, choices.capacity[queue], at.day, 0)
                shares[way] *= np.exp(-crowding * min(lines.yesterday[queue] / max(capacity, 1e-9), LONGEST_WAIT))
        total += shares[way]
    # Where every way is so crowded that the numbers vanish, people go where they would go without the crowds.
    crowded_out = total <= 0.0
    for way in range(at.ways):
        shares[way] = numbers.values[attraction + way] if crowded_out else shares[way] / total
    return True


@kernel
def report_closed(at, room, group):
    """Write down where a group found every way closed, unless another was first."""
    if room.closed[0] < 0:
        room.closed[0], room.closed[1], room.closed[2] = at.station, group, at.day


@kernel
def step(at, choice, choices, numbers, groups, target, people, memory, lines, room):
    """Split today's people over the ways."""
    for group in range(groups.shape[0]):
        came = people.inflow[at.station, group]
        if came > 0:
            people.inflow[at.station, group] = 0
            if not find_shares(at, choice, choices, numbers, memory, lines, room.shares, group):
                report_closed(at, room, group)
                return
            split(came, room.shares, 0, at.ways, at.key + groups[group], room.counts)
            for way in range(at.ways):
                if room.counts[way] > 0:
                    move(target, people, at.way + way, group, room.counts[way])
                    memory.today[at.way + way] += room.counts[way]


@kernel
def remember(memory, fading, first_way, end):
    """Add the choosers of today to the memory of ways, at the end of the day."""
    for way in range(first_way, end):
        memory.before[way] = memory.before[way] * fading + memory.today[way]
        memory.today[way] = 0.0
