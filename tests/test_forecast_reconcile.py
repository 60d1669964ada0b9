"""Reconciliation against the closed form of MinT, a general solver, and the properties that define it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from vado.forecast.hubverse import LEVELS
from vado.forecast.reconcile import coherent, reconcile
from vado.forecast.targets import CELLS, SERIES, SUMS, adding_matrix

ADDS = adding_matrix()
ALL_ROWS = np.concatenate([ADDS, np.eye(len(CELLS))])


def test_the_panel_has_the_series_of_the_design():
    assert (len(SUMS), len(CELLS), len(SERIES)) == (24, 130, 154)
    assert len(set(SERIES)) == 154
    assert ADDS.sum(axis=1).tolist() == [130, *[10] * 13, *[13] * 10]


def closed_form(values, variances):
    """Wickramasuriya et al. (2019): S (S' W⁻¹ S)⁻¹ S' W⁻¹ ŷ."""
    weighted = ALL_ROWS.T / variances
    return ALL_ROWS @ np.linalg.solve(weighted @ ALL_ROWS, weighted @ values)


def test_it_is_mint_where_that_is_not_negative():
    draw = np.random.default_rng(2)
    cells = draw.gamma(20, 50, (8, 130))
    values = np.concatenate([cells @ ADDS.T, cells], axis=1) * draw.normal(1, 0.02, (8, 154))
    variances = draw.gamma(2, 10, (8, 154))
    expected = np.array([closed_form(*pair) for pair in zip(values, variances, strict=True)])
    assert expected.min() > 0
    np.testing.assert_allclose(coherent(values, variances), expected, rtol=1e-9)


def test_it_is_the_non_negative_least_squares_solution_where_mint_is_negative():
    draw = np.random.default_rng(3)
    cells = draw.gamma(0.1, 50, (5, 130)).round()
    values = np.concatenate([cells @ ADDS.T, cells], axis=1) * draw.uniform(0.5, 1.4, (5, 154))
    variances = 0.25 + (0.3 * values) ** 2
    assert min(closed_form(*pair).min() for pair in zip(values, variances, strict=True)) < -1e-3
    found = coherent(values, variances)
    for case in range(5):
        weights = 1 / np.sqrt(variances[case])
        best = lsq_linear(ALL_ROWS * weights[:, None], values[case] * weights, bounds=(0, np.inf), tol=1e-14)
        cost = 0.5 * np.sum(((found[case] - values[case]) * weights) ** 2)
        assert cost == pytest.approx(best.cost, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), shape=st.floats(0.05, 5), noise=st.floats(0, 1.5))
def test_coherent_not_negative_and_at_rest(seed, shape, noise):
    draw = np.random.default_rng(seed)
    cells = draw.gamma(shape, 100, (3, 130)).round()
    values = np.concatenate([cells @ ADDS.T, cells], axis=1) * draw.lognormal(0, noise, (3, 154))
    variances = 0.25 + (values * draw.uniform(0.05, 1, (3, 154))) ** 2
    moved = coherent(values, variances)
    scale = 1 + np.abs(values).max()
    assert (moved >= 0).all()
    np.testing.assert_allclose(moved[:, :24], moved[:, 24:] @ ADDS.T, atol=1e-6 * scale, rtol=1e-9)
    np.testing.assert_allclose(coherent(moved, variances), moved, rtol=0, atol=0)
    agreeing = np.concatenate([cells @ ADDS.T, cells], axis=1)
    np.testing.assert_array_equal(coherent(agreeing, variances), agreeing)


def log_quantiles(seed=1, months=4):
    draw = np.random.default_rng(seed)
    cells = draw.gamma(0.3, 300, (months, 130)).round()
    medians = np.concatenate([cells @ ADDS.T, cells], axis=1) * draw.lognormal(0, 0.2, (months, 154))
    spread = np.sort(draw.normal(0, 0.5, (months, 154, len(LEVELS))), axis=2)
    return np.maximum(np.log1p(medians)[..., None] + spread - spread[..., [len(LEVELS) // 2]], 0)


def test_quantiles_move_with_their_median_and_do_not_cross():
    before = log_quantiles()
    after = reconcile(before, LEVELS)
    medians = np.expm1(after[..., len(LEVELS) // 2])
    np.testing.assert_allclose(medians[:, :24], medians[:, 24:] @ ADDS.T, rtol=1e-6)
    assert (np.diff(after, axis=2) >= 0).all()
    assert (after >= 0).all()
    assert (after[..., 0][before[..., 0] == 0] == 0).all()
    kept = (before[..., 0] > 0.5) & (after[..., 0] > 0)
    widths = [(quantiles[..., -1] - quantiles[..., 0])[kept] for quantiles in (before, after)]
    np.testing.assert_allclose(*widths, rtol=1e-9)


def test_agreeing_medians_are_not_touched_to_the_bit():
    before = reconcile(log_quantiles(seed=2), LEVELS)
    medians = np.round(np.expm1(before[..., len(LEVELS) // 2]))
    medians[:, :24] = medians[:, 24:] @ ADDS.T
    middle = np.log1p(medians)[..., None]
    agreeing = np.maximum(middle + np.linspace(-1, 1, len(LEVELS)), 0)
    np.testing.assert_array_equal(reconcile(agreeing, LEVELS), agreeing)
