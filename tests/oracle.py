"""What would the counts be if every person were simulated alone?

A plain simulator of the network language, written from its definition and sharing nothing with the engine but the
description and its parameter tables: the engine's law is held against it. Every person is a row of one table; what
happens to each is drawn person by person, for many independent copies of the system at once. No count is ever drawn
but the number of those who set out.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from graphlib import TopologicalSorter

import numpy as np
import xarray as xr
from scipy import stats

from vado.network.evaluate import Evaluator
from vado.network.model import Network
from vado.network.stations import Attribute, Checkpoint, Choice, Outcome, Queue, Route, Sink, Source
from vado.network.values import Axes

#: A person: the copy of the system, the group, the station where they are, the day on which they came to it, the day
#: on which they leave it (on routes), and the convoy they belong to.
PERSON = np.dtype([(name, np.int32) for name in ("copy", "group", "station", "since", "due", "convoy")])
ALONE = -1


def simulate(network: Network, days: int, seed: int, start: dt.date | None = None) -> xr.Dataset:
    """Simulate one copy of a system; see :func:`replicates`, of which this is one draw."""
    return replicates(network, days, 1, seed, start).isel(draw=0)


def replicates(network: Network, days: int, count: int, seed: int, start: dt.date | None = None) -> xr.Dataset:
    """Simulate independent copies of a system, person by person.

    Parameters
    ----------
    network
        The description.
    days
        How many days.
    count
        How many copies.
    seed
        Seed of chance.
    start
        The first day; without it the network's own.

    Returns
    -------
    xr.Dataset
        ``flow`` (draw, day, way, group), ``waiting`` (draw, day, queue, group) and ``travelling`` (draw, day, group),
        the two latter at the end of the day, as ``int64``.
    """
    return _Run(network, days, count, seed, start or network.start).run()


class _Run:
    def __init__(self, network: Network, days: int, count: int, seed: int, start: dt.date) -> None:
        self.network, self.days, self.count = network, days, count
        self.chance = np.random.default_rng(seed)
        self.dates = [start + dt.timedelta(day) for day in range(days)]
        ordinals = np.array([date.toordinal() for date in self.dates])
        self.evaluator = Evaluator(network, Axes(network.group_names, ordinals))
        self.groups = len(network.group_names)
        self.index = {station.id: number for number, station in enumerate(network.stations)}
        self.ways = [f"{station.id}.{event}" for station, event, _ in network.edges()]
        self.queues = [s.id for s in network.stations if isinstance(s, Queue)]
        convoys = (convoy for s in network.stations if isinstance(s, Source) for convoy in s.convoys)
        self.convoys = list(convoys)
        self.flow = np.zeros((count, days, len(self.ways), self.groups), np.int64)
        self.waiting = np.zeros((count, days, len(self.queues), self.groups), np.int64)
        self.travelling = np.zeros((count, days, self.groups), np.int64)
        self.carry = dict.fromkeys(self.queues, 0.0)
        self.gamma: dict[str, tuple[object, np.ndarray]] = {}
        self.memory = {s.id: np.zeros((count, len(s.ways_out))) for s in network.stations if isinstance(s, Choice)}
        self.people = np.empty(0, PERSON)
        for station in network.stations:
            if isinstance(station, Queue):
                initial = np.rint(self.number(station.waiting, 0, "persons", missing=0.0)).astype(int)
                self.add(station.id, -1, np.tile(initial, (count, 1)), ALONE)
        self.crowd = self.count_waiting()

    def run(self) -> xr.Dataset:
        for day in range(self.days):
            self.live(day)
        names = [f"{nationality}/{household}" for nationality, household in self.network.group_names]
        return xr.Dataset(
            {
                "flow": (("draw", "day", "way", "group"), self.flow),
                "waiting": (("draw", "day", "queue", "group"), self.waiting),
                "travelling": (("draw", "day", "group"), self.travelling),
            },
            coords={
                "day": np.array(self.dates, "datetime64[ns]"),
                "way": self.ways,
                "queue": self.queues,
                "group": names,
            },
        )

    def live(self, day: int) -> None:
        """Let one day pass."""
        routes = [s for s in self.network.stations if isinstance(s, Route)]
        for route in routes:
            here = self.at(route.id)
            self.move(here[self.people["due"][here] == day], day, route.id, "arrived")
        step = {Source: self.source, Choice: self.choice, Checkpoint: self.checkpoint}
        step |= {Queue: self.queue, Outcome: self.outcome, Sink: self.sink}
        for station in self.order():
            if not isinstance(station, Route):
                step[type(station)](station, day)
        for route in routes:
            self.enter(route, day)
            self.straggle(route, day)
        for route in routes:
            here = self.at(route.id)
            np.add.at(self.travelling, (self.people["copy"][here], day, self.people["group"][here]), 1)
        self.crowd = self.count_waiting()
        self.waiting[:, day] = self.crowd
        gone = [self.index[s.id] for s in self.network.stations if isinstance(s, Sink)]
        self.people = self.people[~np.isin(self.people["station"], gone)]

    def order(self):
        """Return the stations so that each stands after all that lead to it, ways out of routes left aside."""
        before = {station.id: set() for station in self.network.stations}
        for station, _, to in self.network.edges():
            if not isinstance(station, Route):
                before[to].add(station.id)
        return [self.network.station(name) for name in TopologicalSorter(before).static_order()]

    def number(self, value, day: int, unit: str, missing: float | None = None) -> np.ndarray:
        """Return an attribute's value on a day for each group."""
        table = self.evaluator.attribute(value, Attribute(unit, missing=missing))
        return np.broadcast_to(table, (self.groups, self.days))[:, day].copy()

    def at(self, station: str) -> np.ndarray:
        """Return the rows of the people who are at a station."""
        return np.flatnonzero(self.people["station"] == self.index[station])

    def add(self, station: str, day: int, counts: np.ndarray, convoy: int) -> np.ndarray:
        """Put new people at a station, ``counts[copy, group]`` of them, and return their rows."""
        copies, groups = np.indices(counts.shape)
        new = np.zeros(counts.sum(), PERSON)
        new["copy"] = np.repeat(copies.ravel(), counts.ravel())
        new["group"] = np.repeat(groups.ravel(), counts.ravel())
        new["station"], new["since"], new["due"], new["convoy"] = self.index[station], day, -1, convoy
        self.people = np.concatenate([self.people, new])
        return np.arange(len(self.people) - len(new), len(self.people))

    def move(self, here: np.ndarray, day: int, station: str, event: str) -> None:
        """Send people out of a station by one of its ways."""
        way = next(way for way in self.network.station(station).ways() if way.event == event)
        copies, groups = self.people["copy"][here], self.people["group"][here]
        np.add.at(self.flow, (copies, day, self.ways.index(f"{station}.{event}"), groups), 1)
        self.people["station"][here] = self.index[way.to]
        self.people["since"][here] = day
        self.people["due"][here] = -1

    def count_waiting(self) -> np.ndarray:
        counts = np.zeros((self.count, len(self.queues), self.groups), np.int64)
        for number, queue in enumerate(self.queues):
            here = self.at(queue)
            np.add.at(counts, (self.people["copy"][here], number, self.people["group"][here]), 1)
        return counts

    def source(self, source: Source, day: int) -> None:
        date = self.dates[day]
        mean = self.number(source.departures, day, "persons/day", missing=0.0)
        if source.season:
            mean *= source.season[date.month - 1]
        for driver in source.drivers:
            drives = np.broadcast_to(self.evaluator.parameter(driver.of), (self.groups, self.days))[:, day]
            mean *= np.exp(self.number(driver.coefficient, day, "1", missing=0.0) * drives)
        period = {"day": day, "week": date.isocalendar()[:2], "month": (date.year, date.month)}[source.dispersion_over]
        if self.gamma.get(source.id, (None,))[0] != period:
            variance = self.number(source.dispersion, day, "1")
            factor = np.ones((self.count, self.groups))
            for group in np.flatnonzero(variance > 0):
                factor[:, group] = self.chance.gamma(1 / variance[group], variance[group], self.count)
            self.gamma[source.id] = (period, factor)
        new = self.add(source.id, day, self.chance.poisson(mean * self.gamma[source.id][1]), ALONE)
        self.move(new, day, source.id, "departed")
        for convoy in source.convoys:
            if convoy.day == date:
                size = np.rint(self.number(convoy.people, day, "persons", missing=0.0)).astype(int)
                new = self.add(source.id, day, np.tile(size, (self.count, 1)), self.convoys.index(convoy))
                self.move(new, day, source.id, "departed")

    def mean_of_convoy(self, here: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Replace each person's value, ``[person, …]``, by the mean over those of their copy."""
        copies = self.people["copy"][here]
        totals = np.zeros((self.count, *values.shape[1:]))
        np.add.at(totals, copies, values)
        return totals[copies] / np.bincount(copies, minlength=self.count)[copies].reshape(-1, *[1] * (values.ndim - 1))

    def decide(self, here: np.ndarray, probability: np.ndarray) -> np.ndarray:
        """Draw a way for each person, ``probability[person, way]``; those of one convoy take one together."""
        chance = self.chance.random(len(here))
        for convoy in range(len(self.convoys)):
            members = np.flatnonzero(self.people["convoy"][here] == convoy)
            probability[members] = self.mean_of_convoy(here[members], probability[members])
            chance[members] = self.chance.random(self.count)[self.people["copy"][here[members]]]
        passed = chance[:, None] >= np.cumsum(probability, axis=1)[:, :-1]
        return passed.sum(axis=1)

    def choice(self, choice: Choice, day: int) -> None:
        here = self.at(choice.id)
        copies, groups = self.people["copy"][here], self.people["group"][here]
        ways = choice.ways_out
        attraction = np.stack([self.number(way.attraction, day, "1", missing=0.0) for way in ways], axis=1)
        km = np.stack([self.number(way.km, day, "km") for way in ways], axis=1)
        risk = np.stack([self.number(way.risk, day, "1") for way in ways], axis=1)
        wait = np.zeros((self.count, len(ways)))
        for number, way in enumerate(ways):
            if way.queue:
                capacity = self.number(self.network.station(way.queue).capacity, day, "persons/day")[0]
                crowd = self.crowd[:, self.queues.index(way.queue)].sum(axis=1)
                wait[:, number] = np.minimum(crowd / max(capacity, 1e-9), 1e6)
        memory = self.memory[choice.id]
        weight = np.empty((self.count, self.groups, len(ways)))
        for group in range(self.groups):
            decay, aversion, crowding, habit = (
                self.number(value, day, unit)[group]
                for value, unit in (
                    (choice.distance_decay, "1/km"),
                    (choice.risk_aversion, "1"),
                    (choice.crowding, "1/day"),
                    (choice.habit, "1"),
                )
            )
            total = max(attraction[group].sum(), 1e-300)
            share = (memory + attraction[group] / total) / (memory.sum(axis=1, keepdims=True) + 1)
            utility = -decay * km[group] - aversion * risk[group] - crowding * wait
            liking = attraction[group] ** (1 - habit) * share**habit
            weight[:, group] = np.where(attraction[group] > 0, liking * np.exp(utility), 0.0)
        chosen_from = weight[copies, groups]
        chosen = self.decide(here, chosen_from / chosen_from.sum(axis=1, keepdims=True))
        today = np.zeros_like(memory)
        np.add.at(today, (copies, chosen), 1)
        self.memory[choice.id] = memory * np.exp(-1 / choice.memory) + today
        for number, way in enumerate(ways):
            self.move(here[chosen == number], day, choice.id, way.to)

    def checkpoint(self, checkpoint: Checkpoint, day: int) -> None:
        here = self.at(checkpoint.id)
        stop = self.number(checkpoint.stop, day, "share")[self.people["group"][here]]
        if checkpoint.stop_convoy is not None:
            convoy_stop = self.number(checkpoint.stop_convoy, day, "share")[self.people["group"][here]]
            stop = np.where(self.people["convoy"][here] == ALONE, stop, convoy_stop)
        passes = self.decide(here, np.stack([stop, 1 - stop], axis=1)) == 1
        self.people["convoy"][here[~passes]] = ALONE
        self.move(here[~passes], day, checkpoint.id, "stopped")
        self.move(here[passes], day, checkpoint.id, "passed")

    def outcome(self, outcome: Outcome, day: int) -> None:
        here = self.at(outcome.id)
        self.people["convoy"][here] = ALONE
        given = [w.share for w in outcome.ways_out]
        shares = [np.zeros(self.groups) if s == "rest" else self.number(s, day, "share", missing=0.0) for s in given]
        rest = 1 - np.sum(shares, axis=0)
        shares = [rest if s == "rest" else share for s, share in zip(given, shares, strict=True)]
        happens = self.decide(here, np.stack(shares, axis=1)[self.people["group"][here]])
        for number, way in enumerate(outcome.ways()):
            self.move(here[happens == number], day, outcome.id, way.event)

    def queue(self, queue: Queue, day: int) -> None:
        line = self.at(queue.id)
        self.people["convoy"][line] = ALONE
        owed = self.carry[queue.id] + self.number(queue.capacity, day, "persons/day")[0]
        places = int(np.floor(owed + 1e-9))
        self.carry[queue.id] = owed - places
        rank = np.array([_class(queue.first, *group) for group in self.network.group_names])
        since = self.people["since"][line]
        turn = {"first_come": since, "last_come": -since, "random": 0 * since}[queue.order]
        lot = self.chance.random(len(line))
        line = line[np.lexsort((lot, turn, rank[self.people["group"][line]], self.people["copy"][line]))]
        copies = self.people["copy"][line]
        ahead = np.arange(len(line)) - np.searchsorted(copies, copies)
        self.move(line[ahead < places], day, queue.id, "served")
        left = line[ahead >= places]
        if queue.gave_up:
            hazard = self.number(queue.give_up, day, "1/day")[self.people["group"][left]]
            leaves = self.chance.random(len(left)) < 1 - np.exp(-hazard)
            self.move(left[leaves], day, queue.id, "gave_up")

    def sink(self, sink: Sink, day: int) -> None:
        self.people["convoy"][self.at(sink.id)] = ALONE

    def mean_days(self, route: Route, day: int) -> np.ndarray:
        if route.days is not None:
            return self.number(route.days, day, "days")
        return self.number(route.km, day, "km") / self.number(route.speed, day, "km/day")

    def travel(self, route: Route, day: int, groups: np.ndarray) -> np.ndarray:
        """Draw the travel days of individuals."""
        mean, spread = self.mean_days(route, day), self.number(route.spread, day, "1")
        drawn = np.zeros(len(groups), np.int64)
        for group in range(self.groups):
            law = travel_law(mean[group], spread[group])
            who = np.flatnonzero(groups == group)
            drawn[who] = 1 + np.searchsorted(np.cumsum(law)[:-1], self.chance.random(len(who)), side="right")
        return drawn

    def enter(self, route: Route, day: int) -> None:
        """Give those who came to a route today the day of their arrival."""
        here = self.at(route.id)
        here = here[self.people["since"][here] == day]
        alone = here[self.people["convoy"][here] == ALONE]
        self.people["due"][alone] = day + self.travel(route, day, self.people["group"][alone])
        for number, convoy in enumerate(self.convoys):
            members = here[self.people["convoy"][here] == number]
            if route.km is not None:
                time = self.number(route.km, day, "km") / self.number(convoy.pace, day, "km/day")
            else:
                time = self.mean_days(route, day)
            time = self.mean_of_convoy(members, time[self.people["group"][members]])
            self.people["due"][members] = day + np.maximum(1, np.ceil(time - 1e-9))

    def straggle(self, route: Route, day: int) -> None:
        """Let people leave their convoy at the end of a day on a route, and go the rest of the leg alone."""
        here = self.at(route.id)
        for number, convoy in enumerate(self.convoys):
            members = here[self.people["convoy"][here] == number]
            hazard = self.number(convoy.straggling, day, "1/day")[self.people["group"][members]]
            leaves = members[self.chance.random(len(members)) < 1 - np.exp(-hazard)]
            due, since = self.people["due"][leaves], self.people["since"][leaves]
            to_go = (due - day) / (due - since) * self.travel(route, day, self.people["group"][leaves])
            self.people["due"][leaves] = day + np.maximum(1, np.ceil(to_go - 1e-9))
            self.people["convoy"][leaves] = ALONE


def _class(first: tuple[str, ...], nationality: str, household: str) -> int:
    names = (nationality, household, f"{nationality}/{household}")
    return next((turn for turn, name in enumerate(first) if name in names), len(first))


@cache
def travel_law(mean: float, spread: float) -> np.ndarray:
    """Return the probabilities of 1, 2, … days on a route [days].

    Parameters
    ----------
    mean
        Mean travel time [days].
    spread
        Coefficient of variation.
    """
    if spread < 0.01:
        whole = int(np.floor(mean))
        if mean <= 1:
            return np.array([1.0])
        law = np.zeros(whole + 1)
        law[whole - 1 :] = [whole + 1 - mean, mean - whole]
        return law
    time = stats.gamma(1 / spread**2, scale=mean * spread**2)
    last = 1
    while time.sf(last + 0.5) > 1e-4:
        last += 1
    return np.diff(time.cdf(np.arange(1, last) + 0.5), prepend=0.0, append=1.0)
