"""A description of a migration system: places, groups, parameters, levers, stations and counters.

A system is a graph of stations on places through which groups pass as counts. The description says all of it and
nothing of any data or computation; :func:`vado.network.read.read` makes one from YAML and
:func:`vado.network.write.write` writes it back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from vado.errors import UnknownNameError
from vado.network.stations import AnyStation, Described, Real, Station
from vado.network.values import ValueField

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][\w.\-]*$")]


class Reference(Described):
    """A source that parameters cite."""

    publisher: str
    """Who published it."""
    title: str
    """Its title, in its own words."""
    published: dt.date | None = None
    """The day it came out."""
    url: str | None = None
    """Where it is."""
    licence: str = "not stated"
    """Terms as stated."""
    kind: Literal["official_statistics", "official_statement", "survey", "academic", "press"] = "official_statistics"
    """What sort of source it is."""


class Place(Described):
    """A place on the map: a town, a crossing, a sector, a country."""

    name: str
    """Name for people to read."""
    country: str | None = None
    """ISO 3166 alpha-3 code."""
    latitude: Annotated[Real, Field(ge=-90, le=90)] | None = None
    """Degrees north."""
    longitude: Annotated[Real, Field(ge=-180, le=180)] | None = None
    """Degrees east."""


class Groups(Described):
    """Who passes through: every nationality with every household kind."""

    nationalities: tuple[str, ...] = Field(min_length=1)
    """ISO 3166 alpha-3 codes, or ``OTH`` for all others."""
    households: tuple[str, ...] = Field(default=("all",), min_length=1)
    """Kinds of household, such as ``single_adult``."""


class Parameter(Described):
    """A number that stations read by name, with its unit and where it comes from."""

    unit: str
    """Its unit; it may only stand where the same sort of quantity is asked for."""
    value: ValueField
    """The number, by group or dated where it depends on them."""
    low: Real | None = None
    """Lower end of its range."""
    high: Real | None = None
    """Upper end of its range."""
    distribution: str | None = None
    """Shape of the uncertainty between low and high, such as ``lognormal``."""
    status: Literal["published", "quoted", "derived", "assumed"] = "assumed"
    """Whether a source says it; ``assumed`` where nobody published it."""
    source: str | None = None
    """The reference that says it."""
    note: str = ""
    """How it was derived, or why it was assumed."""


class Change(Described):
    """One change in the history of a lever."""

    announced: dt.date | None = None
    """The day on which it became known; without it the day on which it took effect."""
    effective: dt.date
    """The first day on which it holds."""
    ended: dt.date | None = None
    """The last day on which it holds; without it, until a later change."""
    value: ValueField
    """The lever's value while it holds."""
    source: str | None = None
    """The reference that says so."""
    note: str = ""
    """What was decided."""


class Lever(Parameter):
    """A parameter that a government controls, with its dated history."""

    government: str
    """Who controls it."""
    changes: tuple[Change, ...] = ()
    """Its history, from early to late; before and between the changes ``value`` holds."""


class Counter(Described):
    """Counts events at stations.

    A person can cause several events: who is expelled and tries again is one person and two encounters.
    """

    title: str = ""
    """What is counted, for people to read."""
    kind: Literal["events", "persons"] = "events"
    """``persons`` where nobody can be counted twice."""
    unit: str = "events"
    """Name of what is counted, such as ``encounters``."""
    count: tuple[str, ...] = Field(min_length=1)
    """``station: event`` pairs written ``station.event``."""


class Network(Described):
    """A migration system, complete enough to be run.

    Examples
    --------
    >>> network = Network.model_validate({
    ...     "system": "ford", "start": "2021-01-01",
    ...     "places": {"south": {"name": "South bank"}, "north": {"name": "North bank"}},
    ...     "groups": {"nationalities": ["HTI"]},
    ...     "stations": [
    ...         {"id": "home", "kind": "source", "place": "south", "departures": 10, "to": "ford"},
    ...         {"id": "ford", "kind": "route", "place": "south", "days": 2, "to": "arrived"},
    ...         {"id": "arrived", "kind": "sink", "place": "north"},
    ...     ],
    ... })
    >>> network.station("ford").to
    'arrived'
    """

    system: Identifier
    """Name of the system."""
    title: str = ""
    """Title, for people to read."""
    description: str = ""
    """What it describes, in a paragraph."""
    start: dt.date
    """The first day of a run, if none is named."""
    sources: Mapping[Identifier, Reference] = Field(default_factory=dict)
    """The references that parameters cite."""
    places: Mapping[str, Place]
    """The places, by the key under which tables and files name them."""
    groups: Groups
    """Who passes through."""
    parameters: Mapping[Identifier, Parameter] = Field(default_factory=dict)
    """Numbers that stations read by name."""
    levers: Mapping[Identifier, Lever] = Field(default_factory=dict)
    """Numbers that governments control."""
    stations: tuple[AnyStation, ...] = Field(min_length=1)
    """The stations."""
    counters: Mapping[Identifier, Counter] = Field(default_factory=dict)
    """What is counted."""

    @cached_property
    def group_names(self) -> list[tuple[str, str]]:
        """``(nationality, household)`` of every group, in the order of all arrays."""
        return [(n, h) for n in self.groups.nationalities for h in self.groups.households]

    @cached_property
    def by_id(self) -> dict[str, Station]:
        """Station by name."""
        return {station.id: station for station in self.stations}

    @cached_property
    def ways_in(self) -> dict[str, list[tuple[str, str]]]:
        """The ways that lead to each station, as ``(station, event)``."""
        found: dict[str, list[tuple[str, str]]] = {}
        for station, event, to in self.edges():
            found.setdefault(to, []).append((station.id, event))
        return found

    def station(self, name: str) -> Station:
        """Return the station of this name, or raise :class:`~vado.errors.UnknownNameError`."""
        if name not in self.by_id:
            raise UnknownNameError("station", name, self.by_id)
        return self.by_id[name]

    def parameter(self, name: str) -> Parameter:
        """Return the parameter or lever of this name, or raise :class:`~vado.errors.UnknownNameError`."""
        for found in (self.parameters.get(name), self.levers.get(name)):
            if found is not None:
                return found
        raise UnknownNameError("parameter", name, [*self.parameters, *self.levers])

    def edges(self) -> Iterator[tuple[Station, str, str]]:
        """Yield ``(station, event, to)`` for every way out of every station."""
        for station in self.stations:
            for way in station.ways():
                yield station, way.event, way.to
