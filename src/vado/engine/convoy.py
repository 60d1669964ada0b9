"""Convoy: people who set out together, keep together at their own pace, and are stopped or pass as a whole.

On a route the convoy loses people at the end of each day; who leaves has the rest of the route to go and travels it
alone. It ends, and its people are individuals, at a queue, an outcome or a sink, and where a checkpoint stops it. A run
of expectations lets the expected part of it pass, and lets it end at a choice, since no part of it has a way of its own.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.extending import overload

from vado.engine import plan as kinds
from vado.engine.binomial import binomial
from vado.engine.choice import find_shares
from vado.engine.keys import branch, day_key, uniform
from vado.engine.move import move, number
from vado.engine.route import send
from vado.engine.slots import Numbers
from vado.network.stations import Convoy, Source
from vado.network.values import Table

CHOICE, CHECKPOINT, ROUTE = kinds.CHOICE, kinds.CHECKPOINT, kinds.ROUTE

#: Convoys draw apart from the individuals of their groups.
APART = 1 << 41


def tables(convoy: Convoy, source: Source, numbers: Numbers) -> list[Table]:
    """Return people, pace [km/day] and the probability of leaving the convoy on a day."""
    return [
        np.rint(numbers.attribute(convoy, "people", owner=source)),
        numbers.attribute(convoy, "pace", owner=source),
        -np.expm1(-numbers.attribute(convoy, "straggling", owner=source)),
    ]


def moves_whole(like):  # type: ignore[no-untyped-def]
    """Return whether a convoy is one thing that chance moves; expectations have parts of it."""
    raise NotImplementedError("only compiled code draws")


@overload(moves_whole)
def _moves_whole(like):  # type: ignore[no-untyped-def]
    if isinstance(like, types.Float):
        return lambda like: False
    return lambda like: True


@njit
def set_out(plan, values, delays, state, day):  # type: ignore[no-untyped-def]
    """Let today's convoys set out from their sources."""
    for convoy in range(plan.convoy_day.shape[0]):
        if plan.convoy_day[convoy] == day:
            for group in range(state.convoy.shape[1]):
                state.convoy[convoy, group] = number(plan, values, plan.convoy_slot[convoy], day, group)
            _go(plan, values, state, convoy, plan.first_way[plan.convoy_source[convoy]], day)


@njit
def arrive(plan, values, state, day):  # type: ignore[no-untyped-def]
    """Let convoys arrive whose leg is done."""
    for convoy in range(plan.convoy_day.shape[0]):
        at = state.convoy_at[convoy]
        if at >= 0 and plan.kind[at] == ROUTE and state.convoy_done[convoy] >= state.convoy_leg[convoy]:
            _go(plan, values, state, convoy, plan.first_way[at], day)


@njit
def step(plan, values, state, station, day, key):  # type: ignore[no-untyped-def]
    """Move the convoys that are at a choice or a checkpoint today."""
    for convoy in range(plan.convoy_day.shape[0]):
        if state.convoy_at[convoy] == station:
            own = branch(key, APART) + plan.convoy_keys[convoy]
            if plan.kind[station] == CHOICE:
                _choose(plan, values, state, convoy, station, day, own)
            elif plan.kind[station] == CHECKPOINT:
                _pass_or_stop(plan, values, state, convoy, station, day, own)


@njit
def straggle(plan, values, delays, state, station_keys, day):  # type: ignore[no-untyped-def]
    """Let people leave convoys on routes at the end of the day, and count the day as done."""
    for convoy in range(plan.convoy_day.shape[0]):
        at = state.convoy_at[convoy]
        if at < 0 or plan.kind[at] != ROUTE:
            continue
        fraction = (state.convoy_leg[convoy] - state.convoy_done[convoy]) / state.convoy_leg[convoy]
        key = branch(day_key(station_keys[at], plan.first_day + day), APART) + plan.convoy_keys[convoy]
        for group in range(state.convoy.shape[1]):
            chance = number(plan, values, plan.convoy_slot[convoy] + 2, day, group)
            own = key + plan.group_keys[group]
            alone = binomial(state.convoy[convoy, group], chance, own)
            if alone > 0:
                state.convoy[convoy, group] -= alone
                send(plan, delays, state, plan.index[at], day, group, alone, fraction, branch(own, 0))
        state.convoy_done[convoy] += 1


@njit
def _go(plan, values, state, convoy, way, day):  # type: ignore[no-untyped-def]
    """Let a convoy take a way; it ends there if people are treated one by one."""
    target = plan.target[way]
    kind = plan.kind[target]
    if kind == ROUTE or kind == CHECKPOINT or (kind == CHOICE and moves_whole(state.convoy[convoy, 0])):
        for group in range(state.convoy.shape[1]):
            state.flow[way, group] += state.convoy[convoy, group]
        state.convoy_at[convoy] = target
        state.busy[target] = 1
        if kind == ROUTE:
            state.convoy_done[convoy] = 0
            state.convoy_leg[convoy] = max(1, int(np.ceil(_leg(plan, values, state, convoy, target, day) - 1e-9)))
        return
    for group in range(state.convoy.shape[1]):
        if state.convoy[convoy, group] > 0:
            move(plan, state, way, group, state.convoy[convoy, group])
            state.convoy[convoy, group] = 0
    state.convoy_at[convoy] = -1


@njit
def _leg(plan, values, state, convoy, route, day):  # type: ignore[no-untyped-def]
    """Return the days that a route takes the convoy, a mean over its people."""
    slot = plan.first_slot[route]
    pace = plan.convoy_slot[convoy] + 1
    people = 0.0
    days = 0.0
    for group in range(state.convoy.shape[1]):
        km = number(plan, values, slot + 1, day, group)
        mean = number(plan, values, slot, day, group)
        if km >= 0.0:
            mean = km / number(plan, values, pace, day, group)
        people += state.convoy[convoy, group]
        days += state.convoy[convoy, group] * mean
    return days / people if people > 0.0 else 1.0


@njit
def _choose(plan, values, state, convoy, station, day, key):  # type: ignore[no-untyped-def]
    first_way = plan.first_way[station]
    ways = plan.first_way[station + 1] - first_way
    chance = np.zeros(ways)
    people = 0.0
    for group in range(state.convoy.shape[1]):
        members = state.convoy[convoy, group]
        if members > 0:
            if not find_shares(plan, values, state, station, day, group):
                state.closed[0], state.closed[1], state.closed[2] = station, group, day
                return
            people += members
            chance += members * state.shares[:ways]
    u = uniform(key, 0) * people
    way = 0
    while way < ways - 1 and u >= chance[way]:
        u -= chance[way]
        way += 1
    state.choosers[first_way + way] += people
    _go(plan, values, state, convoy, first_way + way, day)


@njit
def _pass_or_stop(plan, values, state, convoy, station, day, key):  # type: ignore[no-untyped-def]
    slot = plan.first_slot[station] + 1
    way = plan.first_way[station]
    people = 0.0
    stop = 0.0
    for group in range(state.convoy.shape[1]):
        people += state.convoy[convoy, group]
        stop += state.convoy[convoy, group] * number(plan, values, slot, day, group)
    stop = stop / people if people > 0.0 else 0.0
    if moves_whole(state.convoy[convoy, 0]):
        stop = 1.0 if uniform(key, 0) < stop else 0.0
    for group in range(state.convoy.shape[1]):
        stopped = binomial(state.convoy[convoy, group], stop, key)
        if stopped > 0:
            state.convoy[convoy, group] -= stopped
            move(plan, state, way, group, stopped)
    if stop < 1.0:
        _go(plan, values, state, convoy, way + 1, day)
    else:
        state.convoy_at[convoy] = -1
