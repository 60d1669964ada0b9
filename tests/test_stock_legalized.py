"""People regularized: shares multiply, rivals stay apart, nothing is known early, and misses are shown."""

import numpy as np
import pytest

import vado
from vado.errors import BadValueError, UnknownNameError
from vado.stock.legalized import PRECEDENTS, legalized, programmes


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


def rows(result):
    return result.parameters.set_index("name")


@pytest.mark.parametrize("programme", programmes())
@pytest.mark.parametrize("take_up", PRECEDENTS)
def test_every_programme_regularizes_some_and_not_more_than_live_here(ledger, programme, take_up):
    result = legalized(ledger, programme=programme, take_up=take_up, population=4e6, draws=200)
    assert result.people.shape == (200, 4)
    assert (result.total() > 0).all()
    assert (result.total() <= 4e6 * rows(result).loc["granted", "high"] + 1).all()
    assert set(";".join(result.parameters["source_id"]).split(";")) <= set(ledger.sources()["source_id"])


def test_total_lies_between_the_products_of_the_ends(ledger):
    result = legalized(ledger, programme="hr6_2021", draws=5000)
    ends = rows(result).loc[["population", "eligible_share", "take_up", "granted"]]
    assert result.total().min() >= ends["low"].prod() - 1
    assert result.total().max() <= ends["high"].prod() + 1
    assert np.median(result.total()) == pytest.approx(ends["value"].prod(), rel=0.03)


def test_take_up_and_grants_are_the_printed_figures_over_each_other(ledger):
    deferred = rows(legalized(ledger, programme="daca", take_up="daca"))
    assert deferred.loc["take_up", "low"] == pytest.approx(914_640 / 1_698_000)
    assert deferred.loc["take_up", "high"] == pytest.approx(914_640 / 1_300_000)
    assert deferred.loc["granted", "value"] == pytest.approx(827_119 / 914_640)
    law = rows(legalized(ledger))
    assert law.loc["take_up", "low"] == pytest.approx(1.7 / 3.2)
    assert law.loc["take_up", "high"] == pytest.approx(3.1 / 3.2)


def test_another_population_changes_the_result_in_proportion(ledger):
    half = legalized(ledger, population=np.full(10, 5.5e6)).total()
    assert half * 2 == pytest.approx(legalized(ledger).total())


def test_a_spread_population_spreads_the_result(ledger):
    wide = np.random.default_rng(3).lognormal(np.log(11e6), 0.5, 4000)
    assert legalized(ledger, population=wide).total().std() > 1.5 * legalized(ledger).total().std()


def test_pace_is_that_of_residents_admitted_after_1986(ledger):
    shares = rows(legalized(ledger)).filter(like="pace_year", axis=0)["value"].to_numpy()
    admitted = ledger.observe("lpr_admissions", series="yearbook_2013")
    yearly = admitted.groupby(admitted["period_end"].dt.year)["value"].sum()
    excess = yearly.loc[1989:1992] - yearly.loc[1985:1988].mean()
    assert shares == pytest.approx((excess / excess.sum()).to_numpy())


def test_years_add_up_and_intervals_are_in_order(ledger):
    result = legalized(ledger)
    so_far = result.table[result.table["kind"] == "so far"]
    assert so_far["year"].tolist() == [2022, 2023, 2024, 2025]
    assert so_far["median"].is_monotonic_increasing
    assert so_far["median"].iloc[-1] == pytest.approx(np.median(result.total()))
    ends = ["low_95", "low_80", "low_50", "median", "high_50", "high_80", "high_95"]
    assert (np.diff(result.table[ends].to_numpy(), axis=1) > 0).all()


def test_an_expectation_like_that_of_1986_misses_and_the_table_says_so(ledger):
    scores = legalized(ledger, programme="irca_1986").scores.set_index("what")
    assert not scores.loc["irca_granted_total", "inside_80"]
    assert scores.loc["irca_granted_total", "persons"] > 3 * scores.loc["modelled, all years", "persons"]


def test_a_score_is_not_an_input(ledger):
    result = legalized(ledger, programme="hr5376_2021")
    assert rows(result).loc["eligible_share", "low"] == pytest.approx(7.2 / 11)
    assert (result.scores["persons"] == 6.5e6).sum() == 1


def test_what_nobody_published_is_named(ledger):
    named = {row["name"] for row in legalized(ledger).assumed}
    assert named == {"legalized.eligible_share", "legalized.pace_weight", "legalized.years_to_permanent"}
    assert "legalized.eligible_share" not in {r["name"] for r in legalized(ledger, programme="hr6_2021").assumed}


def test_one_seed_one_result(ledger):
    assert (legalized(ledger, seed=5).people == legalized(ledger, seed=5).people).all()
    assert (legalized(ledger, seed=5).people != legalized(ledger, seed=6).people).any()


def test_nothing_is_known_before_it_was_published(ledger):
    legalized(ledger, as_of="2021-11-30")
    with pytest.raises(BadValueError, match="had been published by 2021-02-01"):
        legalized(ledger, as_of="2021-02-01")
    # The official score came out on 18 November 2021, the number of eligible people six days later.
    with pytest.raises(BadValueError, match="eligible"):
        legalized(ledger, programme="hr5376_2021", as_of="2021-11-20")


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"programme": "citizenship_act"}, UnknownNameError, "did you mean 'citizenship_act_2021'"),
        ({"take_up": "dacca"}, UnknownNameError, "did you mean 'daca'"),
        ({"draws": 0}, BadValueError, "draws must be from 1"),
        ({"population": 0}, BadValueError, "population must be above 0"),
        ({"population": 1e9}, BadValueError, "at most 350,000,000"),
        ({"population": [1e7, float("nan")]}, BadValueError, "a number or a list of numbers"),
        ({"population": []}, BadValueError, "a number or a list of numbers"),
    ],
)
def test_bad_input_gives_one_clear_line(ledger, given, error, said):
    with pytest.raises(error, match=said) as caught:
        legalized(ledger, **given)
    assert "\n" not in str(caught.value)
