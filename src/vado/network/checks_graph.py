"""Checks that people can go through the graph of a description: nobody in a circle, nobody stuck, nothing beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vado.network.checks_names import ways_of
from vado.network.components import circles, components, in_words
from vado.network.examined import Examined, Mask
from vado.network.items import Path
from vado.network.sound import Finding
from vado.network.stations import Checkpoint, Choice, Outcome, Queue, Route, Sink, Source, Station
from vado.network.values import Number


@dataclass(frozen=True)
class _Graph:
    """The stations and where they lead to.

    A way to a station that does not exist leads to the one whose name it resembles. Where there is none, or where a
    part could not be read, the station is *open*: it may lead anywhere.
    """

    first: Mapping[str, Path]
    following: Mapping[str, list[str]]
    instant: Mapping[str, list[str]]
    open: Collection[str]


def _graph(examined: Examined) -> _Graph:
    ids = list(examined.network.by_id)
    first: dict[str, Path] = {}
    following: dict[str, list[str]] = {name: [] for name in ids}
    instant: dict[str, list[str]] = {name: [] for name in ids}
    open_ended = set(examined.unread.stations)
    for path, station in examined.stations:
        first.setdefault(station.id, path)
        for _, _, to in ways_of(path, station):
            target = examined.target(to)
            if target is None:
                open_ended.add(station.id)
                continue
            following[station.id].append(target)
            if not isinstance(station, Route):
                instant[station.id].append(target)
    return _Graph(first, following, instant, open_ended)


def check_cycles(examined: Examined) -> Iterator[Finding]:
    """Check that every circle has a route in it, since within a day people go on without delay."""
    graph = _graph(examined)
    for circle in circles(graph.instant):
        what = f"people would go round within a day: {in_words(circle)}"
        yield Finding(graph.first[circle[0]], what, "put a route between two of these stations")


def check_dead_ends(examined: Examined) -> Iterator[Finding]:
    """Check that from every station a sink can be reached."""
    graph = _graph(examined)
    back: dict[str, list[str]] = {name: [] for name in graph.following}
    for name, targets in graph.following.items():
        for target in targets:
            back[target].append(name)
    sinks = [station.id for _, station in examined.stations if isinstance(station, Sink)]
    stuck = back.keys() - _reached([*sinks, *graph.open], back)
    inner = {name: [to for to in targets if to in stuck] for name, targets in graph.following.items() if name in stuck}
    for members in components(inner):
        if all(to in members for name in members for to in graph.following[name]):
            among = f" (nor from {', '.join(members[1:6])}{' …' * (len(members) > 6)})" if len(members) > 1 else ""
            what = f"no sink can be reached from here{among}"
            yield Finding(graph.first[members[0]], what, "let a way lead on to a sink")


def check_reached(examined: Examined) -> Iterator[Finding]:
    """Check that something leads to every sink and to every other station."""
    graph = _graph(examined)
    if graph.open:
        return
    starts = [station.id for _, station in examined.stations if _may_start(station)]
    starts += examined.unread.mentioned & graph.first.keys()
    lost = graph.following.keys() - _reached(starts, graph.following)
    inner = {name: [to for to in targets if to in lost] for name, targets in graph.following.items() if name in lost}
    led_to: set[str] = set()
    for members in reversed(components(inner)):
        if not led_to & set(members):
            name = members[0]
            sort = "sink" if isinstance(examined.network.by_id[name], Sink) else "station"
            mend = f"let a way lead to '{name}', or take the {sort} out"
            yield Finding(graph.first[name], f"nothing leads to this {sort}", mend)
        led_to.update(to for name in members for to in inner[name])


def _may_start(station: Station) -> bool:
    """Whether people may be at a station without having come to it."""
    return isinstance(station, Source) or (isinstance(station, Queue) and station.waiting != Number(0.0))


def _reached(starts: Iterable[str], following: Mapping[str, Iterable[str]]) -> set[str]:
    reached = set(starts)
    todo = deque(reached)
    while todo:
        for name in following[todo.popleft()]:
            if name not in reached:
                reached.add(name)
                todo.append(name)
    return reached


def check_groups_leave(examined: Examined) -> Iterator[Finding]:
    """Check that every group sets out somewhere, some day."""
    if examined.unread.stations:
        return
    anybody = np.zeros(len(examined.groups), dtype=bool)
    for _, mask in _starts(examined):
        anybody |= mask.any(axis=1)
    lacking = [group for group, found in zip(examined.groups, anybody, strict=True) if not found]
    households = len(examined.network.groups.households)
    for number, nationality in enumerate(examined.network.groups.nationalities):
        without = [household for n, household in lacking if n == nationality]
        if not without or nationality in examined.network.groups.nationalities[:number]:
            continue
        who = nationality if len(without) == households else f"{nationality}/{', '.join(without)}"
        what = f"{who} never sets out: no source, convoy or queue has anybody of this group"
        yield Finding(("groups", "nationalities", number), what, "give it departures above 0, or take the group out")


def check_choices(examined: Examined) -> Iterator[Finding]:
    """Check that whoever comes to a choice finds a way open."""
    present = _presence(examined)
    for path, station in examined.stations:
        if not isinstance(station, Choice):
            continue
        closed = np.ones((1, 1), dtype=bool)
        for number in range(len(station.ways_out)):
            table = examined.table((*path, "ways", number, "attraction"))
            if table is not None:
                closed = closed & (table <= 0)
        stuck = present[station.id] & closed
        if stuck.any():
            what = f"no way is open{examined.where(stuck)}: every attraction is 0"
            yield Finding((*path, "ways"), what, "give one of the ways an attraction above 0")


def _starts(examined: Examined) -> Iterator[tuple[str, Mask]]:
    """Yield station and mask ``[group, day]`` of the groups that set out or wait there, on each day."""
    for path, station in examined.stations:
        if isinstance(station, Source):
            yield station.id, examined.full(_above_zero(examined, (*path, "departures")))
            for number, convoy in enumerate(station.convoys):
                people = examined.full(_above_zero(examined, (*path, "convoys", number, "people")))
                yield station.id, people & (examined.days == convoy.day.toordinal())
        elif isinstance(station, Queue):
            waiting = examined.full(_above_zero(examined, (*path, "waiting"))).copy()
            waiting[:, 1:] = False
            yield station.id, waiting


def _above_zero(examined: Examined, path: Path) -> Mask:
    """Return where a value is, or may be, above 0."""
    table = examined.table(path)
    return np.ones((1, 1), dtype=bool) if table is None else ~(table <= 0)


def _presence(examined: Examined) -> dict[str, Mask]:
    """Return for each station which groups can have come to it by each day, ``[group, day]``."""
    shape = (len(examined.groups), len(examined.days))
    present = {name: np.zeros(shape, dtype=bool) for name in examined.network.by_id}
    ways: dict[str, list[tuple[str, Mask]]] = {name: [] for name in present}
    for path, station in examined.stations:
        for number, (_, event, to) in enumerate(ways_of(path, station)):
            target = examined.target(to)
            if target is not None:
                is_open = examined.full(_is_open(examined, path, station, number, event))
                ways[station.id].append((target, np.logical_or.accumulate(is_open, axis=1)))
    todo: deque[str] = deque()
    for name, mask in _starts(examined):
        present[name] |= np.logical_or.accumulate(mask, axis=1)
        todo.append(name)
    while todo:
        name = todo.popleft()
        for target, is_open in ways[name]:
            new = present[name] & is_open & ~present[target]
            if new.any():
                present[target] |= new
                todo.append(target)
    return present


def _is_open(examined: Examined, path: Path, station: Station, number: int, event: str) -> Mask:
    """Return on which days a way is open to whom, ``[group or 1, day or 1]``."""
    if isinstance(station, Choice):
        return _above_zero(examined, (*path, "ways", number, "attraction"))
    if isinstance(station, Outcome):
        return _above_zero(examined, (*path, "ways", number, "share"))
    if isinstance(station, Queue):
        return _above_zero(examined, (*path, "capacity" if event == "served" else "give_up"))
    if isinstance(station, Checkpoint):
        stop = examined.table((*path, "stop"))
        if event == "stopped":
            return _above_zero(examined, (*path, "stop"))
        return np.ones((1, 1), dtype=bool) if stop is None else ~(stop >= 1)
    return np.ones((1, 1), dtype=bool)
