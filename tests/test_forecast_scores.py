"""Scoring rules against scoringrules and closed forms; ratios and bootstrap against simple cases."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from vado.forecast.evidence import describe_ratio
from vado.forecast.hubverse import LEVELS, Forecasts
from vado.forecast.rules import continuous_ranked_probability_score, score_tasks, weighted_interval_score
from vado.forecast.skill import BY_GROUP, ratio_table, score_table

COUNTS = st.floats(0, 1e6, allow_nan=False, width=32)


@pytest.fixture(scope="module")
def scoringrules():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("scoringrules")


def quantiles_and_counts(tasks=200, seed=3):
    draw = np.random.default_rng(seed)
    quantiles = np.sort(draw.gamma(2.0, 500.0, (tasks, len(LEVELS))), axis=1)
    return quantiles, draw.gamma(2.0, 500.0, tasks)


def test_wis_is_that_of_scoringrules(scoringrules):
    quantiles, observed = quantiles_and_counts()
    median = quantiles[:, len(LEVELS) // 2]
    half = len(LEVELS) // 2
    alphas = 2 * LEVELS[:half]
    # Its numpy backend (0.10) adds the median where the formula has the distance to it; its numba backend is right.
    expected = scoringrules.weighted_interval_score(
        observed, median, quantiles[:, :half], quantiles[:, :half:-1], alphas, backend="numba"
    )
    np.testing.assert_allclose(weighted_interval_score(quantiles, observed, LEVELS), expected, rtol=1e-12)


def test_wis_is_the_mean_quantile_loss_of_scoringrules(scoringrules):
    quantiles, observed = quantiles_and_counts(seed=4)
    expected = scoringrules.crps_quantile(observed, quantiles, LEVELS, backend="numpy")
    np.testing.assert_allclose(weighted_interval_score(quantiles, observed, LEVELS), expected, rtol=1e-12)


@settings(max_examples=50, deadline=None)
@given(
    quantiles=arrays(float, (3, len(LEVELS)), elements=COUNTS).map(lambda q: np.sort(q, axis=1)),
    observed=arrays(float, 3, elements=COUNTS),
    factor=st.floats(0.01, 100),
)
def test_scores_grow_with_the_unit_and_are_never_negative(quantiles, observed, factor):
    for rule in (weighted_interval_score, continuous_ranked_probability_score):
        plain = rule(quantiles, observed, LEVELS)
        assert (plain >= -1e-6).all()
        np.testing.assert_allclose(
            rule(factor * quantiles, factor * observed, LEVELS), factor * plain, rtol=1e-6, atol=1e-4
        )


def test_crps_of_dense_normal_quantiles_is_the_known_one():
    levels = np.arange(1, 2000) / 2000
    observed = np.linspace(-3, 3, 25)
    quantiles = np.tile(norm.ppf(levels), (len(observed), 1))
    known = observed * (2 * norm.cdf(observed) - 1) + 2 * norm.pdf(observed) - 1 / np.sqrt(np.pi)
    np.testing.assert_allclose(continuous_ranked_probability_score(quantiles, observed, levels), known, atol=1e-3)


def test_crps_is_the_integral_of_the_squared_difference_of_distributions():
    quantiles, observed = quantiles_and_counts(tasks=20, seed=5)
    levels = np.concatenate([[0.0], LEVELS, [1.0]])
    for values, seen in zip(quantiles, observed, strict=True):
        values = np.concatenate([values[:1], values, values[-1:]])
        grid = np.linspace(min(values[0], seen) - 1, max(values[-1], seen) + 1, 400_001)
        # The first and last hundredth lie on the outermost quantiles: the distribution jumps there.
        distribution = np.interp(grid, values[1:-1], levels[1:-1], left=0.0, right=1.0)
        expected = np.trapezoid((distribution - (grid >= seen)) ** 2, grid)
        found = continuous_ranked_probability_score(values[None, 1:-1], np.array([seen]), LEVELS)[0]
        assert found == pytest.approx(expected, rel=1e-4)


def forecasts_of(quantiles):
    count = len(quantiles)
    months = pd.date_range("2021-01-31", periods=count, freq="ME", unit="s")
    tasks = pd.DataFrame(
        {
            "origin_date": months - pd.offsets.MonthEnd(1),
            "target": "sw_encounters",
            "location": "swb",
            "nationality": "ALL",
            "target_end_date": months,
            "horizon": 1,
        }
    )
    return Forecasts(tasks, quantiles, LEVELS)


def test_coverage_counts_the_ends_and_is_missing_without_the_levels():
    quantiles = np.tile(np.linspace(0, 22, len(LEVELS)), (3, 1))
    scores = score_tasks(forecasts_of(quantiles), np.array([quantiles[0, 6], quantiles[0, 5], 11.0]))
    assert list(scores["coverage_50"]) == [1.0, 0.0, 1.0]
    assert list(scores["coverage_95"]) == [1.0, 1.0, 1.0]
    few = Forecasts(forecasts_of(quantiles).tasks, quantiles[:, [3, 11, 19]], LEVELS[[3, 11, 19]])
    scored = score_tasks(few, np.array([1.0, 2.0, 30.0]))
    assert scored["coverage_50"].isna().all()
    assert list(scored["coverage_80"]) == [0.0, 0.0, 0.0]


def test_ratio_of_a_forecaster_that_is_always_half_as_far_off():
    observed = np.random.default_rng(1).gamma(3, 100, 24)
    near, far = (np.repeat((observed + off)[:, None], len(LEVELS), axis=1) for off in (10, 20))
    scores = {"near": score_tasks(forecasts_of(near), observed), "far": score_tasks(forecasts_of(far), observed)}
    break_months = pd.DatetimeIndex(["2021-05-31"])
    ratios = ratio_table(scores, {"far": scores["far"]}, break_months)
    row = ratios[(ratios["by"] == BY_GROUP) & (ratios["months"] == "all")].iloc[0]
    assert row["ratio_raw"] == pytest.approx(0.5)
    assert (row["low_raw"], row["high_raw"]) == pytest.approx((0.5, 0.5))
    assert row["low_log"] <= row["ratio_log"] <= row["high_log"]
    table = score_table(scores, break_months)
    without = table[(table["by"] == BY_GROUP) & (table["months"] != "all") & (table["member"] == "near")]
    assert list(without["tasks"]) == [23]
    assert without["absolute_error"].iloc[0] == pytest.approx(10)


def test_the_bootstrap_covers_and_depends_on_its_seed_only():
    draw = np.random.default_rng(7)
    observed = draw.gamma(3, 100, 36)
    made = [np.sort(observed[:, None] * draw.lognormal(0, 0.4, (36, len(LEVELS))), axis=1) for _ in range(2)]
    scores = [score_tasks(forecasts_of(quantiles), observed) for quantiles in made]
    once, again, other = (ratio_table({"a": scores[0]}, {"b": scores[1]}, [], seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(once, again)
    assert (once["low_raw"] < once["ratio_raw"]).all()
    assert (once["ratio_raw"] < once["high_raw"]).all()
    assert not once["low_raw"].equals(other["low_raw"])


def test_a_ratio_without_an_interval_is_said_plainly():
    row = {"group": "T1 total", "horizons": "1-2", "member": "m", "baseline": "rw", "ratio_log": 1.03}
    assert "too few months for an interval" in describe_ratio(
        {**row, "low_log": float("nan"), "high_log": float("nan")}
    )
    assert "0.90 to 1.10" in describe_ratio({**row, "low_log": 0.9, "high_log": 1.1})
