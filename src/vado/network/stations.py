"""The seven stations: what each does to a count, and the attributes that say how.

Attributes are data: each carries its unit, its lowest and highest value, its default and a sentence; validation, the
engine and the reference page read the same record. A station's *ways* are what leads out of it; each way has a name,
which is the event that a counter can count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from vado.network.values import Number, Value, ValueField

#: A number that neither group nor day changes; text and booleans are not taken for numbers.
Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]


@dataclass(frozen=True)
class Attribute:
    """What a number means: its unit, its range, and what a group gets that a mapping does not name (None: refused)."""

    unit: str
    low: float = 0.0
    high: float = float("inf")
    missing: float | None = None


class Described(BaseModel):
    """Anything a description holds: unknown keys are refused, nothing changes after it was read."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, use_attribute_docstrings=True, defer_build=True
    )

    @classmethod
    def attributes(cls) -> dict[str, tuple[Attribute, FieldInfo]]:
        """Return the fields that hold a :data:`~vado.network.values.Value`, with what their numbers mean."""
        found = {}
        for name, info in cls.model_fields.items():
            for note in info.metadata:
                if isinstance(note, Attribute):
                    found[name] = (note, info)
        return found

    def values(self) -> Iterator[tuple[str, Attribute, Value]]:
        """Yield name, meaning and value of every attribute that is given or has a default; ``rest`` is no value."""
        for name, (attribute, _) in self.attributes().items():
            value = getattr(self, name)
            if value is not None and value != "rest":
                yield name, attribute, value


def number(value: float) -> Any:
    """Return a default value of an attribute."""
    return Field(default=Number(value))


@dataclass(frozen=True)
class Way:
    """One way out of a station: the event it counts as, and the station it leads to."""

    event: str
    to: str


class Station(Described):
    """What all stations have."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][\w\-]*$")]
    """Name of the station, unique in the description: letters, digits, ``_`` and ``-``."""
    place: str
    """The place where it stands."""
    note: str = ""
    """Anything a reader should know."""

    #: The events that people cause by coming in; the events of the ways out are in :meth:`ways`.
    arrival: ClassVar[str | None] = "arrived"

    def ways(self) -> list[Way]:
        """Return the ways out, in the order in which the engine draws them."""
        raise NotImplementedError

    def events(self) -> list[str]:
        """Return what a counter can count here."""
        return [*([self.arrival] if self.arrival else []), *(way.event for way in self.ways())]


class Convoy(Described):
    """People who set out together on one day and keep together (a caravan).

    The convoy moves at its own pace, a day's loss turns its members into individuals, and a checkpoint stops it or
    lets it pass as a whole. It takes one way of a choice together, and ends where people are treated one by one: at a
    queue, an outcome or a sink, or where a checkpoint stops it.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][\w\-]*$")]
    """Name of the convoy, unique in the description."""
    day: dt.date
    """The day on which it sets out."""
    people: Annotated[ValueField, Attribute("persons", missing=0.0)]
    """How many set out, by group; they come on top of the source's departures."""
    pace: Annotated[ValueField, Attribute("km/day", low=0.1)] = number(30.0)
    """How far it moves a day, where a route has a length; else it takes the route's mean time."""
    straggling: Annotated[ValueField, Attribute("1/day")] = number(0.0)
    """Hazard of leaving the convoy, for each person and day on a route; who leaves goes on alone."""


class Driver(Described):
    """A term that moves departures: the rate is multiplied by exp(coefficient x driver)."""

    of: str
    """The parameter or lever that drives."""
    coefficient: Annotated[ValueField, Attribute("1", low=float("-inf"), missing=0.0)]
    """Change of the logarithm of departures for each unit of the driver."""


class Source(Station):
    """People set out: Poisson or negative binomial counts, group by group and day by day.

    The expected count of a day is departures x season of its month x exp(sum of coefficient x driver). With a
    dispersion d above 0 the expectation is multiplied by a gamma variable of mean 1 and variance d, drawn anew for
    each period of ``dispersion_over``; a count then has variance m + d m^2.
    """

    kind: Literal["source"] = "source"
    departures: Annotated[ValueField, Attribute("persons/day", missing=0.0)]
    """People expected to set out, before season and drivers."""
    season: tuple[Annotated[Real, Field(ge=0)], ...] | None = Field(default=None, min_length=12, max_length=12)
    """Twelve factors on departures, January first."""
    drivers: tuple[Driver, ...] = ()
    """Terms that move the logarithm of departures."""
    dispersion: Annotated[ValueField, Attribute("1")] = number(0.0)
    """Variance of the gamma factor on expected departures; 0 is Poisson."""
    dispersion_over: Literal["day", "week", "month"] = "day"
    """The period over which one gamma factor holds."""
    convoys: tuple[Convoy, ...] = ()
    """People who set out together."""
    to: str
    """The station they come to first, on the same day."""

    arrival: ClassVar[str | None] = None

    def ways(self) -> list[Way]:
        """Return the one way out."""
        return [Way("departed", self.to)]


class Route(Station):
    """People travel, each with a gamma travel time of their own, a whole number of days and at least one.

    The time is given as ``days``, or as ``km`` and ``speed``. A day d has probability F(d + 1/2) - F(d - 1/2), the
    first also all that is shorter; the line ends on the day by which all but one in 10,000 have come, and these come
    on that day. Without spread the time is the whole days around the mean, mixed so that the mean holds.
    """

    kind: Literal["route"] = "route"
    days: Annotated[ValueField | None, Attribute("days")] = None
    """Mean travel time."""
    km: Annotated[ValueField | None, Attribute("km")] = None
    """Length of the way."""
    speed: Annotated[ValueField, Attribute("km/day", low=0.1)] = number(50.0)
    """Distance travelled a day, used with ``km`` where ``days`` is not given."""
    spread: Annotated[ValueField, Attribute("1", high=3.0)] = number(0.3)
    """Coefficient of variation of the travel time."""
    to: str
    """The station they come to."""

    arrival: ClassVar[str | None] = "departed"

    def ways(self) -> list[Way]:
        """Return the one way out."""
        return [Way("arrived", self.to)]


class ChoiceWay(Described):
    """One way of a choice."""

    to: str
    """The station it leads to; its id is the event that a counter counts."""
    attraction: Annotated[ValueField, Attribute("1", missing=0.0)] = number(1.0)
    """Weight of this way before all else; 0 closes it."""
    km: Annotated[ValueField, Attribute("km")] = number(0.0)
    """Distance that this way means."""
    risk: Annotated[ValueField, Attribute("1")] = number(0.0)
    """Danger of this way, in any unit that all ways share."""
    queue: str | None = None
    """The queue whose crowding deters from this way."""


class Choice(Station):
    """People choose where to go on, each alone, knowing the state at the end of the day before.

    The probability of a way is proportional to attraction^(1 - habit) x s^habit x exp(-distance_decay km -
    risk_aversion risk - crowding w). The wait w at the way's queue [days] is the number of people waiting over the
    day's capacity. The share s of those who went before is (M + a) / (sum of M + 1), where M counts all earlier
    choosers of the way, each fading by exp(-1/memory) a day, and a is the way's share of the group's attraction: with
    nobody before them people follow attraction alone.
    """

    kind: Literal["choice"] = "choice"
    ways_out: tuple[ChoiceWay, ...] = Field(alias="ways", min_length=1)
    """The ways, two or more as a rule."""
    distance_decay: Annotated[ValueField, Attribute("1/km")] = number(0.0)
    """How a kilometre deters."""
    risk_aversion: Annotated[ValueField, Attribute("1")] = number(0.0)
    """How a unit of risk deters."""
    crowding: Annotated[ValueField, Attribute("1/day")] = number(0.0)
    """How a day of expected wait deters."""
    habit: Annotated[ValueField, Attribute("1", high=1.0)] = number(0.0)
    """How strongly people follow those who went before them."""
    memory: Annotated[Real, Field(gt=0)] = 30.0
    """Days after which the memory of choosers has faded to 1/e."""

    def ways(self) -> list[Way]:
        """Return the ways by the station they lead to."""
        return [Way(way.to, way.to) for way in self.ways_out]


class Checkpoint(Station):
    """Some are stopped, each with the same probability and independently; a convoy is stopped or passes as a whole."""

    kind: Literal["checkpoint"] = "checkpoint"
    stop: Annotated[ValueField, Attribute("share", high=1.0)]
    """Probability of being stopped."""
    stop_convoy: Annotated[ValueField | None, Attribute("share", high=1.0)] = None
    """Probability that a convoy is stopped; without it the mean of ``stop`` over its people."""
    to: str
    """Where those go who pass."""
    stopped: str
    """Where those go who are stopped."""

    def ways(self) -> list[Way]:
        """Return first those who are stopped, then those who pass."""
        return [Way("stopped", self.stopped), Way("passed", self.to)]


class Queue(Station):
    """People wait for service, with a capacity that all groups share.

    A day's capacity is whole; what a fraction leaves over counts on the next day. It serves today's arrivals too,
    after those of earlier days (``first_come``), before them (``last_come``), or all alike (``random``); within a day
    of arrival, at random. Groups named under ``first`` are served before all others. Who still waits at the end of the
    day may give up.
    """

    kind: Literal["queue"] = "queue"
    capacity: Annotated[ValueField, Attribute("persons/day")]
    """People served a day, all groups together."""
    order: Literal["first_come", "last_come", "random"] = "first_come"
    """Order of service."""
    first: tuple[str, ...] = ()
    """Groups served before all others: a nationality, a household, or both; an earlier entry goes first."""
    give_up: Annotated[ValueField, Attribute("1/day")] = number(0.0)
    """Hazard of giving up, for each person still waiting at the end of a day."""
    waiting: Annotated[ValueField, Attribute("persons", missing=0.0)] = number(0.0)
    """People of each group who wait already when the run begins."""
    to: str
    """Where those go who were served, on the same day."""
    gave_up: str | None = None
    """Where those go who gave up."""

    def ways(self) -> list[Way]:
        """Return first those who were served, then those who gave up."""
        return [Way("served", self.to), *([Way("gave_up", self.gave_up)] if self.gave_up else [])]


class OutcomeWay(Described):
    """One thing that may happen."""

    name: str | None = None
    """What happens, the event that a counter counts; without it the station it leads to."""
    share: Annotated[
        Literal["rest"] | ValueField,
        Attribute("share", high=1.0, missing=0.0),
        Field(union_mode="left_to_right"),
    ]
    """Its share of those who come, or ``rest`` for all that the others leave."""
    to: str
    """Where it leads; a route that leads back to an earlier place makes a repeat attempt."""


class Outcome(Station):
    """One of several things happens to each person, independently, with the given shares."""

    kind: Literal["outcome"] = "outcome"
    ways_out: tuple[OutcomeWay, ...] = Field(alias="ways", min_length=1)
    """What may happen; the shares come to 1, or one of them is ``rest``."""

    def ways(self) -> list[Way]:
        """Return the ways by name."""
        return [Way(way.name or way.to, way.to) for way in self.ways_out]


class Sink(Station):
    """People leave the system; their number is kept."""

    kind: Literal["sink"] = "sink"

    def ways(self) -> list[Way]:
        """Return nothing: no way leads out."""
        return []


AnyStation = Annotated[
    Source | Route | Choice | Checkpoint | Queue | Outcome | Sink,
    Field(discriminator="kind"),
]

#: Kind → schema, in the order in which people meet them.
STATIONS: dict[str, type[Station]] = {
    "source": Source,
    "route": Route,
    "choice": Choice,
    "checkpoint": Checkpoint,
    "queue": Queue,
    "outcome": Outcome,
    "sink": Sink,
}
