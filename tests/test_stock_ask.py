"""The whole question of the stock: three configurations beside what was published, the inverse, and laws."""

from __future__ import annotations

import numpy as np
import pytest

import vado
from vado.errors import BadValueError, DescriptionError, UnknownNameError
from vado.report import svg


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def answer(ledger):
    return vado.stock(ledger, cache=False)


def test_three_configurations_stand_beside_the_published_estimates(answer):
    names = set(answer.tables["configurations"]["configuration"])
    assert {"residual", "inflow-outflow", "reconciled, small prior", "reconciled, open prior"} == names
    beside = answer.tables["beside_year"]
    assert (beside["family"] == "this model").sum() == 3 * len(names)
    assert (beside["family"] != "this model").sum() >= 5
    for chart in answer.charts:
        assert "<svg" in svg(chart, answer.tables)


def test_a_chance_that_the_prior_makes_is_said_to_be_its(answer):
    thresholds = answer.tables["thresholds"].set_index(["threshold", "prior"])["posterior"]
    made_by = answer.tables["thresholds"].set_index("threshold")["made_by"]
    assert thresholds["at_least_20", "open"] > 10 * max(thresholds["at_least_20", "small"], 0.001)
    assert set(made_by["at_least_20"]) == {"the prior"}
    assert any("made by the prior" in sentence for sentence in answer.summary)


def test_the_evidence_left_out_moves_the_posterior(answer):
    rows = answer.tables["evidence_left_out"]
    small = rows[rows["prior"] == "small"].set_index("left_out")["median"]
    assert small.drop("").sub(small[""]).abs().max() > 0.1


def test_one_method_alone(ledger):
    alone = vado.stock(ledger, method="residual", draws=500)
    assert set(alone.tables["configurations"]["configuration"]) == {"residual"}
    assert any("lacks" in caveat for caveat in alone.caveats)


def test_what_would_have_to_be_true(ledger):
    answer = vado.stock(ledger, reach=30e6)
    assert "30.0 million" in answer.question
    assumptions = answer.tables["assumptions"]
    assert assumptions["outside"].any()
    near = vado.stock(ledger, reach=11e6).tables["assumptions"]
    assert near["half_ranges"].abs().max() < assumptions["half_ranges"].abs().max()
    assert not answer.tables["implied"].empty


def test_a_law_regularizes_some_of_those_resident(ledger):
    answer = vado.stock(ledger, programme="citizenship_act_2021", draws=500)
    so_far = answer.tables["by_year"]
    assert np.isfinite(so_far.select_dtypes("number")).all().all()
    assert "million people" in answer.summary[0]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"method": "guess"}, UnknownNameError),
        ({"programme": "amnesty"}, UnknownNameError),
        ({"reach": 0}, BadValueError),
        ({"reach": 1e9}, BadValueError),
        ({"reach": 30e6, "year": 1950}, BadValueError),
        ({"method": "reconciled", "year": 2030}, BadValueError),
        ({"draws": 5}, BadValueError),
    ],
)
def test_what_cannot_be_used_is_refused_with_one_line(ledger, options, error):
    with pytest.raises(error) as caught:
        vado.stock(ledger, **options)
    assert "\n" not in str(caught.value)


def test_a_range_upside_down_has_its_line(ledger, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("mortality:\n  {value: 0.004, low: 0.006, high: 0.002}\n", encoding="utf-8")
    with pytest.raises(DescriptionError, match=r"mine.yaml:[12]: .*mortality"):
        vado.stock(ledger, method="inflow", parameters=path)


def test_an_early_day_keeps_the_published_estimates(ledger):
    answer = vado.stock(ledger, as_of="2004-01-01", cache=False)
    assert "estimates" in answer.tables
    assert any("left out" in caveat or "not shown" in caveat for caveat in answer.caveats)
