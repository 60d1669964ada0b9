"""A description compiled to arrays, and the numbers of members who have parameters of their own.

The plan is made once. Parameters that are given for a run take the place of the description's own; where they differ
from member to member, only the stations that read them are evaluated again for each member.
"""

from __future__ import annotations

import datetime as dt
import graphlib
import math
import mmap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vado.engine import checkpoint, choice, convoy, outcome, queue, route, sink, source
from vado.engine import plan as kinds
from vado.engine.given import Given
from vado.engine.keys import name_key
from vado.engine.plan import (
    Calendar,
    Choices,
    Convoys,
    Counted,
    Floats,
    Ints,
    Lines,
    March,
    Memory,
    Numbers,
    People,
    Plan,
    Queues,
    Record,
    Room,
    Routes,
    State,
    Stations,
)
from vado.engine.slots import Attributes, Layout, by_day
from vado.errors import BadValueError
from vado.network.evaluate import Evaluator
from vado.network.model import Network
from vado.network.stations import (
    STATIONS,
    Checkpoint,
    Choice,
    Described,
    Outcome,
    Queue,
    Route,
    Sink,
    Source,
    Station,
)
from vado.network.values import Axes, Table, Value, names


@dataclass(frozen=True)
class Days:
    """The days of a run and the periods of its records.

    Parameters
    ----------
    first
        The first day.
    count
        Number of days.
    period
        ``int64[day]`` number of the period of each day.
    ends
        Last day of each period.
    """

    first: dt.date
    count: int
    period: Ints
    ends: tuple[dt.date, ...]

    @property
    def ordinals(self) -> Ints:
        """Proleptic ordinals of the days."""
        return np.arange(self.count, dtype=np.int64) + self.first.toordinal()


@dataclass(frozen=True)
class Term:
    """A way whose people are summed into a slot of the record."""

    station: str
    event: str
    slot: int


class Compiled:
    """A description ready to run.

    Parameters
    ----------
    network
        The description.
    days
        Days and periods.
    terms
        What is counted: ways and the slot of the record each goes to.
    slots
        Number of slots of the record.
    daily
        Queues whose occupancy is kept day by day.
    given
        Parameters of this run.

    Raises
    ------
    BadValueError
        If a number lies outside its range, or shares do not come to 1.
    """

    def __init__(
        self,
        network: Network,
        days: Days,
        terms: Sequence[Term],
        slots: int,
        daily: Sequence[str] = (),
        given: Given | None = None,
    ) -> None:
        self.network = network
        self.days = days
        self.slots = slots
        self.given = given or Given({}, Axes(network.group_names, days.ordinals), 1)
        self.axes = Axes(network.group_names, days.ordinals)
        first = days.ordinals.astype("timedelta64[D]") + np.datetime64("0001-01-01") - np.timedelta64(1, "D")
        self._months = first.astype("datetime64[M]").astype(np.int64)
        self._layout, self._delays = Layout(), Layout()
        self._slots_of: dict[str, list[int]] = {}
        numbers = self._attributes(0)
        for station in network.stations:
            blocks = _tables(station, numbers)
            self._slots_of[station.id] = [self._layout.add(by_day(table)) for table in blocks]
            if isinstance(station, Route):
                self._delays.add(route.tabulate(self._longest_delays(station, blocks)))
        self.plan = self._plan(terms, daily)

    def plan_of(self, member: int) -> Plan:
        """Return the plan of a member, with its own numbers where it has parameters of its own."""
        if not self.given.differs:
            return self.plan
        numbers = self._attributes(member)
        values, law = self.plan.numbers.values.copy(), self.plan.routes.law.copy()
        routes = iter(range(len(self.plan.routes.station)))
        for station in self.network.stations:
            index = next(routes) if isinstance(station, Route) else -1
            if self.given.differs & self._read_by(station):
                blocks = _tables(station, numbers)
                for slot, block in zip(self._slots_of[station.id], blocks, strict=True):
                    self._layout.write(values, slot, by_day(block))
                if isinstance(station, Route):
                    own = route.delays(blocks[0], blocks[2])
                    self._delays.write(law, index, route.tabulate(_longer(own, self.plan.routes.lags[index])))
        return self.plan._replace(
            numbers=self.plan.numbers._replace(values=values), routes=self.plan.routes._replace(law=law)
        )

    def state(self, mean: bool) -> State:
        """Return an empty state, for counts or for expectations."""
        plan, kind = self.plan, np.float64 if mean else np.int64
        stations, groups, ways = len(plan.stations.kind), len(plan.groups), len(plan.target)
        queues, convoys = len(plan.queues.station), len(plan.convoys.day)
        cohorts = self.days.count + 1 if (plan.queues.service != kinds.RANDOM).any() else 1
        most = max([1, *np.diff(plan.stations.first_way), *plan.routes.lags])
        return State(
            people=People(
                inflow=np.zeros((stations, groups), kind),
                busy=np.zeros(stations, np.uint8),
                flow=np.zeros((ways, groups), kind),
            ),
            travel=np.zeros((max(int((plan.routes.lags + 1).sum()), 1), groups), kind),
            lines=Lines(
                cohorts=np.zeros((queues, groups, cohorts), kind),
                cohort_sum=np.zeros((queues, max([1, *plan.queues.classes]), cohorts), kind),
                waiting=np.zeros((queues, groups), kind),
                waiting_sum=np.zeros(queues, kind),
                yesterday=np.zeros(queues),
                oldest=np.zeros(queues, np.int64),
                carry=np.zeros(queues),
            ),
            memory=Memory(before=np.zeros(ways), today=np.zeros(ways)),
            convoys=March(
                people=np.zeros((convoys, groups), kind),
                at=np.full(convoys, -1, np.int64),
                leg=np.zeros(convoys, np.int64),
                done=np.zeros(convoys, np.int64),
            ),
            keys=np.zeros(stations, np.uint64),
            room=Room(
                shares=np.zeros(most),
                counts=np.zeros(most, kind),
                convoy_shares=np.zeros(most),
                closed=np.full(3, -1, np.int64),
                overflow=np.zeros(1, np.int64),
            ),
        )

    def record(self, members: int, mean: bool) -> Record:
        """Return room for the records of members, the member as the first dimension."""
        kind = np.float64 if mean else np.int32
        periods, groups, queues = len(self.days.ends), len(self.plan.groups), len(self.plan.queues.station)
        named = len(self.plan.counted.daily)
        return Record(
            counted=_sparse((members, self.slots, periods, groups), kind),
            waiting=_sparse((members, queues, periods, groups), kind),
            travelling=_sparse((members, periods, groups), kind),
            occupancy=_sparse((members, self.days.count if named else 0, named, groups), kind),
        )

    def _attributes(self, member: int) -> Attributes:
        return Attributes(Evaluator(self.network, self.axes, self.given.tables(member)), self._months % 12 + 1)

    def _longest_delays(self, station: Route, blocks: list[Table]) -> Floats:
        """Return a route's delays, long enough for every member."""
        law = route.delays(blocks[0], blocks[2])
        if not self.given.differs & self._read_by(station):
            return law
        lags = law.shape[2]
        for member in range(self.given.members):
            mean, _, spread = _tables(station, self._attributes(member))
            lags = max(lags, route.delays(mean, spread).shape[2])
        return _longer(law, lags)

    def _read_by(self, station: Station) -> set[str]:
        """Return the parameters that a station reads, directly or through others."""
        found: set[str] = set()
        open_names = list(_read_directly(station))
        while open_names:
            name = open_names.pop()
            if name not in found:
                found.add(name)
                parameter = self.network.parameter(name)
                changes = getattr(parameter, "changes", ())
                for value in (parameter.value, *(change.value for change in changes)):
                    open_names += names(value)
        return found

    def _plan(self, terms: Sequence[Term], daily: Sequence[str]) -> Plan:
        network, stations = self.network, self.network.stations
        number = {station.id: index for index, station in enumerate(stations)}
        ways = [(station.id, way.event, way.to) for station in stations for way in station.ways()]
        way_number = {(station, event): index for index, (station, event, _) in enumerate(ways)}
        per_kind: dict[str, list[Station]] = {kind: [s for s in stations if s.kind == kind] for kind in STATIONS}
        among = {s.id: index for each in per_kind.values() for index, s in enumerate(each)}
        queues = [s for s in stations if isinstance(s, Queue)]
        choices = [s for s in stations if isinstance(s, Choice)]
        convoys = [(s, c) for s in stations if isinstance(s, Source) for c in s.convoys]
        queue_number = {s.id: index for index, s in enumerate(queues)}
        watched = {(s.id, w.to): queue_number[w.queue] for s in choices for w in s.ways_out if w.queue}
        lags = [block.shape[2] // (1 + route.GUIDE) for block in self._delays.blocks]
        first_way = _ints(np.cumsum([0, *(len(station.ways()) for station in stations)]))
        first_slot = _ints(min(self._slots_of[station.id], default=0) for station in stations)
        return Plan(
            calendar=Calendar(
                first=self.days.first.toordinal(),
                period=self.days.period,
                week=(self.days.ordinals - 1) // 7,
                month=self._months,
            ),
            numbers=Numbers(self._layout.flat(), *self._layout.steps()),
            stations=Stations(
                order=_ints(number[name] for name in day_order(network)),
                kind=_ints(list(STATIONS).index(station.kind) for station in stations),
                among=_ints(among[station.id] for station in stations),
                first_way=first_way,
                first_slot=first_slot,
                keys=_keys(station.id for station in stations),
            ),
            target=_ints(number[to] for _, _, to in ways),
            groups=_keys(f"{nationality}/{household}" for nationality, household in network.group_names),
            dispersion_over=_ints(source.PERIODS.index(s.dispersion_over) for s in stations if isinstance(s, Source)),
            routes=Routes(
                station=_ints(number[s.id] for s in per_kind["route"]),
                way=_ints(first_way[number[s.id]] for s in per_kind["route"]),
                lags=_ints(lags),
                ring=_ints(np.cumsum([0, *(lag + 1 for lag in lags)])[:-1]),
                law=self._delays.flat(),
                base=self._delays.steps()[0],
                day_step=self._delays.steps()[1],
                group_step=self._delays.steps()[2],
            ),
            choices=Choices(
                responsive=_ints(choice.is_responsive(s) for s in choices),
                fading=np.array([np.exp(-1.0 / s.memory) for s in choices]),
                queue=_ints(watched.get((station, event), -1) for station, event, _ in ways),
                capacity=_ints(first_slot[number[s.id]] for s in queues),
            ),
            queues=Queues(
                station=_ints(number[s.id] for s in queues),
                service=_ints(queue.ORDERS.index(s.order) for s in queues),
                classes=_ints(len(s.first) + 1 for s in queues),
                group_class=np.array([queue.classes(s, network.group_names) for s in queues], dtype=np.int64).reshape(
                    len(queues), len(network.group_names)
                ),
            ),
            convoys=Convoys(
                keys=_keys(c.id for _, c in convoys),
                way=_ints(first_way[number[s.id]] for s, _ in convoys),
                day=_ints(c.day.toordinal() - self.days.first.toordinal() for _, c in convoys),
                slot=_ints(self._slots_of[s.id][2 + 3 * s.convoys.index(c)] for s, c in convoys),
            ),
            counted=Counted(
                way=_ints(way_number[term.station, term.event] for term in terms),
                slot=_ints(term.slot for term in terms),
                daily=_ints(queue_number[name] for name in daily),
            ),
        )


def day_order(network: Network) -> list[str]:
    """Return the stations in the order of a day: topological, with the ways out of routes taken away.

    Stations that are free in the order stand as in the description.
    """
    before: dict[str, list[str]] = {station.id: [] for station in network.stations}
    for station, _, to in network.edges():
        if not isinstance(station, Route):
            before[to].append(station.id)
    try:
        return list(graphlib.TopologicalSorter(before).static_order())
    except graphlib.CycleError as error:
        cycle = " -> ".join(error.args[1][::-1])
        raise BadValueError(f"the cycle {cycle} has no route; let one of its ways take at least a day") from None


def _tables(station: Station, numbers: Attributes) -> list[Table]:
    """Return the numbers of a station, as its kernel reads them."""
    match station:
        case Source():
            own = source.tables(station, numbers)
            return own + [table for each in station.convoys for table in convoy.tables(each, station, numbers)]
        case Route():
            return route.tables(station, numbers)
        case Choice():
            return choice.tables(station, numbers)
        case Checkpoint():
            return checkpoint.tables(station, numbers)
        case Queue():
            return queue.tables(station, numbers)
        case Outcome():
            return outcome.tables(station, numbers)
        case Sink():
            return sink.tables(station, numbers)
    raise AssertionError(type(station))


def _sparse(shape: tuple[int, ...], kind: type[np.number[Any]]) -> kinds.Counts:
    """Return zeros that take memory only where a number is written.

    numpy asks for large pages, of which the first number written takes two megabytes.
    """
    size = math.prod(shape) * np.dtype(kind).itemsize
    return np.frombuffer(mmap.mmap(-1, size), kind).reshape(shape) if size else np.zeros(shape, kind)


def _longer(law: Floats, lags: int) -> Floats:
    """Return a law of the days of travel with room for so many days."""
    return np.pad(law, ((0, 0), (0, 0), (0, lags - law.shape[2])))


def _read_directly(part: Described) -> set[str]:
    """Return the parameters that a station and its parts name."""
    found: set[str] = set()
    for field in type(part).model_fields:
        given = getattr(part, field)
        if isinstance(given, Value):
            found.update(names(given))
        elif isinstance(given, Described):
            found |= _read_directly(given)
        elif isinstance(given, tuple):
            for item in given:
                if isinstance(item, Described):
                    found |= _read_directly(item)
        elif field == "of":
            found.add(given)
    return found


def _ints(items: Iterable[int] | Ints) -> Ints:
    return np.array(list(items), dtype=np.int64)


def _keys(items: Iterable[str]) -> kinds.Keys:
    return np.array([name_key(item) for item in items], dtype=np.uint64)
