"""Queue: people wait for a service whose capacity all groups share, and may give up.

Those who wait are kept as cohorts by day of arrival. Capacity that reaches into a cohort serves a random set of its
people, a multivariate hypergeometric draw over the groups. See :class:`vado.network.stations.Queue`.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from vado.engine.binomial import binomial
from vado.engine.hypergeometric import hypergeometric
from vado.engine.kernel import kernel
from vado.engine.keys import branch, uniform
from vado.engine.move import move, number
from vado.engine.plan import FIRST_COME, RANDOM
from vado.engine.slots import Attributes
from vado.engine.split import place_one_by_one
from vado.network.stations import Queue
from vado.network.values import Table, group_keys

#: The draws of those who give up, apart from the draws of service.
GIVING_UP = 1 << 40

#: Orders of service by number, as in :mod:`vado.engine.plan`.
ORDERS = ("first_come", "last_come", "random")


def tables(queue: Queue, numbers: Attributes) -> list[Table]:
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


def whole(like, owed):
    """Return the whole part of a capacity, or all of it if ``like`` is a float."""
    raise NotImplementedError("only compiled code draws")


@overload(whole)
def _whole(like, owed):
    if isinstance(like, types.Float):
        return lambda like, owed: owed
    return lambda like, owed: np.int64(np.floor(owed + 1e-9))


@kernel
def begin(queues, first_slot, numbers, lines):
    """Let those wait who wait already; they are the cohort of the day before the first."""
    for queue in range(queues.station.shape[0]):
        slot = first_slot[queues.station[queue]] + 2
        for group in range(lines.waiting.shape[1]):
            _join(lines, queue, queues, 0, group, number(numbers, slot, 0, group))
        lines.yesterday[queue] = lines.waiting_sum[queue]


@kernel
def _join(lines, queue, queues, cohort, group, people):
    lines.cohorts[queue, group, cohort] += people
    lines.cohort_sum[queue, queues.group_class[queue, group], cohort] += people
    lines.waiting[queue, group] += people
    lines.waiting_sum[queue] += people


@kernel
def _leave(lines, queue, queues, cohort, group, people):
    lines.cohorts[queue, group, cohort] -= people
    lines.cohort_sum[queue, queues.group_class[queue, group], cohort] -= people
    lines.waiting[queue, group] -= people
    lines.waiting_sum[queue] -= people


@kernel
def step(at, queue, queues, numbers, groups, target, people, lines):
    """Take in today's people, serve as many as the day allows, and let some of the others give up."""
    # Where the order is random the day of arrival does not matter and all are one cohort.
    newest = 0 if queues.service[queue] == RANDOM else at.day + 1
    if people.busy[at.station]:
        for group in range(groups.shape[0]):
            came = people.inflow[at.station, group]
            if came > 0:
                people.inflow[at.station, group] = 0
                _join(lines, queue, queues, newest, group, came)
    owed = lines.carry[queue] + number(numbers, at.slot, at.day, 0)
    capacity = whole(lines.waiting_sum[queue], owed)
    lines.carry[queue] = owed - capacity
    if lines.waiting_sum[queue] > 0 and capacity > 0:
        if capacity >= lines.waiting_sum[queue]:
            _serve_all(at, queue, queues, target, people, lines, newest)
        else:
            _serve(at, queue, queues, groups, target, people, lines, newest, capacity)
    if lines.waiting_sum[queue] > 0 and at.ways > 1:
        _give_up(at, queue, queues, numbers, groups, target, people, lines, newest)


@kernel
def _serve_all(at, queue, queues, target, people, lines, newest):
    for group in range(lines.waiting.shape[1]):
        if lines.waiting[queue, group] > 0:
            move(target, people, at.way, group, lines.waiting[queue, group])
            lines.waiting[queue, group] = 0
    lines.waiting_sum[queue] = 0
    for group in range(lines.cohorts.shape[1]):
        for cohort in range(lines.oldest[queue], newest + 1):
            lines.cohorts[queue, group, cohort] = 0
    for rank in range(queues.classes[queue]):
        for cohort in range(lines.oldest[queue], newest + 1):
            lines.cohort_sum[queue, rank, cohort] = 0
    lines.oldest[queue] = newest


@kernel
def _serve(at, queue, queues, groups, target, people, lines, newest, capacity):
    """Serve class by class and cohort by cohort as far as the capacity reaches."""
    classes = queues.classes[queue]
    _forget_empty_cohorts(queue, queues, lines, newest)
    oldest = lines.oldest[queue]
    for rank in range(classes):
        for offset in range(newest - oldest + 1):
            cohort = oldest + offset if queues.service[queue] == FIRST_COME else newest - offset
            present = lines.cohort_sum[queue, rank, cohort]
            if present <= 0:
                continue
            served = min(present, capacity)
            capacity -= served
            key = branch(at.key, cohort * classes + rank)
            # Every set of people of this size is equally likely.
            for group in range(groups.shape[0]):
                waiting = lines.cohorts[queue, group, cohort]
                if waiting > 0 and queues.group_class[queue, group] == rank:
                    called = hypergeometric(waiting, present, served, key + groups[group])
                    present -= waiting
                    served -= called
                    if called > 0:
                        _leave(lines, queue, queues, cohort, group, called)
                        move(target, people, at.way, group, called)
                        if served <= 0:
                            break
            if capacity <= 0:
                return


@kernel
def _forget_empty_cohorts(queue, queues, lines, newest):
    while lines.oldest[queue] < newest:
        for rank in range(queues.classes[queue]):
            if lines.cohort_sum[queue, rank, lines.oldest[queue]] > 0:
                return
        lines.oldest[queue] += 1


@kernel
def _give_up(at, queue, queues, numbers, groups, target, people, lines, newest):
    """Let some of each group go, whatever their cohort: all who wait are equally likely to be among them."""
    key = branch(at.key, GIVING_UP)
    for group in range(groups.shape[0]):
        waiting = lines.waiting[queue, group]
        if waiting > 0:
            own = key + groups[group]
            gone = binomial(waiting, number(numbers, at.slot + 1, at.day, group), own)
            if gone > 0:
                move(target, people, at.way + 1, group, gone)
                _take_out(queue, queues, lines, newest, group, waiting, gone, branch(own, 0))


@kernel
def _take_out(queue, queues, lines, newest, group, waiting, gone, key):
    oldest = lines.oldest[queue]
    if place_one_by_one(gone, newest - oldest + 1):
        for person in range(gone):
            before = np.int64(uniform(key, person) * (waiting - person))
            cohort = oldest
            while before >= lines.cohorts[queue, group, cohort]:
                before -= lines.cohorts[queue, group, cohort]
                cohort += 1
            _leave(lines, queue, queues, cohort, group, 1)
        return
    for cohort in range(oldest, newest + 1):
        here = lines.cohorts[queue, group, cohort]
        if here > 0:
            leaving = hypergeometric(here, waiting, gone, branch(key, cohort))
            waiting -= here
            gone -= leaving
            _leave(lines, queue, queues, cohort, group, leaving)
            if gone <= 0:
                return
