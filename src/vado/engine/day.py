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
from vado.engine.kernel import OPTIONS, kernel
from vado.engine.keys import day_key, member_key, station_key
from vado.engine.plan import At

SOURCE, ROUTE, CHOICE, CHECKPOINT = kinds.SOURCE, kinds.ROUTE, kinds.CHOICE, kinds.CHECKPOINT
QUEUE, OUTCOME, SINK = kinds.QUEUE, kinds.OUTCOME, kinds.SINK

# The compiler takes functions by name, not as attributes of modules.
_depart, _release, _take_in = source.step, route.release, route.take_in
_check, _choose, _remember, _happen = checkpoint.step, choice.step, choice.remember, outcome.step
_begin, _wait, _end = queue.begin, queue.step, sink.step
_set_out, _arrive, _straggle = convoy.set_out, convoy.arrive, convoy.straggle
_convoys_pass, _convoys_choose = convoy.pass_or_stop, convoy.choose


@kernel
def one_day(plan, state, day):
    """Move everyone through one day, ``day`` counted from the start."""
    calendar, numbers, stations, target, groups = plan.calendar, plan.numbers, plan.stations, plan.target, plan.groups
    people, lines, memory, march = state.people, state.lines, state.memory, state.convoys
    has_convoys = plan.convoys.day.shape[0] > 0
    _release(plan.routes, target, people, state.travel, day)
    if has_convoys:
        _arrive(plan.convoys, stations, numbers, target, people, march, day)
        _set_out(plan.convoys, stations, numbers, target, people, march, day)
    for station in stations.order:
        kind = stations.kind[station]
        if kind == ROUTE or (not people.busy[station] and kind != SOURCE and kind != QUEUE):
            continue
        among = stations.among[station]
        way = stations.first_way[station]
        ways = stations.first_way[station + 1] - way
        key = day_key(state.keys[station], calendar.first + day)
        at = At(station, stations.first_slot[station], way, ways, day, key)
        if kind == SOURCE:
            over = plan.dispersion_over[among]
            _depart(at, over, calendar, state.keys[station], numbers, groups, target, people)
        elif kind == CHECKPOINT:
            if has_convoys:
                _convoys_pass(at, plan.convoys, stations, numbers, target, people, march)
            _check(at, numbers, groups, target, people)
        elif kind == OUTCOME:
            _happen(at, numbers, groups, target, people, state.room.counts)
        elif kind == CHOICE:
            if has_convoys:
                _convoys_choose(
                    at,
                    among,
                    plan.choices,
                    plan.convoys,
                    stations,
                    numbers,
                    target,
                    people,
                    march,
                    memory,
                    lines,
                    state.room,
                )
            _choose(at, among, plan.choices, numbers, groups, target, people, memory, lines, state.room)
        elif kind == QUEUE:
            _wait(at, among, plan.queues, numbers, groups, target, people, lines)
        else:
            _end(at, people)
        people.busy[station] = 0
    for each in range(plan.routes.station.shape[0]):
        station = plan.routes.station[each]
        if people.busy[station]:
            key = day_key(state.keys[station], calendar.first + day)
            _take_in(each, plan.routes, groups, people, state.travel, day, key)
            people.busy[station] = 0
    if has_convoys:
        _straggle(
            plan.convoys,
            stations,
            numbers,
            plan.routes,
            groups,
            state.keys,
            state.travel,
            march,
            calendar.first,
            day,
        )
    for station in stations.order:
        if stations.kind[station] == CHOICE and plan.choices.responsive[stations.among[station]] == 1:
            fading = plan.choices.fading[stations.among[station]]
            _remember(memory, fading, stations.first_way[station], stations.first_way[station + 1])
    for each in range(lines.yesterday.shape[0]):
        lines.yesterday[each] = lines.waiting_sum[each]


#: The largest number that a record of counts holds.
MOST = 2**31 - 1


@kernel
def keep(counted, state, record, period):
    """Write down the sums of a period and who is where at its end."""
    flow = state.people.flow
    groups = flow.shape[1]
    for term in range(counted.way.shape[0]):
        for group in range(groups):
            count = record.counted[counted.slot[term], period, group] + flow[counted.way[term], group]
            if count != 0:
                record.counted[counted.slot[term], period, group] = count
            if count > MOST:
                state.room.overflow[0] = 1
    for each in range(state.lines.waiting.shape[0]):
        for group in range(groups):
            count = state.lines.waiting[each, group]
            if count != 0:
                record.waiting[each, period, group] = count
            if count > MOST:
                state.room.overflow[0] = 1
    for group in range(groups):
        total = state.travel[0, group] - state.travel[0, group]
        for row in range(state.travel.shape[0]):
            total += state.travel[row, group]
        for each in range(state.convoys.at.shape[0]):
            if state.convoys.at[each] >= 0:
                total += state.convoys.people[each, group]
        record.travelling[period, group] = total
        if total > MOST:
            state.room.overflow[0] = 1
    for way in range(flow.shape[0]):
        for group in range(groups):
            flow[way, group] = 0


def compiled_before() -> bool:
    """Return whether this engine has been compiled on this machine and kept, so that a run starts at once."""
    changed = max(file.stat().st_mtime for file in Path(__file__).parent.glob("*.py"))
    return any(file.stat().st_mtime >= changed for file in cache_folder().glob("day.runner.*.nbi"))


def cache_folder() -> Path:
    """Return the folder in which compiled kernels are kept."""
    return Path(runner().stats.cache_path)  # type: ignore[attr-defined]


@functools.cache
def runner() -> Callable[..., Any]:
    """Return the compiled function that runs one member from an empty state.

    What is compiled is kept on disk and loaded when it is next asked for. The compiler looks for changes only in the
    file of the function itself; the digest of all files of the engine is therefore part of what it compiles.
    """
    files = sorted(Path(__file__).parent.glob("*.py"))
    text = b"".join(file.read_bytes() for file in files)
    digest = int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "little")

    @njit(nogil=True, cache=True, **OPTIONS)
    def run_member(plan, state, record, seed, member):
        """Run one member over all days; return a number that only names the version of the engine."""
        own = member_key(seed, member)
        for station in range(state.keys.shape[0]):
            state.keys[station] = station_key(own, plan.stations.keys[station])
        _begin(plan.queues, plan.stations.first_slot, plan.numbers, state.lines)
        period = plan.calendar.period
        days = period.shape[0]
        for day in range(days):
            one_day(plan, state, day)
            for each in range(plan.counted.daily.shape[0]):
                for group in range(record.occupancy.shape[2]):
                    record.occupancy[day, each, group] = state.lines.waiting[plan.counted.daily[each], group]
            if day + 1 == days or period[day + 1] != period[day]:
                keep(plan.counted, state, record, period[day])
        return digest

    compiled: Callable[..., Any] = run_member
    return compiled
