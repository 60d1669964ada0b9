"""The arrays of a run: what the description says (Plan) and where the people are (State).

A plan is made once and shared by all members and threads; a member with parameters of its own has its own ``values``
and ``delays``. Numbers of stations sit in one flat array; a slot is one attribute, whose number for a day and group is
``values[base[slot] + day * day_step[slot] + group * group_step[slot]]``, with steps of 0 where it does not depend on
them.

Counts are ``int64`` in a run of draws and ``float64`` in a run of expectations; nothing else differs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

#: Kinds of station by number, the order of :data:`vado.network.stations.STATIONS`.
SOURCE, ROUTE, CHOICE, CHECKPOINT, QUEUE, OUTCOME, SINK = range(7)

#: Orders of service by number.
FIRST_COME, LAST_COME, RANDOM = range(3)


class Plan(NamedTuple):
    """A description as arrays; S stations, E ways, G groups, D days, A slots, R routes, Q queues, H convoys."""

    #: ``[S]`` stations in the order of a day, by number.
    order: Ints
    #: ``[S]`` kind of each station.
    kind: Ints
    #: ``[S]`` number of the station among those of its kind.
    index: Ints
    #: ``[S + 1]`` first way of each station; ``[E]`` where each way leads.
    first_way: Ints
    target: Ints
    #: ``[S]`` first slot of each station; ``[A]`` base and steps of each slot.
    first_slot: Ints
    base: Ints
    day_step: Ints
    group_step: Ints
    #: Keys ``[S]``, ``[G]``, ``[H]`` of the names of stations, groups and convoys.
    station_keys: Keys
    group_keys: Keys
    convoy_keys: Keys
    #: Ordinal of the first day; ``[D]`` period of each day, ordinals of ISO week and month for dispersion.
    first_day: int
    period: Ints
    week: Ints
    month: Ints
    #: ``[sources]`` 0, 1, 2: the gamma factor holds for a day, a week, a month.
    dispersion_over: Ints
    #: ``[R]`` station of each route; lags of its delay line; first row of its ring; base and steps in ``delays``.
    route_station: Ints
    lags: Ints
    ring: Ints
    delay_base: Ints
    delay_day_step: Ints
    delay_group_step: Ints
    #: ``[choices]`` whether shares depend on the state; ``[choices]`` fading of memory a day.
    responsive: Ints
    fading: Floats
    #: ``[E]`` the queue that crowds a way of a choice, by number among queues, or -1.
    way_queue: Ints
    #: ``[Q]`` station, order of service, number of classes, first row of cohorts; ``[Q, G]`` class of each group.
    queue_station: Ints
    service: Ints
    classes: Ints
    cohort_row: Ints
    group_class: Ints
    #: ``[H]`` source station and day (from the start) of each convoy, first of its slots (people, pace, straggling).
    convoy_source: Ints
    convoy_day: Ints
    convoy_slot: Ints
    #: Counters: ``[terms]`` way and place in the record.
    term_way: Ints
    term_slot: Ints
    #: Queues whose occupancy is kept day by day.
    daily_queue: Ints


class State(NamedTuple):
    """Where the people of one member are; T is ``int64`` or ``float64``."""

    #: ``[S, G]`` people who came to a station today; ``[S]`` whether anyone did.
    inflow: npt.NDArray[Any]
    busy: npt.NDArray[np.uint8]
    #: ``[rows, G]`` people on routes by day of arrival, a ring for each route.
    travel: npt.NDArray[Any]
    #: ``[rows, G]`` people in queues by day of arrival; ``[rows]`` their sums; ``[Q, G]`` all who wait; ``[Q]`` sums.
    cohorts: npt.NDArray[Any]
    cohort_sum: npt.NDArray[Any]
    waiting: npt.NDArray[Any]
    waiting_sum: npt.NDArray[Any]
    #: ``[Q]`` oldest cohort that may hold people; capacity left over from fractions.
    oldest: Ints
    carry: Floats
    #: ``[Q]`` all who waited at the end of yesterday.
    yesterday: Floats
    #: ``[E]`` memory of choosers at the end of yesterday, and today's.
    memory: Floats
    choosers: Floats
    #: ``[E, G]`` people who took each way since the period began.
    flow: npt.NDArray[Any]
    #: ``[H, G]`` people of convoys; ``[H]`` where each is (station, -1 nowhere), days of its leg and days done.
    convoy: npt.NDArray[Any]
    convoy_at: Ints
    convoy_leg: Ints
    convoy_done: Ints
    #: Room for shares and counts of a split.
    shares: Floats
    counts: npt.NDArray[Any]
    #: ``[3]`` station, group and day of the first choice whose every way was closed; -1 where there was none.
    closed: Ints


class Record(NamedTuple):
    """What is kept of one member; P periods."""

    #: ``[P, slots, G]`` sums of counters.
    counted: npt.NDArray[Any]
    #: ``[P, Q, G]`` and ``[P, G]`` people waiting and travelling at the end of the period.
    waiting: npt.NDArray[Any]
    travelling: npt.NDArray[Any]
    #: ``[D, named queues, G]`` occupancy at the end of each day.
    occupancy: npt.NDArray[Any]
