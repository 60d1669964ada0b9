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
from vado.engine.keys import branch
from vado.engine.move import move, number
from vado.engine.plan import FIRST_COME, RANDOM
from vado.engine.slots import Attributes
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
            # The type of the counts is that of the array they are put into.
            lines.waiting[queue, group] = number(numbers, slot, 0, group)
            lines.waiting_sum[queue] += lines.waiting[queue, group]
            _join(lines, queues.row[queue], group, lines.waiting[queue, group])
        lines.yesterday[queue] = lines.waiting_sum[queue]


@kernel
def _join(lines, row, group, people):
    lines.cohorts[row, group] += people
    lines.cohort_sum[row] += people


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
                lines.waiting[queue, group] += came
                lines.waiting_sum[queue] += came
                _join(lines, queues.row[queue] + newest, group, came)
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
    for row in range(queues.row[queue] + lines.oldest[queue], queues.row[queue] + newest + 1):
        if lines.cohort_sum[row] > 0:
            lines.cohort_sum[row] = 0
            for group in range(lines.cohorts.shape[1]):
                lines.cohorts[row, group] = 0
    lines.oldest[queue] = newest


@kernel
def _serve(at, queue, queues, groups, target, people, lines, newest, capacity):
    first_row = queues.row[queue]
    while lines.oldest[queue] < newest and lines.cohort_sum[first_row + lines.oldest[queue]] <= 0:
        lines.oldest[queue] += 1
    oldest = lines.oldest[queue]
    classes = queues.classes[queue]
    for rank in range(classes):
        for offset in range(newest - oldest + 1):
            cohort = oldest + offset if queues.service[queue] == FIRST_COME else newest - offset
            row = first_row + cohort
            if lines.cohort_sum[row] <= 0:
                continue
            present = lines.cohort_sum[row]
            if classes > 1:
                present = present - present
                for group in range(groups.shape[0]):
                    if queues.group_class[queue, group] == rank:
                        present += lines.cohorts[row, group]
            served = min(present, capacity)
            capacity -= served
            key = branch(at.key, cohort * classes + rank)
            # Every set of people of this size is equally likely.
            for group in range(groups.shape[0]):
                if served <= 0:
                    break
                waiting = lines.cohorts[row, group]
                if waiting > 0 and queues.group_class[queue, group] == rank:
                    called = hypergeometric(waiting, present, served, key + groups[group])
                    present -= waiting
                    served -= called
                    if called > 0:
                        _leave(lines, queue, row, group, called)
                        move(target, people, at.way, group, called)
            if capacity <= 0:
                return


@kernel
def _leave(lines, queue, row, group, people):
    lines.cohorts[row, group] -= people
    lines.cohort_sum[row] -= people
    lines.waiting[queue, group] -= people
    lines.waiting_sum[queue] -= people


@kernel
def _give_up(at, queue, queues, numbers, groups, target, people, lines, newest):
    key = branch(at.key, GIVING_UP)
    for cohort in range(lines.oldest[queue], newest + 1):
        row = queues.row[queue] + cohort
        if lines.cohort_sum[row] <= 0:
            continue
        for group in range(groups.shape[0]):
            waiting = lines.cohorts[row, group]
            if waiting > 0:
                chance = number(numbers, at.slot + 1, at.day, group)
                gone = binomial(waiting, chance, branch(key, cohort) + groups[group])
                if gone > 0:
                    _leave(lines, queue, row, group, gone)
                    move(target, people, at.way + 1, group, gone)
