"""A day, and a member: the order in which things happen.

1. Those arrive whose travel ends today. 2. Stations follow one another in topological order, each passing its people
on to stations later in the order, until a route, a queue without capacity left, or a sink. 3. Routes take in those who
came to them today; people leave convoys; choices remember who chose what. Travel takes at least a day, so that a cycle
through a route closes on a later day.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

from vado.engine import checkpoint, choice, convoy, outcome, queue, route, sink, source
from vado.engine import plan as kinds
from vado.engine.keys import day_key, member_key, station_key

SOURCE, ROUTE, CHOICE, CHECKPOINT = kinds.SOURCE, kinds.ROUTE, kinds.CHOICE, kinds.CHECKPOINT
QUEUE, OUTCOME, SINK = kinds.QUEUE, kinds.OUTCOME, kinds.SINK

_set_out, _arrive, _convoys, _straggle = convoy.set_out, convoy.arrive, convoy.step, convoy.straggle
_depart, _release, _take_in = source.step, route.release, route.take_in
_check, _choose, _remember, _happen = checkpoint.step, choice.step, choice.remember, outcome.step
_begin, _wait, _end = queue.begin, queue.step, sink.step


@njit
def one_day(plan, values, delays, state, station_keys, day):  # type: ignore[no-untyped-def]
    """Move everyone through one day, ``day`` counted from the start."""
    has_convoys = plan.convoy_day.shape[0] > 0
    _release(plan, state, day)
    if has_convoys:
        _arrive(plan, values, state, day)
        _set_out(plan, values, delays, state, day)
    for station in plan.order:
        kind = plan.kind[station]
        if kind == ROUTE or (not state.busy[station] and kind != SOURCE and kind != QUEUE):
            continue
        key = day_key(station_keys[station], plan.first_day + day)
        if has_convoys:
            _convoys(plan, values, state, station, day, key)
        if kind == SOURCE:
            _depart(plan, values, state, station, day, key, station_keys[station])
        elif kind == CHECKPOINT:
            _check(plan, values, state, station, day, key)
        elif kind == OUTCOME:
            _happen(plan, values, state, station, day, key)
        elif kind == CHOICE:
            _choose(plan, values, state, station, day, key)
        elif kind == QUEUE:
            _wait(plan, values, state, station, day, key)
        else:
            _end(state, station)
        state.busy[station] = 0
    for station in plan.route_station:
        if state.busy[station]:
            _take_in(plan, delays, state, station, day, day_key(station_keys[station], plan.first_day + day))
            state.busy[station] = 0
    if has_convoys:
        _straggle(plan, values, delays, state, station_keys, day)
    for station in plan.order:
        if plan.kind[station] == CHOICE and plan.responsive[plan.index[station]] == 1:
            _remember(plan, state, station)
    for each in range(state.yesterday.shape[0]):
        state.yesterday[each] = state.waiting_sum[each]


@njit
def empty(state):  # type: ignore[no-untyped-def]
    """Take everyone out of the system."""
    state.inflow[:] = 0
    state.busy[:] = 0
    state.travel[:] = 0
    state.cohorts[:] = 0
    state.cohort_sum[:] = 0
    state.waiting[:] = 0
    state.waiting_sum[:] = 0
    state.oldest[:] = 0
    state.carry[:] = 0.0
    state.yesterday[:] = 0.0
    state.memory[:] = 0.0
    state.choosers[:] = 0.0
    state.flow[:] = 0
    state.convoy[:] = 0
    state.convoy_at[:] = -1
    state.closed[:] = -1


@njit
def keep(plan, state, record, period):  # type: ignore[no-untyped-def]
    """Write down the sums of a period and who is where at its end."""
    groups = state.flow.shape[1]
    for term in range(plan.term_way.shape[0]):
        for group in range(groups):
            record.counted[period, plan.term_slot[term], group] += state.flow[plan.term_way[term], group]
    record.waiting[period] = state.waiting
    for group in range(groups):
        total = state.travel[0, group] - state.travel[0, group]
        for row in range(state.travel.shape[0]):
            total += state.travel[row, group]
        for each in range(plan.convoy_day.shape[0]):
            if state.convoy_at[each] >= 0:
                total += state.convoy[each, group]
        record.travelling[period, group] = total
    state.flow[:] = 0


@functools.cache
def runner() -> Callable[..., Any]:
    """Return the compiled function that runs one member.

    What is compiled is kept on disk and loaded when it is next asked for. The compiler looks for changes only in the
    file of the function itself; the digest of all files of the engine is therefore part of what it compiles.
    """
    files = sorted(Path(__file__).parent.glob("*.py"))
    text = b"".join(file.read_bytes() for file in files)
    digest = int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "little")

    @njit(nogil=True, cache=True)
    def run_member(plan, values, delays, state, record, seed, member):  # type: ignore[no-untyped-def]
        """Run one member over all days; return a number that only names the version of the engine."""
        empty(state)
        own = member_key(seed, member)
        station_keys = plan.station_keys.copy()
        for station in range(station_keys.shape[0]):
            station_keys[station] = station_key(own, plan.station_keys[station])
        _begin(plan, values, state)
        record.counted[:] = 0
        days = plan.period.shape[0]
        for day in range(days):
            one_day(plan, values, delays, state, station_keys, day)
            for each in range(plan.daily_queue.shape[0]):
                record.occupancy[day, each] = state.waiting[plan.daily_queue[each]]
            if day + 1 == days or plan.period[day + 1] != plan.period[day]:
                keep(plan, state, record, plan.period[day])
        return digest

    return run_member  # type: ignore[no-any-return]
