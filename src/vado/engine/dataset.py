"""Records of members as an ``xarray.Dataset`` with named dimensions.

Counters are events or persons, summed over a period and kept by place, nationality and household; ``waiting`` and
``travelling`` are persons at the end of a period; ``ended`` counts the persons who came to a sink in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from vado.engine.compile import Compiled, Term
from vado.engine.plan import Record
from vado.errors import BadValueError, UnknownNameError
from vado.network.model import Network
from vado.network.stations import Queue, Sink


@dataclass(frozen=True)
class Slots:
    """Which slot of a record holds what.

    Parameters
    ----------
    terms
        Ways and the slots they are summed into.
    places
        The places at which anything is counted.
    count
        Number of slots: counters x places, then one for each sink.
    """

    terms: tuple[Term, ...]
    places: tuple[str, ...]
    count: int


def slots_of(network: Network) -> Slots:
    """Return the slots for the counters and sinks of a description."""
    counted = {name: [_split(network, item) for item in counter.count] for name, counter in network.counters.items()}
    used = {network.station(station).place for items in counted.values() for station, _ in items}
    places = tuple(place for place in network.places if place in used)
    number = {place: index for index, place in enumerate(places)}
    terms = [
        Term(station, event, index * len(places) + number[network.station(at).place])
        for index, items in enumerate(counted.values())
        for at, what in items
        for station, event in ways_of(network, at, what)
    ]
    sinks = [station for station in network.stations if isinstance(station, Sink)]
    first = len(counted) * len(places)
    for index, sink in enumerate(sinks):
        terms += [Term(station, event, first + index) for station, event in ways_of(network, sink.id, "arrived")]
    return Slots(tuple(terms), places, first + len(sinks))


def ways_of(network: Network, name: str, event: str) -> list[tuple[str, str]]:
    """Return the ways, as ``(station, event)``, that make up an event of a station.

    Raises
    ------
    UnknownNameError
        If the station or its event does not exist.
    """
    station = network.station(name)
    if event not in station.events():
        raise UnknownNameError(f"event of {name}", event, station.events())
    if any(way.event == event for way in station.ways()):
        return [(name, event)]
    return network.ways_in.get(name, [])


def _split(network: Network, item: str) -> tuple[str, str]:
    station, _, event = item.partition(".")
    network.station(station)
    return station, event


def dataset(compiled: Compiled, slots: Slots, record: Record, daily: Sequence[str]) -> xr.Dataset:
    """Return the records of members as a dataset; the arrays are views of the record where that can be.

    Returns
    -------
    xarray.Dataset
        Every counter ``(draw, time, place, nationality, household)``; ``waiting (draw, time, queue, …)``,
        ``travelling (draw, time, …)``, ``ended (draw, time, sink, …)``; with named queues ``occupancy (draw, day,
        named_queue, …)``. Counts are ``int32``, whose sums numpy works out in 64 bits; expectations are ``float64``.
    """
    network = compiled.network
    # Records lie slot by slot; a dataset has the period first.
    counted, waiting = record.counted.swapaxes(1, 2), record.waiting.swapaxes(1, 2)
    members, periods = counted.shape[:2]
    groups = (len(network.groups.nationalities), len(network.groups.households))
    queues = [station for station in network.stations if isinstance(station, Queue)]
    sinks = [station for station in network.stations if isinstance(station, Sink)]
    variables: dict[str, xr.Variable] = {}
    for index, (name, counter) in enumerate(network.counters.items()):
        part = counted[:, :, index * len(slots.places) : (index + 1) * len(slots.places)]
        attributes = {"long_name": counter.title or name, "units": counter.unit, "kind": counter.kind}
        dimensions = ("draw", "time", "place", "nationality", "household")
        variables[name] = xr.Variable(dimensions, part.reshape(*part.shape[:3], *groups), attributes)
    persons = {"units": "persons", "kind": "persons"}
    by_group = ("nationality", "household")
    variables["waiting"] = xr.Variable(
        ("draw", "time", "queue", *by_group),
        waiting.reshape(members, periods, len(queues), *groups),
        {"long_name": "waiting at the end of the period", **persons},
    )
    variables["travelling"] = xr.Variable(
        ("draw", "time", *by_group),
        record.travelling.reshape(members, periods, *groups),
        {"long_name": "on routes at the end of the period", **persons},
    )
    variables["ended"] = xr.Variable(
        ("draw", "time", "sink", *by_group),
        counted[:, :, slots.count - len(sinks) :].reshape(members, periods, len(sinks), *groups),
        {"long_name": "left the system", **persons},
    )
    coordinates: dict[str, object] = {
        "draw": np.arange(members),
        "time": np.array(compiled.days.ends, dtype="datetime64[ns]"),
        "nationality": list(network.groups.nationalities),
        "household": list(network.groups.households),
        "queue": [station.id for station in queues],
        "queue_place": ("queue", [station.place for station in queues]),
        "sink": [station.id for station in sinks],
        "sink_place": ("sink", [station.place for station in sinks]),
    }
    if network.counters:
        coordinates["place"] = list(slots.places)
    if daily:
        variables["occupancy"] = xr.Variable(
            ("draw", "day", "named_queue", *by_group),
            record.occupancy.reshape(members, compiled.days.count, len(daily), *groups),
            {"long_name": "waiting at the end of the day", **persons},
        )
        first = np.datetime64(compiled.days.first, "ns")
        coordinates["day"] = first + np.arange(compiled.days.count).astype("timedelta64[D]")
        coordinates["named_queue"] = list(daily)
    return xr.Dataset(variables, coordinates)


def check_daily(network: Network, daily: Sequence[str]) -> None:
    """Refuse daily records of anything but the occupancy of a queue.

    Raises
    ------
    BadValueError
        With the reason: people are counted, and nothing finer than a week comes out but the occupancy of places that
        receive them.
    """
    for name in daily:
        if not isinstance(network.station(name), Queue):
            raise BadValueError(
                f"{name} is no queue; day by day only the occupancy of queues is kept, everything else by week or month"
            )
