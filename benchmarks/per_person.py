"""Tell how long a plain simulation of every person takes.

One small system, 100,000 people over 180 days, one row of an array for each person: what a careful programmer would
write without counting people in groups. ``run`` works for any description with the stations of :func:`system`, whose
numbers are constant; ``mesa_model.py`` runs the same with an agent for each person.

Run from the checkout: ``python benchmarks/per_person.py``.
"""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt
from scipy import stats

from vado.network.evaluate import Evaluator
from vado.network.model import Network
from vado.network.stations import Described, Outcome, Station
from vado.network.values import Axes

DAYS = 180
SINKS = ("admitted", "returned")
AWAY, WAITING, DONE = range(3)


def system(people: int = 100_000, days: int = DAYS) -> Network:
    """Return a system through which so many people are expected to pass, three in five of them of the first group.

    Source, route, checkpoint, outcome with a route back for repeat attempts, queue near its capacity, sinks.
    """
    daily = people / days
    stations = [
        {"id": "home", "kind": "source", "place": "south", "to": "trail"}
        | {"departures": {"HTI": 0.6 * daily, "VEN": 0.4 * daily}},
        {"id": "trail", "kind": "route", "place": "south", "days": {"HTI": 9, "VEN": 5}, "spread": 0.4, "to": "ford"},
        {"id": "ford", "kind": "checkpoint", "place": "river", "stop": {"HTI": 0.4, "VEN": 0.25}}
        | {"stopped": "court", "to": "camp"},
        {"id": "court", "kind": "outcome", "place": "river"}
        | {"ways": [{"share": 0.5, "to": "again"}, {"share": "rest", "to": "returned"}]},
        {"id": "again", "kind": "route", "place": "river", "days": 3, "spread": 0.5, "to": "ford"},
        {"id": "camp", "kind": "queue", "place": "river", "capacity": round(0.76 * daily), "to": "admitted"},
        {"id": "admitted", "kind": "sink", "place": "north"},
        {"id": "returned", "kind": "sink", "place": "south"},
    ]
    return Network.model_validate(
        {
            "system": "ford",
            "start": "2021-01-01",
            "places": {name: {"name": name} for name in ("south", "river", "north")},
            "groups": {"nationalities": ["HTI", "VEN"]},
            "stations": stations,
            "counters": {
                "stopped": {"count": ["ford.stopped"]},
                "repeats": {"count": ["again.arrived"]},
                **{name: {"kind": "persons", "count": [f"{name}.arrived"]} for name in SINKS},
            },
        }
    )


class Numbers:
    """The constant numbers of :func:`system` by group."""

    def __init__(self, network: Network) -> None:
        day = np.array([network.start.toordinal()])
        self._evaluator = Evaluator(network, Axes(network.group_names, day))
        self.groups = len(network.group_names)
        court = network.station("court")
        assert isinstance(court, Outcome)
        self.departures = self._table(network.station("home"), "departures")
        self.stop = self._table(network.station("ford"), "stop")
        self.again = self._table(court.ways_out[0], "share")
        self.capacity = int(self._table(network.station("camp"), "capacity")[0])
        self.travel = {name: self._travel(network.station(name)) for name in ("trail", "again")}

    def _table(self, part: Described, name: str) -> npt.NDArray[np.float64]:
        table = self._evaluator.attribute(getattr(part, name), part.attributes()[name][0])
        return np.broadcast_to(table[:, 0], self.groups)

    def _travel(self, route: Station) -> list[npt.NDArray[np.float64]]:
        """Return for each group the probability of at most 1, 2, … days."""
        mean, spread = self._table(route, "days"), self._table(route, "spread")
        found = []
        for group in range(self.groups):
            time_of = stats.gamma(spread[group] ** -2, scale=mean[group] * spread[group] ** 2)
            most = int(np.ceil(time_of.isf(1e-4)))
            below = time_of.cdf(np.arange(1, most + 1) + 0.5)
            found.append(np.append(below[: np.searchsorted(below, 1 - 1e-4)], 1.0))
        return found


def run(network: Network, days: int, seed: int) -> dict[str, int]:
    """Simulate every person.

    Returns
    -------
    dict
        People who set out, were stopped, came back to the ford, ended at each sink, wait and travel at the end.
    """
    numbers, chance = Numbers(network), np.random.default_rng(seed)
    expected = int(numbers.departures.sum() * days)
    group = np.empty(expected + 10 * int(expected**0.5) + 100, np.int8)
    due = np.full(len(group), -1, np.int32)
    came = np.empty(len(group), np.int32)
    state = np.full(len(group), AWAY, np.int8)
    born = 0
    totals = dict.fromkeys(("departed", "stopped", "repeats", *SINKS), 0)

    def send(who: npt.NDArray[np.int64], route: str, day: int) -> None:
        for number, law in enumerate(numbers.travel[route]):
            mine = who[group[who] == number]
            due[mine] = day + 1 + np.searchsorted(law, chance.random(len(mine)))

    on_the_way_back = np.zeros(len(group), np.bool_)
    for day in range(days):
        ford = np.flatnonzero(due[:born] == day)
        totals["repeats"] += int(on_the_way_back[ford].sum())
        new = chance.poisson(numbers.departures)
        leaving = np.arange(born, born + new.sum())
        group[leaving] = np.repeat(np.arange(numbers.groups), new)
        born += len(leaving)
        send(leaving, "trail", day)
        is_stopped = chance.random(len(ford)) < numbers.stop[group[ford]]
        stopped, passed = ford[is_stopped], ford[~is_stopped]
        tries_again = chance.random(len(stopped)) < numbers.again[group[stopped]]
        back, returned = stopped[tries_again], stopped[~tries_again]
        on_the_way_back[back] = True
        send(back, "again", day)
        state[returned] = DONE
        state[passed], came[passed] = WAITING, day
        line = np.flatnonzero(state[:born] == WAITING)
        line = line[np.lexsort((chance.random(len(line)), came[line]))]
        state[line[: numbers.capacity]] = DONE
        due[ford[state[ford] != AWAY]] = -1
        totals["stopped"] += len(stopped)
        totals["returned"] += len(returned)
        totals["admitted"] += min(len(line), numbers.capacity)
    waiting = int((state[:born] == WAITING).sum())
    return totals | {"departed": born, "waiting": waiting, "travelling": int((state[:born] == AWAY).sum())}


def main() -> None:
    network = system()
    started = time.perf_counter()
    totals = run(network, DAYS, 1)
    print(f"every person in numpy: {time.perf_counter() - started:.2f} s, {totals}")


if __name__ == "__main__":
    main()
