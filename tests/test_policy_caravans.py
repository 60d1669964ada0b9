"""Caravans as convoys: figures kept apart, rates that are recovered, runs that obey the rules of a convoy, no leaks."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from vado.errors import BadValueError, UnknownNameError
from vado.ledger.ledger import open_ledger
from vado.network.read import load_corridor
from vado.policy import caravan_sizes
from vado.policy.caravan_march import LEAVERS_COUNTED, Walk, begun, followed, walk_of
from vado.policy.caravan_sizes import AT_LEAST, attrition, kind_of, paces, sizes, stated_width
from vado.policy.caravans import caravans
from vado.report import svg

OCTOBER = "2021_10_23"
MEMBERS = 60


@pytest.fixture(scope="module")
def ledger():
    with open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def figures(ledger):
    return sizes(ledger)


@pytest.fixture(scope="module")
def answer(ledger):
    return caravans(ledger, members=MEMBERS)


@pytest.fixture(scope="module")
def network():
    return load_corridor("caravan")


def invented(caravans=10, rate=0.03, spread=0.01, error=0.2, organisers=0.4, seed=3):
    """Return figures of caravans whose errors and sorts of source are known, and the rate of each."""
    random = np.random.default_rng(seed)
    rows, rates = [], {}
    for number in range(caravans):
        level = math.log(random.uniform(500, 6000))
        own = rates[f"c{number}"] = random.normal(rate, spread)
        for days in (0, 0, 6, 12, 20, 30):
            kind = "organiser" if random.random() < 0.4 else "press"
            adds = organisers if kind == "organiser" else 0.0
            value = math.exp(level - own * days + adds + random.normal(0, error))
            rows.append((f"c{number}", float(days), kind, "", value, np.nan, np.nan, True))
    return pd.DataFrame(rows, columns=["caravan", "days", "kind", "bound", "value", "low", "high", "whole"]), rates


# What was reported


def test_figures_of_one_day_stand_side_by_side_as_the_ledger_has_them(ledger, figures):
    observed = ledger.observe("caravan_size", attributes={"caravan": OCTOBER}, end="2021-10-23")
    ours = figures[(figures["caravan"] == OCTOBER) & (figures["days"] == 0)]
    assert len(ours) == len(observed) > 3
    assert set(ours["source_id"]) == set(observed["source_id"])
    assert sorted(ours["low"]) == sorted(observed["low"])
    assert set(ours.loc[ours["bound"] == AT_LEAST, "value"]) == {2000.0, 3000.0}


def test_people_in_lorries_and_counts_of_caravans_are_no_caravans(figures, answer):
    named = {*figures["caravan"], *answer.tables["caravans"]["caravan"]}
    assert not [key for key in named if "truck" in key or key.endswith("_all")]
    assert "2019_04" in named


def test_a_range_is_read_as_an_interval_and_a_bound_as_none():
    table = pd.DataFrame({"low": [3000.0, 3000.0], "high": [4000.0, np.nan], "bound": ["range", AT_LEAST]})
    assert stated_width(table) == pytest.approx([math.log(4 / 3) / 3.29, 0.0])


@pytest.mark.parametrize(
    ("whose", "kind"),
    [
        ("Pueblo Sin Fronteras", "organiser"),
        ("Irineo Mujica via EFE", "organiser"),
        ("IOM via Rep. Cuellar", "international organisation"),
        ("INM via CIS", "authority"),
        ("Mexican authorities via LA Times", "authority"),
        ("AP via The Hill", "press"),
        ("Reuters via NTD", "press"),
    ],
)
def test_a_name_tells_the_sort_of_source(whose, kind):
    assert kind_of(whose) == kind


def test_the_pace_is_the_distance_over_the_days_since_the_departure(ledger):
    table = paces(ledger)
    whole = table[(table["caravan"] == OCTOBER) & table["long"]].iloc[0]
    assert (whole["km"], whole["days"]) == (1150, (pd.Timestamp("2021-12-13") - pd.Timestamp("2021-10-23")).days)
    two_days = table[(table["caravan"] == "2022_06_06") & (table["what"] == "distance_in_two_days")]
    assert list(two_days["km_per_day"]) == [21.0]
    miles = table[table["what"] == "speed_first_days"].iloc[0]
    assert miles["km_per_day"] == pytest.approx(30 * 1.609344)


# How fast caravans shrink


def test_known_rates_errors_and_sorts_of_source_are_recovered():
    found = attrition(invented()[0])
    for draws, truth in ((found.common, 0.03), (found.error, 0.2), (found.adds["organiser"], 0.4)):
        low, high = np.quantile(draws, [0.025, 0.975])
        assert low <= truth <= high
        assert high - low < 0.4  # the prior alone is 1.8 wide for a sort of source
    assert np.median(found.common) == pytest.approx(0.03, abs=0.008)
    assert np.quantile(found.adds["authority"], [0.05, 0.95]) == pytest.approx([-0.74, 0.74], abs=0.05)  # the prior


def test_intervals_of_single_caravans_cover_their_rates():
    inside = []
    for seed in range(10):
        table, rates = invented(seed=seed)
        found = attrition(table, draws=1000).rates
        inside += [
            bool(np.diff(np.sign(np.quantile(found[key], [0.05, 0.95]) - rate))[0]) for key, rate in rates.items()
        ]
    assert len(inside) == 100
    assert 0.82 <= np.mean(inside) <= 0.98  # 90 of 100, give or take what chance allows


def test_a_caravan_with_few_figures_leans_on_the_others():
    table = invented()[0]
    few = pd.DataFrame({"days": [0.0, 2.0], "value": [2000.0, 1000.0]})
    few = few.assign(caravan="few", kind="press", bound="", low=np.nan, high=np.nan, whole=True)
    own_slope = math.log(2) / 2
    pooled = np.median(attrition(pd.concat([table, few], ignore_index=True)).rates["few"])
    assert 0.03 < pooled < own_slope / 3


def test_the_evidence_is_the_density_of_a_normal_vector():
    random = np.random.default_rng(0)
    design, prior, noise = random.normal(size=(5, 3)), np.array([0.5, 2.0, 1.0]), np.full(5, 0.3)
    excess = random.normal(size=5)
    covariance = design @ np.diag(prior) @ design.T + np.diag(noise)
    exact = multivariate_normal(np.zeros(5), covariance).logpdf(excess)
    constant = -2.5 * math.log(2 * math.pi)
    assert caravan_sizes._evidence(excess, design, prior, noise) + constant == pytest.approx(exact)


def test_without_figures_rates_come_from_the_prior(figures):
    found = attrition(figures.head(0))
    assert np.std(found.common) == pytest.approx(caravan_sizes.RATE_PRIOR, rel=0.05)


# The two runs


def given(**changes):
    return {"people": 1000.0, "straggling": 0.02, "pace": 25.0, **changes}


def test_all_who_set_out_come_or_are_returned_and_are_as_many_in_both_runs(network):
    for share in (1.0, 0.0):
        walk = walk_of(network, given(), share, 20, 1)
        assert (walk.border[:, -1] + walk.returned[:, -1] == 1000).all()


def test_a_convoy_that_loses_nobody_is_stopped_as_a_whole_or_not_at_all(network):
    walk = walk_of(network, given(straggling=0.0), 1.0, 1500, 1)
    assert set(np.unique(walk.stopped)) == {0.0, 1000.0}
    chance = 1 - 0.9**3
    assert (walk.stopped > 0).mean() == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 1500))


def test_individuals_are_stopped_one_by_one(network):
    walk = walk_of(network, given(), 0.0, 200, 1)
    chance = 1 - 0.9**3
    share = walk.stopped / 1000
    assert share.mean() == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 200_000))
    assert share.std() == pytest.approx(math.sqrt(chance * (1 - chance) / 1000), rel=0.25)


def test_a_convoy_that_is_never_stopped_comes_on_one_day_at_its_pace(network):
    walk = walk_of(network, given(straggling=0.0, stop_together=0.0), 1.0, 3, 1)
    assert (np.count_nonzero(walk.arrivals, axis=1) == 1).all()
    days = sum(math.ceil(km / 25) for km in (42, 208, 900, 1280))
    assert (np.argmax(walk.arrivals, axis=1) == days).all()


def test_the_size_of_the_convoy_falls_at_its_rate(network):
    counted = walk_of(network, {**given(stop_together=0.0), **LEAVERS_COUNTED}, 1.0, 300, 1)
    size = counted.people[:, None] - counted.border - counted.returned
    for day in (1, 10, 60):
        left = math.exp(-0.02 * day)
        assert size[:, day].mean() == pytest.approx(1000 * left, abs=4 * math.sqrt(1000 * left * (1 - left) / 300))
    assert (np.diff(size[:, :90], axis=1) <= 0).all()


def test_taking_leavers_off_the_road_leaves_the_convoy_as_it_was(network):
    both = [walk_of(network, {**given(), **extra}, 1.0, 100, 7) for extra in ({}, LEAVERS_COUNTED)]
    plain, counted = (walk.arrivals for walk in both)
    day = np.argmax(counted, axis=1)
    come = counted[np.arange(100), day] > 50  # the convoy itself came, not one of those who left late
    assert come.sum() > 50
    behind = plain[np.arange(100), day][come] - counted[np.arange(100), day][come]
    assert (behind >= 0).all()
    assert behind.max() < 60  # beside it only some who left earlier and came on the same day


def test_outcomes_of_a_run_small_enough_to_work_out_by_hand():
    border = np.array([[0, 0, 5, 5, 5, 5, 5, 5, 5, 9, 10.0]])
    walk = Walk(np.array([20.0]), border, np.full((1, 11), 4.0), np.array([6.0]))
    found = {name: float(values[0]) for name, (_, values) in walk.outcomes().items()}
    assert found["came to the northern border"] == 10
    assert found["share who came"] == 0.5
    assert found["share stopped on the way"] == 0.3
    assert found["share returned"] == 0.2
    assert found["most arrivals in a week"] == 5  # days 2 to 8 or 4 to 10; all ten are nine days apart
    assert found["most arrivals on a day"] == 5
    assert found["mean days on the way of those who came"] == (5 * 2 + 4 * 9 + 10) / 10


def test_the_description_begins_on_the_caravans_day_and_its_ways_add_up(network):
    moved = begun(network, pd.Timestamp("2018-10-20").date())
    assert moved.start == moved.station("together").convoys[0].day == pd.Timestamp("2018-10-20").date()
    km = {name: network.parameters[name].value.number for name in network.parameters if name.startswith("km_")}
    assert km.pop("km_whole_way") == sum(km.values())


# The answer


def test_every_row_has_a_source_and_every_chart_can_be_drawn(answer):
    assert {"caravans", "sizes", "attrition", "comparison", "size_by_day"} <= set(answer.tables)
    assert json.loads(answer.to_json())["tables"]["comparison"]
    for chart in answer.charts:
        assert chart.title in svg(chart, answer.tables)


def test_the_same_seed_gives_the_same_answer_and_another_seed_another(ledger, answer):
    assert caravans(ledger, members=MEMBERS).to_json() == answer.to_json()
    few = [caravans(ledger, members=5, seed=seed).tables["comparison"] for seed in (1, 2)]
    assert not few[0].equals(few[1])


def test_each_member_begins_with_one_of_the_rivals(figures, answer):
    first = followed(figures, OCTOBER).query("walked == 0")
    start = answer.tables["size_by_day"].iloc[0]
    assert start["size_low_90"] < first["value"].min()
    assert start["size_high_90"] > first["value"].max()
    assert start["share_walking"] == 1


def test_later_figures_of_the_caravan_do_not_move_its_own_run(ledger, answer, monkeypatch):
    known = caravan_sizes.sizes

    def changed(*arguments):
        table = known(*arguments)
        later = (table["caravan"] == OCTOBER) & (table["days"] > 0)
        return table.assign(value=table["value"].where(~later, 9 * table["value"]))

    monkeypatch.setattr(caravan_sizes, "sizes", changed)
    other = caravans(ledger, members=MEMBERS)
    pd.testing.assert_frame_equal(other.tables["size_by_day"], answer.tables["size_by_day"])
    pd.testing.assert_frame_equal(other.tables["comparison"], answer.tables["comparison"])
    rates = [found.tables["attrition"].set_index("caravan").loc[OCTOBER] for found in (other, answer)]
    assert rates[0]["leaving_per_day"] < rates[1]["leaving_per_day"] - 0.01


def test_whether_a_figure_lies_inside_is_what_its_interval_says(answer):
    held = answer.tables["figures"]
    assert held.loc[held["day"] == held["day"].min(), "inside"].isna().all()
    later = held[held["day"] > held["day"].min()]
    assert len(later) == 5
    between = later["value"].between(later["low_90"], later["high_90"])
    assert list(between) == list(later["inside"].astype(bool))


def test_encounters_of_a_year_are_those_of_the_ledger(ledger, answer):
    table = answer.tables["encounters"].set_index("span")
    total = ledger.total("sw_encounters", start="2021-01-01", end="2021-12-31")["value"].iloc[0]
    assert table.loc["2021", "encounters"] == total
    assert table.loc["2021", "percent_at_most"] == pytest.approx(100 * table.loc["2021", "largest_figures"] / total)
    assert table.loc["2019", "months_counted"] == 12
    assert table.loc["2022", "caravans_said_to_have_left"] > table.loc["2022", "caravans"]


def test_nothing_is_known_before_it_was_published(ledger):
    early = caravans(ledger, caravan=OCTOBER, as_of="2021-11-17", members=20)
    assert early.tables["sizes"]["day"].max() == pd.Timestamp("2021-11-13")
    assert not early.tables["caravans"]["caravan"].str.startswith("2022").any()
    assert not (early.tables["paces"]["what"] == "distance_total").any()
    assert (
        early.tables["encounters"].set_index("span").loc[f"caravan {OCTOBER}", "months_counted"] == 0
    )  # out on 18 November


@pytest.mark.parametrize("prefix", ["", "caravan_"])
def test_a_caravan_is_named_by_its_key(ledger, prefix):
    found = caravans(ledger, caravan=f"{prefix}2022_04_29", members=5)
    assert "2022_04_29" in found.question
    assert found.tables["size_by_day"]["day"].iloc[0] == pd.Timestamp("2022-04-29")


def test_an_unknown_caravan_gives_the_nearest(ledger):
    with pytest.raises(UnknownNameError, match=r"unknown caravan '2021_10_24'; did you mean '2021_10_23'\?$"):
        caravans(ledger, caravan="2021_10_24")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"as_of": "2018-01-01"},
            "no caravan was known by 2018-01-01; the first figure in the ledger is of 2018-04-17",
        ),
        ({"as_of": "2020-01-01", "caravan": OCTOBER}, f"caravan {OCTOBER} was not known by 2020-01-01"),
        ({"caravan": "2021_09_third"}, "caravan 2021_09_third has no dated size on its way in Mexico"),
        ({"caravan": "2022_eighth"}, "caravan 2022_eighth has no dated size on its way in Mexico"),
        ({"caravan": "2020_01"}, "caravan 2020_01 has no dated size on its way in Mexico"),
        ({"caravan": "2019_02_piedras_negras"}, "caravan 2019_02_piedras_negras has no dated size on its way"),
        ({"members": 0}, "0 members"),
        ({"seed": -1}, "seed -1"),
    ],
)
def test_bad_input_gives_one_clear_line(ledger, changes, said):
    with pytest.raises(BadValueError, match=said) as caught:
        caravans(ledger, **changes)
    assert "\n" not in str(caught.value)
