"""The ensemble and its parts: nothing after the origin is seen, weights are earned, policy acts from its day on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vado
from vado.errors import BadValueError
from vado.forecast import ensemble, policy, structural, volatility, walks
from vado.forecast.archive import Archive
from vado.forecast.hubverse import LEVELS
from vado.forecast.members import Settings, know, run_member
from vado.forecast.nationality_season import move_of_sums, read_nationality_seasons
from vado.forecast.season import read_season
from vado.forecast.targets import CELLS, NATIONALITIES, SERIES, SUMS, release_day

ORIGIN = pd.Timestamp("2021-09-30").as_unit("s")
HORIZONS = range(1, 4)


@pytest.fixture(scope="module")
def archive():
    with vado.open_ledger() as ledger:
        yield Archive(ledger)


@pytest.fixture(scope="module")
def knowledge(archive):
    return know(archive, release_day(archive, ORIGIN.date()), ORIGIN)


@pytest.fixture(scope="module")
def said(knowledge):
    return ensemble.combine(knowledge, HORIZONS, LEVELS, Settings())


class Altered:
    """A ledger whose figures of periods after a day are multiplied."""

    def __init__(self, ledger: Any, day: pd.Timestamp, factor: float) -> None:
        self._ledger, self._day, self._factor = ledger, day, factor

    def observe(self, measure: str, as_of: Any = None, **filters: Any) -> pd.DataFrame:
        rows = self._ledger.observe(measure, as_of, **filters).copy()
        rows["value"] = rows["value"].where(
            pd.to_datetime(rows["period_end"]) <= self._day, rows["value"] * self._factor
        )
        return rows

    def read(self, table: str) -> pd.DataFrame:
        return self._ledger.read(table)


@settings(max_examples=3, deadline=None)
@given(factor=st.floats(0, 50))
def test_nothing_after_an_origin_changes_its_forecast(archive, said, factor):
    altered = Archive(Altered(archive, ORIGIN, factor))
    then = know(altered, release_day(archive, ORIGIN.date()), ORIGIN)
    again = ensemble.combine(then, HORIZONS, LEVELS, Settings())
    assert np.array_equal(again.log_quantiles, said.log_quantiles)


def test_an_earlier_figure_does_change_it(archive, said):
    altered = Archive(Altered(archive, ORIGIN - pd.offsets.MonthEnd(1), 1.2))
    then = know(altered, release_day(archive, ORIGIN.date()), ORIGIN)
    again = walks.seasons(then, HORIZONS, LEVELS)[0]
    assert not np.allclose(again, walks.seasons(know(archive, then.as_of, ORIGIN), HORIZONS, LEVELS)[0])


def test_weights_come_to_one_and_no_member_is_dropped(said):
    sums = said.weights.groupby(["group", "horizons"])["weight"].agg(["sum", "min"])
    np.testing.assert_allclose(sums["sum"], 1)
    assert (sums["min"] > 0).all()
    # A better record than another of the same prior weighs more.
    equal = said.weights[said.weights["member"].isin(["rw", "srw"])].pivot_table(
        index=["group", "horizons"], columns="member", values=["weight", "score"]
    )
    better = equal["score"]["srw"] < equal["score"]["rw"]
    assert ((equal["weight"]["srw"] > equal["weight"]["rw"]) == better).all()


def test_the_weight_of_the_corridor_is_told(said):
    own = said.weights[said.weights["member"] == "corridor"]
    assert len(own) == 8
    assert (own["origins"] > 0).all()


def test_every_origin_of_the_ledger_has_shipped_moves(archive):
    for text in ("2020-12-31", "2022-06-30", "2023-09-30"):
        origin = pd.Timestamp(text).as_unit("s")
        then = know(archive, release_day(archive, origin.date()), origin)
        assert structural.moves(then, Settings(), shipped_only=True) is not None, "run tools/build_corridor_moves.py"


def test_leaving_a_part_out_changes_what_it_moves(knowledge):
    table = ensemble.left_out(knowledge, range(1, 2), LEVELS, Settings())
    assert set(table["left_out"]) == {"nothing", "srw", "seasons", "pooled", "corridor", "signals", "policy"}
    assert (table["change"] != 0).sum() >= 4
    assert (table["change"].abs() < 0.5).all()


def test_a_sum_has_the_season_of_who_is_in_it(archive):
    shapes = read_nationality_seasons(archive, read_season(archive, dt.date(2019, 12, 31), pd.Timestamp("2019-12-31")))
    assert dict(zip(NATIONALITIES, shapes.chosen, strict=True))["MEX"] == "own"
    cells = np.zeros(len(CELLS))
    cells[CELLS.index(("Tucson", "MEX"))] = 1000
    only_mexico = shapes.changes(cells, 2)
    cells[CELLS.index(("Tucson", "VEN"))] = 9000
    mixed = shapes.changes(cells, 2)
    own = shapes.shapes[NATIONALITIES.index("MEX"), 1]
    assert only_mexico[0] == pytest.approx(own)
    assert mixed[0] == pytest.approx(np.log(0.1 * np.exp(own) + 0.9))
    np.testing.assert_allclose(shapes.shapes.sum(axis=1), 0, atol=1e-9)


@given(st.lists(st.floats(0, 1e5), min_size=130, max_size=130), st.floats(-2, 2))
def test_one_move_of_all_cells_moves_every_sum_as_much(cells, move):
    moved = move_of_sums(np.array(cells), np.full(len(CELLS), move))
    assert all(value == 0 or value == pytest.approx(move, abs=1e-6) for value in moved)


def test_a_restless_series_is_forecast_wider():
    random = np.random.default_rng(1)
    calm = random.normal(0, 0.1, (36, 1))
    restless = np.concatenate([calm[:30], 5 * calm[30:]])
    wide, narrow = (volatility.scaled_spread(np.hstack([restless, calm]), LEVELS)[k, -1] for k in (0, 1))
    assert wide > 1.5 * narrow
    assert volatility.recent(calm)[0] == pytest.approx(0.12, abs=0.04)


class TestPolicy:
    """Announced changes of policy."""

    def changes(self, archive, day):
        return policy.known_changes(archive.read("events"), day)

    def test_a_change_is_known_from_its_announcement(self, archive):
        def known(day):
            return {(c.rule.subject, c.rule.event) for c in self.changes(archive, day)}

        assert ("mx_visa_ecu", "effective") not in known(dt.date(2021, 8, 19))
        assert ("mx_visa_ecu", "effective") in known(dt.date(2021, 8, 20))

    def test_its_effect_is_the_prior_once_it_holds(self, archive):
        cells = np.full(len(CELLS), 100.0)
        origin, months = pd.Timestamp("2021-08-31"), pd.DatetimeIndex(["2021-09-30", "2021-10-31"])
        found = policy.effects(self.changes(archive, dt.date(2021, 8, 25)), cells, origin, months)
        column = SERIES.index(("swb", "ECU"))
        # 27 of 30 days of September.
        assert found.moves[0, column] == pytest.approx(np.log(1 - 0.9 + 0.9 * 0.33))
        assert found.moves[1, column] == pytest.approx(np.log(0.33))
        assert found.variances[1, column] == pytest.approx(policy.SPREAD**2)
        assert found.moves[1, SERIES.index(("swb", "MEX"))] == 0
        later = policy.effects(self.changes(archive, dt.date(2022, 1, 1)), cells, pd.Timestamp("2021-12-31"), months)
        assert later.moves[0, column] == 0

    def test_every_rule_is_in_the_ledger(self, archive):
        assert len(self.changes(archive, dt.date(2023, 12, 31))) == len(policy.RULES)

    def test_it_widens(self, archive):
        then = know(archive, "2023-05-18", pd.Timestamp("2023-04-30").as_unit("s"))
        narrow, wide = (run_member(name, then, HORIZONS, LEVELS).log_quantiles for name in ("seasons", "policy"))
        spread = [q[1, len(SUMS) :, -3] - q[1, len(SUMS) :, 2] for q in (narrow, wide)]
        between_ports = [place != "OFO" for place, _ in CELLS]
        assert (spread[1] >= spread[0] - 1e-9).all()
        assert (spread[1] > spread[0] + 0.01)[between_ports].mean() > 0.9


def test_signals_wait_for_their_publication(archive):
    from vado.forecast.signals import read_signals

    origin = pd.Timestamp("2022-06-30")
    assert read_signals(archive, dt.date(2022, 7, 1), origin)[0] == {}
    found, ids = read_signals(archive, dt.date(2022, 7, 18), origin)
    assert "CUB" in found
    assert ids
    assert all(abs(change) <= 1 for change in found.values())


#: Highest ratios of mean scores to those of the better naive member, on counts and on log counts, 1-2 and 3-6 months.
BARS = {
    "T1 total": ((0.88, 0.87), (0.96, 0.94)),
    "T2 nationality": ((0.91, 0.95), (0.93, 0.96)),
    "T3 location": ((0.93, 0.90), (0.98, 0.94)),
    "T4 cell": ((0.93, 0.98), (0.91, 0.985)),
}


@pytest.mark.slow
def test_the_record_of_the_ensemble_holds_its_bars(archive):
    answer = vado.backtest(members=["rw", "srw", "snaive", "ensemble"])
    ratios = answer.tables["ratios"]
    ratios = ratios[(ratios["by"] == "group") & (ratios["months"] == "all") & (ratios["member"] == "ensemble")]
    naive = (
        ratios[ratios["baseline"].isin(["rw", "snaive"])]
        .groupby(["group", "horizons"])[["ratio_raw", "ratio_log"]]
        .max()
    )
    for group, bars in BARS.items():
        for horizons, (raw, log) in zip(("1-2", "3-6"), bars, strict=True):
            assert naive.loc[(group, horizons), "ratio_raw"] <= raw
            assert naive.loc[(group, horizons), "ratio_log"] <= log
    scores = answer.tables["scores"]
    own = scores[(scores["by"] == "group") & (scores["months"] == "all") & (scores["member"] == "ensemble")]
    for group, rows in own.groupby("group"):
        for level in (50, 80, 90, 95):
            covered = np.average(rows[f"coverage_{level}"], weights=rows["tasks"])
            assert abs(100 * covered - level) <= 7, (group, level, covered)


@pytest.mark.slow
def test_known_parameters_are_found_again():
    import importlib
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    recovery = importlib.import_module("fit_recovery")
    inside, looked = recovery.covered(*(made := recovery.history(21, 15)))
    assert looked > 1000
    assert 0.75 <= inside / looked <= 0.99
    assert all(abs(ratio - 1) < 0.15 for ratio in recovery.spreads(made[0]))


class Lacking:
    """A ledger whose last month lacks a sector."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger

    def observe(self, measure: str, as_of: Any = None, **filters: Any) -> pd.DataFrame:
        rows = self._ledger.observe(measure, as_of, **filters)
        last = pd.to_datetime(rows["period_end"]).dt.strftime("%Y-%m") == "2023-09"
        return rows[~(last & (rows["place"] == "Tucson"))]

    def read(self, table: str) -> pd.DataFrame:
        return self._ledger.read(table)


def test_a_last_month_without_a_place_is_refused_and_the_month_before_is_not():
    with vado.open_ledger() as ledger:
        lacking = Lacking(ledger)
        with pytest.raises(BadValueError, match=r"no row for Tucson in 2023-09, where 48,752 were counted"):
            know(lacking, "2023-11-30")
        assert know(lacking, "2023-10-01").panel.origin == pd.Timestamp("2023-08-31")
