"""Checks that every name of a description means one thing that exists: places, stations, groups, sources, events."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterator
from typing import Any

from vado.ledger.codes import ALL, OTHER
from vado.network.components import in_words
from vado.network.examined import MOST_STEPS, Examined, mend_of_code
from vado.network.items import Path, short
from vado.network.model import Lever, Parameter
from vado.network.schema import choose, near
from vado.network.sound import Finding, no_group
from vado.network.stations import Choice, Outcome, Queue, Source, Station
from vado.network.values import names


def ways_of(path: Path, station: Station) -> Iterator[tuple[Path, str, str]]:
    """Yield path, event and target of every way out of a station, in the order of its ways."""
    listed = isinstance(station, (Choice, Outcome))
    for number, way in enumerate(station.ways()):
        own = way.event if way.event in ("stopped", "gave_up") else "to"
        yield (*path, "ways", number, "to") if listed else (*path, own), way.event, way.to


def _is_open(examined: Examined, known: Collection[str]) -> bool:
    """Whether a name among the known ones could not be read; then any other name may be that one."""
    return examined.unread.token is not None and examined.unread.token in known


def _unknown(examined: Examined, path: Path, sort: str, name: str | None, known: Collection[str]) -> Iterator[Finding]:
    """Yield a finding if a name is not among the known ones."""
    if name is not None and name not in known and examined.readable(name) and not _is_open(examined, known):
        yield Finding(path, f"unknown {sort} '{short(name)}'", choose(name, known))


def check_places(examined: Examined) -> Iterator[Finding]:
    """Check that every station stands at a place of the description."""
    for path, station in examined.stations:
        yield from _unknown(examined, (*path, "place"), "place", station.place, examined.network.places)


def check_targets(examined: Examined) -> Iterator[Finding]:
    """Check that every way leads to a station of the description."""
    for path, station in examined.stations:
        for at, _, to in ways_of(path, station):
            if to not in examined.network.by_id and examined.target(to) is None:
                yield from _unknown(examined, at, "station", to, examined.network.by_id)
            elif examined.target(to) != to and not _is_open(examined, examined.network.by_id):
                yield Finding(at, f"unknown station '{short(to)}'", f"did you mean '{examined.target(to)}'?")


def check_ids(examined: Examined) -> Iterator[Finding]:
    """Check that no id is used twice, be it by stations or convoys."""
    seen: set[str] = set()
    for path, station in examined.stations:
        ids = [((*path, "id"), station.id)]
        if isinstance(station, Source):
            ids += [((*path, "convoys", number, "id"), convoy.id) for number, convoy in enumerate(station.convoys)]
        for at, name in ids:
            if name in seen and examined.readable(name):
                yield Finding(at, f"the id '{name}' stands twice", "give each station and convoy an id of its own")
            seen.add(name)


def check_events(examined: Examined) -> Iterator[Finding]:
    """Check that no two events of a station have the same name."""
    for path, station in examined.stations:
        tally = Tally([station.arrival] if station.arrival else [])
        for at, event, _ in ways_of(path, station):
            tally[event] += 1
            if tally[event] == 2 and examined.readable(event):
                mend = "join the ways into one" if isinstance(station, Choice) else "give each way a name of its own"
                if event == station.arrival:
                    mend = f"'{event}' is what coming in is called; give the way, or the station it leads to, another"
                yield Finding(at, f"the event '{short(event)}' stands twice at this station", mend)


def check_queues(examined: Examined) -> Iterator[Finding]:
    """Check that a way's queue is a queue."""
    queues = [station.id for _, station in examined.stations if isinstance(station, Queue)]
    for path, station in examined.stations:
        for number, way in enumerate(station.ways_out if isinstance(station, Choice) else ()):
            at = (*path, "ways", number, "queue")
            if way.queue in queues or way.queue in examined.unread.stations:
                continue
            if way.queue in examined.network.by_id:
                kind = type(examined.network.by_id[way.queue]).__name__.lower()
                mend = f"name a queue: {', '.join(queues)}" if queues else "take it out; there is no queue"
                yield Finding(at, f"'{way.queue}' is a {kind}, not a queue", mend)
            else:
                yield from _unknown(examined, at, "queue", way.queue, [*queues, *examined.unread.stations])


def check_first(examined: Examined) -> Iterator[Finding]:
    """Check that who is served first is a group."""
    keys = [key for key in examined.group_keys if key != "other"]
    for path, station in examined.stations:
        for number, name in enumerate(station.first if isinstance(station, Queue) else ()):
            at = (*path, "first", number)
            if name not in keys and not examined.any_group:
                yield no_group(at, name, keys)
            elif name in station.first[:number]:  # type: ignore[attr-defined]
                yield Finding(at, f"'{name}' stands twice", "keep one of the two")


def check_counters(examined: Examined) -> Iterator[Finding]:
    """Check that every counter counts events that happen, each once, and no two counters count the same."""
    seen: dict[frozenset[str], str] = {}
    for name, counter in examined.network.counters.items():
        path: Path = ("counters", name, "count")
        for number, entry in enumerate(counter.count):
            at = (*path, number)
            station_name, dot, event = entry.partition(".")
            station = examined.network.by_id.get(station_name)
            if not dot:
                yield Finding(at, f"'{short(entry)}' names no event", "write station.event, such as camp.served")
            elif station is None:
                yield from _unknown(examined, at, "station", station_name, examined.network.by_id)
            elif event not in station.events() and station_name not in examined.unread.stations:
                if _is_open(examined, station.events()):
                    continue
                what = f"station '{station_name}' has no event '{short(event)}'"
                yield Finding(at, what, choose(event, station.events()))
            elif entry in counter.count[:number]:
                yield Finding(at, f"'{short(entry)}' would be counted twice", "keep one of the two")
        same = seen.setdefault(frozenset(counter.count), name)
        if same != name:
            yield Finding(path, f"counts the same as counter '{same}'", "keep one of the two counters")


def check_nationalities(examined: Examined) -> Iterator[Finding]:
    """Check that nationalities are ISO 3166 alpha-3 codes or the ledger's special codes, each once."""
    seen: set[str] = set()
    for number, code in enumerate(examined.network.groups.nationalities):
        path: Path = ("groups", "nationalities", number)
        if code in seen:
            yield Finding(path, f"nationality '{short(code)}' stands twice", "keep one of the two")
        elif code in examined.unknown_codes:
            yield Finding(path, f"unknown nationality '{short(code)}'", examined.unknown_codes[code])
        seen.add(code)


def check_households(examined: Examined) -> Iterator[Finding]:
    """Check that household kinds stand once, and cannot be taken for nationalities or for all others."""
    taken = {"other", *examined.network.groups.nationalities}
    seen: set[str] = set()
    for number, name in enumerate(examined.network.groups.households):
        path: Path = ("groups", "households", number)
        if name in seen:
            yield Finding(path, f"household '{short(name)}' stands twice", "keep one of the two")
        elif name in taken:
            what = f"'{short(name)}' is a key with a meaning of its own"
            yield Finding(path, what, "give the household another name")
        seen.add(name)


def check_countries(examined: Examined) -> Iterator[Finding]:
    """Check that the countries of places are ISO 3166 alpha-3 codes."""
    for name, place in examined.network.places.items():
        country = place.country
        if country is not None and examined.readable(country):
            mend = "write an ISO 3166 alpha-3 code" if country in (ALL, OTHER) else mend_of_code(country)
            if mend:
                yield Finding(("places", name, "country"), f"unknown country '{short(country)}'", mend)


def check_sources(examined: Examined) -> Iterator[Finding]:
    """Check that all that is not assumed has a source, and that every source cited is described."""
    for path, _, parameter in examined.all_parameters:
        if parameter.status != "assumed" and parameter.source is None:
            what = f"its status is {parameter.status}, but it names no source"
            yield Finding((*path, "status"), what, "name the source under 'source', or set the status to assumed")
        yield from _cited(examined, path, parameter)
        for number, change in enumerate(parameter.changes if isinstance(parameter, Lever) else ()):
            yield from _cited(examined, (*path, "changes", number), change)


def _cited(examined: Examined, path: Path, citing: Any) -> Iterator[Finding]:
    yield from _unknown(examined, (*path, "source"), "source", citing.source, examined.network.sources)


def check_drivers(examined: Examined) -> Iterator[Finding]:
    """Check that what drives departures is a parameter or lever."""
    for path, station in examined.stations:
        for number, driver in enumerate(station.drivers if isinstance(station, Source) else ()):
            at = (*path, "drivers", number, "of")
            if not examined.names.open:
                yield from _unknown(examined, at, "parameter", driver.of, examined.names.units)


def check_readers(examined: Examined) -> Iterator[Finding]:
    """Check that every parameter and lever is read, and that no two have the same name."""
    read = set(examined.unread.mentioned)
    for use in [*examined.uses.values(), *examined.parameter_uses.values()]:
        read.update(_read(name, examined) for name in names(use.value))
    for _, station in examined.stations:
        read.update(_read(driver.of, examined) for driver in (station.drivers if isinstance(station, Source) else ()))
    for path, name, parameter in examined.all_parameters:
        may_be_read = name in read or examined.unread.values
        if name in examined.network.parameters and isinstance(parameter, Lever):
            what = f"'{name}' is a parameter and a lever"
            yield Finding(path, what, "give one of the two another name")
        elif not may_be_read and examined.readable(name):
            sort = "lever" if isinstance(parameter, Lever) else "parameter"
            yield Finding(path, f"nobody reads this {sort}", "name it where it should be read, or take it out")


def _read(name: str, examined: Examined) -> str:
    """Return the parameter that a name means: the nearest if there is none of this name."""
    known = examined.names.units
    return name if name in known else near(name, known) or name


def check_circles(examined: Examined) -> Iterator[Finding]:
    """Check that no parameters refer to each other in a circle."""
    paths: dict[str, tuple[Path, Parameter]] = {name: (path, one) for path, name, one in examined.all_parameters}
    for circle in examined.circles:
        what = f"refers to itself: {in_words(circle)}"
        yield Finding((*paths[circle[0]][0], "value"), what, "give one of them a number of its own")
    for name in examined.too_deep[:1]:
        what = f"refers to parameters that refer to others, over more than {MOST_STEPS} steps"
        yield Finding((*paths[name][0], "value"), what, "give one of them a number of its own")
