"""Effects of levers: a known change is found again, none where none was, and what is not known is said."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import vado
from vado.errors import BadValueError
from vado.forecast.targets import NATIONALITIES, read_panel
from vado.policy import event_study
from vado.policy.changes import ALL_ENCOUNTERS, CHANGES, LONG_SERIES, OWN_HAPPENINGS, STUDY, UNSTUDIED, VISA
from vado.policy.effects import effects, panels
from vado.policy.event_study import LogPanel, Window, coverage, estimate, judge, path, placebos
from vado.policy.study import Study

MONTHS = pd.period_range("2019-10", periods=48, freq="M")
UNITS = tuple("ABCDEFGHIJ")


def walks(seed, spread=0.15, shared=0.2):
    """Counts that share a walk and have one of their own, around 10,000 a month."""
    rng = np.random.default_rng(seed)
    common = rng.normal(0, shared, (48, 1)).cumsum(axis=0)
    own = rng.normal(0, spread, (48, len(UNITS))).cumsum(axis=0)
    counts = np.exp(9.2 + common + own)
    return LogPanel(MONTHS, UNITS, counts, np.zeros_like(counts))


def changed(panel, unit, first, factor):
    counts = panel.counts.copy()
    counts[first:, panel.units.index(unit)] *= factor
    return LogPanel(panel.months, panel.units, counts, panel.season)


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def answer(ledger):
    return effects(ledger)


@pytest.fixture(scope="module")
def real(ledger):
    counts = panels(ledger, read_panel(ledger))
    return counts[ALL_ENCOUNTERS][0], Study(ledger.read("events"), counts).own


@pytest.fixture(scope="module")
def rows(answer):
    return answer.tables["effects"].set_index("change")


# The method


@pytest.mark.parametrize("method", ["mean", "synthetic"])
@pytest.mark.parametrize("factor", [0.1, 0.5, 3.0])
def test_a_change_adds_its_log_to_the_estimate(method, factor):
    panel, window = walks(1), Window(30)
    before = estimate(panel, "C", window, {}, method=method).effect
    after = estimate(changed(panel, "C", 30, factor), "C", window, {}, method=method).effect
    assert after - before == pytest.approx(np.log(factor), abs=1e-3)


@pytest.mark.parametrize("method", ["mean", "synthetic"])
def test_what_moves_everyone_alike_is_no_effect(method):
    panel = walks(2)
    shocked = LogPanel(panel.months, panel.units, panel.counts * np.where(np.arange(48) >= 25, 0.2, 1.0)[:, None], 0.0)
    plain, moved = (estimate(one, "A", Window(25), {}, method=method).effect for one in (panel, shocked))
    assert moved == pytest.approx(plain, abs=1e-2)


@pytest.fixture(scope="module")
def many():
    """Sixty made-up panels: the estimate at a date with and without a change, and the verdict of placebos."""
    own, window = {"A": frozenset({MONTHS[30]})}, Window(30)
    found = []
    for seed in range(60):
        panel = changed(walks(seed), "A", 30, 0.3)
        chance = placebos(panel, window, own)
        without = judge(estimate(walks(seed), "A", window, own), chance)
        found.append((judge(estimate(panel, "A", window, own), chance), without))
    return found


def test_intervals_hold_a_known_change_as_often_as_they_say(many):
    held = [judged.low <= np.log(0.3) <= judged.high for judged, _ in many]
    # 90 per cent of 60, give or take three standard deviations of a binomial.
    assert 0.78 <= np.mean(held) <= 1.0


def test_without_a_change_p_is_small_as_rarely_as_it_says(many):
    found = np.array([judged.p for _, judged in many])
    assert np.mean(found <= 0.1) <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 60)
    assert np.mean(found <= 0.5) == pytest.approx(0.5, abs=3 * np.sqrt(0.25 / 60))


def test_placebos_of_independent_walks_are_covered_at_the_nominal_rate():
    shares = [coverage(placebos(walks(seed), Window(20), {}))[0] for seed in range(6)]
    assert np.mean(shares) == pytest.approx(0.9, abs=0.05)


def test_weights_are_a_mean_and_follow_the_one_that_moves_alike():
    panel = walks(3, spread=0.4)
    counts = panel.counts.copy()
    counts[:, 0] = 5 * counts[:, 4]
    found = estimate(LogPanel(MONTHS, UNITS, counts, panel.season), "A", Window(30), {})
    weights = np.array(list(found.comparison.values()))
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0
    assert max(found.comparison, key=found.comparison.get) == "E"


def test_units_with_a_change_of_their_own_are_neither_compared_with_nor_placebos():
    panel, own = walks(4), {"B": frozenset({MONTHS[32]}), "A": frozenset({MONTHS[30]})}
    assert "B" not in estimate(panel, "A", Window(30), own).comparison
    assert "B" in estimate(panel, "A", Window(20), own).comparison
    for one in placebos(panel, Window(30), own):
        inside = {MONTHS[position] for position in one.window.all_months}
        assert not inside & own.get(one.unit, frozenset())
        assert all(not inside & own.get(name, frozenset()) for name in one.comparison)


def test_small_units_say_nothing():
    panel = walks(5)
    counts = panel.counts.copy()
    counts[:, 1] = 20.0
    small = LogPanel(MONTHS, UNITS, counts, panel.season)
    assert "B" not in estimate(small, "A", Window(30), {}).comparison
    assert "B" not in {one.unit for one in placebos(small, Window(30), {})}


def test_a_season_of_one_is_taken_off():
    panel = walks(6)
    season = np.zeros_like(panel.counts)
    season[:, 0] = 0.5 * np.sin(np.arange(48))
    seasonal = LogPanel(MONTHS, UNITS, panel.counts * np.exp(season), season)
    plain = estimate(panel, "A", Window(30), {}).effect
    assert estimate(seasonal, "A", Window(30), {}).effect == pytest.approx(plain, abs=1e-3)


def test_a_trend_before_the_change_is_seen_and_can_be_followed():
    panel = walks(7, spread=0.01)
    counts = panel.counts.copy()
    counts[:, 0] *= np.exp(0.2 * np.arange(48))
    found = estimate(LogPanel(MONTHS, UNITS, counts, panel.season), "A", Window(30), {}, method="mean")
    assert found.slope == pytest.approx(0.2, abs=0.02)
    assert found.effect > 0.8
    assert found.effect_if_trend_went_on == pytest.approx(0, abs=0.15)


def test_the_path_is_one_on_average_before():
    panel = walks(8)
    studied = estimate(panel, "A", Window(30), {})
    shown = path(panel, studied, 6)
    before = shown[shown["event_time"] < 0]
    assert len(before) == event_study.BEFORE
    assert np.log(before[["treated", "comparison"]]).mean().tolist() == pytest.approx([0, 0], abs=1e-9)
    after = shown[shown["event_time"].between(1, event_study.AFTER)]
    told = np.log(after["treated"] / after["comparison"]).mean()
    assert told == pytest.approx(studied.effect)


@pytest.mark.parametrize("first", [3, 46])
def test_a_window_outside_the_counts_is_refused(first):
    with pytest.raises(BadValueError, match="counts run from 2019-10 to 2023-09"):
        estimate(walks(9), "A", Window(first), {})


def test_too_few_placebos_are_refused():
    panel = walks(10)
    studied = estimate(panel, "A", Window(30), {})
    with pytest.raises(BadValueError, match="needs at least 10"):
        judge(studied, placebos(panel, Window(30), {})[:9])


# The counts


def test_a_change_put_into_real_counts_is_found_again(real):
    panel, own = real
    window = Window((pd.Period("2021-06", "M") - panel.months[0]).n)
    cut = changed(panel, "SLV", window.first, 0.2)
    plain, moved = (estimate(one, "SLV", window, own).effect for one in (panel, cut))
    assert moved - plain == pytest.approx(np.log(0.2), abs=0.01)
    judged = judge(estimate(cut, "SLV", window, own), placebos(panel, window, own))
    assert judged.high < 0


def test_intervals_of_real_placebos_hold_without_the_nationality(real):
    panel, own = real
    held, count = coverage(placebos(panel, Window(event_study.BEFORE), own))
    assert count > 300
    assert 0.8 <= held <= 0.97


def test_every_happening_studied_is_in_the_ledger(ledger):
    known = set(map(tuple, ledger.read("events")[["subject", "event"]].to_numpy()))
    named = {(c.subject, event) for c in CHANGES for event in (c.event, c.announced) if event}
    named |= {(subject, event) for _, subject, event in OWN_HAPPENINGS} | {item[1:3] for item in UNSTUDIED}
    assert named <= known


@pytest.mark.parametrize(
    ("change", "left_out"),
    [
        ("Visa of Mexico, Ecuador, 2021-09", ["2021-08", "2021-09"]),
        ("Online permit of Mexico, Brazil, 2021-12", ["2021-11", "2021-12"]),
        ("Visa of Mexico, Venezuela, 2022-01", ["2022-01"]),
        ("Visa of Mexico, Brazil, 2022-08", ["2022-08"]),
        ("Online form of Mexico, Colombia, 2022-04", ["2022-03"]),
    ],
)
def test_months_between_announcement_and_effect_are_left_out(answer, change, left_out):
    shown = answer.tables["paths"]
    shown = shown[(shown["change"] == change) & (shown["who"] == "treated")].sort_values("month")
    first, last = event_study.BEFORE, event_study.BEFORE + len(left_out)
    assert shown["month"].dt.strftime("%Y-%m").tolist()[first:last] == left_out
    assert shown["event_time"].tolist()[last - 1] == 0


def test_each_visa_rule_of_mexico_lowered_encounters(rows):
    visas = rows[(rows["lever"] == VISA) & (rows["nationality"] != "COL")]
    assert sorted(visas["nationality"]) == ["BRA", "BRA", "ECU", "VEN"]
    assert (visas["high"] < 0).all()
    assert (visas["placebo_p"] < 0.05).all()
    assert (visas["same_date_as_large"] == 0).all()


def test_ecuador_agrees_with_a_ratio_made_by_hand(ledger, rows):
    """The raw fall of the treated alone, which the estimate must hold together with its comparison."""
    by_month = ledger.total("sw_encounters", by=["month"], nationality="ECU", start="2021-02-01", end="2021-12-31")
    logs = np.log(by_month["value"].to_numpy(float))
    raw = logs[8:].mean() - logs[:6].mean()
    row = rows.loc["Visa of Mexico, Ecuador, 2021-09"]
    assert raw < -2
    # All of the comparison rose over these months, so against it Ecuador fell by more.
    assert row["effect"] < raw
    assert row["per_cent"] == pytest.approx(100 * (np.exp(row["effect"]) - 1))


def test_p_is_counted_from_the_placebos_shown(answer, rows):
    shown = answer.tables["placebos"]
    for change, row in rows[rows["method"] == STUDY].iterrows():
        mine = shown[shown["change"] == change]
        chance = mine[mine["kind"] != "the change studied"]["effect"]
        assert len(chance) == row["placebos"]
        large = (chance.abs() >= abs(row["effect"])).sum()
        assert row["placebo_p"] == pytest.approx((large + 1) / (len(chance) + 1))
        assert row["placebos_apart"] < row["placebos"]


def test_interval_ends_are_the_effect_less_percentiles_of_placebos(answer, rows):
    shown = answer.tables["placebos"]
    for change, row in rows[rows["method"] == STUDY].iterrows():
        chance = shown[(shown["change"] == change) & (shown["kind"] != "the change studied")]["effect"]
        low, high = np.quantile(chance, [0.05, 0.95])
        assert [row["low"], row["high"]] == pytest.approx([row["effect"] - high, row["effect"] - low])


def test_what_is_said_agrees_with_interval_and_p(rows):
    studied = rows[rows["method"] == STUDY]
    told = ~studied["verdict"].str.startswith("not told apart")
    apart = (studied["low"] > 0) | (studied["high"] < 0)
    assert (told == (apart & (studied["placebo_p"] <= 0.1))).all()
    assert told.any()
    assert not told.all()


def test_parole_and_returns_are_one_bundle_and_what_else_moved_is_named(rows):
    taken = rows[rows["lever"] == "mexico.accepts_returns"]
    assert taken["verdict"].str.contains("of the bundle").all()
    assert taken["also_moved"].str.contains("parole").all()
    assert "haiti_flights" in rows.loc["Visa of Mexico, Ecuador, 2021-09", "also_moved"]


def test_what_took_effect_for_everyone_has_no_number(rows):
    ended = rows.loc["Title 42 expulsions, ended 2023-05"]
    assert ended["method"] == "not identified"
    unknown = rows[rows["method"].isin(["not identified", "nothing known"])]
    assert {"us.investment", "us.work_visas", "us.legalization"} <= set(unknown["lever"])
    assert unknown[["effect", "low", "high", "placebo_p"]].isna().all(axis=None)


def test_rivals_hold_the_main_estimate_and_the_plain_mean(answer, rows):
    rivals = answer.tables["rivals"]
    main = rivals[(rivals["comparison"] == "synthetic") & (rivals["months_after"] == event_study.AFTER)]
    for row in main.to_dict("records"):
        assert row["effect"] == pytest.approx(rows.loc[row["change"], "effect"])
    assert set(rivals.loc[rivals["counted"] != LONG_SERIES, "comparison"]) == {"synthetic", "mean"}


def test_other_counters_are_those_of_the_ledger(answer):
    seen = answer.tables["routes"]
    row = seen[
        (seen["change"] == "Visa of Mexico, Venezuela, 2022-01")
        & (seen["counter"] == "transits of the Darién")
        & (seen["month"] == pd.Timestamp("2022-09-30"))
    ]
    assert row["value"].tolist() == [38399]
    spans = answer.tables["spillover"].set_index(["change", "counter", "span"]).sort_index()
    walked = spans.loc[("Visa of Mexico, Venezuela, 2022-01", "transits of the Darién")]
    order = ["6 months before", "months 1 to 3", "months 4 to 9"]
    assert walked.loc[order, "per_month"].is_monotonic_increasing
    assert walked.loc[order[0], "ratio"] == 1


# What was known on a day


def test_nothing_later_than_the_day_is_used(ledger, rows):
    early = effects(ledger, as_of="2022-03-31")
    table = early.tables["effects"].set_index("change")
    assert table.loc["Visa of Mexico, Ecuador, 2021-09", "method"] == STUDY
    assert table.loc["Visa of Mexico, Venezuela, 2022-01", "method"] == "not yet"
    assert "2022-04" in table.loc["Visa of Mexico, Venezuela, 2022-01", "verdict"]
    assert (table["date"] <= pd.Timestamp("2022-03-31")).all()
    assert early.tables["placebos"]["month"].max() <= pd.Timestamp("2022-02-28")
    assert early.tables["routes"]["month"].max() <= pd.Timestamp("2022-03-31")
    same, later = (one.loc["Visa of Mexico, Ecuador, 2021-09"] for one in (table, rows))
    assert same["effect"] == pytest.approx(later["effect"])
    assert same["placebos"] < later["placebos"]
    assert early.as_of == dt.date(2022, 3, 31)


def test_before_the_first_visa_rule_only_june_2019_is_studied(ledger):
    table = effects(ledger, as_of="2020-03-01").tables["effects"]
    assert set(table.loc[table["method"] == STUDY, "counted"]) == {LONG_SERIES}
    assert (table["date"] <= pd.Timestamp("2020-03-01")).all()


@pytest.mark.parametrize("as_of", ["2019-10-31", "1995-01-01"])
def test_a_day_before_the_data_is_one_clear_line(ledger, as_of):
    with pytest.raises(BadValueError, match="use a later date") as raised:
        effects(ledger, as_of=as_of)
    assert "\n" not in str(raised.value)
    assert as_of in str(raised.value)


def test_the_answer_is_the_same_twice_and_is_json(ledger, answer):
    assert answer.to_json() == effects(ledger).to_json()
    assert set(answer.tables["effects"]["nationality"]) >= {"ECU", "BRA", "VEN"}
    assert {chart.table for chart in answer.charts} <= set(answer.tables)
    assert len(NATIONALITIES) == answer.tables["effects"]["placebo_nationalities"].max()
