"""Which system is the engine's speed measured on? A made-up corridor of any size, in the shape of the real one.

Origins from which a few nationalities each set out; transit towns in four layers with a control, what follows a
detention, a fork and roads onward, every third with a camp; towns at a border with a port, a crossing that many
repeat, and a camp where people wait to be processed; places where they end. Every number is made up and follows from
the size alone, so that the same call gives the same description everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from vado.errors import BadValueError
from vado.ledger.codes import NAMED_NATIONALITIES, OTHER, country_names
from vado.network.model import Network

#: The first day of every run.
START = dt.date(2021, 1, 1)

#: Kinds of household and their share of those who set out.
HOUSEHOLDS = {"single_adult": 0.58, "family": 0.34, "unaccompanied_minor": 0.08}

#: Expected departures a month, about those of the corridor between Mexico and the United States [persons/month].
MONTHLY = 200_000.0

_LAYERS = 4
_SEASON = (0.82, 0.9, 1.12, 1.15, 1.16, 1.08, 1.0, 0.98, 1.0, 1.0, 0.94, 0.85)


def corridor_of(places: int = 60, groups: int = 39, monthly: float = MONTHLY, *, everywhere: bool = False) -> Network:
    """Return a corridor with so many places and groups.

    Parameters
    ----------
    places
        Number of places, 6 or more; there are about three and a half stations a place.
    groups
        Number of groups, a multiple of the three kinds of household.
    monthly
        Expected departures from all places together [persons/month]; capacities are in proportion.
    everywhere
        Whether all groups set out from all origins; else each origin has one nationality and a tenth of another.

    Returns
    -------
    Network
        The description.

    Raises
    ------
    BadValueError
        If the size cannot be had.

    Examples
    --------
    >>> network = corridor_of()
    >>> len(network.places), len(network.group_names), len(network.stations)
    (60, 39, 220)
    """
    nationalities = [*NAMED_NATIONALITIES, OTHER, *sorted({*country_names()} - {*NAMED_NATIONALITIES})]
    if groups < 3 or groups % 3 or groups > 3 * len(nationalities):
        raise BadValueError(f"{groups} groups cannot be had; ask for a multiple of 3 up to {3 * len(nationalities)}")
    if places < 6:
        raise BadValueError(f"{places} places are too few for a corridor; ask for 6 or more")
    if not monthly > 0:
        raise BadValueError(f"{monthly:g} departures a month make no corridor; ask for more than 0")
    return Network.model_validate(_Corridor(places, nationalities[: groups // 3], monthly, everywhere).description())


class _Corridor:
    """Names of places by what happens there, and the stations of each."""

    def __init__(self, places: int, nationalities: list[str], monthly: float, everywhere: bool) -> None:
        self.nationalities, self.monthly, self.everywhere = nationalities, monthly, everywhere
        border, ends = max(places // 6, 1), max(places // 10, 1)
        origins = max(round(0.42 * places), 1)
        transit = places - border - ends - origins
        self.origins = [f"origin{i}" for i in range(origins)]
        self.transit = [f"transit{i}" for i in range(transit)]
        self.border = [f"border{i}" for i in range(border)]
        self.ends = [f"end{i}" for i in range(ends)]
        #: A layer's towns stand side by side; people go from one layer to the next.
        self.layers = [self.transit[i * transit // _LAYERS : (i + 1) * transit // _LAYERS] for i in range(_LAYERS)]
        self.layers = [layer for layer in self.layers if layer]

    def description(self) -> dict[str, Any]:
        stations = [
            *(station for index in range(len(self.origins)) for station in self._origin(index)),
            *(station for layer in range(len(self.layers)) for station in self._layer(layer)),
            *(station for index in range(len(self.border)) for station in self._border(index)),
            *({"id": f"settled_{end}", "kind": "sink", "place": end} for end in self.ends),
            {"id": "returned", "kind": "sink", "place": self.origins[0]},
        ]
        places = [*self.origins, *self.transit, *self.border, *self.ends]
        return {
            "system": "made_up_corridor",
            "start": START,
            "places": {name: {"name": name} for name in places},
            "groups": {"nationalities": self.nationalities, "households": list(HOUSEHOLDS)},
            "parameters": dict(self._parameters()),
            "levers": _levers(self.monthly / 30.4),
            "stations": stations,
            "counters": {
                "encounters": {"count": [f"ford_{p}.stopped" for p in self.border], "unit": "encounters"},
                "admitted": {"count": [f"port_{p}.served" for p in self.border], "kind": "persons"},
                "detentions": {"count": [f"control_{p}.stopped" for p in self.transit]},
                "transits": {"count": [f"control_{p}.arrived" for p in self.layers[0]]},
                "expulsions": {"count": [f"processed_{p}.expelled" for p in self.border]},
            },
        }

    def _parameters(self) -> Iterator[tuple[str, Any]]:
        """Yield what each nationality sends a month from each of its places, along straight lines."""
        weights = [1.0 / (rank + 2.0) for rank in range(len(self.nationalities))]
        for rank, nationality in enumerate(self.nationalities):
            total = self.monthly * weights[rank] / sum(weights)
            lines = {
                dt.date(2021 + half // 2, 1 + 6 * (half % 2), 1): round(total * (0.6 + 0.8 * _vary(rank, half)), 6)
                for half in range(5)
            }
            yield f"leaving.{nationality}", {"unit": "persons/month", "value": {"lines": lines}}

    def _origin(self, index: int) -> Iterator[dict[str, Any]]:
        place = self.origins[index]
        departures = {
            f"{nationality}/{household}": f"leaving.{nationality} * {share * part:.9f}"
            for nationality, share in self._senders(index)
            for household, part in HOUSEHOLDS.items()
        }
        source: dict[str, Any] = {"id": f"home_{place}", "kind": "source", "place": place, "to": f"road_{place}"}
        source |= {"departures": departures, "season": _SEASON, "dispersion": 0.05, "dispersion_over": "week"}
        if index % 8 == 0:
            people = {household: round(self.monthly * 0.01 * part) for household, part in HOUSEHOLDS.items()}
            source["convoys"] = [
                {"id": f"march_{place}", "day": dt.date(2021, 1 + index // 8 % 12, 15), "straggling": 0.03}
                | {"people": {f"{self.nationalities[0]}/{household}": count for household, count in people.items()}}
            ]
        yield source
        # The nearest country comes in at the last layer, some at the one before, most at the first.
        rank, layers = index % len(self.nationalities), self.layers
        layer = layers[-1] if rank == 0 else layers[len(layers) // 2] if rank <= 3 else layers[0]
        town = layer[index // len(self.nationalities) * 7 % len(layer)] if rank else layer[index % len(layer)]
        yield _road(f"road_{place}", place, f"control_{town}", 300 + 900 * _vary(index, 1))

    def _senders(self, index: int) -> list[tuple[str, float]]:
        """Return the nationalities that set out from a place, each with the share of its people that this is."""
        count, origins = len(self.nationalities), len(self.origins)
        if self.everywhere:
            return [(nationality, 1.0 / origins) for nationality in self.nationalities]
        if origins < count:
            return [(self.nationalities[rank], 1.0) for rank in range(index, count, origins)]
        # A tenth of each nationality lives in the places of its neighbour in the list.
        first = index % count
        second = (first + 1) % count
        of_first = len(range(first, origins, count))
        return [(self.nationalities[first], 0.9 / of_first), (self.nationalities[second], 0.1 / of_first)]

    def _layer(self, number: int) -> Iterator[dict[str, Any]]:
        layer = self.layers[number]
        onward = self.layers[number + 1] if number + 1 < len(self.layers) else self.border
        gate = "control" if onward is not self.border else "bank"
        for index, place in enumerate(layer):
            has_camp = index % 3 == 0
            first = index * len(onward) // len(layer)
            targets = [onward[(first + step) % len(onward)] for step in range(min(2, len(onward)))]
            yield {"id": f"control_{place}", "kind": "checkpoint", "place": place, "stopped": f"held_{place}"} | {
                "stop": f"transit.detention_rate * {0.5 + _vary(index, number):.6f}",
                "stop_convoy": 0.1,
                "to": f"camp_{place}" if has_camp else f"fork_{place}",
            }
            yield {"id": f"held_{place}", "kind": "outcome", "place": place} | {
                "ways": [
                    {"name": "returned", "share": "transit.return_share", "to": "returned"},
                    {"name": "released", "share": "rest", "to": f"fork_{place}"},
                ]
            }
            if has_camp:
                capacity = 1.15 * self.monthly / 30.4 / len(layer)
                yield {"id": f"camp_{place}", "kind": "queue", "place": place, "to": f"fork_{place}"} | {
                    "capacity": round(capacity * (0.7 + 0.6 * _vary(index, 7)), 3),
                    "give_up": {"family": 0.004, "other": 0.01},
                    "gave_up": f"fork_{place}",
                }
            yield {"id": f"fork_{place}", "kind": "choice", "place": place} | {
                "ways": [
                    {"to": f"way_{place}_{to}", "km": 150 + 450 * _vary(index, step), "risk": 0.2 * step}
                    | {"attraction": self._attraction(index, step if len(targets) > 1 else 2)}
                    for step, to in enumerate(targets)
                ],
                "distance_decay": 0.002,
                "risk_aversion": {"family": 1.5, "unaccompanied_minor": 1.2, "other": 0.6},
                "habit": 0.4 if index % 2 else 0,
            }
            for step, to in enumerate(targets):
                yield _road(f"way_{place}_{to}", place, f"{gate}_{to}", 150 + 450 * _vary(index, step))

    def _attraction(self, index: int, way: int) -> dict[str, int]:
        """Return the attraction of a way: of three nationalities, one takes it, one the other way, one both."""
        return {
            nationality: int(self.everywhere or way == 2 or (rank + index) % 3 in (way, 2))
            for rank, nationality in enumerate(self.nationalities)
        }

    def _border(self, index: int) -> Iterator[dict[str, Any]]:
        place = self.border[index]
        daily = self.monthly / 30.4 / len(self.border)
        yield {"id": f"bank_{place}", "kind": "choice", "place": place, "crowding": 0.02} | {
            "ways": [
                {"to": f"ford_{place}", "risk": 1.0},
                {"to": f"port_{place}", "queue": f"port_{place}", "attraction": {"family": 0.5, "other": 0.3}},
            ],
            "risk_aversion": {"family": 0.8, "other": 0.3},
        }
        yield {"id": f"port_{place}", "kind": "queue", "place": place, "to": self._end(index)} | {
            "capacity": f"destination.port_capacity * {1.0 / len(self.border):.9f}",
            "first": ["unaccompanied_minor"],
            "give_up": 0.005,
            "gave_up": f"ford_{place}",
        }
        yield {"id": f"ford_{place}", "kind": "checkpoint", "place": place} | {
            "stop": {"single_adult": 0.72 + 0.1 * _vary(index, 3), "other": 0.93},
            "stopped": f"centre_{place}",
            "to": self._end(index),
        }
        yield {"id": f"centre_{place}", "kind": "queue", "place": place, "to": f"processed_{place}"} | {
            "capacity": round(daily * (1.2 + 0.8 * _vary(index, 4)), 3),
            "give_up": 0.03,
            "gave_up": self._end(index),
        }
        yield {"id": f"processed_{place}", "kind": "outcome", "place": place} | {
            "ways": [
                {"name": "expelled", "share": "destination.expulsion_share", "to": f"again_{place}"},
                {"name": "removed", "share": 0.06, "to": "returned"},
                {"name": "released", "share": "rest", "to": self._end(index)},
            ]
        }
        yield {"id": f"again_{place}", "kind": "route", "place": place, "to": f"bank_{place}"} | {
            "days": 4,
            "spread": 0.6,
        }

    def _end(self, index: int) -> str:
        return f"settled_{self.ends[index % len(self.ends)]}"


def _road(name: str, place: str, to: str, km: float) -> dict[str, Any]:
    return {"id": name, "kind": "route", "place": place, "to": to, "km": round(km), "speed": 150, "spread": 0.3}


def _levers(daily: float) -> dict[str, Any]:
    """Return what governments control, with dated changes; ``daily`` are all who set out [persons/day]."""

    def lever(government: str, unit: str, value: Any, *changes: tuple[dt.date, Any]) -> dict[str, Any]:
        return {"government": government, "unit": unit, "value": value} | {
            "changes": [{"effective": day, "value": changed} for day, changed in changes]
        }

    june, august = dt.date(2021, 6, 1), dt.date(2021, 8, 15)
    return {
        "transit.detention_rate": lever("transit", "share", 0.08, (august, 0.16), (dt.date(2022, 3, 1), 0.12)),
        "transit.return_share": lever("transit", "share", {"family": 0.3, "other": 0.6}, (june, 0.42)),
        "destination.port_capacity": lever(
            "destination", "persons/day", 0.12 * daily, (june, 0.18 * daily), (dt.date(2022, 5, 1), 0.3 * daily)
        ),
        "destination.expulsion_share": lever(
            "destination",
            "share",
            {"single_adult": 0.8, "family": 0.35, "other": 0.02},
            (dt.date(2022, 2, 1), {"single_adult": 0.6, "family": 0.2, "other": 0.0}),
        ),
    }


def _vary(one: int, other: int) -> float:
    """Return a number in [0, 1) that looks arbitrary, the same on every machine."""
    return (one * 0.6180339887498949 + other * 0.7548776662466927 + 0.137) % 1.0
