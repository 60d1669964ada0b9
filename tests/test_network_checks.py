"""Every rule of a description: one change to a good one breaks it, and exactly that is said."""

import copy
import datetime as dt

import pytest

from vado.network.checks import RULES, check
from vado.network.model import Network

START = dt.date(2021, 7, 1)
LATER = dt.date(2021, 9, 1)

#: A good description with one station of each kind and all that rules look at.
GOOD = {
    "system": "good",
    "start": START,
    "sources": {"yearbook": {"publisher": "Office", "title": "Yearbook"}},
    "places": {"south": {"name": "South bank", "country": "HTI"}, "north": {"name": "North bank"}},
    "groups": {"nationalities": ["HTI", "VEN"], "households": ["single_adult", "family"]},
    "parameters": {
        "length": {"unit": "km", "value": 100},
        "evasion": {"unit": "percent", "value": {"family": 10, "other": 20}, "low": 5, "high": 30},
        "rate": {"unit": "persons/week", "value": 70, "status": "published", "source": "yearbook"},
        "dryness": {"unit": "1", "value": 0.5},
    },
    "levers": {
        "stop_rate": {
            "government": "South bank",
            "unit": "share",
            "value": 0.2,
            "changes": [
                {"announced": dt.date(2021, 8, 1), "effective": LATER, "ended": dt.date(2021, 12, 31), "value": 0.5},
                {"effective": dt.date(2022, 2, 1), "value": 0.3, "source": "yearbook"},
            ],
        }
    },
    "stations": [
        {
            "id": "home",
            "kind": "source",
            "place": "south",
            "departures": {"HTI": "rate", "VEN": {"steps": {START: 5, LATER: 8}}},
            "drivers": [{"of": "dryness", "coefficient": 0.4}],
            "convoys": [{"id": "caravan", "day": LATER, "people": {"HTI/family": 40}}],
            "to": "fork",
        },
        {
            "id": "fork",
            "kind": "choice",
            "place": "south",
            "ways": [{"to": "road", "attraction": {"VEN": 0, "other": 1}}, {"to": "coast", "queue": "camp"}],
        },
        {"id": "road", "kind": "route", "place": "south", "km": "length", "to": "post"},
        {"id": "coast", "kind": "route", "place": "south", "days": 9, "to": "camp"},
        {
            "id": "post",
            "kind": "checkpoint",
            "place": "south",
            "stop": "stop_rate * (1 - evasion)",
            "to": "camp",
            "stopped": "returned",
        },
        {
            "id": "camp",
            "kind": "queue",
            "place": "north",
            "capacity": {"steps": {START: 10, LATER: 20}},
            "first": ["family"],
            "give_up": 0.01,
            "to": "hearing",
            "gave_up": "returned",
        },
        {
            "id": "hearing",
            "kind": "outcome",
            "place": "north",
            "ways": [
                {"name": "admitted", "share": {"HTI": 0.4, "VEN": 0.6}, "to": "settled"},
                {"name": "sent_back", "share": "rest", "to": "bus"},
            ],
        },
        {"id": "bus", "kind": "route", "place": "north", "days": 1, "to": "fork"},
        {"id": "settled", "kind": "sink", "place": "north"},
        {"id": "returned", "kind": "sink", "place": "south"},
    ],
    "counters": {"stops": {"count": ["post.stopped"]}, "seen": {"count": ["camp.arrived", "post.stopped"]}},
}

DROP = object()


def changed(path, value, data=GOOD):
    """Return a description with one thing changed, added (key '+' in a list) or dropped."""
    data = copy.deepcopy(data)
    inner = data
    for step in path[:-1]:
        if isinstance(inner, list) and isinstance(step, str):
            inner = next(item for item in inner if step == (item.get("id") or item.get("name") or item.get("to")))
        else:
            inner = inner[step]
    if value is DROP:
        del inner[path[-1]]
    elif path[-1] == "+":
        inner.append(value)
    else:
        inner[path[-1]] = value
    return data


def faults(data):
    return check(Network.model_validate(data))


def test_the_good_description_has_no_fault():
    assert faults(GOOD) == []


S = "stations"
WAY = {"to": "settled", "share": 0.3}
CASES = {
    # names
    "place": ((S, "road", "place"), "soth", "stations.road.place", "unknown place 'soth'; did you mean 'south'?"),
    "target": ((S, "road", "to"), "pots", "stations.road.to", "unknown station 'pots'; did you mean 'post'?"),
    "target of a way": (
        (S, "hearing", "ways", "admitted", "to"),
        "setled",
        "stations.hearing.ways.admitted.to",
        "did you mean 'settled'?",
    ),
    "station twice": (
        (S, "+"),
        {"id": "settled", "kind": "sink", "place": "north"},
        "stations.settled.id",
        "'settled' stands twice",
    ),
    "convoy twice": (
        (S, "home", "convoys", "+"),
        {"id": "caravan", "day": START, "people": 5},
        "stations.home.convoys.caravan.id",
        "'caravan' stands twice",
    ),
    "convoy named as a station": ((S, "home", "convoys", 0, "id"), "fork", "stations.fork.id", "stands twice"),
    "event twice": ((S, "hearing", "ways", "+"), {"name": "admitted", **WAY}, "admitted.to", "'admitted' stands twice"),
    "event named as coming in": (
        (S, "hearing", "ways", "+"),
        {"name": "arrived", **WAY},
        "stations.hearing.ways.arrived.to",
        "is what coming in is called",
    ),
    "way twice": ((S, "fork", "ways", "+"), {"to": "road"}, "stations.fork.ways.road.to", "join the ways into one"),
    "queue of a way": ((S, "fork", "ways", "coast", "queue"), "cmap", "coast.queue", "did you mean 'camp'?"),
    "queue that is none": (
        (S, "fork", "ways", "coast", "queue"),
        "post",
        "coast.queue",
        "is a checkpoint, not a queue",
    ),
    "first": ((S, "camp", "first"), ["familly"], "stations.camp.first.familly", "did you mean 'family'?"),
    "first twice": ((S, "camp", "first"), ["VEN", "VEN"], "stations.camp.first.VEN", "stands twice"),
    "counter of no station": (
        ("counters", "stops", "count"),
        ["pst.stopped"],
        "counters.stops.count.pst.stopped",
        "unknown station 'pst'; did you mean 'post'?",
    ),
    "counter of no event": (
        ("counters", "stops", "count"),
        ["post.stoped"],
        "counters.stops.count.post.stoped",
        "station 'post' has no event 'stoped'; did you mean 'stopped'?",
    ),
    "counter without an event": (("counters", "stops", "count"), ["post"], "stops.count.post", "write station.event"),
    "counted twice": (("counters", "seen", "count"), ["post.passed", "post.passed"], "seen.count", "counted twice"),
    "counters alike": (("counters", "more"), {"count": ["post.stopped"]}, "counters.more.count", "as counter 'stops'"),
    "nationality": (("groups", "nationalities", "+"), "HTJ", "groups.nationalities.HTJ", "did you mean 'HTI'?"),
    "country as nationality": (
        ("groups", "nationalities", "+"),
        "Haiti",
        "groups.nationalities.Haiti",
        "did you mean 'HTI' (Haiti)?",
    ),
    "nationality twice": (("groups", "nationalities", "+"), "HTI", "groups.nationalities.HTI", "stands twice"),
    "household twice": (("groups", "households", "+"), "family", "groups.households.family", "stands twice"),
    "country": (("places", "south", "country"), "HTJ", "places.south.country", "did you mean 'HTI'?"),
    "country's name": (
        ("places", "south", "country"),
        "Mexico",
        "places.south.country",
        "did you mean 'MEX' (Mexico)?",
    ),
    "published without source": (
        ("parameters", "rate", "source"),
        DROP,
        "parameters.rate.status",
        "its status is published, but it names no source",
    ),
    "source": (("parameters", "rate", "source"), "yearbok", "parameters.rate.source", "did you mean 'yearbook'?"),
    "source of a change": (
        ("levers", "stop_rate", "changes", 1, "source"),
        "gazette",
        "levers.stop_rate.changes.2022-02-01.source",
        "unknown source 'gazette'; choose one of: yearbook",
    ),
    "driver": ((S, "home", "drivers", 0, "of"), "dryess", "stations.home.drivers.dryess.of", "did you mean 'dryness'?"),
    "parameter without reader": (
        ("parameters", "idle"),
        {"unit": "1", "value": 1},
        "parameters.idle",
        "nobody reads this parameter",
    ),
    "lever without reader": (
        ("levers", "idle"),
        {"unit": "1", "value": 1, "government": "North bank"},
        "levers.idle",
        "nobody reads this lever",
    ),
    "parameter and lever": (
        ("levers", "rate"),
        {"unit": "persons/day", "value": 1, "government": "North bank"},
        "levers.rate",
        "is a parameter and a lever",
    ),
    "circle": (("parameters", "dryness", "value"), "dryness * 2", "parameters.dryness.value", "dryness -> dryness"),
    # values
    "unit": (("parameters", "length", "unit"), "kilometres", "parameters.length.unit", "unknown unit 'kilometres'"),
    "nearest unit": (("parameters", "rate", "unit"), "persons/weak", "parameters.rate.unit", "'persons/week'"),
    "parameter": (
        (S, "road", "km"),
        "lenght",
        "stations.road.km",
        "unknown parameter 'lenght'; did you mean 'length'?",
    ),
    "unit that does not fit": (
        (S, "coast", "days"),
        "length",
        "stations.coast.days",
        "length in km (a length) cannot stand for days (a time)",
    ),
    "second factor with a unit": (
        (S, "road", "km"),
        "length * rate",
        "stations.road.km",
        "rate in persons/week is a flow, and only the first name of a product may have a unit",
    ),
    "factor that is not pure": (
        (S, "post", "stop"),
        "(1 - length) * stop_rate * evasion",
        "stations.post.stop",
        "length in km is a length, and only the first name",
    ),
    "group": ((S, "home", "departures", "HTJ"), 3, "stations.home.departures.HTJ", "'HTJ' names no group"),
    "group without value": (
        (S, "post", "stop_convoy"),
        {"HTI": 0.2, "VEN/family": 0.1},
        "stations.post.stop_convoy",
        "no value for VEN/single_adult; name them, or give a value for 'other'",
    ),
    "parameter without value": (
        ("parameters", "evasion", "value"),
        {"HTI": 10},
        "parameters.evasion.value",
        "no value for VEN/single_adult and 1 more groups",
    ),
    "low above high": (("parameters", "evasion", "low"), 40, "parameters.evasion.low", "low 40 is above high 30"),
    "below range": (
        (S, "camp", "capacity"),
        -5,
        "stations.camp.capacity",
        "-5 persons/day is below 0; give the number of people a day, 0 or more",
    ),
    "below range later": (
        (S, "camp", "capacity", "steps", LATER),
        -1,
        "stations.camp.capacity.steps.2021-09-01",
        "-1 persons/day on 2021-09-01 is below 0",
    ),
    "above range for a group": (
        (S, "post", "stop_convoy"),
        {"HTI": 0.2, "other": 1.2},
        "stations.post.stop_convoy.other",
        "1.2 for VEN/single_adult is above 1; give a share, from 0 to 1",
    ),
    "lever out of range": (
        ("levers", "stop_rate", "changes", 0, "value"),
        2,
        "stations.post.stop",
        "1.6 on 2021-09-01 for HTI/single_adult is above 1",
    ),
    "parameter out of range": (
        ("parameters", "length", "value"),
        {"VEN": -1, "other": 5},
        "parameters.length.value.VEN",
        "comes to -1 km for VEN/single_adult at stations.road.km, below 0",
    ),
    # stations
    "shares over one": (
        (S, "hearing", "ways", "+"),
        {"name": "moved", "share": {"steps": {START: 0.1, LATER: 0.5}}, "to": "settled"},
        "stations.hearing.ways",
        "the shares come to 1.1 on 2021-09-01 for VEN/single_adult, over 1",
    ),
    "shares below one": (
        (S, "hearing", "ways", "sent_back", "share"),
        {"HTI": 0.6, "VEN": 0.3},
        "stations.hearing.ways",
        "the shares come to 0.9 for VEN/single_adult, below 1; give one way `share: rest`",
    ),
    "rest twice": (
        (S, "hearing", "ways", "admitted", "share"),
        "rest",
        "sent_back.share",
        "a second way takes the rest",
    ),
    "route without time": ((S, "coast", "days"), DROP, "stations.coast", "neither 'days' nor 'km' is given"),
    "route with two times": ((S, "coast", "km"), 50, "stations.coast.days", "both 'days' and 'km' are given"),
    "convoy of nobody": (
        (S, "home", "convoys", 0, "people"),
        {"HTI": {"steps": {START: 9, LATER: 0}}},
        "stations.home.convoys.caravan.people",
        "the convoy has nobody on 2021-09-01",
    ),
    "nowhere to give up to": ((S, "camp", "gave_up"), DROP, "stations.camp.give_up", "but have nowhere to go"),
    "nobody gives up": (
        (S, "camp", "give_up"),
        {"HTI": 0, "other": 0},
        "stations.camp.gave_up",
        "nobody ever gives up",
    ),
    "announced late": (
        ("levers", "stop_rate", "changes", 0, "announced"),
        dt.date(2021, 9, 2),
        "levers.stop_rate.changes.2021-09-01.announced",
        "announced 2021-09-02, after it took effect",
    ),
    "ended early": (
        ("levers", "stop_rate", "changes", 0, "ended"),
        dt.date(2021, 8, 31),
        "levers.stop_rate.changes.2021-09-01.ended",
        "ended 2021-08-31, before it took effect",
    ),
    "changes out of order": (
        ("levers", "stop_rate", "changes", 1, "effective"),
        START,
        "levers.stop_rate.changes.2021-07-01.effective",
        "2021-07-01 stands after 2021-09-01",
    ),
    "changes that overlap": (
        ("levers", "stop_rate", "changes", 0, "ended"),
        dt.date(2022, 2, 1),
        "levers.stop_rate.changes.2022-02-01.effective",
        "while the change before it holds until 2022-02-01",
    ),
    "half a coordinate": (
        ("places", "north", "latitude"),
        29.4,
        "places.north.latitude",
        "'latitude' without 'longitude'",
    ),
    # graph
    "sink that nothing reaches": (
        (S, "+"),
        {"id": "lost", "kind": "sink", "place": "north"},
        "stations.lost",
        "nothing leads to this sink",
    ),
    "station that nothing leads to": (
        (S, "+"),
        {"id": "lost", "kind": "route", "place": "north", "days": 2, "to": "settled"},
        "stations.lost",
        "nothing leads to this station",
    ),
    "group that never leaves": (
        ("groups", "nationalities", "+"),
        "CUB",
        "groups.nationalities.CUB",
        "CUB never sets out: no source, convoy or queue has anybody of this group; give it departures above 0",
    ),
    "household that never leaves": (
        (S, "home", "departures", "VEN"),
        {"family": 3},
        "groups.nationalities.VEN",
        "VEN/single_adult never sets out",
    ),
    "stuck at a choice": (
        (S, "fork", "ways", "coast", "attraction"),
        {"HTI": 1, "VEN": {"steps": {START: 1, LATER: 0}}},
        "stations.fork.ways",
        "no way is open on 2021-09-01 for VEN/single_adult",
    ),
}

#: Changes of more than one place.
TOGETHER = {
    "circle within a day": (
        [((S, "hearing", "ways", "+"), {"name": "appealed", "share": 0.1, "to": "post"})],
        "stations.post",
        "people would go round within a day: post -> camp -> hearing -> post; put a route between",
    ),
    "dead end": (
        [
            ((S, "hearing", "ways", "+"), {"name": "kept", "share": 0.1, "to": "round"}),
            ((S, "+"), {"id": "round", "kind": "route", "place": "south", "days": 1, "to": "and_round"}),
            ((S, "+"), {"id": "and_round", "kind": "route", "place": "south", "days": 1, "to": "round"}),
        ],
        "stations.round",
        "no sink can be reached from here (nor from and_round)",
    ),
    "several that nothing leads to": (
        [
            ((S, "+"), {"id": "one", "kind": "route", "place": "south", "days": 1, "to": "other"}),
            ((S, "+"), {"id": "other", "kind": "route", "place": "south", "days": 1, "to": "lost"}),
            ((S, "+"), {"id": "lost", "kind": "sink", "place": "south"}),
        ],
        "stations.one",
        "nothing leads to this station",
    ),
    "circle of parameters": (
        [
            (("parameters", "dryness", "value"), "heat"),
            (("parameters", "heat"), {"unit": "1", "value": {"HTI": "dryness * 2", "other": 1}}),
        ],
        "parameters.dryness.value",
        "refers to itself: dryness -> heat -> dryness",
    ),
    "unknown code used everywhere": (
        [
            (("groups", "nationalities"), ["HTI", "VNE"]),
            ((S, "fork", "ways", "road", "attraction"), {"VNE": 0, "other": 1}),
        ],
        "groups.nationalities.VNE",
        "did you mean 'VEN'?",
    ),
}


def together(changes):
    data = GOOD
    for path, value in changes:
        data = changed(path, value, data)
    return data


def test_every_case_breaks_the_rule_once():
    assert {rule.__name__ for rule in RULES} == {rule.__name__ for rule in RULES if rule.__doc__}


@pytest.mark.parametrize("case", [*CASES, *TOGETHER])
def test_a_broken_rule_is_said_once(case):
    if case in CASES:
        path, value, key, said = CASES[case]
        changes = [(path, value)]
    else:
        changes, key, said = TOGETHER[case]
    found = faults(together(changes))
    assert len(found) == 1, [str(fault) for fault in found]
    assert key in found[0].key
    assert said in str(found[0])
    assert found[0].mend
    assert "\n" not in str(found[0])
