"""Which small systems exercise every rule of the network language?

Each is a plain description of a few stations, some tens of people and a month or so; :data:`SYSTEMS` holds them by
name with the number of days to run. :func:`network` builds one, with other attributes where a test asks for them.
"""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from vado.network.model import Network

START = dt.date(2021, 3, 24)


def day(number: int) -> dt.date:
    """Return the day so many days after the first."""
    return START + dt.timedelta(number)


def source(to: str, departures: Any, id: str = "home", **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "source", "place": "south", "departures": departures, "to": to, **more}


def route(id: str, to: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "route", "place": "south", "to": to, **more}


def checkpoint(id: str, stop: Any, stopped: str, to: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "checkpoint", "place": "river", "stop": stop, "stopped": stopped, "to": to, **more}


def queue(id: str, capacity: Any, to: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "queue", "place": "river", "capacity": capacity, "to": to, **more}


def choice(id: str, ways: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "choice", "place": "river", "ways": ways, **more}


def outcome(id: str, ways: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": id, "kind": "outcome", "place": "river", "ways": ways}


def sinks(*ids: str) -> list[dict[str, Any]]:
    return [{"id": id, "kind": "sink", "place": "north"} for id in ids]


def system(*stations: dict[str, Any] | list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return a description of two groups, unless others are given, on three places."""
    flat = [one for item in stations for one in (item if isinstance(item, list) else [item])]
    return {
        "system": "test",
        "start": START,
        "places": {name: {"name": name} for name in ("south", "river", "north")},
        "groups": {"nationalities": ["HTI", "VEN"]},
        "stations": flat,
        **more,
    }


def line(order: str, **more: Any) -> dict[str, Any]:
    """Return a queue near its capacity, which is no whole number, with people who wait already and who give up."""
    given = {"order": order, "give_up": {"HTI": 0.05, "VEN": 0.15}, "gave_up": "left"}
    given |= {"waiting": {"HTI": 9, "VEN": 4}} | more
    return system(source("desk", {"HTI": 3, "VEN": 2}), queue("desk", 4.3, "in", **given), sinks("in", "left"))


TWO_BY_TWO = {"nationalities": ["HTI", "VEN"], "households": ["single_adult", "family"]}

SYSTEMS: dict[str, tuple[dict[str, Any], int]] = {
    "split": (
        system(
            source("control", {"HTI": 5, "VEN": 3}),
            checkpoint(
                "control",
                {
                    "HTI": {"steps": {day(0): 0.3, day(8): "detention * 0.5", day(16): 0.05}},
                    "VEN": {"lines": {day(2): 0.1, day(12): 0.9, day(20): 0.0}},
                },
                "court",
                "through",
            ),
            outcome(
                "court",
                [
                    {"name": "returned", "share": "detention", "to": "back"},
                    {"name": "released", "share": {"VEN": 0.25}, "to": "through"},
                    {"share": "rest", "to": "held"},
                ],
            ),
            sinks("through", "back", "held"),
            levers={
                "detention": {
                    "unit": "percent",
                    "value": 40,
                    "government": "one",
                    "changes": [
                        {"effective": day(5), "ended": day(9), "value": 70},
                        {"effective": day(13), "value": {"lines": {day(13): 20, day(20): 60}}},
                    ],
                }
            },
        ),
        24,
    ),
    "first_come": (line("first_come"), 24),
    "last_come": (line("last_come"), 24),
    "random": (line("random"), 24),
    "classes": (
        system(
            source("desk", {"HTI/family": 1, "HTI/single_adult": 3, "VEN/family": 2, "VEN/single_adult": 1.5}),
            queue(
                "desk",
                {"steps": {day(0): 5.5, day(6): 0, day(9): 6.25}},
                "in",
                order="last_come",
                first=["VEN/family", "HTI"],
                waiting={"HTI": 4, "VEN": 3},
                give_up=0.04,
                gave_up="left",
            ),
            sinks("in", "left"),
            groups=TWO_BY_TWO,
        ),
        20,
    ),
    "convoy": (
        system(
            source(
                "trail",
                {"HTI": 2, "VEN": 1},
                convoys=[
                    {"id": "first", "day": day(2), "people": {"HTI": 40, "VEN": 12}, "pace": 30, "straggling": 0.06},
                    {"id": "second", "day": day(5), "people": {"VEN": 30}, "pace": {"VEN": 22, "HTI": 40}},
                ],
            ),
            route("trail", "control", km=130, speed=45, spread=0.4),
            checkpoint(
                "control", 0.2, "court", "march", stop_convoy={"steps": {day(0): 0.5, day(10): {"VEN": 0.3, "HTI": 1}}}
            ),
            outcome("court", [{"share": 0.4, "to": "back"}, {"share": "rest", "to": "march"}]),
            route("march", "desk", days={"HTI": 3, "VEN": 5.5}, spread=0.5),
            queue("desk", 6, "in", give_up=0.02, gave_up="back"),
            sinks("in", "back"),
        ),
        26,
    ),
    "convoy_without_its_own_stop": (
        system(
            source(
                "control",
                1,
                convoys=[{"id": "large", "day": day(1), "people": {"HTI": 30, "VEN": 10}, "straggling": 0.1}],
            ),
            checkpoint("control", {"HTI": 0.2, "VEN": 0.8}, "back", "trail"),
            route("trail", "second", days=4, spread=0),
            checkpoint("second", {"HTI": 0.2, "VEN": 0.8}, "again", "in"),
            route("again", "second", days=1.5, spread=0),
            sinks("in", "back"),
        ),
        16,
    ),
    "convoy_at_a_choice": (
        system(
            source(
                "fork",
                {"HTI": 2, "VEN": 2},
                convoys=[
                    {"id": "first", "day": day(3), "people": {"HTI": 25, "VEN": 5}, "straggling": 0.05},
                    {"id": "second", "day": day(6), "people": {"HTI": 2, "VEN": 14}},
                ],
            ),
            choice(
                "fork",
                [
                    {"to": "valley", "attraction": {"HTI": 3, "VEN": 1}, "queue": "desk"},
                    {"to": "hills", "attraction": {"HTI": 1, "VEN": 2}},
                ],
                habit=0.5,
                memory=5,
                crowding=0.1,
            ),
            route("valley", "desk", km=60, speed=30),
            route("hills", "in", days=3.4, spread=0.2),
            queue("desk", 3, "in"),
            sinks("in"),
        ),
        18,
    ),
    "repeat": (
        system(
            source("trail", {"HTI": 4, "VEN": 2}),
            route("trail", "ford", days=2.5, spread=0.6),
            checkpoint("ford", {"HTI": 0.7, "VEN": 0.4}, "court", "in"),
            outcome("court", [{"name": "expelled", "share": 0.6, "to": "again"}, {"share": 0.4, "to": "back"}]),
            route("again", "ford", days=1.4, spread=0),
            sinks("in", "back"),
        ),
        24,
    ),
    "choice": (
        system(
            source("fork", {"HTI": 4, "VEN": 3}),
            choice(
                "fork",
                [
                    {"to": "desk", "attraction": 2, "km": 10, "risk": 0.1, "queue": "desk"},
                    {"to": "bridge", "attraction": {"HTI": 1}, "km": {"steps": {day(0): 0, day(10): 25}}, "risk": 1},
                    {"to": "hills", "attraction": 1, "km": 40, "risk": {"HTI": 2, "VEN": 0.5}},
                ],
                distance_decay=0.02,
                risk_aversion={"HTI": 0.4, "VEN": 0.8},
                crowding={"HTI": 0.5, "VEN": 0.2},
                habit={"HTI": 0.8, "VEN": 0.3},
                memory=6,
            ),
            queue("desk", 2.5, "in", waiting={"HTI": 5}, give_up=0.05, gave_up="hills"),
            queue("bridge", {"steps": {day(0): 4, day(9): 0, day(12): 4}}, "in"),
            route("hills", "in", days=2),
            sinks("in"),
        ),
        24,
    ),
    "habit_alone": (
        system(
            source("fork", {"HTI": 4, "VEN": 2}),
            choice(
                "fork",
                [{"to": "east", "attraction": 2}, {"to": "west"}, {"to": "never", "attraction": 0}],
                habit=1,
                memory=1.5,
            ),
            sinks("east", "west", "never"),
        ),
        20,
    ),
    **{
        f"dispersion_over_a_{period}": (
            system(
                source("in", {"HTI": 4, "VEN": 2}, dispersion={"HTI": 0.5, "VEN": 0.1}, dispersion_over=period),
                sinks("in"),
            ),
            24,
        )
        for period in ("day", "week", "month")
    },
    "season_and_drivers": (
        system(
            source(
                "in",
                "trend * share",
                season=[1, 1, 1.5, 0.5, *[1] * 8],
                drivers=[
                    {"of": "hardship", "coefficient": {"HTI": 0.6}},
                    {"of": "policy", "coefficient": -1},
                ],
            ),
            source("in", {"VEN": "monthly"}, id="other"),
            sinks("in"),
            parameters={
                "trend": {"unit": "persons/week", "value": {"lines": {day(0): 10, day(20): 30}}},
                "share": {"unit": "1", "value": {"HTI": 1.2, "VEN": 0.8}},
                "hardship": {"unit": "1", "value": {"steps": {day(0): 0, day(4): 1, day(8): -0.5}}},
                "monthly": {"unit": "persons/month", "value": 62},
            },
            levers={
                "policy": {
                    "unit": "1",
                    "value": 0,
                    "government": "one",
                    "changes": [{"effective": day(12), "value": 0.7}],
                }
            },
        ),
        24,
    ),
    "travel": (
        system(
            source("exact", 3),
            route("exact", "mixed", days=2, spread=0),
            route("mixed", "narrow", days={"HTI": 2.3, "VEN": 0.4}, spread=0.005),
            route("narrow", "wide", days={"lines": {day(0): 2, day(20): 5}}, spread=0.1),
            route("wide", "in", km=100, speed={"HTI": 50, "VEN": 20}, spread={"HTI": 0.3, "VEN": 1.2}),
            sinks("in"),
        ),
        26,
    ),
    "all_together": (
        system(
            source(
                "trail",
                {"HTI/family": 1, "HTI/single_adult": 3, "VEN": 1.5},
                dispersion=0.2,
                dispersion_over="week",
                convoys=[{"id": "march", "day": day(4), "people": {"HTI/family": 20, "VEN": 4}, "straggling": 0.03}],
            ),
            source("fork", {"VEN": 1}, id="coast"),
            route("trail", "fork", km=80, speed=40),
            choice(
                "fork",
                [
                    {"to": "ford", "attraction": {"HTI": 2, "VEN": 1}, "queue": "camp"},
                    {"to": "bridge", "risk": 0.3, "queue": "bridge"},
                ],
                crowding=0.2,
                habit=0.4,
                risk_aversion=1,
            ),
            checkpoint("ford", {"family": 0.4, "single_adult": 0.6}, "court", "camp", stop_convoy=0.3),
            outcome("court", [{"name": "expelled", "share": 0.5, "to": "again"}, {"share": "rest", "to": "back"}]),
            route("again", "fork", days=3, spread=0.5),
            queue("camp", 3.5, "in", first=["family"], order="random", give_up=0.03, gave_up="again"),
            queue("bridge", 2, "camp", waiting=2),
            sinks("in", "back"),
            groups=TWO_BY_TWO,
        ),
        26,
    ),
}


def network(name: str, changes: dict[str, dict[str, Any]] | None = None) -> Network:
    """Build a system of :data:`SYSTEMS`, with attributes changed as ``{station: {attribute: value}}``."""
    raw = copy.deepcopy(SYSTEMS[name][0])
    for station in raw["stations"]:
        station.update((changes or {}).get(station["id"], {}))
    return Network.model_validate(raw)
