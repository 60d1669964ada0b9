"""What would have to be true: the smallest move is smallest and gives the figure, and misses stand in the tables."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import vado
from vado.answer import Answer, cited, rows_of
from vado.errors import BadValueError
from vado.provenance import made_by
from vado.stock.implied import implied_undercount, residual_estimates
from vado.stock.inflow import ALL_INPUTS, FREE, LABEL, OTHERS, UNPUSHED, inflow_outflow, range_ends, reconstruct
from vado.stock.inputs import read_inputs
from vado.stock.parameters import read_parameters
from vado.stock.process import NAMES, project
from vado.stock.reach import CAVEATS, reach, smallest_move, values_at


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def inputs(ledger):
    return read_inputs(ledger)


@pytest.fixture(scope="module")
def laws():
    return read_parameters()


@pytest.fixture(scope="module")
def thirty(ledger):
    return reach(ledger, 30e6, draws=4000)


@pytest.fixture(scope="module")
def rebuilt(ledger):
    return reconstruct(ledger, draws=300, tries=2)


def population(inputs, laws, deviates, date):
    return project(inputs, values_at(laws, NAMES, np.atleast_2d(deviates))).on(date).sum(axis=1)


def test_the_move_gives_the_figure(inputs, laws, thirty):
    assert population(inputs, laws, thirty.deviates, 2021)[0] == pytest.approx(30e6, rel=2e-3)
    by_value = {row["parameter"]: np.array([row["to"]]) for row in thirty.assumptions.to_dict("records")}
    assert project(inputs, by_value).on(2021).sum() == pytest.approx(30e6, rel=2e-3)


def test_no_other_direction_reaches_the_figure_sooner(inputs, laws, thirty):
    """Sets as far out as the smallest move, in random directions around its own, all stay at or below the figure."""
    random = np.random.default_rng(7)
    for spread in (0.03, 0.3, 3.0):
        around = thirty.deviates + spread * random.standard_normal((400, len(NAMES)))
        around *= thirty.distance / np.linalg.norm(around, axis=1, keepdims=True)
        assert population(inputs, laws, around, 2021).max() <= 30e6 * 1.003


def test_the_likelihood_agrees_with_plain_draws(ledger, inputs, laws):
    """At 13 million plain draws are many; draws around the smallest move must say the same."""
    result = reach(ledger, 13e6, draws=4000, seed=3)
    random = np.random.default_rng(11)
    plain = population(inputs, laws, random.standard_normal((8000, len(NAMES))), 2021)
    share = float((plain >= 13e6).mean())
    error = math.hypot(result.standard_error, math.sqrt(share * (1 - share) / 8000))
    assert abs(result.probability - share) < 4 * error
    assert 0.01 < share < 0.5


def test_farther_figures_are_farther_and_less_likely(ledger, thirty):
    twenty = reach(ledger, 20e6, draws=1000)
    assert twenty.distance < thirty.distance
    assert twenty.probability > 10 * thirty.probability
    assert 0 < thirty.probability < 1e-3


def test_a_figure_below_the_middle_asks_for_it_or_fewer(ledger):
    five = reach(ledger, 5e6, draws=1000)
    assert five.middle > 5e6
    assert five.probability == pytest.approx(five.drawn / five.draws, abs=0.03)
    assert "or fewer" in five.summary()[1]


def test_thirty_million_needs_assumptions_outside_their_ranges(thirty):
    outside = thirty.assumptions[thirty.assumptions["outside"]]
    assert set(outside["parameter"]) >= {"apprehension_probability_to_2000"}
    assert (outside["half_ranges"].abs() > 1).all()
    inside = thirty.assumptions[~thirty.assumptions["outside"]]
    assert (inside["half_ranges"].abs() <= 1 + 1e-9).all()


def test_alone_no_assumption_gives_thirty_million_within_its_range(inputs, thirty, laws):
    assert not thirty.alone["inside_range"].any()
    first = thirty.alone.iloc[0]
    values = values_at(laws, NAMES, np.zeros((1, len(NAMES)))) | {first["assumption"]: np.array([first["value"]])}
    assert project(inputs, values).on(2021).sum() == pytest.approx(30e6, rel=0.02)


def test_thirteen_million_in_2000_implies_the_printed_undercount(ledger):
    implied = implied_undercount(ledger, 13.3e6, 2000.5)
    assert implied["beyond_correction"]["share"] == pytest.approx(1 - 8.6 / 13.3)
    assert implied["of_count"]["share"] == pytest.approx(0.42)
    twice = implied_undercount(ledger, 26.6e6, 2000.5)
    assert 1 - twice["of_count"]["share"] == pytest.approx((1 - 0.42) / 2)


def test_residual_estimates_are_national_ones_of_the_time(ledger):
    near = residual_estimates(ledger, None, 2021.0)
    assert near["value"].between(9e6, 12e6).all()
    assert near["period_end"].dt.year.between(2019, 2022).all()
    assert not near["attributes"].str.contains("birth_region").any()


def test_what_else_would_be_true_names_what_the_ledger_lacks(thirty):
    implied = thirty.implied.set_index("what")
    for name in ("deaths", "school enrolment", "births"):
        row = implied.loc[f"check by {name}"]
        assert "not in the ledger" in row["note"]
        assert math.isnan(row["published"])
        assert 2 < row["implied"] < 3
    assert implied.loc["population in 1990", "implied"] > 3 * implied.loc["population in 1990", "published"]
    crossed = implied.loc["entries between ports that succeeded, 2000"]
    assert crossed["implied"] > 2 * crossed["published"]


def test_tables_and_charts_make_an_answer(ledger, thirty):
    answer = Answer(
        question="What would have to be true for 30 million?",
        as_of=ledger.observe("unauthorized_population")["published"].max().date(),
        summary=thirty.summary(),
        tables=thirty.tables(),
        charts=thirty.charts(),
        sources=rows_of(ledger.sources(cited(*thirty.tables().values()))),
        assumed=thirty.assumed,
        caveats=CAVEATS,
        made_by=made_by("test", ledger, 1),
    )
    assert "stock.settled_share_mexico_to_2000" in {row["name"] for row in answer.assumed}
    assert "stock.mortality" not in {row["name"] for row in answer.assumed}
    assert "NaN" not in answer.to_json()


def test_known_inputs_are_found_again(inputs, laws):
    """Where the free inputs that made two populations are the point searched from, they are the answer."""
    known = np.random.default_rng(5).uniform(-1, 1, len(FREE))
    stock = project(inputs, values_at(laws, FREE, known[None, :]))
    targets = {date: float(stock.on(date).sum()) for date in (2000.5, 2016.5)}
    assert smallest_move(inputs, laws, FREE, targets, around=known) == pytest.approx(known, abs=1e-3)
    nearest = smallest_move(inputs, laws, FREE, targets)
    assert np.linalg.norm(nearest) <= np.linalg.norm(known) + 1e-3
    again = project(inputs, values_at(laws, FREE, nearest[None, :]))
    assert again.on(2000.5).sum() == pytest.approx(targets[2000.5], rel=2e-3)
    assert again.on(2016.5).sum() == pytest.approx(targets[2016.5], rel=2e-3)


def test_reconstruction_gives_the_central_figures_and_predicts_the_ends(rebuilt):
    figures = rebuilt.figures
    fitted = figures[figures["fitted"]]
    assert sorted(fitted["printed_million"]) == [13.3, 16.7, 22.1, 22.1]
    assert fitted["within_3_percent"].all()
    loose = figures[figures["inputs"] == UNPUSHED]
    assert (loose["ratio"] < 0.9).all()
    ends = figures[~figures["fitted"] & (figures["inputs"] != UNPUSHED)]
    assert set(ends["printed_million"]) == {16.2, 27.5, 29.5}
    assert set(ends["inputs"]) == {OTHERS, ALL_INPUTS}
    assert (figures["label"] == LABEL).all()
    # Nothing was fitted to the ends: they miss by more than the central figures do.
    assert (ends["ratio"] - 1).abs().max() > (fitted["ratio"] - 1).abs().max()


def test_reconstruction_stays_within_the_ranges(rebuilt):
    for setting in ("conservative", "simulated"):
        assert (rebuilt.inputs[setting] >= rebuilt.inputs["low"] - 1e-4).all()
        assert (rebuilt.inputs[setting] <= rebuilt.inputs["high"] + 1e-4).all()
    assert set(rebuilt.inputs["input"]) == set(FREE)


def test_other_sets_do_as_well(rebuilt, inputs, laws):
    assert rebuilt.fitting >= rebuilt.distinct == len(rebuilt.sets) >= 2
    for row in rebuilt.sets.to_dict("records"):
        values = values_at(laws, NAMES, np.zeros((1, len(NAMES))))
        values |= {name: np.array([row[f"conservative:{name}"]]) for name in FREE}
        stock = project(inputs, values)
        assert stock.on(2000.5).sum() == pytest.approx(13.3e6, rel=0.03)
        assert stock.on(2016.5).sum() == pytest.approx(16.7e6, rel=0.03)


def test_ranges_too_narrow_for_the_figures_are_refused(ledger, laws):
    narrow = {name: replace(law, low=law.value * 0.999, high=law.value * 1.001) for name, law in laws.items()}
    with pytest.raises(BadValueError, match="no inputs within their ranges"):
        reconstruct(ledger, parameters=narrow, draws=100, tries=0)


def test_range_ends_are_those_of_the_law(laws):
    law = laws["mortality"]
    low, high = range_ends(law)
    assert law.from_normal(np.array([low, high])) == pytest.approx([law.low, law.high], rel=0.25)
    share = laws["settled_share_other"]
    assert share.from_normal(np.array(range_ends(share))) == pytest.approx([share.low, share.high], abs=1e-3)
    assert stats.norm.cdf(range_ends(laws["law_of_1986_share_mexico"])) == pytest.approx([0, 1], abs=1e-8)


def test_flows_alone_give_a_spread_that_their_middle_lies_in(inputs, laws):
    result = inflow_outflow(inputs, draws=400)
    ends = ["low_95", "low_80", "low_50", "median", "high_50", "high_80", "high_95"]
    assert (np.diff(result.table[ends].to_numpy(), axis=1) > 0).all()
    middle = population(inputs, laws, np.zeros(len(NAMES)), 2021)[0] / 1e6
    row = result.table.set_index("year").loc[2021]
    assert row["low_50"] < middle < row["high_50"]
    assert result.totals.shape == (400, len(result.years))
    assert (inflow_outflow(inputs, draws=400).totals == result.totals).all()


@pytest.mark.parametrize(
    ("target", "year", "said"),
    [
        (0, 2021, "above 0 persons"),
        (-3e6, 2021, "above 0 persons"),
        (math.nan, 2021, "above 0 persons"),
        (math.inf, 2021, "above 0 persons"),
        (1e9, 2021, "more than twice all residents born abroad"),
        (11e6, 1979, "has the years 1980 to"),
        (11e6, 2050, "has the years 1980 to"),
        (100, 2021, "no assumptions within"),
    ],
)
def test_bad_input_gives_one_clear_line(ledger, target, year, said):
    with pytest.raises(BadValueError, match=said) as caught:
        reach(ledger, target, year=year, draws=200)
    assert "\n" not in str(caught.value)


def test_too_few_draws_are_refused(ledger):
    with pytest.raises(BadValueError, match="at least 100"):
        reach(ledger, 11e6, draws=5)


def test_nothing_is_known_before_it_was_published(ledger):
    early = reach(ledger, 11e6, year=2020, as_of="2021-11-30", draws=200)
    estimates = ledger.observe("unauthorized_population", series=ledger.series("unauthorized_population"))
    later = set(estimates.loc[estimates["published"] > "2021-11-30", "source_id"])
    later -= set(estimates.loc[estimates["published"] <= "2021-11-30", "source_id"])
    assert not later & set(cited(early.implied))
    assert later & set(cited(reach(ledger, 11e6, year=2020, draws=200).implied))
    with pytest.raises(BadValueError, match="had not been published by 2018-01-01"):
        reconstruct(ledger, as_of="2018-01-01", draws=100, tries=0)
