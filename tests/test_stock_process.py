"""The yearly process of the stock, its inputs and its table of parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import vado
from vado.errors import BadValueError, DescriptionError
from vado.stock.inputs import SPLICED, checked_year, read_inputs
from vado.stock.parameters import middle, read_parameters
from vado.stock.process import BLOCKS, FLOWS, NAMES, project

ENTERING = FLOWS[:3]


@pytest.fixture(scope="module")
def ledger():
    return vado.open_ledger()


@pytest.fixture(scope="module")
def inputs(ledger):
    return read_inputs(ledger)


@pytest.fixture(scope="module")
def parameters():
    return read_parameters()


@pytest.fixture(scope="module")
def drawn(parameters):
    random = np.random.default_rng(3)
    values = {name: parameters[name].draw(random, 50) for name in NAMES}
    return values | {f"inflow_deviation_{block}": parameters["inflow_deviation"].draw(random, 50) for block in BLOCKS}


def test_every_change_of_the_population_is_a_flow(inputs, drawn):
    stock = project(inputs, drawn)
    change = np.diff(stock.total(), axis=1)
    flows = sum((1 if name in ENTERING else -1) * flow for name, flow in stock.flows.items())
    np.testing.assert_allclose(change, flows, atol=1e-6 * stock.total().max())
    assert all((flow >= 0).all() for flow in stock.flows.values())


def test_without_flows_only_deaths_remain(inputs, parameters):
    values = middle(parameters)
    quiet = [name for name in NAMES if name.startswith(("departure_", "overstays_", "law_of_1986_granted"))]
    quiet += ["adjustment_rate", "interior_share_of_removals"]
    values |= {name: np.zeros(1) for name in quiet} | {"inflow_level": np.zeros(1), "mortality": np.array([0.01])}
    total = project(inputs, values).total()[0]
    np.testing.assert_allclose(total, 2.2e6 * np.exp(-0.01 * np.arange(len(total))))


def test_nobody_leaves_who_is_not_there(inputs, parameters):
    many = replace(inputs, series=dict(inputs.series) | {"removals": inputs.series["removals"] + 1e8})
    stock = project(many, middle(parameters))
    assert stock.population.min() >= 0
    assert stock.flows["removals"][0, 0] < 3e6


@pytest.mark.parametrize("again", [0.3, 1.0])
def test_successes_over_apprehensions_do_not_depend_on_repeats(again):
    random = np.random.default_rng(5)
    chance, people, apprehensions, successes = 0.4, 200_000, 0, 0
    while people:
        caught = random.binomial(people, chance)
        apprehensions, successes = apprehensions + caught, successes + people - caught
        people = random.binomial(caught, again)
    assert successes / apprehensions == pytest.approx((1 - chance) / chance, rel=0.02)


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("apprehension_probability_2001_2009", -1),
        ("settled_share_mexico_to_2000", 1),
        ("overstays_from_2010", 1),
        ("departure_years_5_9", -1),
        ("adjustment_rate", -1),
        ("interior_share_of_removals", -1),
        ("released_share_from_2014", 1),
        ("law_of_1986_resident_share", -1),
    ],
)
def test_each_parameter_moves_the_population_its_way(inputs, parameters, name, sign):
    ends = [
        project(inputs, middle(parameters) | {name: np.array([value])}).total()[0, -1]
        for value in (parameters[name].low, parameters[name].high)
    ]
    assert sign * (ends[1] - ends[0]) > 0


def test_a_date_between_two_years_lies_between_them(inputs, parameters):
    stock = project(inputs, middle(parameters))
    np.testing.assert_allclose(stock.on(2000.0), stock.population[:, 20])
    np.testing.assert_allclose(stock.on(2000.5), stock.population[:, 20:22].mean(axis=1))
    np.testing.assert_allclose(stock.on(2022.0), stock.population[:, -1])


def test_yearbooks_are_spliced_by_the_stated_ratio(ledger, inputs):
    for name in SPLICED:
        old = ledger.observe(name, series="yearbook_2013", place="USA", start="1989-10-01", end="1990-09-30")
        new = ledger.observe(name, series="yearbook_2021", place="USA", start="2011-10-01", end="2012-09-30")
        by_year = pd.Series(inputs.series[name], index=inputs.years)
        assert by_year[1990] == pytest.approx(old["value"].sum() * inputs.ratios[name])
        assert by_year[2012] == new["value"].sum()


def test_no_input_is_known_before_it_was_published(ledger, inputs):
    early = read_inputs(ledger, "2012-01-15")
    assert early.years[-1] < 2012 < inputs.years[-1]
    assert early.overstays.empty
    assert len(inputs.overstays)
    with pytest.raises(BadValueError, match="too few yearly counts were published by 1986-01-01"):
        read_inputs(ledger, "1986-01-01")


@pytest.mark.parametrize("year", [1979, 2031])
def test_a_year_outside_the_model_is_refused(inputs, year):
    with pytest.raises(BadValueError, match=f"has the years 1980 to 2022, not {year}"):
        checked_year(year, inputs)


def test_laws_have_the_stated_middle_and_ends(parameters):
    levels = {"uniform": (0.0, 1.0)}
    for parameter in parameters.values():
        low, high = levels.get(parameter.distribution, (0.05, 0.95))
        # One middle and two ends are more than two numbers can meet, so a lopsided range is met nearly.
        margin = 0.06 if parameter.distribution in ("beta", "lognormal") else 1e-6
        assert parameter.probability_below(parameter.low) == pytest.approx(low, abs=margin)
        assert parameter.probability_below(parameter.high) == pytest.approx(high, abs=margin)
        draws = parameter.draw(np.random.default_rng(1), 20_000)
        at = float(np.quantile(draws, 0.3))
        assert parameter.probability_below(at) == pytest.approx(0.3, abs=0.015)


def test_parameters_name_sources_of_the_ledger(ledger, parameters):
    known = set(ledger.sources()["source_id"])
    for parameter in parameters.values():
        assert (parameter.status == "assumed") == (parameter.source == "")
        assert {parameter.source, *(rival.source for rival in parameter.rivals)} - {""} <= known


def test_a_file_of_ones_own_replaces_rows(tmp_path, parameters):
    file = tmp_path / "mine.yaml"
    file.write_text("mortality:\n  value: 0.005\n  high: 0.01\n", encoding="utf-8")
    mine = read_parameters(file)
    assert mine["mortality"].value == 0.005
    assert (mine["mortality"].low, mine["mortality"].unit) == (0.0025, "share/year")
    assert mine["overstays_from_2010"] == parameters["overstays_from_2010"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mortality:\n  low: 0.9\n", "mine.yaml:2: mortality.low: 0.9 is not below high, 0.0065; exchange them"),
        ("mortality:\n\n  value: 0.5\n", "mine.yaml:3: mortality.value: 0.5 lies outside 0.0025 to 0.0065"),
        ("mortalty: {value: 0.005}\n", "mine.yaml:1: mortalty: this name means nothing here; did you mean mortality?"),
        ("mortality: {vale: 0.005}\n", "mine.yaml:1: mortality.vale: this name means nothing here; did you mean value"),
        ("mortality: {value: much}\n", "mine.yaml:1: mortality.value: 'much' is no number"),
        ("mortality: {distribution: cauchy}\n", "mine.yaml:1: mortality.distribution: 'cauchy' is none; choose one of"),
        ("mortality: {low: -1}\n", "mine.yaml:1: mortality.low: -1 is not above 0"),
        ("removal_share_mexico: {high: 1.2}\n", "0.55 to 1.2 is no range of a share"),
        ("mortality: 0.004\n", "mine.yaml:1: mortality: a parameter is no mapping"),
    ],
)
def test_a_faulty_file_gives_a_line_with_its_place(tmp_path, text, said):
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DescriptionError) as caught:
        read_parameters(file)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
