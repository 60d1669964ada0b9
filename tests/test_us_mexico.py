"""The corridor to the southwest border: it reads, keeps its people, and its levers act from their day on."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import vado
from vado.engine import run
from vado.forecast.fit.households import SHARE, by_household, together
from vado.forecast.fit.observed import ERRORS, read_observed
from vado.forecast.fit.solve import LIFTED, fixed_of
from vado.forecast.fit.start import start_of
from vado.network.evaluate import Evaluator
from vado.network.known import known
from vado.network.read import load_corridor
from vado.network.values import Axes


@pytest.fixture(scope="module")
def network():
    return load_corridor("us_mexico")


@pytest.fixture(scope="module")
def expected(network):
    return run(network, months=36, mean=True).isel(draw=0).sum("household")


def test_people_are_neither_made_nor_lost(network):
    months = 20
    made = run(network, months=months, mean=True).isel(draw=0).sum("household")
    somewhere = made["ended"].sum(["time", "sink"]) + made["waiting"].isel(time=-1).sum("queue")
    somewhere = somewhere + made["travelling"].isel(time=-1)
    firsts = pd.date_range(network.start, periods=months, freq="MS")
    days = np.array([first.toordinal() for first in firsts])
    evaluator = Evaluator(network, Axes(network.group_names, days))
    of_groups = (evaluator.parameter("departures") * evaluator.parameter("household_share")).sum(axis=1)
    departed = of_groups.reshape(len(network.groups.nationalities), -1).sum(axis=1)
    np.testing.assert_allclose(somewhere.to_numpy(), departed, rtol=1e-6)


def test_a_visa_changes_nothing_before_its_day(network, expected):
    without = run(network, {"mexico.visa_required": 0.0}, months=36, mean=True).isel(draw=0).sum("household")
    of_ecuador = (expected["sw_encounters"] - without["sw_encounters"]).sel(nationality="ECU").sum("place")
    assert abs(of_ecuador.sel(time=slice(None, "2021-08-31"))).max() < 1e-6
    assert of_ecuador.sel(time="2021-11-30").item() < -500
    others = [code for code in network.groups.nationalities if code not in ("ECU", "BRA", "VEN")]
    change = expected["sw_encounters"].sel(nationality=others) - without["sw_encounters"].sel(nationality=others)
    # Others feel a visa only where they share a line: at the ports, and in the custody of a full sector.
    assert abs(change.drop_sel(place="OFO")).max() < 1e-6


def test_ports_serve_no_more_than_their_capacity(expected):
    served = expected["sw_encounters"].sel(place="OFO").sum("nationality")
    days = served["time"].dt.days_in_month
    assert (served <= 400 * days + 1e-6).all()


def test_who_is_expelled_is_encountered_again(network, expected):
    once = run(network, {"tries_again": 0.0}, months=36, mean=True).isel(draw=0).sum("household")
    more = expected["sw_encounters"].sum() / once["sw_encounters"].sum()
    assert 1.1 < more < 1.6


def test_a_later_day_is_not_known_before(network):
    def visas(day):
        return len(known(network, day).levers["mexico.visa_required"].changes)

    # Announced on 20 August 2021, in force from 4 September.
    assert [visas(dt.date(2021, 8, day)) for day in (19, 20)] == [0, 1]
    title_42 = known(network, dt.date(2023, 5, 1)).levers["us.expulsion_share"].changes
    assert title_42[0].ended is None


def test_counters_on_which_the_fit_rests_are_measures_of_the_ledger(network):
    assert set(ERRORS) <= set(network.counters)
    with vado.open_ledger() as ledger:
        assert set(ERRORS) <= set(ledger.read("measures")["measure"])


def test_household_kinds_together_give_the_same_encounters(network):
    """The fit joins household kinds: encounters of a nationality then agree with those of its kinds apart."""
    months = pd.period_range("2021-01", "2021-12", freq="M")
    with vado.open_ledger() as ledger:
        rows = ledger.observe("sw_encounters", start="2021-01-01", end="2021-12-31")
        observed = read_observed(ledger, dt.date(2023, 11, 30), months[0], months[-1])
        start = start_of(ledger, dt.date(2023, 11, 30), observed)
    apart = by_household(rows, months)
    lifted = {name: value for name, value in LIFTED.items() if name != SHARE}
    first = dt.date(2021, 1, 1)
    separate = run(network, {**apart, **lifted}, months=12, start=first, mean=True)
    joined = together(network)
    one = run(joined, fixed_of(joined, observed, start), months=12, start=first, mean=True)
    names = ["place", "household"]
    ours = separate["sw_encounters"].isel(draw=0, time=slice(6, None)).sum(["time", *names])
    theirs = one["sw_encounters"].isel(draw=0, time=slice(6, None)).sum(["time", *names])
    np.testing.assert_allclose(ours, theirs, rtol=0.03)


def test_household_kinds_come_to_one(network):
    months = pd.period_range("2020-01", "2023-09", freq="M")
    with vado.open_ledger() as ledger:
        apart = by_household(ledger.observe("sw_encounters"), months)
    np.testing.assert_allclose(apart[SHARE].sum("household"), 1)
    families = apart["expelled_share"].sel(household="unaccompanied_child", time=slice("2021-03-01", "2023-04-01"))
    # Unaccompanied children were excepted from expulsion in February 2021.
    assert float(families.mean()) < 0.02


def test_mexicos_states_are_assumed_and_come_to_less_than_all(network):
    shares = {name: p for name, p in network.parameters.items() if name.startswith("share_from_")}
    assert len(shares) == 11
    assert 0.3 < sum(float(p.model_dump()["value"]) for p in shares.values()) < 1
    assert {p.status for p in shares.values()} == {"assumed"}


def test_a_limit_on_passage_lowers_the_peak_and_not_the_departures(network):
    held = {"mexico.passage_limit": 2000.0}
    free = run(network, months=24, mean=True).isel(draw=0)
    limited = run(network, held, months=24, mean=True).isel(draw=0)
    xr.testing.assert_allclose(free["set_out"], limited["set_out"])
    gate = limited["waiting"].sel(queue="southern_gate").sum(["nationality", "household"])
    assert float(gate.max()) > 1000
    served = [r["mx_events"].sum(["place", "nationality", "household"]) for r in (free, limited)]
    assert float(served[1].max()) < float(served[0].max())


@pytest.mark.parametrize(
    ("lever", "value", "counter", "rises"),
    [
        ("mexico.detention_rate", 1.5, "mx_events", True),
        ("us.removal_flights", 2000.0, "removals", True),
        ("us.release_share", 0.2, "releases", False),
        ("us.work_visas", 100_000.0, "sw_encounters", False),
        ("us.parole", 0.3, "sw_encounters", False),
        ("us.expulsion_share", 0.0, "expulsions", False),
        ("us.return_to_mexico", 0.5, "releases", False),
    ],
)
def test_a_lever_moves_what_it_should(network, lever, value, counter, rises):
    when = {"months": 18, "start": dt.date(2021, 6, 1), "mean": True}
    before = run(network, **when)[counter].sum().item()
    after = run(network, {lever: value}, **when)[counter].sum().item()
    assert (after > before * 1.002) if rises else (after < before * 0.998)
