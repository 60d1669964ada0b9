"""The bargain against solved games, against what theory says of any game, and against its own promises."""

import datetime as dt
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.errors import BadValueError, DescriptionError
from vado.forecast.targets import NATIONALITIES
from vado.ledger.ledger import open_ledger
from vado.politics import action_flows, cases, deals
from vado.politics import uses as regions
from vado.politics.action_flows import COUNTS, stylised
from vado.politics.actions import AS_NOW, FLOWN_NOW, FLOWN_SOURCE, GROUPS, HARDER, Grid, nothing_to_offer
from vado.politics.assumptions import which_matters
from vado.politics.bargain import DEAL, NOTHING_FOR_BOTH, Bargain, PointsPerDoubling
from vado.politics.bargain_parameters import assumed, drawn, read_bargain_parameters
from vado.politics.leverage import CORRIDOR_MEMBERS, MONTHS
from vado.politics.solutions import (
    NO_DEAL,
    best_replies,
    critical_patience,
    critical_patience_finite,
    mixed_equilibrium,
    nash,
    nash_over_lotteries,
    pure_equilibria,
    rubinstein,
    rubinstein_weight,
    threat,
)
from vado.politics.uses import DETERRENT, NONE, PUNITIVE, use_of, uses

EFFECT = PointsPerDoubling(-1.5, 1.0)
MONTH = {"load": 190e3, "approval": 43.0, "chance": 0.03}
payoff = st.floats(-10, 10).map(lambda value: round(value, 3))
games = st.lists(st.tuples(payoff, payoff), min_size=1, max_size=12).map(lambda rows: np.array(rows).T)
weights = st.floats(0.05, 0.95)


@pytest.fixture(scope="module")
def flows():
    return stylised(
        [70e3, 80e3, 40e3],
        [0.0, 35e3, 15e3],
        postures=[one.name for one in Grid().postures],
        deaths=8e-4,
        waiting=[0.0, 3.6, 0.0],
        expelled=0.5,
        visas_effect=-0.01,
    )


# Solved games.


@pytest.mark.parametrize(("weight", "point", "share"), [(0.5, (0, 0), 50), (0.25, (0, 0), 25), (0.5, (20, 0), 60)])
def test_nash_divides_a_pie(weight, point, share):
    pie = np.arange(101.0)
    assert nash(pie, 100 - pie, point, weight)[0] == share


def test_nash_over_lotteries_of_two_outcomes():
    # On the line from (1, 0) to (0, 4) the weighted product is largest where the first side gets its weight.
    found = nash_over_lotteries([1.0, 0.0], [0.0, 4.0], (0.0, 0.0), 0.3)
    assert found.payoffs == pytest.approx((0.3, 2.8))
    assert dict(zip(found.outcomes, found.chances, strict=True)) == pytest.approx({0: 0.3, 1: 0.7})
    assert nash_over_lotteries([-1.0, -2.0], [5.0, 1.0], (0.0, 0.0)) is None


@given(st.floats(0.05, 3), st.floats(0.05, 3))
def test_rubinstein_leads_to_asymmetric_nash(impatience, others):
    step = 1e-6
    first, second = np.exp(-impatience * step), np.exp(-others * step)
    limit = others / (impatience + others)
    assert float(rubinstein(first, second)) == pytest.approx(limit, abs=1e-4)
    assert float(rubinstein_weight(first, second)) == pytest.approx(limit, abs=1e-6)
    pie = np.linspace(0, 1, 2001)
    assert pie[nash(pie, 1 - pie, (0, 0), limit)[0]] == pytest.approx(limit, abs=1e-3)


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(0.1, 5), st.integers(1, 4))
def test_critical_patience_of_a_prisoners_dilemma(punished, kept, tempted, delay):
    p, r, t = punished, punished + kept, punished + kept + tempted
    least = float(critical_patience(r, t, p, delay))
    assert least**delay == pytest.approx((t - r) / (t - p))
    # At that patience breaking and keeping the deal are worth the same.
    broken = sum(least**k * t for k in range(delay)) + least**delay / (1 - least) * p
    assert broken == pytest.approx(r / (1 - least), rel=1e-6)


def test_finite_punishment_comes_near_the_grim_one():
    assert critical_patience_finite(3.0, 5.0, 1.0, 60) == pytest.approx(
        float(critical_patience(3.0, 5.0, 1.0)), abs=1e-6
    )
    assert critical_patience_finite(3.0, 5.0, 2.0, 1) == 1.0
    assert critical_patience_finite(3.0, 2.0, 1.0, 1) == 0.0
    with pytest.raises(BadValueError):
        critical_patience_finite(3.0, 5.0, 1.0, 0)


def test_equilibria_of_small_games():
    dilemma = np.array([[3.0, 0.0], [5.0, 1.0]])
    assert pure_equilibria(dilemma, dilemma.T).tolist() == [[False, False], [False, True]]
    profile, settled = best_replies(dilemma[None], dilemma.T[None], (0, 0))
    assert profile.tolist() == [[1, 1]]
    assert settled.all()
    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert not best_replies(pennies[None], -pennies[None], (0, 0))[1].any()
    rows, columns = mixed_equilibrium(pennies, -pennies)
    assert rows == pytest.approx([0.5, 0.5])
    assert columns == pytest.approx([0.5, 0.5])


def test_a_threat_is_worth_what_it_moves_the_point_without_a_deal():
    pie = np.arange(101.0)
    # It costs its owner 10 and the other 40: the owner gets (100 - 10 + 40) / 2 in place of half.
    found = threat(pie, 100 - pie, (0.0, 0.0), (-10.0, -40.0), 0.5, 0.9, periods=3)
    assert (found.worth, found.cost) == (pytest.approx([15.0]), pytest.approx([10.0]))
    assert not found.believed.any()
    assert found.sustained.all() == ((1 - 0.9**3) * 10 <= 0.9**3 * 15)
    assert threat(pie, 100 - pie, (0.0, 0.0), (0.0, -40.0), 0.5, 0.9).believed.all()


# What theory says of any game.


@given(games, payoff, payoff, st.floats(0, 5), weights)
def test_a_better_point_without_a_deal_never_hurts_its_owner(game, first, second, better, weight):
    def gets(point):
        chosen = nash(game[0], game[1], (point, second), weight)[0]
        return point if chosen == NO_DEAL else game[0, chosen]

    assert gets(first + better) >= gets(first)


@given(games, payoff, payoff, weights, weights)
def test_a_higher_weight_never_lowers_the_own_payoff(game, first, second, one, other):
    low, high = sorted((one, other))
    chosen = [nash(game[0], game[1], (first, second), weight)[0] for weight in (low, high)]
    assert (chosen[0] == NO_DEAL) == (chosen[1] == NO_DEAL)
    assert game[0, chosen[1]] >= game[0, chosen[0]] - 1e-9


@given(games, payoff, payoff, weights, st.floats(0.1, 9), payoff)
def test_nash_does_not_depend_on_units(game, first, second, weight, unit, shift):
    before = nash(game[0], game[1], (first, second), weight)[0]
    after = nash(unit * game[0] + shift, game[1], (unit * first + shift, second), weight)[0]
    if before != NO_DEAL and after != NO_DEAL:
        gains = [(game[0, k] - first) ** weight * (game[1, k] - second) ** (1 - weight) for k in (before, after)]
        assert gains[0] == pytest.approx(gains[1])


@given(games, weights)
def test_lotteries_never_give_a_smaller_product(game, weight):
    chosen = nash(game[0], game[1], (0.0, 0.0), weight)[0]
    mixed = nash_over_lotteries(game[0], game[1], (0.0, 0.0), weight)
    if chosen != NO_DEAL:
        product = game[0, chosen] ** weight * game[1, chosen] ** (1 - weight)
        assert mixed.payoffs[0] ** weight * mixed.payoffs[1] ** (1 - weight) >= product - 1e-9
    if mixed is not None:
        assert sum(mixed.chances) == pytest.approx(1)


# The bargain of this corridor.


def moved(name, by):
    """The shipped parameters with one law moved, so that every draw of it moves the same way."""
    parameters = read_bargain_parameters()
    one = parameters[name]
    return parameters | {name: replace(one, **{key: getattr(one, key) + by for key in ("value", "low", "high")})}


@pytest.fixture(scope="module")
def outcome(flows):
    return Bargain(flows, EFFECT, draws=200).at(**MONTH)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.floats(20, 60), st.floats(-5, 5))
def test_with_nothing_to_offer_the_deal_is_no_deal(flows, seed, approval, effect):
    bargain = Bargain(flows, PointsPerDoubling(effect, 1.0), draws=40, seed=seed, grid=nothing_to_offer(Grid()))
    outcome = bargain.at(MONTH["load"], approval, MONTH["chance"])
    assert set(outcome.verdict) == {NOTHING_FOR_BOTH}
    assert (outcome.us_gain == 0).all()
    assert (outcome.mexico_gain == 0).all()


def test_a_deal_serves_both_and_is_kept(outcome):
    made = outcome.deal
    assert 0 < made.mean() < 1
    assert (outcome.us_gain[made] > 0).all()
    assert (outcome.mexico_gain[made] > 0).all()
    assert (outcome.us_gain[~made] == 0).all()
    assert (outcome.mexico[~made] == outcome.without[~made, 0]).all()


def test_more_patience_breaks_no_deal(flows):
    known = moved("patience_mexico", 0.0)
    patient = {
        name: replace(known[name], value=0.985, low=0.97, high=0.998) for name in ("patience_us", "patience_mexico")
    }
    before, after = (Bargain(flows, EFFECT, draws=200, parameters=one).at(**MONTH) for one in (known, known | patient))
    harder = before.payoffs.draws["patience_us"] <= after.payoffs.draws["patience_us"]
    harder &= before.payoffs.draws["patience_mexico"] <= after.payoffs.draws["patience_mexico"]
    assert harder.mean() > 0.9
    assert after.deal[before.deal & harder].all()
    assert after.deal.sum() > before.deal.sum()


def test_more_weight_lowers_no_own_gain(flows):
    before, after = (
        Bargain(flows, EFFECT, draws=200, parameters=moved("bargaining_weight_us", by)).at(**MONTH) for by in (0.0, 0.1)
    )
    assert (after.us_gain >= before.us_gain - 1e-9).all()
    assert (after.us_gain > before.us_gain).any()
    assert (after.mexico_gain <= before.mexico_gain + 1e-9).all()


def test_a_month_may_differ_by_draw_and_the_seed_decides(flows):
    bargain = Bargain(flows, EFFECT, draws=60)
    one = bargain.at(**MONTH)
    same = bargain.at(np.full(60, MONTH["load"]), np.full(60, MONTH["approval"]), np.full(60, MONTH["chance"]))
    assert (one.us_gain == same.us_gain).all()
    assert (one.mexico == same.mexico).all()
    assert (Bargain(flows, EFFECT, draws=60, seed=2).at(**MONTH).payoffs.us != one.payoffs.us).any()
    for month in ({"load": 0}, {"approval": 101}, {"chance": 1.5}, {"load": [1.0, 2.0]}):
        with pytest.raises(BadValueError):
            bargain.at(**MONTH | month)


def test_the_status_quo_is_worth_nothing_to_both(outcome):
    own, other = outcome.payoffs.grid.status_quo
    assert outcome.payoffs.us[:, own, other] == pytest.approx(0)
    assert outcome.payoffs.mexico[:, own, other] == pytest.approx(0)


def test_what_a_deal_does_to_people_stands_in_every_table(outcome):
    for table in (deals.deals(outcome), deals.threats(outcome), uses(outcome)):
        columns = set(table.columns)
        assert {f"{name}_change" for name in deals.PEOPLE} <= columns
        assert table["source_id"].notna().all()
    found = deals.deals(outcome)
    assert found["share_of_draws"].sum() == pytest.approx(1)
    stopped = found.set_index("what")["stopped_in_mexico_change"]
    assert stopped[[name for name in stopped.index if "Mexico stricter;" in name]].min() > 0
    assert deals.chances(outcome).set_index("what")["share_of_draws"][DEAL] == pytest.approx(outcome.deal.mean())


def test_uses_part_the_map(outcome):
    found = uses(outcome)
    assert found["share_of_draws"].sum() == pytest.approx(1)
    assert found["use"].tolist() == ["punitive", "extractive", "defensive", "deterrent", "none"]
    assert found.set_index("use")["received_million_usd_a_month"]["extractive"] > 0


def test_an_averted_tariff_is_defence_or_deterrence_and_no_concession(flows):
    grid = replace(nothing_to_offer(Grid()), postures=(AS_NOW, HARDER))
    outcome = Bargain(flows, EFFECT, draws=100, grid=grid).at(**MONTH, tariff=0.05)
    found = uses(outcome).set_index("use")["share_of_draws"]
    assert outcome.deal.mean() > 0.9
    assert found["extractive"] == 0
    assert found["defensive"] + found["deterrent"] > 0.5
    assert any("tariff" in one.title for one in outcome.threats)


def placed(outcome, mexico, us, without=None, deal=False):
    """The same draws with every one of them at a profile, against another without a deal."""
    number = outcome.payoffs.number
    return replace(
        outcome,
        mexico=np.full(number, mexico),
        us=np.full(number, us),
        without=np.tile(without or (mexico, us), (number, 1)),
        verdict=np.full(number, DEAL if deal else NOTHING_FOR_BOTH),
    )


def test_deterrence_is_a_posture_not_taken_while_mexico_keeps_its_practice(outcome, monkeypatch):
    grid = outcome.payoffs.grid
    (own, now), harder, lax = grid.status_quo, grid.us_action("harder"), grid.mexico_action("lax", "lax")
    for deterred, kept in ((True, DETERRENT), (False, NONE)):
        monkeypatch.setattr(regions, "_deterred", lambda one, told=deterred: np.full(one.payoffs.number, told))
        assert set(use_of(placed(outcome, own, now))) == {kept}
        assert set(use_of(placed(outcome, own, harder))) == {NONE}
        assert set(use_of(placed(outcome, lax, now))) == {NONE}
        assert set(use_of(placed(outcome, lax, harder))) == {PUNITIVE}
        assert set(use_of(placed(outcome, own, now, (own, harder), deal=True))) == {DETERRENT}


def test_uses_and_the_row_without_a_deal_are_against_the_practice_of_the_day(outcome):
    grid = outcome.payoffs.grid
    there = placed(outcome, grid.mexico_action("lax", "lax"), grid.us_action("harder"))
    assert deals.changes(there)["encounters_change"] == 0
    row = uses(there).set_index("use").loc[PUNITIVE]
    assert row["encounters_change"] == pytest.approx(there.count("encounters").mean() - MONTH["load"])
    assert row["encounters_change"] > 0
    assert row["changes_against"] == "the practice of the day"
    without = deals.deals(there).set_index("what").loc["no deal"]
    assert without["encounters_change_from_practice"] == row["encounters_change"]
    same = placed(outcome, *grid.status_quo)
    assert set(deals.changes(same, practice=True).values()) == {0.0}


def test_sobol_indices_leave_out_what_is_one_number(flows):
    names = set(
        which_matters(flows, PointsPerDoubling(-1.0, 0.0), load=190e3, approval=43.0, chance=0.03, base=8)["name"]
    )
    assert "processing_cost" in names
    assert not names & {"chance_of_passage", "points_per_doubling", "member"}


def test_sobol_indices_see_who_has_no_part(flows):
    found = which_matters(flows, EFFECT, load=190e3, approval=43.0, chance=[0.01, 0.05], base=16)
    unused = found[found["name"].isin(["tariff_exports", "tariff_borne_by_us"])]
    assert (unused["total"] == 0).all()
    assert len(unused) == 2 * found["answer"].nunique()
    assert found["total"].max() > 0.1
    assert "chance_of_passage" in set(found["name"])
    assert "banxico_remittances" in found["source_id"].iloc[0]


# Flows and parameters.


def test_flows_at_other_factors(flows):
    assert all(np.allclose(flows.at(flows.factors).counts[name], flows.counts[name]) for name in COUNTS)
    fine = flows.at(np.geomspace(0.3, 2.5, 30))
    encounters, stopped = (fine.counts[name][:, 0, 0, 1:] for name in ("encounters", "stopped"))
    assert (np.diff(encounters, axis=0) < 0).all()
    assert (np.diff(stopped, axis=0) > 0).all()
    assert flows.load == pytest.approx(190e3)
    assert fine.counts["encounters"][:, 0, 0, 0] == pytest.approx(70e3)


def test_kept_flows_are_read_as_they_were(flows, tmp_path):
    action_flows.keep(flows, tmp_path / "kept.npz")
    read = action_flows._read(tmp_path / "kept.npz")
    assert (read.factors, read.postures, read.note) == (flows.factors, flows.postures, flows.note)
    assert all((read.counts[name] == flows.counts[name]).all() for name in COUNTS)


def test_runs_that_are_kept_or_shipped_are_used_only_if_that_is_asked(flows, tmp_path, monkeypatch):
    action_flows.keep(flows, tmp_path / "actions-it.npz")
    monkeypatch.setattr(action_flows, "SHIPPED", tmp_path)
    monkeypatch.setattr(action_flows, "digest", lambda *_: "it")
    monkeypatch.setattr(action_flows, "_run", lambda *_: replace(flows, note="anew"))
    asked = {"ledger": open_ledger(), "as_of": "2021-11-16"}
    assert action_flows.action_flows(**asked).note == flows.note
    assert action_flows.action_flows(**asked, cache=False).note == "anew"


@pytest.mark.slow
def test_a_run_that_ships_is_what_is_made_anew():
    ledger, when = open_ledger(), dt.date(2021, 11, 16)
    path = action_flows.SHIPPED / f"actions-{action_flows.digest(ledger, when, MONTHS, CORRIDOR_MEMBERS, 1)}.npz"
    shipped = action_flows._read(path)
    made = action_flows.action_flows(ledger, as_of=when, months=MONTHS, members=CORRIDOR_MEMBERS, cache=False)
    assert (made.factors, made.postures, made.source_id) == (shipped.factors, shipped.postures, shipped.source_id)
    for name, counts in shipped.counts.items():
        np.testing.assert_allclose(made.counts[name], counts, rtol=1e-6, err_msg=name)
    np.testing.assert_allclose(made.visas_effect, shipped.visas_effect, atol=1e-6)
    np.testing.assert_allclose(made.money_effect, shipped.money_effect, atol=1e-6)


def test_removal_flights_of_the_practice_are_the_corridors():
    levers = yaml.safe_load((files("vado.corridors") / "us_mexico" / "levers.yaml").read_text(encoding="utf-8"))
    lever = levers["levers"]["us.removal_flights"]
    assert (lever["value"], lever["source"]) == (FLOWN_NOW, FLOWN_SOURCE)


def test_a_profile_as_levers_of_the_corridor():
    grid = Grid()
    assert sorted(code for codes in GROUPS.values() for code in codes) == sorted(NATIONALITIES)
    levers = grid.levers(grid.mexico_action("as now", "strict"), grid.us_action("harder"))
    assert levers["mexico.detention_rate"]["HTI"] == 2.5
    assert levers["mexico.detention_rate"]["GTM"] == 1.0
    assert levers["mexico.visa_required"]["VEN"] == 1.0
    assert levers["us.removal_flights"] == 700.0
    with pytest.raises(BadValueError):
        Grid(factors=(0.5, 2.0))


def test_every_parameter_has_a_source_or_is_called_assumed(tmp_path):
    known = set(open_ledger().read("sources")["source_id"])
    parameters = read_bargain_parameters()
    for one in parameters.values():
        assert (one.status == "assumed") == (one.source == "")
        assert not one.source or one.source in known
        assert one.note
    assert len(assumed(parameters)) == sum(one.status == "assumed" for one in parameters.values())
    middle = drawn(parameters, np.full((1, len(parameters)), 0.5))
    assert middle["processing_cost"] == pytest.approx(1200)
    own = tmp_path / "own.yaml"
    own.write_text("event_cost: {value: 500}\n")
    assert read_bargain_parameters(own)["event_cost"].value == 500
    for text in (
        "event_costs: {value: 1}\n",
        "event_cost: {low: 900}\n",
        "event_cost: {value: much}\n",
        "event_cost: 3\n",
    ):
        own.write_text(text)
        with pytest.raises(DescriptionError):
            read_bargain_parameters(own)


def test_a_case_is_told_by_direction_and_without_a_score():
    row = cases._row(open_ledger(), cases.STATEMENT, None, 60, 1)
    assert row["happened_regulation"] == "stricter"
    assert not {name for name in row if "hit" in name or "score" in name or "right" in name}
    assert {"deaths_change", "waiting_in_mexico_change", "returned_by_mexico_change"} <= set(row)
    # The only count of deaths before it was published three years later.
    assert np.isnan(row["deaths_change"])
    assert "Deaths are left out" in row["note"]
    assert "are of 2021" in row["note"]


class Cut:
    """A ledger as it was on a day: whatever is asked of it, nothing later is there."""

    def __init__(self, ledger, last):
        self.inner, self.last = ledger, dt.date.fromisoformat(last)
        self.content_hash = f"{ledger.content_hash} cut at {last}"

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def _day(self, as_of):
        return self.last if as_of is None else min(self.last, dt.date.fromisoformat(str(as_of)))

    def read(self, table, as_of=None):
        return self.inner.read(table, self._day(as_of))

    def observe(self, measure, as_of=None, **chosen):
        return self.inner.observe(measure, self._day(as_of), **chosen)


@pytest.mark.parametrize(
    "case",
    [cases.DECLARATION, cases.STATEMENT, pytest.param(cases.OPERATIONS, marks=pytest.mark.slow)],
    ids=lambda case: case.as_of,
)
def test_a_case_is_run_on_what_was_known_on_its_day(case):
    ledger = open_ledger()
    whole, cut = (cases.outcome_of(case, one, draws=20) for one in (ledger, Cut(ledger, case.as_of)))
    for name in COUNTS:
        assert np.array_equal(whole.payoffs.flows.counts[name], cut.payoffs.flows.counts[name], equal_nan=True), name
    assert np.array_equal(whole.payoffs.us, cut.payoffs.us)
    assert np.array_equal(whole.payoffs.mexico, cut.payoffs.mexico)
    assert whole.payoffs.flows.source_id == cut.payoffs.flows.source_id


def test_a_case_is_told_once_its_window_has_been_published():
    ledger = open_ledger()
    told = {
        when: [case.as_of for case in cases.CASES if cases._over(ledger, case, when)]
        for when in ("2017-01-29", "2019-11-10", "2022-02-10", "2022-02-11")
    }
    assert told["2017-01-29"] == []
    assert told["2019-11-10"] == [cases.STATEMENT.as_of]
    assert told["2022-02-10"] == [cases.DECLARATION.as_of, cases.STATEMENT.as_of]
    assert len(told["2022-02-11"]) == 3
    none = cases.cases(ledger, as_of="2017-01-29")
    assert len(none) == 0
    assert "source_id" in none


def test_what_the_cases_assume_is_listed():
    found = {one["name"]: one["value"] for one in cases.assumed()}
    assert found["cases.chance_divided"] < found["cases.chance_united"]
    assert all(one["note"] and one["unit"] for one in cases.assumed())
    assert cases.unknown_effect() == PointsPerDoubling(0.0, 2.0)
