"""The camp at Del Rio: people are kept, statements are read as what they are, known camps are found again."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from vado.engine import run
from vado.errors import BadValueError
from vado.ledger.ledger import open_ledger
from vado.network.model import Parameter
from vado.network.read import load_corridor
from vado.policy.camp import ask, tables
from vado.policy.camp.beforehand import LEVELS, beforehand
from vado.policy.camp.fit import fit_camp, parameters, posterior_paths, present, unknowns
from vado.policy.camp.headcounts import Headcount, from_log, moments, read_headcounts, to_log
from vado.policy.camp.leave_out import left_out, line_scores, straight_line, told
from vado.policy.camp.paths import CAMP, DAYS, FLIGHTS, Paths, at, mean_paths
from vado.policy.camp.priors import TO_END, draw
from vado.policy.camp.totals import SORTS, Total, read_totals, usable


@pytest.fixture(scope="module")
def network():
    return load_corridor("del_rio")


@pytest.fixture(scope="module")
def ledger():
    with open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def hindcast(ledger):
    return ask.del_rio(ledger, members=100, seed=1)


def headcount(date="2021-09-17", value=12000.0, kind="reported", first=11.0, last=11.0, published="2021-09-20"):
    day = dt.date.fromisoformat
    return Headcount(day(date), value, kind, first, last, "", "someone", day(published), "invented")


def state_of(members, headcounts=0, seed=5):
    return np.random.default_rng(seed).standard_normal((unknowns(headcounts), members))


def test_a_day_adds_up_and_agrees_with_what_the_engine_counts(network):
    members = 7
    given = parameters(network, state_of(members))
    paths = mean_paths(network, given, members)
    made = run(network, given, days=DAYS, members=members, mean=True, daily=(CAMP, FLIGHTS))
    counted = made.sum(["time", "nationality", "household"])
    for counter, ours in (
        ("met", paths.arrived),
        ("taken_in", paths.taken_in),
        ("gone_back", paths.gone_back),
        ("flown", paths.flown),
    ):
        np.testing.assert_allclose(
            ours.sum(axis=1), counted[counter].sum("place"), rtol=1e-6, atol=1e-6, err_msg=counter
        )
    for sink, ours in (("other_sectors", paths.moved), ("released", paths.released)):
        np.testing.assert_allclose(ours.sum(axis=1), counted["ended"].sel(sink=sink), rtol=1e-6, atol=1e-6)
    left = (paths.taken_in + paths.gone_back).sum(axis=1) + paths.occupancy[:, -1]
    np.testing.assert_allclose(left, paths.arrived.sum(axis=1), rtol=1e-9)


def test_nobody_is_flown_before_the_flights(network):
    paths = mean_paths(network, parameters(network, state_of(5)), 5)
    first = (dt.date(2021, 9, 19) - network.start).days
    assert np.abs(paths.flown[:, :first]).max() < 1e-6
    assert (paths.flown[:, first:].sum(axis=1) > 0).all()


def test_a_prior_has_its_range():
    share = Parameter(unit="share", value=0.3, low=0.1, high=0.6, distribution="logitnormal")
    logit = np.log(0.6 / 0.4) - np.log(0.1 / 0.9)
    low, high = draw(share, [-TO_END, TO_END], 0.3)
    assert np.log(high / (1 - high)) - np.log(low / (1 - low)) == pytest.approx(logit)
    with pytest.raises(BadValueError, match="has no prior"):
        draw(Parameter(unit="share", value=0.3), [0.0], 0.3)


def test_a_bound_speaks_of_one_side():
    exact, over, nearly = (headcount(kind=kind) for kind in ("approx", "lower_bound", "upper_bound"))
    assert from_log(over.observed) == pytest.approx(12500)
    assert from_log(nearly.observed) == pytest.approx(11500)
    assert from_log(exact.observed) == pytest.approx(12000)
    assert over.error > exact.error
    assert float(over.stated(12500.0)) == pytest.approx(12000, rel=1e-3)


@pytest.mark.parametrize(
    ("whose", "date", "first", "last"),
    [
        ("Del Rio mayor B. Lozano", "2021-09-15", 15.5, 15.5),
        ("US Border Patrol", "2021-09-16", 8.0, 18.0),
        ("AP / NY Post estimate", "2021-09-17", 18.0, 24.0),
        ("DHS officials", "2021-09-23", 0.0, 22.0),
        ("press text on Sen. Hawley", "2021-09-22", -24.0, 22.0),
    ],
)
def test_hours_are_those_of_the_statement(ledger, whose, date, first, last):
    found = [one for one in read_headcounts(ledger) if one.whose == whose and f"{one.date}" == date]
    assert (first, last) in [(one.first_hour, one.last_hour) for one in found]


def test_a_day_of_a_run_begins_at_six(network):
    noon = headcount(date="2021-09-10", first=12.0, last=18.0)
    assert moments([noon], network.start, [[0.0, 1.0]]).tolist() == [[1.25, 1.5]]
    occupancy = np.array([[0.0, 400.0, 800.0]])
    assert at(occupancy, np.array([[1.25], [2.5], [9.0]])).ravel().tolist() == [100.0, 600.0, 800.0]


def test_a_peak_is_the_largest_number_until_it_was_named(network):
    peak = headcount(date="2021-09-10", kind="reported_peak", published="2021-09-11")
    occupancy = np.array([[100.0, 300.0, 200.0, 900.0]])
    assert present([peak], network.start, occupancy, np.array([[0.1]])).item() == 300.0


def test_a_total_adds_up_its_days(network):
    days = np.arange(1.0, DAYS + 1)[None, :]
    paths = Paths(network.start, *(days * factor for factor in range(7)))
    sort = next(sort for sort in SORTS if sort.outcome == "encountered")
    day = dt.date(2021, 9, 10)
    total = Total(sort, day, dt.date(2021, 9, 12), 10.0, 10.0, 10.0, "someone", day, "invented")
    assert total.of(paths).tolist() == [2.0 + 3.0 + 4.0]


def test_a_known_camp_is_found_again(network):
    truth_state = np.zeros((unknowns(0), 1))
    # Arrivals triple on three days running and fall again later; all else as in the middle of the prior.
    truth_state[4:7] = 2.2
    truth_state[10:13] = -2.2
    truth = mean_paths(network, parameters(network, truth_state), 1).occupancy
    generator = np.random.default_rng(3)
    counts = []
    for day in range(3, DAYS - 2):
        date = (network.start + dt.timedelta(days=day)).isoformat()
        there = at(truth, np.array([[day + 0.25]])).item()
        said = max(float(from_log(to_log(there) + 0.08 * generator.standard_normal())), 0.0)
        counts.append(headcount(date=date, value=said, first=12.0, last=12.0, published="2021-09-27"))
    fitted = fit_camp(network, counts, (), members=150, seed=2)
    low, middle, high = np.quantile(posterior_paths(fitted).occupancy[:, 3 : DAYS - 2], [0.025, 0.5, 0.975], axis=0)
    inside = (low <= truth[0, 3 : DAYS - 2]) & (truth[0, 3 : DAYS - 2] <= high)
    assert inside.mean() >= 0.75
    assert np.abs(to_log(middle) - to_log(truth[0, 3 : DAYS - 2])).mean() < 0.10
    prior = mean_paths(network, parameters(network, state_of(150)), 150).occupancy[:, 3 : DAYS - 2]
    assert (to_log(high) - to_log(low)).mean() < 0.3 * np.ptp(
        np.quantile(to_log(prior), [0.025, 0.975], axis=0), axis=0
    ).mean()


def test_one_seed_gives_one_posterior(network, ledger):
    counts = read_headcounts(ledger, dt.date(2021, 9, 17))
    first, again, other = (fit_camp(network, counts, (), members=30, seed=seed).state for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_is_left_out_is_no_evidence(network, ledger):
    counts = list(read_headcounts(ledger, dt.date(2021, 9, 18)))
    one = counts.pop(2)
    fitted = fit_camp(network, counts, (), members=30, seed=1)
    there = left_out(fitted, one, 1)
    assert there.shape == (30,)
    assert one not in fitted.headcounts
    near, far = (told(headcount(value=value), np.full(30, 12000.0), 1) for value in (12000.0, 3000.0))
    assert near.log_density > far.log_density + 3
    assert near.low < 12000 < near.high


def test_a_density_of_what_is_told_adds_up_to_one():
    there = np.array([4000.0, 5000.0, 9000.0])
    values = np.arange(0.5, 60000.0, 20.0)
    densities = [np.exp(told(headcount(value=value), there, 1).log_density) for value in values[::10]]
    # The error depends on the number stated, so that the sum is near one and not one.
    assert 200.0 * np.sum(densities) == pytest.approx(1.0, abs=0.1)


def test_the_straight_line_goes_through_what_is_straight(network):
    counts = [headcount(date=f"2021-09-{day}", value=1000.0 * day) for day in (12, 14, 15, 19)]
    line = straight_line(counts, network.start)
    assert np.isnan(line[[0, 3]]).all()
    np.testing.assert_allclose(line[1:3], [14000.0, 15000.0])
    values = np.array([100.0, 1000.0, 10000.0])
    scale, scores = line_scores(values, values * np.array([1.1, 0.9, 1.1]))
    assert scale != "absolute"
    assert np.isfinite(scores).all()


def test_contradictions_are_found_and_only_they():
    low, high = headcount(value=5000.0, first=0.0, last=22.0), headcount(value=9000.0, first=0.0, last=22.0)
    later = headcount(value=9000.0, first=23.0, last=23.5)
    assert len(tables.contradictions([low, high], [])) == 1
    assert tables.contradictions([low, later], []).empty
    assert tables.contradictions([low, headcount(value=5400.0, first=0.0, last=22.0)], []).empty


def test_the_hindcast_stands_on_statements_of_its_sources(hindcast, ledger):
    counted = hindcast.tables["headcounts"]
    observed = ledger.observe("camp_headcount")
    assert sorted(counted["value"]) == sorted(observed["value"])
    assert set(counted["source_id"]) == set(observed["source_id"])
    assert set(hindcast.tables) >= {"camp", "peak", "ends", "contradictions", "beforehand", "chances"}
    json.loads(hindcast.to_json())
    assert not counted["moment"].duplicated().any()


def test_the_peak_is_near_the_one_named(hindcast):
    peak = hindcast.tables["peak"].iloc[0]
    assert peak["stated"] == 14872
    assert abs(peak["median"] / peak["stated"] - 1) < 0.10
    assert pd.Timestamp("2021-09-17") <= peak["day"] <= pd.Timestamp("2021-09-19")


def test_totals_are_kept_apart_from_what_is_shown_only(hindcast, ledger, network):
    ends = hindcast.tables["ends"]
    assert len(usable(read_totals(ledger, network.start))) == ends["used"].sum() < len(ends)
    two = ends[(ends["outcome"] == "expelled_to_haiti") & (ends["last_day"] == dt.date(2021, 9, 24))]
    assert sorted(two["stated"]) == [2000, 2276]


def test_nothing_is_known_before_it_was_published(ledger):
    seen = dt.date(2021, 9, 18)
    answer = ask.del_rio(ledger, as_of=seen, members=20)
    assert answer.as_of == seen
    assert (answer.tables["headcounts"]["published"] <= seen).all()
    assert (answer.tables["ends"]["published"] <= seen).all()
    assert 14872 not in set(answer.tables["headcounts"]["value"])
    so_far, ahead = answer.tables["peak"]["until"]
    assert so_far == pd.Timestamp("2021-09-18")
    assert ahead > so_far


def test_before_any_headcount_there_is_a_forecast_alone(ledger):
    answer = ask.del_rio(ledger, as_of="2021-09-13", members=100)
    assert "headcounts" not in answer.tables
    chances = [answer.tables["beforehand"][f"chance_{level}"].item() for level in LEVELS]
    assert chances == sorted(chances, reverse=True)
    assert (pd.to_datetime(answer.tables["known_beforehand"]["until"]) < pd.Timestamp("2021-09-13")).all()
    assert any(item["name"] == "together" for item in answer.assumed)


def test_a_forecast_of_early_september_does_not_know_august_in_the_darien(ledger, network):
    early = beforehand(ledger, network, dt.date(2021, 9, 1), 50, 1).known.set_index("what")["until"]
    late = beforehand(ledger, network, dt.date(2021, 10, 20), 50, 1).known.set_index("what")["until"]
    assert early.filter(like="Darién").item() == dt.date(2021, 7, 31)
    assert late.filter(like="Darién").item() == dt.date(2021, 9, 30)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"as_of": "2010-01-01"}, "no darien_transits of the twelve months before 2010-01-01"),
        ({"members": 19}, "19 members are too few"),
        ({"as_of": "2021-09-31"}, "is not a day"),
    ],
)
def test_bad_input_is_refused_in_one_line(ledger, options, said):
    with pytest.raises(BadValueError, match=said) as raised:
        ask.del_rio(ledger, **options)
    assert "\n" not in str(raised.value)
