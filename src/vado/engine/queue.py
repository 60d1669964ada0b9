"""Queue: people wait for a service whose capacity all groups share, and may give up.

Those who wait are kept as cohorts by day of arrival. Capacity that reaches into a cohort serves a random set of its
people, a multivariate hypergeometric draw over the groups. See :class:`vado.network.stations.Queue`.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.extending import overload

from vado.engine.binomial import binomial
from vado.engine.hypergeometric import hypergeometric
from vado.engine.keys import branch
from vado.engine.move import move, number
from vado.engine.plan import FIRST_COME, RANDOM
from vado.engine.slots import Numbers
from vado.network.stations import Queue
from vado.network.values import Table, group_keys

#: The draws of those who give up, apart from the draws of service.
GIVING_UP = 1 << 40

#: Orders of service by number, as in :mod:`vado.engine.plan`.
ORDERS = ("first_come", "last_come", "random")


def tables(queue: Queue, numbers: Numbers) -> list[Table]:
    """Return the capacity a day, the probability of giving up on a day, and who waits at the beginning."""
    return [
        numbers.attribute(queue, "capacity"),
        -np.expm1(-numbers.attribute(queue, "give_up")),
        np.rint(numbers.attribute(queue, "waiting")),
    ]


def classes(queue: Queue, groups: list[tuple[str, str]]) -> list[int]:
    """Return the class of service of each group, 0 first."""
    last = len(queue.first)
    return [
        min((queue.first.index(key) for key in group_keys(*group) if key in queue.first), default=last)
        for group in groups
    ]


def whole(like, owed):  # type: ignore[no-untyped-def]
    """Return the whole part of a capacity, or all of it if ``like`` is a float."""
    raise NotImplementedError("only compiled code draws")


@overload(whole)
def _whole(like, owed):  # type: ignore[no-untyped-def]
    if isinstance(like, types.Float):
        return lambda like, owed: owed
    return lambda like, owed: np.int64(np.floor(owed + 1e-9))


@njit
def begin(plan, values, state):  # type: ignore[no-untyped-def]
    """Let those wait who wait already; they are the cohort of the day before the first."""
    for queue in range(plan.queue_station.shape[0]):
        slot = plan.first_slot[plan.queue_station[queue]] + 2
        for group in range(state.waiting.shape[1]):
            # The type of the counts is that of the array they are put into.
            state.waiting[queue, group] = number(plan, values, slot, 0, group)
            _join(plan, state, queue, 0, group, state.waiting[queue, group])
        state.waiting_sum[queue] = state.waiting[queue].sum()
        state.yesterday[queue] = state.waiting_sum[queue]


@njit
def _join(plan, state, queue, cohort, group, people):  # type: ignore[no-untyped-def]
    row = plan.cohort_row[queue] + cohort
    state.cohorts[row, group] += people
    state.cohort_sum[row] += people


@njit
def step(plan, values, state, station, day, key):  # type: ignore[no-untyped-def]
    """Take in today's people, serve as many as the day allows, and let some of the others give up."""
    queue = plan.index[station]
    slot = plan.first_slot[station]
    # Where the order is random the day of arrival does not matter and all are one cohort.
    newest = 0 if plan.service[queue] == RANDOM else day + 1
    if state.busy[station]:
        for group in range(state.inflow.shape[1]):
            people = state.inflow[station, group]
            if people > 0:
                state.inflow[station, group] = 0
                state.waiting[queue, group] += people
                state.waiting_sum[queue] += people
                _join(plan, state, queue, newest, group, people)
    owed = state.carry[queue] + number(plan, values, slot, day, 0)
    capacity = whole(state.waiting_sum[queue], owed)
    state.carry[queue] = owed - capacity
    if state.waiting_sum[queue] > 0 and capacity > 0:
        _serve(plan, state, station, queue, newest, capacity, key)
    if state.waiting_sum[queue] > 0 and plan.first_way[station + 1] - plan.first_way[station] > 1:
        _give_up(plan, values, state, station, queue, newest, day, branch(key, GIVING_UP))


@njit
def _serve(plan, state, station, queue, newest, capacity, key):  # type: ignore[no-untyped-def]
    first_row = plan.cohort_row[queue]
    way = plan.first_way[station]
    if capacity >= state.waiting_sum[queue]:
        for group in range(state.waiting.shape[1]):
            if state.waiting[queue, group] > 0:
                move(plan, state, way, group, state.waiting[queue, group])
                state.waiting[queue, group] = 0
        state.waiting_sum[queue] = 0
        state.cohorts[first_row + state.oldest[queue] : first_row + newest + 1] = 0
        state.cohort_sum[first_row + state.oldest[queue] : first_row + newest + 1] = 0
        state.oldest[queue] = newest
        return
    while state.oldest[queue] < newest and state.cohort_sum[first_row + state.oldest[queue]] <= 0:
        state.oldest[queue] += 1
    oldest = state.oldest[queue]
    for rank in range(plan.classes[queue]):
        for offset in range(newest - oldest + 1):
            cohort = oldest + offset if plan.service[queue] == FIRST_COME else newest - offset
            row = first_row + cohort
            if state.cohort_sum[row] <= 0:
                continue
            present = state.cohort_sum[row]
            if plan.classes[queue] > 1:
                present = present - present
                for group in range(state.waiting.shape[1]):
                    if plan.group_class[queue, group] == rank:
                        present += state.cohorts[row, group]
            served = min(present, capacity)
            capacity -= served
            _call(plan, state, way, queue, row, rank, present, served, branch(key, cohort * plan.classes[queue] + rank))
            if capacity <= 0:
                return


@njit
def _call(plan, state, way, queue, row, rank, present, served, key):  # type: ignore[no-untyped-def]
    """Serve so many people of one class in one cohort; every set of them is equally likely."""
    for group in range(state.waiting.shape[1]):
        if served <= 0:
            return
        people = state.cohorts[row, group]
        if people > 0 and plan.group_class[queue, group] == rank:
            called = hypergeometric(people, present, served, key + plan.group_keys[group])
            present -= people
            served -= called
            if called > 0:
                _leave(state, queue, row, group, called)
                move(plan, state, way, group, called)


@njit
def _leave(state, queue, row, group, people):  # type: ignore[no-untyped-def]
    state.cohorts[row, group] -= people
    state.cohort_sum[row] -= people
    state.waiting[queue, group] -= people
    state.waiting_sum[queue] -= people


@njit
def _give_up(plan, values, state, station, queue, newest, day, key):  # type: ignore[no-untyped-def]
    way = plan.first_way[station] + 1
    slot = plan.first_slot[station] + 1
    for cohort in range(state.oldest[queue], newest + 1):
        row = plan.cohort_row[queue] + cohort
        if state.cohort_sum[row] <= 0:
            continue
        for group in range(state.waiting.shape[1]):
            people = state.cohorts[row, group]
            if people > 0:
                chance = number(plan, values, slot, day, group)
                gone = binomial(people, chance, branch(key, cohort) + plan.group_keys[group])
                if gone > 0:
                    _leave(state, queue, row, group, gone)
                    move(plan, state, way, group, gone)
