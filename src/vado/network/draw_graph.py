"""Which station comes after which, and which ways lead back: a description as two tables, for people to read.

The stations of a system are a graph whose circles all pass through a route. The ways that close a circle (a repeat
attempt, a return) lead *back*; without them the graph has an order, from where people set out to where they leave the
system, and each station a step in it: one more than the last of the stations before it.

The figures in the tables are those of the first day; a range is over groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from vado.network.evaluate import Evaluator
from vado.network.model import Network
from vado.network.stations import Checkpoint, Described, Outcome, Queue, Route, Source, Station
from vado.network.values import Axes, Table, names

#: The source of all rows: the description itself.
DESCRIPTION = "description"


def graph_tables(network: Network) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the stations in the order in which people meet them, and the ways between them.

    Parameters
    ----------
    network
        A description whose ways all lead to a station.

    Returns
    -------
    stations : DataFrame
        ``station, kind, place, step, detail, reads, source_id``; ``detail`` says the main figure, ``reads`` names the
        parameters and levers that the station reads.
    ways : DataFrame
        ``start, event, end, label, back, source_id``; ``label`` is empty where the event goes without saying.

    Raises
    ------
    UnknownNameError
        If a way leads to a station that is not there, or a parameter is not there.
    """
    figures = Figures(network)
    back = ways_back(network)
    steps = _steps(network, back)
    order = sorted(network.stations, key=lambda station: steps[station.id])
    stations = [
        (s.id, s.kind, s.place, steps[s.id], figures.detail(s), ", ".join(parameters_read(s)), DESCRIPTION)
        for s in order
    ]
    ways = [
        (station.id, way.event, way.to, figures.label(station, index), (station.id, way.event) in back, DESCRIPTION)
        for station in order
        for index, way in enumerate(station.ways())
    ]
    return (
        pd.DataFrame(stations, columns=["station", "kind", "place", "step", "detail", "reads", "source_id"]),
        pd.DataFrame(ways, columns=["start", "event", "end", "label", "back", "source_id"]),
    )


def ways_back(network: Network) -> set[tuple[str, str]]:
    """Return ``(station, event)`` of the ways that close a circle.

    Ways are taken one by one, and one that would close a circle leads back. Ways that take no time come first, since
    every circle needs a route; then the routes, from those that can be reached soonest even from the farthest source:
    who comes from afar enters a circle where it begins, a source nearby may lie anywhere on it.
    """
    everything: nx.DiGraph[str] = nx.DiGraph()
    everything.add_nodes_from(station.id for station in network.stations)
    everything.add_edges_from((station.id, network.station(to).id) for station, _, to in network.edges())
    far: dict[str, int] = {}
    for station in network.stations:
        if isinstance(station, Source):
            for name, steps in nx.single_source_shortest_path_length(everything, station.id).items():
                far[name] = max(steps, far.get(name, 0))

    def rank(edge: tuple[Station, str, str]) -> tuple[bool, float]:
        return isinstance(edge[0], Route), far.get(edge[0].id, float("inf"))

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(everything)
    back = set()
    for start, event, to in sorted(network.edges(), key=rank):
        if nx.has_path(graph, to, start.id):
            back.add((start.id, event))
        else:
            graph.add_edge(start.id, to)
    return back


def _steps(network: Network, back: set[tuple[str, str]]) -> dict[str, int]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(station.id for station in network.stations)
    graph.add_edges_from((station.id, to) for station, event, to in network.edges() if (station.id, event) not in back)
    return {name: step for step, found in enumerate(nx.topological_generations(graph)) for name in found}


def parameters_read(item: Described) -> list[str]:
    """Return the parameters and levers that a station reads, its ways, drivers and convoys included, each once."""
    return list(dict.fromkeys(_read(item)))


def _read(item: Any) -> Iterator[str]:
    if isinstance(item, tuple):
        for one in item:
            yield from _read(one)
    elif isinstance(item, Described):
        for _, _, value in item.values():
            yield from names(value)
        if hasattr(item, "of"):
            yield item.of
        for field in type(item).model_fields:
            yield from _read(getattr(item, field))


class Figures:
    """The main figures of a description on its first day, as text."""

    def __init__(self, network: Network) -> None:
        days = np.array([network.start.toordinal()], dtype=np.int64)
        self._groups = len(network.group_names)
        self._evaluator = Evaluator(network, Axes(network.group_names, days))

    def detail(self, station: Station) -> str:
        """Return the main figure of a station, empty where its ways say it."""
        if isinstance(station, Source):
            daily = np.broadcast_to(self._table(station, "departures"), (self._groups, 1)).sum()
            convoys = f" + {several(len(station.convoys), 'convoy')}" if station.convoys else ""
            return f"{figure(float(daily))} a day{convoys}"
        if isinstance(station, Route):
            return self.days(station)
        if isinstance(station, Queue):
            return f"{_span(self._table(station, 'capacity'))} a day"
        return ""

    def label(self, station: Station, index: int) -> str:
        """Return what an arrow says of a way, by its place among the station's ways; empty where it says nothing."""
        event = station.ways()[index].event
        if isinstance(station, Checkpoint):
            return f"stopped: {self._percent(station, 'stop')}" if event == "stopped" else ""
        if isinstance(station, Queue):
            return "gave up" if event == "gave_up" else ""
        if isinstance(station, Outcome):
            way = station.ways_out[index]
            share = "rest" if way.share == "rest" else self._percent(way, "share")
            return f"{event}: {share}" if event != way.to else share
        return ""

    def days(self, route: Route) -> str:
        """Return a route's mean travel time."""
        if route.days is not None:
            mean = self._table(route, "days")
        elif route.km is not None:
            mean = self._table(route, "km") / self._table(route, "speed")
        else:
            return ""
        return f"{_span(mean)} day{'' if np.all(mean == 1.0) else 's'}"

    def _percent(self, item: Described, name: str) -> str:
        return f"{_span(100.0 * self._table(item, name))}%"

    def _table(self, item: Described, name: str) -> Table:
        return self._evaluator.attribute(getattr(item, name), item.attributes()[name][0])


def _span(values: Table) -> str:
    low, high = figure(float(values.min())), figure(float(values.max()))
    return low if low == high else f"{low}–{high}"


def figure(value: float) -> str:
    """Return a figure in three digits, whole from 100 on.

    >>> figure(12.345), figure(1234.5), figure(0.5)
    ('12.3', '1,234', '0.5')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def several(count: int, what: str) -> str:
    """Return a number of things in words.

    >>> several(1, "route"), several(1200, "station")
    ('1 route', '1,200 stations')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"
