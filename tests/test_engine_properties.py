"""What must hold for the engine whatever it runs: nobody vanishes, names mean nothing, and changes stay where they are.

Systems are built at random with all seven stations, circles through routes, several groups and convoys.
"""

import copy
import datetime as dt
import runpy
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vado.engine import run
from vado.engine.trace import trace
from vado.network.checks import check
from vado.network.known import with_changes
from vado.network.model import Network
from vado.network.stations import Queue, Route

HERE = Path(__file__).parent
NETWORKS = runpy.run_path(str(HERE / "networks.py"))
START = NETWORKS["START"]
system, source, route, sinks = (NETWORKS[name] for name in ("system", "source", "route", "sinks"))
replicates = runpy.run_path(str(HERE / "oracle.py"))["replicates"]
check_same_law = runpy.run_path(str(HERE / "comparison.py"))["check_same_law"]


def profile(examples):
    return settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def systems(draw, most=5.0, households=2):
    """Build a description: a chain of stations with side ways, circles, convoys and values by group and date.

    Parameters
    ----------
    most
        Departures a day, at most.
    households
        Kinds of household, at most; values are given by nationality only, so that kinds can be joined.
    """

    def number(low, high):
        return draw(st.floats(low, high).map(lambda value: round(value, 3)))

    def value(low, high):
        form = draw(st.sampled_from(["number", "group", "steps", "lines"]))
        if form == "number":
            return number(low, high)
        if form == "group":
            return {"HTI": number(low, high), "other": number(low, high)}
        return {form: {NETWORKS["day"](first): number(low, high) for first in (0, draw(st.integers(1, 6)))}}

    def count():
        return {nationality: draw(st.integers(0, 12)) for nationality in nationalities}

    def convoy(name):
        people = count() | {"HTI": draw(st.integers(1, 20))}
        day = NETWORKS["day"](draw(st.integers(0, 6)))
        straggling = draw(st.sampled_from([0, 0.05, 0.5]))
        return {"id": name, "day": day, "people": people, "pace": value(20, 60), "straggling": straggling}

    nationalities = draw(st.sampled_from([["HTI"], ["HTI", "VEN"], ["VEN", "HTI", "CUB"]]))
    kinds = ["all", "family"][: draw(st.integers(1, households))]
    size = draw(st.integers(2, 7))
    names = [f"s{number}" for number in range(size)]
    body = draw(
        st.lists(st.sampled_from(["route", "choice", "checkpoint", "queue", "outcome"]), min_size=size, max_size=size)
    )
    back = {f"back{number}": draw(st.sampled_from(names)) for number in range(2)}
    queues = [name for name, kind in zip(names, body, strict=True) if kind == "queue"]

    def travel():
        given = draw(st.sampled_from(["days", "km"]))
        spread = draw(st.sampled_from([0, 0.3, 1.1]))
        return {"spread": spread, given: value(0.3, 5) if given == "days" else value(10, 200)}

    stations = []
    for number_, (name, kind) in enumerate(zip(names, body, strict=True)):
        on = [*names[number_ + 1 :], "in"][0]
        aside = [name for name in [*names[number_ + 1 :], "in", "out", *back] if name != on]
        side = draw(st.sampled_from(aside))
        station = {"id": name, "kind": kind, "place": "river"}
        if kind == "route":
            station |= travel() | {"to": on}
        elif kind == "checkpoint":
            station |= {"stop": value(0, 1), "to": on, "stopped": side}
            station |= {"stop_convoy": value(0, 1)} if draw(st.booleans()) else {}
        elif kind == "queue":
            station |= {"capacity": draw(st.sampled_from([0.4, 3, 7.7, 1e6])), "to": on, "waiting": count()}
            station |= {"order": draw(st.sampled_from(["first_come", "last_come", "random"]))}
            station |= {"first": draw(st.sampled_from([[], ["VEN"], ["HTI", "VEN"]]))} if "VEN" in nationalities else {}
            station |= {"give_up": value(0.01, 0.5), "gave_up": side} if draw(st.booleans()) else {}
        elif kind == "outcome":
            station["ways"] = [{"share": value(0, 0.9), "to": side}, {"name": "rest", "share": "rest", "to": on}]
        else:
            others = draw(st.lists(st.sampled_from(aside), unique=True, min_size=1, max_size=2))
            station["ways"] = [
                {"to": to, "attraction": value(0.2, 3), "km": value(0, 30), "risk": value(0, 1)} for to in [on, *others]
            ]
            if queues:
                station["ways"][0]["queue"] = draw(st.sampled_from(queues))
            station |= {"habit": value(0, 1), "crowding": value(0, 0.5), "distance_decay": 0.03, "risk_aversion": 0.5}
            station["memory"] = number(0.5, 40)
        stations.append(station)
    stations += [route(name, to, **travel()) for name, to in back.items()]
    stations += sinks("in", "out")
    convoys = [convoy(f"convoy{number}") for number in range(draw(st.integers(0, 2)))]
    over = {
        "dispersion": draw(st.sampled_from([0, 0.3])),
        "dispersion_over": draw(st.sampled_from(["day", "week", "month"])),
    }
    stations.append(source(names[0], {"HTI": number(0.5, most), "other": number(0.5, most)}, convoys=convoys, **over))
    stations.append(source(draw(st.sampled_from(names)), {"HTI": number(0, most), "other": 0.2}, id="coast"))
    named = {to for station in stations for to in _targets(station)}
    stations = [s for s in stations if s["id"] in named or s["kind"] == "source"]
    return system(*stations, groups={"nationalities": nationalities, "households": kinds})


def _targets(station):
    ways = station.get("ways", [])
    return {*(station[key] for key in ("to", "stopped", "gave_up") if key in station), *(way["to"] for way in ways)}


def came_and_left(network, record):
    """Return those who came to and left each station on each day, ``{station: [draw, day, group]}``."""
    came = {s.id: 0 for s in network.stations}
    left = {s.id: 0 for s in network.stations}
    for number, (station, _, to) in enumerate(network.edges()):
        flow = record["flow"].values[:, :, number]
        left[station.id] = left[station.id] + flow
        came[to] = came[to] + flow
    return came, left


@profile(60)
@given(raw=systems(most=300.0), seed=st.integers(0, 2**40))
def test_nobody_vanishes_and_nobody_comes_from_nowhere(raw, seed):
    network = Network.model_validate(raw)
    assert check(network) == []
    record = trace(network, days=12, members=3, seed=seed)
    assert all((record[name] >= 0).all() for name in record)
    came, left = came_and_left(network, record)
    on_routes = np.zeros_like(record["travelling"].values)
    for station in network.stations:
        if isinstance(station, Queue):
            initial = {n: dict(station.waiting.values)[n].number for n in network.groups.nationalities}
            before = np.array([initial[nationality] for nationality, _ in network.group_names])
            waiting = record["waiting"].sel(queue=station.id).values
            assert (waiting == before + (came[station.id] - left[station.id]).cumsum(axis=1)).all()
        elif isinstance(station, Route):
            on_routes += (came[station.id] - left[station.id]).cumsum(axis=1)
        elif station.kind in ("choice", "checkpoint", "outcome"):
            assert (np.asarray(came[station.id]) == left[station.id]).all()
    assert (on_routes == record["travelling"].values).all()


@profile(20)
@given(raw=systems(most=4.0))
def test_random_systems_obey_the_law_of_people_one_by_one(raw):
    network = Network.model_validate(raw)
    check_same_law(replicates(network, 10, 600, 1), trace(network, days=10, members=600, seed=1))


@pytest.mark.slow
@profile(300)
@given(raw=systems(most=4.0))
def test_many_random_systems_obey_the_law_of_people_one_by_one(raw):
    network = Network.model_validate(raw)
    check_same_law(replicates(network, 16, 1500, 2), trace(network, days=16, members=1500, seed=2))


def two_labels(raw, share):
    """Share the groups of a description out over two kinds of household."""
    raw = copy.deepcopy(raw)
    raw["groups"]["households"] = ["all", "more"]

    def shared(value, whole):
        halves = {}
        for key, number in value.items():
            first = round(share * number) if whole else share * number
            keys = [n for n in raw["groups"]["nationalities"] if key == n or (key == "other" and n not in value)]
            halves |= {f"{n}/{kind}": part for n in keys for kind, part in (("all", first), ("more", number - first))}
        return halves

    for station in raw["stations"]:
        if station["kind"] == "source":
            station["departures"] = shared(station["departures"], False)
            station["dispersion"] = 0
            for convoy in station.get("convoys", []):
                convoy["people"] = shared(convoy["people"], True)
        if "waiting" in station:
            station["waiting"] = shared(station["waiting"], True)
    return Network.model_validate(raw)


def by_nationality(record):
    """Return a trace in which kinds of household are joined."""
    labels = xr.DataArray(
        [str(name).split("/")[0] for name in record["group"].values], dims="group", name="nationality"
    )
    joined = record.drop_vars("group").assign_coords(nationality=labels).groupby("nationality").sum()
    return joined.rename(nationality="group")


@profile(8)
@given(raw=systems(most=4.0, households=1), share=st.sampled_from([0.2, 0.5]))
def test_a_group_under_two_labels_obeys_the_law_of_the_one(raw, share):
    for station in raw["stations"]:
        if station["kind"] == "source":
            station["dispersion"] = 0
    one, two = Network.model_validate(raw), two_labels(raw, share)
    records = [trace(network, days=10, members=1500, seed=seed) for network, seed in ((one, 1), (two, 2))]
    check_same_law(*(by_nationality(record) for record in records))


@profile(8)
@given(raw=systems(most=4.0, households=1))
def test_the_name_of_a_group_or_station_means_nothing(raw):
    other = renamed(raw, {"HTI": "NIC", "s1": "z1", "home": "house", "all": "each"})
    records = [trace(Network.model_validate(one), days=10, members=1500, seed=1) for one in (raw, other)]
    names = {name: records[0][name].values for name in ("way", "queue", "group")}
    check_same_law(records[0], records[1].assign_coords(names))
    assert (records[0]["flow"].values != records[1]["flow"].values).any()


def renamed(value, names):
    """Return a description with other names, wherever they stand."""
    if isinstance(value, dict):
        return {renamed(key, names): renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def fork(ways, habit):
    """Return people who choose among routes of one length, of these attractions, that lead to one place."""
    choice = NETWORKS["choice"](
        "fork",
        [{"to": name, "attraction": attraction, "km": 10} for name, attraction in ways.items()],
        habit=habit,
        distance_decay=0.1,
        memory=4,
    )
    march = {"id": "march", "day": NETWORKS["day"](3), "people": {"HTI": 9, "VEN": 2}, "straggling": 0.1}
    home = source("fork", {"HTI": 4, "VEN": 2}, convoys=[march])
    return Network.model_validate(system(home, choice, [route(name, "in", days=2.5) for name in ways], sinks("in")))


@pytest.mark.parametrize("habit", [0, 1])
def test_a_place_split_in_two_that_share_its_attraction_obeys_the_law_of_the_one(habit):
    whole = trace(fork({"east": {"HTI": 2, "VEN": 0.5}, "west": 1}, habit), days=14, members=4000, seed=1)
    shares = {"east": {"HTI": 0.6, "VEN": 0.15}, "east_too": {"HTI": 1.4, "VEN": 0.35}, "west": 1}
    halves = trace(fork(shares, habit), days=14, members=4000, seed=2)
    ways = xr.DataArray([str(way).replace("_too", "") for way in halves["way"].values], dims="way", name="both")
    flow = halves["flow"].drop_vars("way").assign_coords(both=ways).groupby("both").sum().rename(both="way")
    joined = halves[["travelling", "waiting"]].drop_vars("way", errors="ignore").assign(flow=flow)
    check_same_law(whole.sortby("way"), joined.sortby("way"))


def with_lever(changes):
    raw = NETWORKS["SYSTEMS"]["repeat"][0]
    stations = copy.deepcopy(raw["stations"])
    stations[2]["stop"] = "detention"
    lever = {"unit": "share", "value": 0.3, "government": "one", "changes": changes}
    counters = {"stopped": {"count": ["ford.stopped"]}, "ended": {"count": ["ford.passed", "court.back"]}}
    return Network.model_validate(raw | {"stations": stations, "levers": {"detention": lever}, "counters": counters})


HISTORY = [
    {"effective": NETWORKS["day"](4), "ended": NETWORKS["day"](9), "value": 0.9},
    {"announced": NETWORKS["day"](10), "effective": NETWORKS["day"](13), "value": 0.1},
]


@profile(20)
@given(first=st.integers(-3, 30))
def test_a_scenario_that_repeats_what_holds_changes_nothing(first):
    network = with_lever(HISTORY)
    begins = NETWORKS["day"](first)
    holds = [one for one in HISTORY if one["effective"] <= begins <= one.get("ended", begins)]
    now = {"effective": begins, "value": holds[0]["value"] if holds else 0.3}
    if holds and "ended" in holds[0]:
        now["ended"] = holds[0]["ended"]
    later = [one for one in HISTORY if one["effective"] > begins]
    if not holds and later:
        now["ended"] = later[0]["effective"] - dt.timedelta(days=1)
    same = with_changes(network, {"detention": [now, *later]})
    one, other = (run(each, days=40, members=4, seed=3) for each in (network, same))
    assert one.drop_attrs().identical(other.drop_attrs())


@profile(20)
@given(first=st.integers(0, 30))
def test_a_scenario_changes_no_draw_before_its_day(first):
    network = with_lever(HISTORY)
    other = with_changes(network, {"detention": [{"effective": NETWORKS["day"](first), "value": 1.0}]})
    one, two = (trace(each, days=40, members=4, seed=3) for each in (network, other))
    assert one.isel(day=slice(0, first)).identical(two.isel(day=slice(0, first)))
    departures = {"way": ["home.departed"]}
    assert one["flow"].sel(departures).identical(two["flow"].sel(departures))
    assert not one.identical(two)


@profile(15)
@given(raw=systems(most=300.0), at=st.integers(0, 3), seed=st.integers(0, 2**40))
def test_stations_added_elsewhere_change_no_draw(raw, at, seed):
    more = copy.deepcopy(raw)
    added = [source("path", 40, id="a_source"), route("path", "line", days=2), sinks("an_end")[0]]
    added.append(NETWORKS["queue"]("line", 9, "an_end", order="random"))
    more["stations"][at:at] = added
    one, two = (trace(Network.model_validate(each), days=12, members=2, seed=seed) for each in (raw, more))
    assert one["flow"].identical(two["flow"].sel(way=one["way"]))
    assert one["waiting"].identical(two["waiting"].sel(queue=one["queue"]))


@pytest.mark.parametrize("name", ["split", "repeat", "travel", "dispersion_over_a_week", "season_and_drivers"])
@pytest.mark.parametrize("nationalities", [["CUB", "HTI", "VEN"], ["VEN", "HTI", "CUB"]])
def test_a_group_added_changes_no_draw_of_others_where_they_share_nothing(name, nationalities):
    raw = copy.deepcopy(NETWORKS["SYSTEMS"][name][0])
    for station in raw["stations"]:
        for key in ("stop", "days", "speed", "spread", "dispersion", "departures"):
            if isinstance(station.get(key), dict) and not {"steps", "lines"} & station[key].keys():
                station[key] = {"CUB": 0.3, **station[key]}
    for parameter in raw.get("parameters", {}).values():
        if isinstance(parameter["value"], dict) and not {"steps", "lines"} & parameter["value"].keys():
            parameter["value"] = {"CUB": 1, **parameter["value"]}
    more = Network.model_validate(raw | {"groups": {"nationalities": nationalities}})
    one, two = (trace(each, days=20, members=50, seed=5) for each in (NETWORKS["network"](name), more))
    assert one.identical(two.sel(group=one["group"]))


@profile(10)
@given(raw=systems(most=300.0), seed=st.integers(0, 2**63 - 1))
def test_threads_and_the_number_of_members_change_no_draw(raw, seed):
    network = Network.model_validate(raw | {"counters": {"all": {"count": ["home.departed", "coast.departed"]}}})
    one = run(network, days=40, members=7, seed=seed, threads=1)
    assert one.identical(run(network, days=40, members=7, seed=seed, threads=2))
    fewer = run(network, days=40, members=3, seed=seed, threads=2)
    assert fewer.drop_attrs().identical(one.isel(draw=slice(0, 3)).drop_attrs())


@profile(10)
@given(raw=systems(most=300.0))
def test_months_hold_the_sums_of_days(raw):
    sinks_reached = [s["id"] for s in raw["stations"] if s["kind"] == "sink"]
    network = Network.model_validate(raw | {"counters": {"all": {"count": ["home.departed", "coast.departed"]}}})
    days = trace(network, days=50, members=2, seed=1)
    months = run(network, days=50, members=2, seed=1)
    departed = days["flow"].sel(way=["home.departed", "coast.departed"]).sum("way").groupby("day.month").sum()
    assert (months["all"].sum("place").values.reshape(departed.shape[0], -1).sum() == departed.values.sum()).all()
    ends = [f"{s.id}.{event}" for s, event, to in network.edges() if to in sinks_reached]
    assert int(months["ended"].sum()) == int(days["flow"].sel(way=ends).sum())
