"""Scenarios side by side: nothing differs where nothing changes, and common random numbers sharpen what does."""

from __future__ import annotations

import datetime as dt
import textwrap

import numpy as np
import pytest
import xarray as xr

import vado
from vado.errors import BadValueError, DescriptionError, UnknownNameError
from vado.forecast.archive import Archive
from vado.policy import service
from vado.policy.compare import compare, unsure
from vado.policy.deaths import death_rates
from vado.policy.histories import by_group, histories
from vado.policy.outcomes import HOLDING, STRANDED, daily_load
from vado.policy.projection import project
from vado.policy.regularized import REGULARIZED
from vado.policy.scenario import read_scenario, shipped

MEMBERS = 24
DAILY = [*HOLDING.values(), *STRANDED]


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def projection(ledger):
    return project(ledger, months=4, members=MEMBERS)


@pytest.fixture(scope="module")
def base(projection):
    return projection.run(daily=DAILY, parameters=unsure(projection))


def changed(projection, name):
    scenario = read_scenario(name)
    history = histories(scenario, projection.network, projection.start, projection.last, projection.expected_a_day)
    return projection.run(history, daily=DAILY, parameters=unsure(projection))


def scenario_file(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_an_empty_scenario_differs_by_exactly_zero(projection, base):
    again = changed(projection, "status_quo")
    for name in base.data_vars:
        assert np.array_equal(base[name], again[name]), name


def test_regulating_spreads_the_same_people_over_more_days(projection, base):
    regulated = changed(projection, "mexico_regulates")
    assert np.array_equal(base["set_out"], regulated["set_out"])
    before, after = (daily_load(run).quantile(0.95, ["draw", "day"]) for run in (base, regulated))
    assert (after < before - 0.5).any()
    stranded = [float(run["occupancy"].sel(named_queue="southern_gate").sum()) for run in (base, regulated)]
    assert stranded[0] == 0 < stranded[1]


def test_a_lever_changes_nothing_before_its_day(projection, base, tmp_path):
    path = scenario_file(
        tmp_path,
        """
        scenario: later
        changes:
          - {lever: mexico.detention_rate, times: 0.5, month: 3}
        """,
    )
    later = changed(projection, path)
    both = [run["mx_events"].sum(["place", "nationality", "household"]) for run in (base, later)]
    assert np.array_equal(both[0].isel(time=slice(0, 2)), both[1].isel(time=slice(0, 2)))
    assert (both[1].isel(time=2) < both[0].isel(time=2)).all()


def test_nobody_is_stopped_more_often_than_always(projection, base, tmp_path):
    text = "scenario: all_stopped\nchanges:\n- {lever: mexico.detention_rate, to: 3, month: 2}"
    stopped = changed(projection, scenario_file(tmp_path, text))
    both = [run["mx_events"].sum(["place", "nationality", "household"]) for run in (base, stopped)]
    assert np.array_equal(both[0].isel(time=0), both[1].isel(time=0))
    assert (both[1].isel(time=1) > both[0].isel(time=1)).all()
    passages = stopped["southern_passages"].sum(["place", "nationality", "household"]).isel(time=slice(1, None))
    assert (both[1].isel(time=slice(1, None)) <= passages).all()


def test_common_draws_make_a_difference_at_least_three_times_as_precise(projection):
    """At fixed parameters: the standard error of a difference, on common and on independent random numbers."""
    fixed = {
        name: (value.mean("draw") if isinstance(value, xr.DataArray) and "draw" in value.dims else value)
        for name, value in projection.given.items()
    }
    history = {"mexico.detention_rate": [{"effective": projection.start, "value": 1.05}]}

    def events(changes, seed):
        run = projection.run(changes, parameters={**fixed, "dispersion": 0.02}, seed=seed)
        return run["mx_events"].sum(["time", "place", "nationality", "household"]).to_numpy().astype(float)

    first = events(None, 1)
    common, independent = (events(history, seed) - first for seed in (1, 2))
    assert common.std(ddof=1) <= independent.std(ddof=1) / 3


def test_members_are_the_same_in_every_scenario_and_follow_the_forecast(projection, base, ledger):
    median = base["sw_encounters"].sum(["place", "nationality", "household"]).median("draw").to_numpy()
    forecast = vado.forecast(ledger, months=4, member="srw").tables["total"]
    said = forecast[forecast["member"] == "srw"]
    # The corridor run on is no forecast, but must not leave what a scored one says.
    assert (median > said["low_95"].to_numpy()).all()
    assert (median < said["high_95"].to_numpy()).all()


@pytest.mark.parametrize("name", [n for n in shipped() if n not in ("status_quo", "expulsions_end")])
def test_every_shipped_scenario_changes_a_lever(projection, name):
    scenario = read_scenario(name)
    assert histories(scenario, projection.network, projection.start, projection.last, projection.expected_a_day)
    assert scenario.title
    assert scenario.description


def test_expulsions_that_ended_cannot_end_again(projection):
    with pytest.raises(DescriptionError, match="leaves the lever as it is"):
        histories(read_scenario("expulsions_end"), projection.network, projection.start, projection.last)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "scenario: x\nchanges:\n- {lever: mexico.detention_rat, to: 1}",
            r"mine.yaml:3: .*did you mean mexico.detention_rate",
        ),
        ("scenario: x\nchanges:\n- {lever: us.release_share, to: 1.5}", r"mine.yaml:3: .*1.5 share lies outside"),
        ("scenario: x\nchanges:\n- {lever: us.removal_flights, to: 360}", r"mine.yaml:3: .*leaves the lever as it is"),
        (
            "scenario: x\nchanges:\n- {lever: us.removal_flights, to: 9, from: 2020-01-01}",
            r"mine.yaml:3: .*lies outside the months",
        ),
        ("scenario: x\nstart: 2031-01-01\nchanges: []", r"2031-01-01 lies outside the months"),
        ("scenario: x\nchanges:\n- {lever: us.removal_flights}", r"mine.yaml:3: .*one of to, times, steps"),
        ("scenario: x\nchanges:\n- {lever: us.removal_flights, to: 1, form: 2024-01-01}", r"did you mean from"),
        ("scenario: x\nchanges: 5", r"mine.yaml:2: changes: changes are no list"),
        ("scenario: x\nchanges:\n- {lever: us.removal_flights, times: -1}", r"-1 is no factor"),
        (
            "scenario: x\nchanges:\n- {lever: mexico.passage_limit, times: 1, mean_of: nothing}",
            r"nothing is no counter",
        ),
        ("scenario: x\nchanges:\n- {lever: us.removal_flights, to: abc}", r"'abc' is no value"),
        ("scenario: x\nchanges:\n- {lever: us.release_share, to: {XXX: 0.2}}", r"mine.yaml:3: .*'XXX' is no group"),
        ("scenario: x\nchanges:\n- {lever: us.release_share, to: {MEX: {family: 1}}}", r"is no number"),
        ("scenario: x\nchanges:\n- {lever: us.release_share, steps: {first: 0.5}}", r"neither a day nor a month"),
        ("scenario: x\nchanges:\n- {lever: us.release_share, steps: {0: 0.5}}", r"neither a day nor a month"),
        ("scenario: x\nchanges:\n- {lever: us.release_share, steps: {2019-01-01: 0.5}}", r"lies outside the months"),
        ("scenario: x\nchanges:\n- {lever: us.release_share, to: 0.5, month: 999999}", r"999999 months are no run"),
        ("scenario: x\nchanges:\n- {lever: us.release_share, to: 0.5, over: 90}", r"lies outside the months"),
        ("scenario: x\nchanges:\n- {lever: us.removal_flights, to: 9, until: 2023-09-30}", r"before it begins"),
        (
            "scenario: x\nchanges:\n- {lever: us.removal_flights, to: 9}\n- {lever: us.removal_flights, to: 8}",
            r"mine.yaml:4: .*two changes of the lever begin on one day",
        ),
        ("title: x", r"the scenario has no name"),
        ("", r"the file is empty"),
        ("scenario: [", r"mine.yaml:"),
    ],
)
def test_a_mistake_is_one_line_with_the_mend(projection, tmp_path, text, said):
    path = scenario_file(tmp_path, text)

    def use():
        network, start, last = projection.network, projection.start, projection.last
        return histories(read_scenario(path), network, start, last, projection.expected_a_day)

    with pytest.raises(DescriptionError, match=said):
        use()


def test_ramps_and_steps_come_on_their_days(projection, tmp_path):
    path = scenario_file(
        tmp_path,
        """
        scenario: both
        changes:
          - {lever: us.removal_flights, to: 660, over: 3}
          - {lever: us.release_share, steps: {1: 0.5, 3: 0.2}, until: 2024-01-20}
        """,
    )
    made = histories(read_scenario(path), projection.network, projection.start, projection.last)
    start = projection.start
    assert [(h["effective"], round(h["value"])) for h in made["us.removal_flights"]] == [
        (start, 460),
        (dt.date(2023, 11, 1), 560),
        (dt.date(2023, 12, 1), 660),
    ]
    # After the last day the lever is what it would have been.
    assert [h["value"] for h in made["us.release_share"][:2]] == [0.5, 0.2]
    again = made["us.release_share"][2]
    assert again["effective"] == dt.date(2024, 1, 21)
    assert again["value"] == by_group("us.release_share", projection.network, start)


def test_the_answer_says_what_a_lever_does_not_do(ledger, tmp_path):
    path = scenario_file(
        tmp_path,
        """
        scenario: nobody_is_taken_back
        changes:
          - {lever: mexico.accepts_returns, to: 0}
        """,
    )
    # Expulsions have ended, so that it does not matter whom Mexico would take back.
    answer = compare(["status_quo", path], ledger, months=1, members=20)
    assert "no effect here: mexico.accepts_returns moves no flow" in answer.summary[0]


def test_compare_answers_with_every_table(ledger):
    answer = compare(["work_visas_100000"], ledger, months=2, members=20)
    differences = answer.tables["differences"].set_index("outcome")
    assert differences.loc["Encounters at the southwest border", "difference"] < 0
    # Who has a visa does not set out on the way.
    came = differences.loc["People with a further visa in place of the way", "difference"]
    assert differences.loc["People who set out on the way", "difference"] == pytest.approx(-came)
    assert {"what happens to people", "what is counted"} == set(differences["about"])
    assert {"differences", "outcomes", "levers", "by_month", "load", "death_rates"} == set(answer.tables)
    assert "visa_substitution" in {item["name"] for item in answer.assumed}


def test_legalization_regularizes_people_and_says_that_its_effect_is_not_known(ledger):
    answer = compare(["legalization"], ledger, months=1, members=40)
    row = answer.tables["differences"].set_index("outcome").loc[REGULARIZED.title]
    # Of the 11 million that the proposal spoke of, some are not eligible and some do not ask.
    assert 3e6 < row["low_90"] < row["high_90"] < 11e6
    assert {item["name"].partition(".")[0] for item in answer.assumed} >= {"legalized"}
    assert "regularized_by_year" in answer.tables


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"scenarios": []}, BadValueError),
        ({"scenarios": ["status_quo", "status_quo"]}, BadValueError),
        ({"scenarios": ["status_quo"]}, BadValueError),
        ({"scenarios": ["legalization"], "seed": -1}, BadValueError),
        ({"scenarios": ["no_such"]}, UnknownNameError),
        ({"scenarios": ["legalization"], "months": 0}, BadValueError),
        ({"scenarios": ["legalization"], "members": 3}, BadValueError),
        ({"scenarios": ["legalization"], "as_of": "2019-05-01"}, BadValueError),
    ],
)
def test_compare_refuses_what_it_cannot_use(ledger, arguments, error):
    with pytest.raises(error):
        compare(ledger=ledger, **arguments)


def test_lines_against_a_plain_loop():
    random = np.random.default_rng(3)
    arrivals, days = random.poisson(70, (5, 6)).astype(float), np.full(6, 7)
    made = service.lines(arrivals, days, 9.5)
    for draw in range(5):
        waiting = 0.0
        for day in range(42):
            waiting = max(0.0, waiting + arrivals[draw, day // 7] / 7 - 9.5)
            assert made[draw, day] == pytest.approx(waiting)
    person_days, each = service.wait(arrivals, days, 9.5)
    np.testing.assert_allclose(person_days, made.sum(axis=1))
    np.testing.assert_allclose(each, person_days / arrivals.sum(axis=1))


def test_more_capacity_never_means_a_longer_line():
    arrivals, days = np.random.default_rng(4).gamma(2, 50, (30, 8)), np.full(8, 7)
    waits = [service.wait(arrivals, days, capacity)[1] for capacity in (5.0, 10.0, 20.0)]
    assert (waits[0] >= waits[1]).all()
    assert (waits[1] >= waits[2]).all()
    assert (service.needed(arrivals, days, 0.9) >= service.needed(arrivals, days, 0.5)).all()


def test_surge_of_a_sector_and_its_mistakes(ledger):
    answer = vado.surge("Tucson", ledger, months=2, members=20)
    weeks = answer.tables["weeks"]
    assert weeks["chance_above_capacity"].between(0, 1).all()
    assert (weeks["arrivals_low_80"] <= weeks["arrivals_high_80"]).all()
    more = vado.surge("Tucson", ledger, months=2, members=20, capacity=10 * float(weeks["capacity"].iloc[0]))
    assert (more.tables["weeks"]["chance_above_capacity"] <= weeks["chance_above_capacity"]).all()
    with pytest.raises(UnknownNameError, match="did you mean 'Tucson'"):
        vado.surge("Tuscon", ledger)
    with pytest.raises(BadValueError, match="above 0"):
        vado.surge("Tucson", ledger, capacity=-1)


def test_a_mapping_moves_the_groups_that_it_names(projection, tmp_path):
    path = scenario_file(
        tmp_path, "scenario: x\nchanges:\n- {lever: us.release_share, to: {MEX: 0.1, VEN/family: 0.2}}"
    )
    (made,) = histories(read_scenario(path), projection.network, projection.start, projection.last)["us.release_share"]
    before = by_group("us.release_share", projection.network, projection.start)
    assert made["value"]["MEX/family"] == 0.1
    assert made["value"]["VEN/family"] == 0.2
    assert made["value"]["VEN/single_adult"] == before["VEN/single_adult"]


def test_a_cap_on_the_share_stopped_ends_with_the_change(projection, base, tmp_path):
    text = "scenario: x\nchanges:\n- {lever: mexico.detention_rate, to: 3, month: 2, until: 2023-11-30}"
    stopped = changed(projection, scenario_file(tmp_path, text))
    rate = [
        run["mx_events"].sum(["place", "household", "draw"])
        / run["southern_passages"].sum(["place", "household", "draw"])
        for run in (base, stopped)
    ]
    last = [one.isel(time=-1).sel(nationality=["GTM", "HND", "HTI"]).to_numpy() for one in rate]
    np.testing.assert_allclose(last[0], last[1], rtol=0.05)


def test_a_month_is_the_same_however_long_the_run_is(ledger):
    """Seasons are those of the months that are counted, whatever comes after."""
    longer, shorter = (project(ledger, months=months, members=20).given["departures"] for months in (6, 5))
    logs = [np.log(one.isel(time=slice(0, 8)).mean("draw")) for one in (longer, shorter)]
    # Another number of months draws other walks, whose mean is one.
    assert float(abs(logs[0] - logs[1]).median()) < 0.12


def test_rates_of_death_hold_for_early_days_too(ledger):
    archive = Archive(ledger)
    early, late = (death_rates(archive, day, 50, 1).table for day in (dt.date(2021, 2, 20), dt.date(2023, 8, 20)))
    # Deaths and passages are of the same months: no early rate is many times a late one.
    assert (early["per_10000"].to_numpy() < 12 * late["per_10000"].to_numpy()).all()
    none = death_rates(archive, dt.date(2019, 12, 20), 50, 1)
    assert all(np.isfinite(rate).all() and (rate < 0.05).all() for rate in none.rates.values())
