"""The corridor to the southwest border: it reads, keeps its people, and its levers act from their day on."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from vado.engine import run
from vado.forecast.structural import known_network
from vado.network.evaluate import Evaluator
from vado.network.read import load_corridor
from vado.network.values import Axes


@pytest.fixture(scope="module")
def network():
    return load_corridor("us_mexico")


@pytest.fixture(scope="module")
def expected(network):
    return run(network, months=36, mean=True).isel(draw=0, household=0)


def test_people_are_neither_made_nor_lost(network):
    months = 20
    made = run(network, months=months, mean=True).isel(draw=0, household=0)
    somewhere = made["ended"].sum(["time", "sink"]) + made["waiting"].isel(time=-1).sum("queue")
    somewhere = somewhere + made["travelling"].isel(time=-1)
    firsts = pd.date_range(network.start, periods=months, freq="MS")
    days = np.array([first.toordinal() for first in firsts])
    departed = Evaluator(network, Axes(network.group_names, days)).parameter("departures").sum(axis=1)
    np.testing.assert_allclose(somewhere.to_numpy(), departed, rtol=1e-6)


def test_a_visa_changes_nothing_before_its_day(network, expected):
    without = run(network, {"mexico.visa_required": 0.0}, months=36, mean=True).isel(draw=0, household=0)
    of_ecuador = (expected["sw_encounters"] - without["sw_encounters"]).sel(nationality="ECU").sum("place")
    assert abs(of_ecuador.sel(time=slice(None, "2021-08-31"))).max() < 1e-6
    assert of_ecuador.sel(time="2021-11-30").item() < -500
    others = [code for code in network.groups.nationalities if code not in ("ECU", "BRA", "VEN")]
    change = expected["sw_encounters"].sel(nationality=others) - without["sw_encounters"].sel(nationality=others)
    # Others feel a visa only through the line at the ports.
    assert abs(change.drop_sel(place="OFO")).max() < 1e-6


def test_ports_serve_no_more_than_their_capacity(expected):
    served = expected["sw_encounters"].sel(place="OFO").sum("nationality")
    days = served["time"].dt.days_in_month
    assert (served <= 400 * days + 1e-6).all()


def test_who_is_expelled_is_encountered_again(network, expected):
    once = run(network, {"tries_again": 0.0}, months=36, mean=True).isel(draw=0, household=0)
    more = expected["sw_encounters"].sum() / once["sw_encounters"].sum()
    assert 1.1 < more < 1.6


def test_a_later_day_is_not_known_before(network):
    def visas(day):
        return len(known_network(network, day).levers["mexico.visa_required"].changes)

    # Announced on 20 August 2021, in force from 4 September.
    assert [visas(dt.date(2021, 8, day)) for day in (19, 20)] == [0, 1]
    title_42 = known_network(network, dt.date(2023, 5, 1)).levers["us.expulsion_share"].changes
    assert title_42[0].ended is None


def test_counters_are_named_as_the_measures_of_the_ledger(network):
    from vado.forecast.fit.observed import ERRORS

    assert set(network.counters) == set(ERRORS)
    assert all(np.isfinite(error) for error in ERRORS.values())
