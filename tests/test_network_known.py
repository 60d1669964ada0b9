"""A day knows the changes that were announced by it; a scenario takes the place of what came from its first date on."""

import datetime as dt

import numpy as np
import pytest

from vado.errors import DescriptionError, UnknownNameError
from vado.network.evaluate import Evaluator
from vado.network.known import known, with_changes
from vado.network.read import read
from vado.network.values import Axes

FORD = "docs/examples/ford.yaml"


@pytest.fixture(scope="module")
def ford(request):
    return read(request.config.rootpath / FORD)


def table(network, name):
    days = range(dt.date(2021, 7, 1).toordinal(), dt.date(2022, 7, 1).toordinal())
    return Evaluator(network, Axes(network.group_names, np.array(days))).parameter(name)


def dates(network, name):
    return [change.effective for change in network.levers[name].changes]


def test_a_day_knows_what_was_announced_by_it(ford):
    second, winter = dt.date(2021, 9, 1), dt.date(2022, 2, 1)
    assert dates(known(ford, dt.date(2021, 8, 19)), "south.stop_rate") == []
    assert dates(known(ford, dt.date(2021, 8, 20)), "south.stop_rate") == [second]
    # Without a day of announcement a change is known from the day it takes effect.
    assert dates(known(ford, dt.date(2022, 1, 31)), "south.stop_rate") == [second]
    assert dates(known(ford, dt.date(2022, 2, 1)), "south.stop_rate") == [second, winter]
    assert known(ford, dt.date(2022, 2, 1)) == ford


def test_a_scenario_ends_what_still_held(ford):
    network = with_changes(ford, {"south.stop_rate": [{"effective": dt.date(2021, 10, 1), "value": 0.9}]})
    changes = network.levers["south.stop_rate"].changes
    assert [(change.effective, change.ended) for change in changes] == [
        (dt.date(2021, 9, 1), dt.date(2021, 9, 30)),
        (dt.date(2021, 10, 1), None),
    ]
    stop = table(network, "south.stop_rate")[0]
    assert stop[0] == 0.25
    assert stop[(dt.date(2021, 9, 30) - dt.date(2021, 7, 1)).days] == 0.55
    assert (stop[(dt.date(2021, 10, 1) - dt.date(2021, 7, 1)).days :] == 0.9).all()
    assert (table(ford, "north.places_a_week") == table(network, "north.places_a_week")).all()


def test_a_scenario_that_says_what_holds_changes_nothing(ford):
    changes = [{"effective": dt.date(2022, 2, 1), "value": 0.35}]
    same = with_changes(ford, {"south.stop_rate": changes})
    assert (table(same, "south.stop_rate") == table(ford, "south.stop_rate")).all()


def test_scenarios_with_mistakes_are_refused_with_all_of_them(ford):
    with pytest.raises(UnknownNameError, match=r"did you mean 'south\.stop_rate'"):
        with_changes(ford, {"south.stop_rat": []})
    wrong = [{"effective": dt.date(2021, 10, 1), "valu": 0.9}, {"value": 2}]
    with pytest.raises(DescriptionError) as caught:
        with_changes(ford, {"south.stop_rate": wrong, "north.places_a_week": [{"effective": "soon", "value": 1}]})
    said = str(caught.value)
    assert "valu" in said
    assert "effective" in said
    assert "north.places_a_week" in said
    backwards = [{"effective": dt.date(2021, month, 1), "value": 0.9} for month in (11, 10)]
    with pytest.raises(DescriptionError, match="out of order"):
        with_changes(ford, {"south.stop_rate": backwards})
