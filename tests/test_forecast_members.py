"""Members against other implementations, and the one thing that no member may do: look ahead."""

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.errors import BadValueError, UnknownNameError
from vado.forecast import statistical
from vado.forecast.archive import Archive
from vado.forecast.backtest import backtest
from vado.forecast.hubverse import LEVELS
from vado.forecast.members import Settings, know, run_member, seasonal_naive, within_bounds
from vado.forecast.rolling import predict_all
from vado.forecast.season import read_season
from vado.forecast.targets import LOCATIONS, NATIONALITIES, SERIES, build_panel, read_panel, release_day
from vado.ledger.codes import SOUTHWEST_SECTORS

HORIZONS = range(1, 13)
#: Members that need nothing but the counts themselves and the border's season.
FAST = ["rw", "srw", "snaive"]


class SyntheticLedger:
    """A ledger of made-up counts, whose values can be altered; it knows ``observe`` only."""

    def __init__(self, months=40, seed=1):
        draw = np.random.default_rng(seed)
        ends = pd.date_range("2019-10-31", periods=months, freq="ME", unit="s")
        rows = []
        for place in LOCATIONS:
            for code in [*NATIONALITIES[:4], "IND", "OOO"]:
                counts = draw.poisson(np.exp(np.cumsum(draw.normal(0, 0.3, months)) + draw.normal(4, 1)))
                for end, count in zip(ends, counts, strict=True):
                    office = "Laredo Field Office" if place == "OFO" else place
                    rows.append((office, code, "OFO" if place == "OFO" else "USBP", end, float(count)))
        self.sw_encounters = self._frame(rows)
        long = pd.date_range("1999-10-31", "2020-09-30", freq="ME", unit="s")
        wave = 1000 * np.exp(0.3 * np.sin(2 * np.pi * np.asarray(long.month) / 12))
        rows = [
            (place, "ALL", "USBP", end, round(size * draw.lognormal(0, 0.1)))
            for place in (*SOUTHWEST_SECTORS, "Blaine")
            for end, size in zip(long, wave, strict=True)
        ]
        self.usbp_encounters = self._frame(rows)

    @staticmethod
    def _frame(rows):
        frame = pd.DataFrame(rows, columns=["place", "nationality", "component", "period_end", "value"])
        frame["period_start"] = frame["period_end"] - pd.offsets.MonthBegin(1)
        frame["published"] = frame["period_end"] + pd.Timedelta(days=20)
        return frame.assign(published_is_assumed=True, source_id="made_up")

    def observe(self, measure, as_of=None, *, start=None, end=None):
        frame = getattr(self, measure)
        keep = pd.Series(True, index=frame.index)
        if as_of is not None:
            keep &= frame["published"] <= pd.Timestamp(as_of)
        if start is not None:
            keep &= frame["period_start"] >= pd.Timestamp(start)
        if end is not None:
            keep &= frame["period_end"] <= pd.Timestamp(end)
        return frame[keep]


@pytest.fixture(scope="module")
def synthetic():
    return SyntheticLedger()


def test_the_panel_adds_up_and_a_missing_row_is_zero(synthetic):
    rows = synthetic.sw_encounters.drop(index=3)
    panel = build_panel(rows)
    assert panel.counts.shape == (40, 154)
    by = {series: panel.counts[:, index] for index, series in enumerate(SERIES)}
    assert by["swb", "ALL"].sum() == rows["value"].sum()
    np.testing.assert_array_equal(sum(by[place, "ALL"] for place in LOCATIONS), by["swb", "ALL"])
    np.testing.assert_array_equal(sum(by[place, "MEX"] for place in LOCATIONS), by["swb", "MEX"])
    assert by[LOCATIONS[0], "MEX"][3] == 0
    others = rows[rows["nationality"].isin(["IND", "OOO"]) & (rows["component"] == "OFO")]
    assert by["OFO", "OTH"].sum() == others["value"].sum()


def test_a_month_without_rows_and_a_stray_place_are_refused(synthetic):
    rows = synthetic.sw_encounters
    with pytest.raises(BadValueError, match="no row at all in 2020-03"):
        build_panel(rows[rows["period_end"] != "2020-03-31"])
    with pytest.raises(BadValueError, match="'Blaine'"):
        build_panel(rows.replace({"place": {"Yuma": "Blaine"}}))


def test_release_day_is_the_first(synthetic):
    assert release_day(synthetic, "2021-03") == dt.date(2021, 4, 20)
    with pytest.raises(BadValueError, match="usable origins are 2019-12 to 2023-01"):
        release_day(synthetic, "2024-03")


def test_an_origin_needs_to_be_published_and_late_enough(synthetic):
    with pytest.raises(BadValueError, match="the last month that was is 2021-02"):
        know(synthetic, "2021-04-19", pd.Timestamp("2021-03-31"))
    with pytest.raises(BadValueError, match="earliest usable origin is 2019-12"):
        know(synthetic, "2019-12-31")
    with pytest.raises(UnknownNameError, match="did you mean 'srw'"):
        run_member("ssrw", know(synthetic, "2021-04-20"), HORIZONS, LEVELS)


@pytest.mark.parametrize("name", FAST)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_nothing_after_the_origin_changes_a_forecast(name, data):
    ledger = SyntheticLedger(months=34)
    origin = pd.Timestamp("2021-03-31")
    as_of = release_day(ledger, "2021-03")
    before = predict_all(name, know(ledger, as_of, origin), 12)[0].quantiles
    for measure in ("sw_encounters", "usbp_encounters"):
        frame = getattr(ledger, measure)
        limit = origin if measure == "sw_encounters" else pd.Timestamp("2019-09-30")
        later = frame.index[frame["period_end"] > limit]
        altered = data.draw(st.lists(st.sampled_from(list(later)), min_size=1, max_size=20))
        values = data.draw(st.lists(st.integers(0, 10**6), min_size=len(altered), max_size=len(altered)))
        frame.loc[altered, "value"] = np.array(values, dtype=float)
    after = predict_all(name, know(ledger, as_of, origin), 12)[0].quantiles
    np.testing.assert_array_equal(before, after)
    # Seen with later eyes, the same origin still ends where it ends.
    late = predict_all(name, know(Archive(ledger), "2022-08-20", origin), 12)[0].quantiles
    np.testing.assert_array_equal(before, late)


@pytest.mark.parametrize("name", FAST)
def test_quantiles_rise_and_are_not_negative(synthetic, name):
    said = run_member(name, know(synthetic, "2022-04-20"), HORIZONS, LEVELS)
    assert said.log_quantiles.shape == (12, 154, 23)
    assert (np.diff(said.log_quantiles, axis=2) >= 0).all()
    assert (said.log_quantiles >= 0).all()
    assert set(said.notes) == {""}
    assert said.source_ids == "made_up"


def test_the_random_walk_stays_and_spreads(synthetic):
    knowledge = know(synthetic, "2022-04-20")
    quantiles = run_member("rw", knowledge, HORIZONS, LEVELS).log_quantiles
    middle = len(LEVELS) // 2
    np.testing.assert_allclose(np.expm1(quantiles[:, 0, middle]), knowledge.panel.counts[-1, 0], rtol=1e-12)
    changes = np.diff(np.log1p(knowledge.panel.counts[:, 0]))
    mirrored = np.concatenate([changes, -changes])
    expected = quantiles[0, 0, middle] + np.sqrt(4) * np.quantile(mirrored, 0.9)
    assert quantiles[3, 0, LEVELS.tolist().index(0.9)] == pytest.approx(expected)


def test_the_season_comes_back_and_uses_no_later_month(synthetic):
    season = read_season(synthetic, "2023-01-01", pd.Timestamp("2020-12-31"))
    usual = np.diff(0.3 * np.sin(2 * np.pi * np.arange(13) / 12))
    assert season.shape.sum() == pytest.approx(0, abs=1e-12)
    assert np.corrcoef(season.shape, usual)[0, 1] > 0.95
    with pytest.raises(BadValueError, match="2010-09 to 2019-09"):
        read_season(synthetic, "2023-01-01", pd.Timestamp("2019-08-31"))


def test_short_history_is_said(synthetic):
    said = run_member("snaive", know(synthetic, "2020-06-20"), [1], LEVELS)
    assert said.notes[0] == "random walk: fewer than 15 months of history"
    walk = run_member("rw", know(synthetic, "2020-06-20"), [1], LEVELS)
    np.testing.assert_array_equal(said.log_quantiles, walk.log_quantiles)


@pytest.fixture(scope="module")
def models():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsforecast import models
    return models


def test_the_seasonal_naive_median_is_that_of_statsforecast(synthetic, models):
    panel = read_panel(synthetic)
    ours = seasonal_naive(panel.counts[:, :20], HORIZONS, np.array([0.5]))[:, :, 0]
    for index in range(20):
        theirs = models.SeasonalNaive(season_length=12).forecast(y=np.log1p(panel.counts[:, index]), h=12)["mean"]
        np.testing.assert_allclose(ours[:, index], theirs, rtol=1e-6)


@pytest.mark.parametrize(("name", "model"), statistical.MODELS.items())
def test_fits_are_those_of_statsforecast(synthetic, models, name, model):
    counts = read_panel(synthetic).counts[:, 0]
    quantiles, note = statistical.fit(name, counts, LEVELS)
    assert note == ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = getattr(models, model)(season_length=12).forecast(y=np.log1p(counts), h=12, level=[80])
    np.testing.assert_allclose(quantiles[:, 11], theirs["mean"], rtol=1e-6)
    if name != "theta":
        np.testing.assert_allclose(quantiles[:, 3], theirs["lo-80"], rtol=1e-6)
        np.testing.assert_allclose(quantiles[:, 19], theirs["hi-80"], rtol=1e-6)


def test_a_fit_that_fails_is_left_to_the_random_walk_and_said(synthetic, models, monkeypatch, tmp_path):
    monkeypatch.setattr(statistical.platformdirs, "user_cache_dir", lambda name: str(tmp_path))
    made = []

    def fit(name, counts, levels):
        made.append(name)
        return (None, "the fit failed (ValueError)") if len(made) % 2 else (np.ones((12, len(levels))), "")

    monkeypatch.setattr(statistical, "fit", fit)
    knowledge = know(synthetic, "2022-04-20")
    lines = []
    settings = Settings(processes=1, progress=lines.append)
    said = run_member("ets", knowledge, [1, 6], LEVELS, settings)
    walk = run_member("rw", knowledge, [1, 6], LEVELS)
    failed = np.array([bool(note) for note in said.notes])
    assert failed.sum() == 77
    assert said.notes[0] == "random walk: the fit failed (ValueError)"
    np.testing.assert_array_equal(said.log_quantiles[:, failed], walk.log_quantiles[:, failed])
    np.testing.assert_array_equal(said.log_quantiles[:, ~failed], 1.0)
    assert lines
    again = run_member("ets", knowledge, [1, 6], LEVELS, settings)
    assert len(made) == 154
    np.testing.assert_array_equal(again.log_quantiles, said.log_quantiles)
    assert again.notes == said.notes


def test_a_constant_or_broken_series_is_said(models, monkeypatch):
    assert statistical.fit("ets", np.full(30, 7.0), LEVELS) == (None, "the last twelve months are equal")
    monkeypatch.setattr(models, "AutoETS", None)
    assert statistical.fit("ets", np.arange(30.0), LEVELS) == (None, "the fit failed (TypeError)")


def test_exploding_quantiles_are_cut():
    counts = np.array([[10.0], [99.0]])
    assert np.expm1(within_bounds(np.array([[[-1.0, 50.0]]]), counts)).round(6).tolist() == [[[0.0, 5000.0]]]


@pytest.mark.slow
def test_processes_do_not_change_fits(synthetic):
    counts = read_panel(synthetic).counts[:, :30]
    one, two = (statistical.fit_all("ets", counts, HORIZONS, LEVELS, Settings(n, cache=False)) for n in (1, 2))
    np.testing.assert_array_equal(one[0], two[0])
    assert one[1] == two[1]


def test_a_backtest_asks_for_what_exists(synthetic):
    with pytest.raises(UnknownNameError, match="did you mean 'arima'"):
        backtest(synthetic, members=["arimaa"])
    with pytest.raises(BadValueError, match="first_origin 2022-01 is after last_origin 2021-01"):
        backtest(synthetic, first_origin="2022-01", last_origin="2021-01")
    with pytest.raises(BadValueError, match="months is 0"):
        backtest(synthetic, months=0)
