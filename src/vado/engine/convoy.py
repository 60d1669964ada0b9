"""Convoy: people who set out together, keep together at their own pace, and are stopped or pass as a whole.

On a route the convoy loses people at the end of each day; who leaves has the rest of the route to go and travels it
alone. It ends, and its people are individuals, at a queue, an outcome or a sink, and where a checkpoint stops it. A
run of expectations lets the expected part of it pass, and lets it end at a choice, since no part has a way of its own.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from vado.engine import plan as kinds
from vado.engine.binomial import binomial
from vado.engine.choice import find_shares, report_closed
from vado.engine.kernel import kernel
from vado.engine.keys import branch, day_key, uniform
from vado.engine.move import move, number
from vado.engine.route import send
from vado.engine.slots import Attributes
from vado.network.stations import Convoy, Source
from vado.network.values import Table

CHOICE, CHECKPOINT, ROUTE = kinds.CHOICE, kinds.CHECKPOINT, kinds.ROUTE

#: Convoys draw apart from the individuals of their groups.
APART = 1 << 41


def tables(convoy: Convoy, source: Source, numbers: Attributes) -> list[Table]:
    """Return people, pace [km/day] and the probability of leaving the convoy on a day."""
    return [
        np.rint(numbers.attribute(convoy, "people", owner=source)),
        numbers.attribute(convoy, "pace", owner=source),
        -np.expm1(-numbers.attribute(convoy, "straggling", owner=source)),
    ]


def moves_whole(like):
    """Return whether a convoy is one thing that chance moves; expectations have parts of it."""
    raise NotImplementedError("only compiled code draws")


@overload(moves_whole)
def _moves_whole(like):
    if isinstance(like, types.Float):
        return lambda like: False
    return lambda like: True


@kernel
def set_out(convoys, stations, numbers, target, people, march, day):
    """Let today's convoys set out from their sources; ``march`` is :class:`vado.engine.plan.March`."""
    for convoy in range(convoys.day.shape[0]):
        if convoys.day[convoy] == day:
            for group in range(march.people.shape[1]):
                march.people[convoy, group] = number(numbers, convoys.slot[convoy], day, group)
            _go(convoy, convoys.way[convoy], convoys, stations, numbers, target, people, march, day)


@kernel
def arrive(convoys, stations, numbers, target, people, march, day):
    """Let convoys arrive whose leg is done."""
    for convoy in range(convoys.day.shape[0]):
        at = march.at[convoy]
        if at >= 0 and stations.kind[at] == ROUTE and march.done[convoy] >= march.leg[convoy]:
            _go(convoy, stations.first_way[at], convoys, stations, numbers, target, people, march, day)


@kernel
def pass_or_stop(at, convoys, stations, numbers, target, people, march):
    """Stop the convoys that are at a checkpoint today, or let them pass."""
    for convoy in range(convoys.day.shape[0]):
        if march.at[convoy] != at.station:
            continue
        key = branch(at.key, APART) + convoys.keys[convoy]
        size = 0.0
        stop = 0.0
        for group in range(march.people.shape[1]):
            size += march.people[convoy, group]
            stop += march.people[convoy, group] * number(numbers, at.slot + 1, at.day, group)
        stop = stop / size if size > 0.0 else 0.0
        if moves_whole(march.people[convoy, 0]):
            stop = 1.0 if uniform(key, 0) < stop else 0.0
        for group in range(march.people.shape[1]):
            stopped = binomial(march.people[convoy, group], stop, key)
            if stopped > 0:
                march.people[convoy, group] -= stopped
                move(target, people, at.way, group, stopped)
        march.at[convoy] = -1
        if stop < 1.0:
            _go(convoy, at.way + 1, convoys, stations, numbers, target, people, march, at.day)


@kernel
def choose(at, choice, choices, convoys, stations, numbers, target, people, march, memory, lines, room):
    """Send each convoy that is at a choice today on one way, drawn by the mean of its people's shares."""
    chance = room.convoy_shares
    for convoy in range(convoys.day.shape[0]):
        if march.at[convoy] != at.station:
            continue
        size = 0.0
        for way in range(at.ways):
            chance[way] = 0.0
        for group in range(march.people.shape[1]):
            members = march.people[convoy, group]
            if members > 0:
                if not find_shares(at, choice, choices, numbers, memory, lines, room.shares, group):
                    report_closed(at, room, group)
                    return
                size += members
                for way in range(at.ways):
                    chance[way] += members * room.shares[way]
        u = uniform(branch(at.key, APART) + convoys.keys[convoy], 0) * size
        way = 0
        while way < at.ways - 1 and u >= chance[way]:
            u -= chance[way]
            way += 1
        memory.today[at.way + way] += size
        _go(convoy, at.way + way, convoys, stations, numbers, target, people, march, at.day)


@kernel
def straggle(convoys, stations, numbers, routes, groups, station_keys, travel, march, first_day, day):
    """Let people leave convoys on routes at the end of the day, and count the day as done."""
    for convoy in range(convoys.day.shape[0]):
        at = march.at[convoy]
        if at < 0 or stations.kind[at] != ROUTE:
            continue
        fraction = (march.leg[convoy] - march.done[convoy]) / march.leg[convoy]
        key = branch(day_key(station_keys[at], first_day + day), APART) + convoys.keys[convoy]
        for group in range(groups.shape[0]):
            chance = number(numbers, convoys.slot[convoy] + 2, day, group)
            own = key + groups[group]
            alone = binomial(march.people[convoy, group], chance, own)
            if alone > 0:
                march.people[convoy, group] -= alone
                send(stations.among[at], routes, travel, day, group, alone, fraction, branch(own, 0))
        march.done[convoy] += 1


@kernel
def _go(convoy, way, convoys, stations, numbers, target, people, march, day):
    """Let a convoy take a way; it ends there if people are treated one by one."""
    station = target[way]
    kind = stations.kind[station]
    if kind in (ROUTE, CHECKPOINT) or (kind == CHOICE and moves_whole(march.people[convoy, 0])):
        for group in range(march.people.shape[1]):
            people.flow[way, group] += march.people[convoy, group]
        people.busy[station] = 1
        march.at[convoy] = station
        if kind == ROUTE:
            days = _leg(convoy, convoys.slot[convoy] + 1, stations.first_slot[station], numbers, march, day)
            march.done[convoy] = 0
            march.leg[convoy] = max(1, int(np.ceil(days - 1e-9)))
        return
    for group in range(march.people.shape[1]):
        if march.people[convoy, group] > 0:
            move(target, people, way, group, march.people[convoy, group])
            march.people[convoy, group] = 0
    march.at[convoy] = -1


@kernel
def _leg(convoy, pace, route, numbers, march, day):
    """Return the days that a route takes a convoy, a mean over its people, from the slots of its pace and the route."""
    size = 0.0
    days = 0.0
    for group in range(march.people.shape[1]):
        km = number(numbers, route + 1, day, group)
        mean = number(numbers, route, day, group)
        if km >= 0.0:
            mean = km / number(numbers, pace, day, group)
        size += march.people[convoy, group]
        days += march.people[convoy, group] * mean
    return days / size if size > 0.0 else 1.0
