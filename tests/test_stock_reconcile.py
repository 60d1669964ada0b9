"""The stock with all evidence at once: evidence, sampler, shipped fits and what is said of the prior."""

from __future__ import annotations

import dataclasses

import emcee
import numpy as np
import pytest

import vado
from vado.errors import BadValueError, UnknownNameError
from vado.forecast.evidence import cite
from vado.stock import density, reconcile
from vado.stock.density import PRIORS, Model, Settings
from vado.stock.evidence import METHODS, read_evidence
from vado.stock.inputs import FIRST_YEAR, read_inputs
from vado.stock.parameters import read_parameters
from vado.stock.reconcile import digest, left_out, probabilities, reconciled, stored

CHEAP = Settings(walkers=80, burn=40, steps=50, draws=400)


@pytest.fixture(scope="module")
def ledger():
    return vado.open_ledger()


@pytest.fixture(scope="module")
def model(ledger):
    inputs = read_inputs(ledger)
    return Model(inputs, read_evidence(ledger, float(inputs.years[-1]) + 1), read_parameters(), "small")


@pytest.fixture(scope="module")
def found(ledger):
    return [reconciled(ledger, prior=prior) for prior in PRIORS]


def test_levels_of_one_publisher_stay_apart(model):
    table = model.evidence.table
    counts = table[(table["kind"] == "residual") & (table["publisher"] == "DHS")]
    assert {"DHS_orig", "DHS_2010base", "DHS_2021rev"} <= set(counts["series"])
    for year, levels in ((2010, {10.8e6, 11.6e6}), (2015, {12.0e6, 11.4e6})):
        assert set(counts.loc[counts["year"] == year, "value"]) == levels
    other = table[(table["kind"] == "residual") & (table["publisher"] != "DHS")]
    assert not other.duplicated(["publisher", "date"]).any()


def test_what_is_not_used_says_why(model):
    reasons = model.evidence.unused.set_index("series")["reason"]
    assert reasons["BearStearns_2005"] == "an upper bound"
    assert (reasons["VanHook2021"] == "an interval without a middle").all()
    assert (reasons["FZFK_conservative"] == "another setting or an earlier draft of the same paper").all()
    assert set(model.evidence.table["method"]) == set(METHODS)


def test_no_evidence_is_known_before_it_was_published(ledger):
    early = read_evidence(ledger, 2012.0, "2010-06-01").table
    assert early["published"].max().isoformat()[:10] <= "2010-06-01"
    assert "DHS_2010base" not in set(early["series"])
    assert len(early) > 10


def test_errors_of_one_series_move_together(model):
    table, covariance = model.evidence.table, model.evidence.covariance()
    place = {series: np.flatnonzero(table["series"] == series) for series in ("DHS_orig", "DHS_2021rev", "FZFK_mean")}
    own = covariance[place["DHS_orig"][0], place["DHS_orig"][1]]
    sibling = covariance[place["DHS_orig"][0], place["DHS_2021rev"][0]]
    assert own > sibling > covariance[place["DHS_orig"][0], place["FZFK_mean"][0]] == 0
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_expected_counts_are_the_population_over_its_factor(model):
    deviates = np.random.default_rng(2).standard_normal((3, len(model.unknowns)))
    expected, values, stock = model.expected(deviates), model.values(deviates), model.stock(deviates)
    table = model.evidence.table
    place = int(
        np.flatnonzero((table["series"] == "DHS_orig") & (table["year"] == 2005) & (table["region"] == "ALL"))[0]
    )
    factor = values["residual_factor"] * np.exp(-0.5 * values["residual_drift"])
    np.testing.assert_allclose(np.exp(expected[:, place]), stock.total()[:, 2005 - FIRST_YEAR] / factor)
    mexico = int(
        np.flatnonzero((table["series"] == "DHS_orig") & (table["year"] == 2005) & (table["region"] == "MEX"))[0]
    )
    share = stock.population[:, 25, 0] / stock.total()[:, 25]
    np.testing.assert_allclose(expected[:, mexico], share)


def test_far_out_in_the_open_prior_all_stays_finite(model):
    wide = dataclasses.replace(model, prior="open")
    deviates = np.random.default_rng(4).standard_normal((4000, len(wide.unknowns)))
    assert wide.stock(deviates).total().min() < 1
    assert np.isfinite(wide.log_density(deviates, wide.evidence.values)).all()


def test_the_proposal_samples_a_law_that_it_does_not_know():
    scale = np.array([0.6, 1.0, 1.4])
    move = emcee.moves.MHMove(density._crank_nicolson(np.zeros(3), np.eye(3)))
    sampler = emcee.EnsembleSampler(
        40, 3, lambda x: -0.5 * (((x - 0.5) / scale) ** 2).sum(axis=1), moves=move, vectorize=True
    )
    sampler.random_state = np.random.RandomState(1).get_state()
    sampler.run_mcmc(np.random.default_rng(1).standard_normal((40, 3)), 2500)
    draws = sampler.get_chain(discard=300, flat=True)
    np.testing.assert_allclose(draws.mean(axis=0), 0.5, atol=0.06)
    np.testing.assert_allclose(draws.std(axis=0), scale, rtol=0.06)


def test_known_populations_are_recovered(model):
    inside, narrower = [], []
    at = [1990 - FIRST_YEAR, 2000 - FIRST_YEAR, 2010 - FIRST_YEAR, 2020 - FIRST_YEAR]
    random = np.random.default_rng(11)
    before = np.log(model.stock(random.standard_normal((1000, len(model.unknowns)))).total()[:, at])
    for seed in range(2):
        truth = random.standard_normal(len(model.unknowns))
        draws, _ = model.sample(model.simulate(truth, random), seed, CHEAP)
        after = np.log(model.stock(draws).total()[:, at])
        low, high = np.quantile(after, [0.005, 0.995], axis=0)
        true = np.log(model.stock(truth[None]).total()[0, at])
        inside.append((low < true) & (true < high))
        narrower.append(after.std(axis=0) / before.std(axis=0))
    assert np.mean(inside) > 0.8
    assert np.mean(narrower) < 0.5


def test_fits_that_ship_are_those_of_this_ledger(ledger, model, monkeypatch):
    def refuse(*_):
        raise AssertionError("a fit that ships was made anew; run tools/build_stock.py")

    monkeypatch.setattr(Model, "sample", refuse)
    for prior in PRIORS:
        draws, mixed = stored(dataclasses.replace(model, prior=prior), 1, Settings(), cache=False)
        assert draws.shape == (Settings().draws, len(model.unknowns))
        assert mixed["effective"] > 500
    table = left_out(ledger, cache=False)
    assert len(table) == 2 * (len(METHODS) + 2)
    medians = table.set_index(["prior", "left_out"])["median"]
    assert medians["small", "inflow-outflow"] < medians["small", ""]
    no_counts = "; ".join(name for name in METHODS if name.startswith("residual"))
    assert medians["small", no_counts] > 1.1 * medians["small", ""]


def test_a_kept_fit_is_used_and_never_stale(model, monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(reconcile.platformdirs, "user_cache_dir", lambda _: str(tmp_path))
    draws = np.linspace(-1, 1, 2 * len(model.unknowns)).reshape(2, -1)
    monkeypatch.setattr(Model, "sample", lambda *_: (calls.append(1), (draws, {"effective": 2.0}))[1])
    first, _ = stored(model, 77, CHEAP)
    again, mixed = stored(model, 77, CHEAP)
    assert len(calls) == 1
    np.testing.assert_array_equal(first, again)
    assert mixed == {"effective": 2.0}
    moved = dict(model.parameters)
    moved["mortality"] = dataclasses.replace(moved["mortality"], value=0.005)
    for other in (
        dataclasses.replace(model, parameters=moved),
        dataclasses.replace(model, prior="open"),
        dataclasses.replace(model, evidence=model.evidence.without("shares")),
    ):
        assert digest(other, 77, CHEAP) != digest(model, 77, CHEAP)
    assert digest(model, 78, CHEAP) != digest(model, 77, CHEAP)


def test_a_seed_gives_the_same_draws(model):
    short = Settings(walkers=80, burn=5, steps=20, draws=20)
    one, two, other = (model.sample(model.evidence.values, seed, short)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_tables_name_their_sources_and_order_their_intervals(ledger, found):
    for one in found:
        for table in (one.table(), one.year_table(), one.informed()):
            assert len(cite(ledger, table)) > 3
        names = ["low_95", "low_80", "low_50", "median", "high_50", "high_80", "high_95"]
        assert (np.diff(one.table()[names].to_numpy(), axis=1) >= 0).all()
        assert np.median(one.at(2021)) == pytest.approx(np.median(one.population[:, 2021 - FIRST_YEAR]))


def test_a_probability_of_the_prior_is_said_to_be(found):
    table = probabilities(found).set_index(["threshold", "prior"])
    assert table.loc["at_least_20", "posterior"]["open"] > 5 * table.loc["at_least_20", "posterior"]["small"]
    assert (table.loc["at_least_20", "made_by"] == "the prior").all()
    alike = probabilities([found[0], dataclasses.replace(found[0], prior="open")])
    assert (alike["made_by"] == "the evidence").all()


def test_counts_tell_the_course_and_not_the_level(found):
    small, wide = (one.informed().set_index("name") for one in found)
    assert small.loc["share born in Mexico, 2010", "informed"]
    assert wide.loc["population of 2010 over that of 2000", "informed"]
    # The level is left to the factor's prior: with all evidence a small bias stays as wide as it was thought to be.
    assert not small.loc["residual_factor", "informed"]
    assert not wide.loc["inflow_level", "informed"]


def test_bad_questions_are_refused(ledger):
    with pytest.raises(UnknownNameError, match="unknown prior 'smal'; did you mean 'small'"):
        reconciled(ledger, prior="smal")
    with pytest.raises(UnknownNameError, match="unknown method 'share'; did you mean 'shares'"):
        reconciled(ledger, without=["share"])
    with pytest.raises(BadValueError, match="the stock model has the years 1980 to 2022, not 2040"):
        reconciled(ledger, year=2040)
