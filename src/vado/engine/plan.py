"""The arrays of a run: what the description says (Plan) and where the people are (State).

A plan is made once and shared by all members and threads; a member with parameters of its own has its own numbers and
laws of travel. A kernel is given the parts that it needs, so that its signature says what it reads and what it changes.

Counts are ``int64`` in a run of draws and ``float64`` in a run of expectations; nothing else differs.

Letters give the sizes: S stations, E ways, G groups, D days, A slots, R routes, C choices, Q queues, H convoys.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[Any]

#: Kinds of station by number, the order of :data:`vado.network.stations.STATIONS`.
SOURCE, ROUTE, CHOICE, CHECKPOINT, QUEUE, OUTCOME, SINK = range(7)

#: Orders of service by number.
FIRST_COME, LAST_COME, RANDOM = range(3)


class Calendar(NamedTuple):
    """The days of a run."""

    #: Ordinal of the first day.
    first: int
    #: ``[D]`` period of each day, and the ordinals of its ISO week and month.
    period: Ints
    week: Ints
    month: Ints


class Numbers(NamedTuple):
    """The numbers of all stations in one flat array; a slot is one attribute.

    Its number for a day and a group is ``values[base[slot] + day * day_step[slot] + group * group_step[slot]]``, with
    steps of 0 where it does not depend on them.
    """

    values: Floats
    #: ``[A]``
    base: Ints
    day_step: Ints
    group_step: Ints


class Stations(NamedTuple):
    """All stations, and the ways between them."""

    #: ``[S]`` stations in the order of a day, by number.
    order: Ints
    #: ``[S]`` kind of each station; its number among those of its kind.
    kind: Ints
    among: Ints
    #: ``[S + 1]`` first way of each station; ``[S]`` its first slot.
    first_way: Ints
    first_slot: Ints
    #: ``[S]`` keys of the names of stations.
    keys: Keys


class Routes(NamedTuple):
    """Delay lines: the law of the days of travel, and where people on the way are kept."""

    #: ``[R]`` station, and its way out.
    station: Ints
    way: Ints
    #: ``[R]`` longest travel in days; first row of the ring of days of arrival.
    lags: Ints
    ring: Ints
    #: Laws of the days of travel, see :func:`vado.engine.route.tabulate`; ``[R]`` where that of a day and a group
    #: begins, as in :class:`Numbers`.
    law: Floats
    base: Ints
    day_step: Ints
    group_step: Ints


class Choices(NamedTuple):
    """What the shares of choices depend on."""

    #: ``[C]`` whether shares depend on the state; fading of memory over a day.
    responsive: Ints
    fading: Floats
    #: ``[E]`` the queue that crowds a way, by number among queues, or -1; ``[Q]`` the slot of a queue's capacity.
    queue: Ints
    capacity: Ints


class Queues(NamedTuple):
    """How queues serve."""

    #: ``[Q]`` station; order of service; number of classes; ``[Q, G]`` class of each group.
    station: Ints
    service: Ints
    classes: Ints
    group_class: Ints


class Convoys(NamedTuple):
    """When and where convoys set out."""

    #: ``[H]`` key; way out of the source; day from the start; first of its slots (people, pace, straggling).
    keys: Keys
    way: Ints
    day: Ints
    slot: Ints


class Counted(NamedTuple):
    """What is kept in records."""

    #: ``[terms]`` way, and the slot of the record that it is summed into.
    way: Ints
    slot: Ints
    #: Queues whose occupancy is kept day by day.
    daily: Ints


class Plan(NamedTuple):
    """A description as arrays."""

    calendar: Calendar
    numbers: Numbers
    stations: Stations
    #: ``[E]`` the station that each way leads to; ``[G]`` keys of the names of groups.
    target: Ints
    groups: Keys
    #: ``[sources]`` 0, 1, 2: the gamma factor holds for a day, a week, a month.
    dispersion_over: Ints
    routes: Routes
    choices: Choices
    queues: Queues
    convoys: Convoys
    counted: Counted


class At(NamedTuple):
    """A station on a day: its number, first slot, first way and number of ways, the day, and the key of its draws."""

    station: int
    slot: int
    way: int
    ways: int
    day: int
    key: int


class People(NamedTuple):
    """Those who move today, and all who moved since the period began."""

    #: ``[S, G]`` people who came to a station today; ``[S]`` whether anyone did.
    inflow: Counts
    busy: npt.NDArray[np.uint8]
    #: ``[E, G]`` people who took each way since the period began.
    flow: Counts


class Lines(NamedTuple):
    """Those who wait."""

    #: ``[Q, G, D + 1]`` people in queues by day of arrival, from the day before the first; ``[Q, classes, D + 1]``
    #: their sums by class of service. A queue that serves in random order has one cohort.
    cohorts: Counts
    cohort_sum: Counts
    #: ``[Q, G]`` all who wait; ``[Q]`` their sums, and those at the end of yesterday.
    waiting: Counts
    waiting_sum: Counts
    yesterday: Floats
    #: ``[Q]`` oldest cohort that may hold people; capacity left over from fractions.
    oldest: Ints
    carry: Floats


class Memory(NamedTuple):
    """Who chose which way."""

    #: ``[E]`` memory of choosers at the end of yesterday, and today's.
    before: Floats
    today: Floats


class March(NamedTuple):
    """Where convoys are."""

    #: ``[H, G]`` people; ``[H]`` station, -1 nowhere; days of the leg, and days done.
    people: Counts
    at: Ints
    leg: Ints
    done: Ints


class Room(NamedTuple):
    """Room to work in, as long as the most ways or lags."""

    #: Shares and counts of a split, and the shares of a convoy.
    shares: Floats
    counts: Counts
    convoy_shares: Floats
    #: ``[3]`` station, group and day of the first choice whose every way was closed; -1 where there was none.
    closed: Ints
    #: ``[1]`` 1 once a number was too large for the record.
    overflow: Ints


class State(NamedTuple):
    """Where the people of one member are."""

    people: People
    #: ``[rows, G]`` people on routes by day of arrival, a ring for each route.
    travel: Counts
    lines: Lines
    memory: Memory
    convoys: March
    #: ``[S]`` keys of stations within the member.
    keys: Keys
    room: Room


class Record(NamedTuple):
    """What is kept of one member; P periods.

    Counts are ``int32``: records take most of the memory of a large ensemble, and a slot that nothing is summed into
    takes none, since its numbers lie together and are never touched.
    """

    #: ``[slots, P, G]`` sums of counters.
    counted: Counts
    #: ``[Q, P, G]`` and ``[P, G]`` people waiting and travelling at the end of the period.
    waiting: Counts
    travelling: Counts
    #: ``[D, named queues, G]`` occupancy at the end of each day.
    occupancy: Counts
