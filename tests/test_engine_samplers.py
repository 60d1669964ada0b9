"""The samplers of the engine draw from the laws that scipy has, and given a float return the mean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from vado.engine.binomial import binomial
from vado.engine.hypergeometric import hypergeometric
from vado.engine.keys import branch, day_key, member_key, mix, name_key, station_key, uniform
from vado.engine.poisson import gamma_factor, poisson
from vado.engine.split import split

DRAWS = 200_000
#: Probability that a right sampler fails a test.
ALARM = 1e-6


@njit
def binomials(n, p, key, draws):
    return np.array([binomial(n, p, mix(key + np.uint64(index))) for index in range(draws)])


@njit
def poissons(like, mean, key, draws):
    return np.array([poisson(like, mean, mix(key + np.uint64(index))) for index in range(draws)])


@njit
def hypergeometrics(marked, total, drawn, key, draws):
    return np.array([hypergeometric(marked, total, drawn, mix(key + np.uint64(index))) for index in range(draws)])


@njit
def gammas(like, variance, key, draws):
    return np.array([gamma_factor(like, variance, mix(key + np.uint64(index))) for index in range(draws)])


@njit
def uniforms(key, draws):
    return np.array([uniform(key, index) for index in range(draws)])


@njit
def splits(people, shares, key, draws):
    counts = np.zeros((draws, shares.shape[0]), np.int64)
    for index in range(draws):
        split(people, shares, 0, shares.shape[0], mix(key + np.uint64(index)), counts[index])
    return counts


KEY = np.uint64(20211116)


def check_counts(drawn, law):
    """Refuse counts that a law would not give, by a chi-square test over values with enough of them."""
    low, high = law.ppf([1e-3, 1 - 1e-3]).astype(int)
    edges = np.unique(np.linspace(low, high, 40).astype(int))
    observed = np.bincount(np.searchsorted(edges, drawn), minlength=len(edges) + 1)
    expected = np.diff(np.concatenate([[0.0], law.cdf(edges), [1.0]])) * len(drawn)
    enough = expected > 20
    observed = np.append(observed[enough], observed[~enough].sum())
    expected = np.append(expected[enough], expected[~enough].sum())
    if expected[-1] < 5:
        observed, expected = observed[:-1], expected[:-1]
    statistic = ((observed - expected) ** 2 / expected).sum()
    assert stats.chi2.sf(statistic, max(len(expected) - 1, 1)) > ALARM


@pytest.mark.parametrize(
    ("n", "p"),
    [
        *[(n, p) for n in (1, 2, 7, 25, 60) for p in (0.03, 0.3, 0.5, 0.7, 0.99)],
        (400, 0.02), (400, 0.5), (5000, 0.001), (5000, 0.0025), (100_000, 1e-5), (10**6, 0.3),
        (10**9, 0.9), (10**9, 5e-9),
    ],
)  # fmt: skip
def test_binomial_counts(n, p):
    drawn = binomials(n, p, KEY, DRAWS)
    check_counts(drawn, stats.binom(n, p))
    assert binomials(float(n), p, KEY, 1)[0] == n * p


@pytest.mark.parametrize("mean", [0.01, 0.7, 3, 9.99, 10.01, 40, 1234.5, 1e7])
def test_poisson_counts(mean):
    check_counts(poissons(0, mean, KEY, DRAWS), stats.poisson(mean))
    assert poissons(0.0, mean, KEY, 1)[0] == mean


@pytest.mark.parametrize(
    ("marked", "total", "drawn"),
    [(3, 10, 4), (1, 2, 1), (50, 60, 30), (20, 1000, 999), (400, 1000, 300), (10**5, 10**6, 5000), (7, 10**7, 10**6)],
)
def test_hypergeometric_counts(marked, total, drawn):
    check_counts(hypergeometrics(marked, total, drawn, KEY, DRAWS), stats.hypergeom(total, marked, drawn))
    assert hypergeometrics(float(marked), total, drawn, KEY, 1)[0] == pytest.approx(marked * drawn / total)


@pytest.mark.parametrize("variance", [0.01, 0.5, 1.0, 3.0])
def test_gamma_factors(variance):
    drawn = gammas(0, variance, KEY, DRAWS)
    assert stats.kstest(drawn, stats.gamma(1 / variance, scale=variance).cdf).pvalue > ALARM
    assert gammas(0.0, variance, KEY, 1)[0] == 1.0


@pytest.mark.parametrize("people", [1, 5, 40, 10_000])
def test_people_over_ways(people):
    shares = np.array([0.2, 0.0, 0.5, 0.05, 0.25])
    counts = splits(people, shares, KEY, DRAWS)
    assert (counts.sum(axis=1) == people).all()
    assert (counts[:, 1] == 0).all()
    for way in (0, 2, 3, 4):
        check_counts(counts[:, way], stats.binom(people, shares[way]))
    covariance = np.cov(counts[:, 0], counts[:, 2])[0, 1]
    assert covariance == pytest.approx(-people * 0.2 * 0.5, rel=0.1)


def test_numbers_under_a_key_are_uniform_and_independent():
    drawn = uniforms(KEY, DRAWS)
    assert stats.kstest(drawn, "uniform").pvalue > ALARM
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 5 / np.sqrt(DRAWS)


@njit
def address(member, name, day, index):
    return branch(day_key(station_key(member_key(1, member), name), day), index)


def test_neighbouring_addresses_share_nothing():
    def numbers(member, station, day, index):
        return uniforms(address(member, name_key(station), day, index), 50_000)

    there = numbers(3, "camp", 700_000, 0)
    for other in [(4, "camp", 700_000, 0), (3, "camq", 700_000, 0), (3, "camp", 700_001, 0), (3, "camp", 700_000, 1)]:
        assert abs(np.corrcoef(there, numbers(*other))[0, 1]) < 5 / np.sqrt(50_000)


@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**60))
def test_counts_grow_with_their_probability_when_the_numbers_stay(n, p, q, key):
    low, high = sorted((p, q))
    if n * max(high, 1 - low) < 10:
        assert binomials(n, low, np.uint64(key), 1)[0] <= binomials(n, high, np.uint64(key), 1)[0]


@given(st.integers(0, 10**12), st.floats(0, 1), st.integers(0, 2**60))
def test_binomial_counts_stay_within_the_people(n, p, key):
    assert 0 <= binomials(n, p, np.uint64(key), 1)[0] <= n


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 2**60))
def test_hypergeometric_counts_stay_within_their_bounds(one, two, three, key):
    marked, drawn, total = sorted((one, two, three))
    drawn_of = hypergeometrics(marked, total, drawn, np.uint64(key), 1)[0]
    assert max(0, drawn + marked - total) <= drawn_of <= min(marked, drawn)
