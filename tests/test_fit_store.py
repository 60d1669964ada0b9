"""Kept fits: what ships is that of the ledger that ships, another ledger has another name; the variance budget."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import vado
from vado.engine import run
from vado.forecast import ensemble, structural
from vado.forecast.archive import Archive
from vado.forecast.fit import ask, budget, store
from vado.forecast.fit.observed import counted_by
from vado.forecast.hubverse import LEVELS
from vado.forecast.members import Settings, know
from vado.forecast.targets import LOCATIONS


@pytest.fixture(scope="module")
def archive():
    with vado.open_ledger() as ledger:
        yield Archive(ledger)


@pytest.fixture(scope="module")
def inputs(archive):
    return ask.inputs(archive)


@pytest.fixture(scope="module")
def fitted(inputs):
    return store.stored_fit(*inputs, cache=False)


def test_the_shipped_fit_is_that_of_the_shipped_ledger(inputs):
    with np.load(store.SHIPPED) as arrays:
        assert str(arrays["digest"]) == store.digest(*inputs)


def test_other_counts_or_another_description_have_another_name(inputs):
    network, knobs, observed, start = inputs
    counts = observed.counts.copy()
    counts[0, -1, 0] = 1.0
    assert store.digest(network, knobs, dataclasses.replace(observed, counts=counts), start) != store.digest(*inputs)
    slower = network.parameters["days_to_crossing"].model_copy(update={"low": 2.0})
    changed = network.model_copy(update={"parameters": {**network.parameters, "days_to_crossing": slower}})
    assert store.digest(changed, knobs, observed, start) != store.digest(*inputs)
    # What no counter depends on changes no fit.
    later = network.parameters["let_in_at_port"].model_copy(update={"low": 0.5})
    changed = network.model_copy(update={"parameters": {**network.parameters, "let_in_at_port": later}})
    assert store.digest(changed, knobs, observed, start) == store.digest(*inputs)


def test_a_kept_fit_is_read_as_it_was_written(inputs, fitted, tmp_path):
    key = store.digest(*inputs)
    store.keep(fitted, key, tmp_path / "fit.npz")
    with np.load(tmp_path / "fit.npz") as arrays:
        again = store._read(arrays, *inputs)
    for name in store._ARRAYS:
        np.testing.assert_allclose(getattr(again, name), getattr(fitted, name), rtol=1e-6)
    assert again.iterations == fitted.iterations


def test_the_shipped_expectations_are_those_of_its_knobs(fitted):
    """The stored counts come out of the engine again when it is given the stored knobs."""
    made = run(
        fitted.network,
        fitted.parameters(),
        months=len(fitted.observed.months),
        start=fitted.observed.months[0].astype("datetime64[D]").item(),
        members=1,
        mean=True,
    )
    np.testing.assert_allclose(counted_by(made)[0], fitted.expected, rtol=2e-3, atol=0.5)


def _of_one(value):
    return value.isel(draw=0, drop=True) if "draw" in getattr(value, "dims", ()) else value


def test_splitting_is_the_variance_of_chance(fitted):
    """One over the expected count, against runs of the fitted corridor with every rate held."""
    given = {name: _of_one(value) for name, value in fitted.parameters().items()}
    months = 12
    first = fitted.observed.months[-months].astype("datetime64[D]").item()
    made = run(fitted.network, {**given, "dispersion": 0.0}, months=months, start=first, members=150, seed=2)
    counts = counted_by(made)[:, -len(LOCATIONS) :, -1].sum(axis=1)
    ratio = np.log1p(counts).var(axis=0, ddof=1) * counts.mean(axis=0)
    # Repeat attempts tie encounters together, so that there is a little more than independent people would make.
    assert ((ratio > 0.6) & (ratio < 2.2)).all()


def test_the_budget_comes_to_the_whole(fitted, archive):
    table = budget.variance_budget(fitted, archive, ask.latest(archive))
    np.testing.assert_allclose(table.groupby("nationality")["share"].sum(), 1)
    assert (table["variance"] >= 0).all()
    assert set(table["part"]) == set(budget.PARTS)


def test_sources_of_the_way_are_left_out_where_their_fit_ships(archive):
    knowledge = know(archive, ask.latest(archive))
    blind = ensemble.sources_left_out(knowledge)
    assert [other.without for other in blind] == list(structural.ON_THE_WAY)
    table = ensemble.left_out(knowledge, range(1, 4), LEVELS, Settings())
    of_sources = table[table["left_out"].str.startswith("source ")]
    assert of_sources["left_out"].nunique() == len(structural.ON_THE_WAY)
    assert (of_sources.groupby("left_out")["change"].apply(lambda c: c.abs().max()) > 0).all()
