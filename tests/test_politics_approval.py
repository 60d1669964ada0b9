"""Approval: known levels and leans are found again, later polls change nothing, one poll against the average."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vado
from vado.errors import BadValueError, UnknownNameError
from vado.politics.approval import _led_to_expect, approval
from vado.politics.approval_model import NINETY, SETTINGS, Settings, filter_polls
from vado.politics.approval_record import EARLIER, LATER, compared, origins, record, rivals
from vado.politics.approval_smoother import smooth
from vado.politics.average import against, average
from vado.politics.load import estimate
from vado.politics.polls import clean, fresh, read_polls

FIRST = pd.Timestamp("2019-01-01")


def invented(seed, days=200, pollsters=8, leans=2.0, drift=0.2, error=1.5, every=4):
    """Polls of a president whose level and pollsters' leans are known."""
    rng = np.random.default_rng(seed)
    level = 44.0 + np.cumsum(rng.normal(0, drift, days))
    lean = rng.normal(0, leans, pollsters)
    rows = [
        {
            "poll_id": f"{day}-{one}",
            "president": "P",
            "pollster": f"house {one}",
            "line": f"house {one} | ",
            "sponsors": "",
            "start": FIRST + pd.Timedelta(days=day),
            "end": FIRST + pd.Timedelta(days=day),
            "published": FIRST + pd.Timedelta(days=day + 3),
            "sample_size": 1000.0,
            "population": "a",
            "mode": "online",
            "partisan": "",
            "tracking": False,
            "approve": level[day] + lean[one] + rng.normal(0, error) + rng.normal(0, 1.57),
            "disapprove": 52.0 - level[day] + 44.0,
            "fresh": 1.0,
            "source_id": "invented",
        }
        for day in range(days)
        for one in range(pollsters)
        if (day + one) % every == 0
    ]
    return pd.DataFrame(rows), level, lean


def questions(**columns):
    """Rows as the ledger's table has them."""
    usual = {
        "poll_id": "1",
        "question_id": "1",
        "subject": "P",
        "topic": "overall",
        "pollster": "A",
        "sponsors": None,
        "start_date": FIRST,
        "end_date": FIRST,
        "sample_size": 1000.0,
        "population": "a",
        "methodology": "Online",
        "tracking": False,
        "partisan": None,
        "approve": 45.0,
        "disapprove": 50.0,
        "source_id": "s",
        "published": FIRST + pd.Timedelta(days=3),
    }
    return pd.DataFrame({name: columns.get(name, value) for name, value in usual.items()}, index=range(3))


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def polls(ledger):
    return read_polls(ledger)


@pytest.fixture(scope="module")
def answer(ledger):
    return approval(ledger, date="2021-11-05")


# The polls


def test_a_poll_is_one_row_and_adults_come_first():
    rows = questions(question_id=["1", "2", "3"], population=["lv", "a", "rv"], approve=[44.0, 41.0, 43.0])
    made = clean(rows)
    assert made[["population", "approve"]].values.tolist() == [["a", 41.0]]


def test_a_question_of_another_topic_or_without_a_figure_is_no_poll():
    rows = questions(poll_id=["1", "2", "3"], topic=["immigration", "overall", "overall"], approve=[40.0, np.nan, 45.0])
    assert clean(rows)["poll_id"].tolist() == ["3"]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.integers(1, 7))
def test_days_of_a_tracker_count_once(steps, length):
    start = FIRST + pd.to_timedelta(np.cumsum(steps), unit="D")
    frame = pd.DataFrame({"president": "P", "line": "L", "start": start})
    frame["end"] = frame["start"] + pd.Timedelta(days=length - 1)
    days = {one for first in start for one in pd.date_range(first, periods=length)}
    assert fresh(frame).sum() * length == pytest.approx(len(days))


def test_the_ledgers_polls_have_each_id_once(polls):
    assert not polls.duplicated(["president", "poll_id"]).any()
    assert polls["fresh"].between(0, 1, inclusive="right").all()
    assert polls.groupby("president").size().min() > 1000


# The model


def test_level_and_leans_are_found_again():
    frame, level, lean = invented(1)
    filtered = filter_polls(frame)
    smoothed = smooth(filtered)
    error = smoothed.mean[: len(level), 0] - level - lean.mean()
    assert np.abs(error).mean() < 0.8
    found = np.array([filtered.state[-1, filtered.houses[f"house {one}"]] for one in range(8)])[:, 0]
    lines = np.array([filtered.state[-1, filtered.lines[f"house {one} | "]] for one in range(8)])[:, 0]
    assert np.abs(found + lines - (lean - lean.mean())).max() < 1.6


def test_filter_and_smoother_are_those_of_the_joint_normal():
    """Against the plain algebra: all levels, leans and polls are one normal vector."""
    frame, _, _ = invented(2, days=12, pollsters=2, every=2)
    settings_ = Settings(drift=0.4, house=2.0, memory=30.0, line=1.0, effect=1.0, noise=1.0, patience=1e12)
    filtered = filter_polls(frame, settings_)
    smoothed = smooth(filtered)
    first = int(filtered.days[0])
    day = (frame["end"] - FIRST).dt.days.to_numpy()
    out = day + 3
    house = frame["pollster"].to_numpy()
    level = lambda a, b: 100.0 + 0.16 * np.minimum(a, b)  # noqa: E731
    share = frame["approve"].to_numpy()
    # The lean is that of the day on which the poll enters.
    same = house[:, None] == house[None, :]
    shared = level(day[:, None], day[None, :]) + same * (4.0 * np.exp(-np.abs(out[:, None] - out) / 30.0) + 1.0)
    total = shared + np.diag(share * (100 - share) / 1000 + 1.0)
    for at in range(len(filtered.days)):
        gain = np.linalg.solve(total, level(at, day))
        assert smoothed.mean[at, 0] == pytest.approx(45 + gain @ (share - 45), abs=1e-8)
        assert smoothed.sd[at] ** 2 == pytest.approx(level(at, at) - gain @ level(at, day), abs=1e-8)
        seen = out <= at
        if seen.any():
            gain = np.linalg.solve(total[np.ix_(seen, seen)], level(at, day[seen]))
            mean, variance = filtered.level(first + at, first + at)
            assert mean[0] == pytest.approx(45 + gain @ (share[seen] - 45), abs=1e-8)
            assert variance == pytest.approx(level(at, at) - gain @ level(at, day[seen]), abs=1e-8)


def test_intervals_hold_the_share_of_new_polls_that_they_say():
    held = []
    for seed in range(4):
        frame, _, _ = invented(seed, leans=1.9, drift=SETTINGS.drift, error=SETTINGS.noise)
        rows = compared(frame, filter_polls(frame, origins=origins(frame)))
        held.append(((rows["model"] - rows["actual"]).abs() <= NINETY * rows["sd"]).mean())
    assert 0.85 < np.mean(held) < 0.95


@settings(max_examples=12)
@given(st.integers(5, 60), st.floats(0, 100), st.integers(0, 1000))
def test_later_polls_change_nothing(cut, value, seed):
    frame, _, _ = invented(seed, days=70, pollsters=4)
    seen = FIRST + pd.Timedelta(days=cut)
    later = frame["published"] > seen
    changed = frame.assign(approve=frame["approve"].where(~later, value))
    changed.loc[later, "pollster"] = "another"
    number = (seen - pd.Timestamp(0)).days
    first, second = (filter_polls(one).level(number, number) for one in (frame, changed))
    assert (first[0] == second[0]).all()
    assert first[1] == second[1]
    if not later.all():
        alone = filter_polls(frame[~later].reset_index(drop=True))
        last = int(alone.days[-1])
        assert (alone.level(last, last)[0] == filter_polls(frame).level(last, last)[0]).all()


@pytest.mark.parametrize("date", ["2017-03-01", "2021-11-05", "2022-03-31"])
def test_the_ledger_as_of_a_day_gives_the_same_to_the_bit(ledger, polls, date):
    cut = polls[polls["published"] <= pd.Timestamp(date)].copy()
    assert average(ledger, date, as_of=date) == average(cut, date)


# The record


def test_the_rival_takes_a_lean_out_and_puts_it_back():
    frame, _, _ = invented(3, leans=4.0, drift=0.0, error=0.1)
    made = filter_polls(frame, origins=origins(frame)).predictions
    said = rivals(frame, made, believed=0.5)
    actual = frame["approve"].to_numpy()[made[:, 1].astype(int)]
    for rival in (said.shrunken, said.fading):
        assert np.abs(rival - actual).mean() < 0.6 * np.abs(said.plain - actual).mean()


def test_record_on_polls_held_back_meets_the_bar(answer):
    rows = answer.tables["record"].set_index(["president", "part"])
    for name in ("Donald Trump", "Joe Biden", "all"):
        row = rows.loc[(name, LATER)]
        assert row["ratio_shrunken"] < 0.95
        assert row["ratio_plain"] < 0.82
        assert 0.85 <= row["coverage_90"] <= 0.95
    assert ("Donald Trump", EARLIER) in rows.index


def test_each_pollster_weighs_one_at_an_origin(polls):
    own = polls[polls["president"] == "Joe Biden"].iloc[:400].reset_index(drop=True)
    rows = compared(own, filter_polls(own, origins=origins(own)))
    assert np.allclose(rows.groupby(["origin", "pollster"])["weight"].sum(), 1.0)
    assert record(rows)["coverage_90"].between(0, 1).all()


# The border's load


def monthly_of(slope, seed, months=60, noise=0.3):
    """Months in which approval follows the load of the month before by a known slope."""
    rng = np.random.default_rng(seed)
    index = pd.period_range("2015-01", periods=months + 6, freq="M")
    load = pd.Series(16 + np.cumsum(rng.normal(0, 0.3, len(index))), index=index)
    approve = 45 + slope * load.shift(1) + np.cumsum(rng.normal(0, noise, len(index)))
    table = pd.DataFrame({"president": "P", "month": index[3:-3], "approve": approve.to_numpy()[3:-3]})
    table["term_month"] = np.arange(len(table))
    table["source_id"] = "invented"
    prices, jobs = rng.normal(2, 0.1, len(index)), rng.normal(4, 0.1, len(index))
    outside = pd.DataFrame({"load": load, "inflation": prices, "unemployment": jobs}, index=index)
    table.attrs["outside"] = outside
    return table


def test_a_known_effect_of_load_is_found_and_none_is_not():
    effects = [estimate(monthly_of(-3.0, seed)) for seed in range(5)]
    assert np.mean([one.mean for one in effects]) == pytest.approx(-3.0, abs=0.4)
    found = [estimate(monthly_of(0.0, seed)).distinguishable for seed in range(10)]
    assert sum(found) <= 1


def test_load_is_told_with_its_doubt(answer):
    rows = answer.tables["load"].set_index("variant")
    joined = rows.loc["joined: main, widened by the spread of all"]
    main = rows.iloc[0]
    assert joined["high"] - joined["low"] > main["high"] - main["low"]
    assert ("not distinguishable from zero" in joined["verdict"]) == (joined["low"] <= 0 <= joined["high"])


def test_draws_of_the_effect_have_its_interval():
    found = estimate(monthly_of(-1.0, 1))
    low, high = np.quantile(found.draws(40000), [0.05, 0.95])
    assert low == pytest.approx(found.low, abs=0.05)
    assert high == pytest.approx(found.high, abs=0.05)


# The answer


def test_november_2021_and_the_poll_of_suffolk(answer):
    poll = answer.tables["polls"].query("pollster == 'Suffolk'").iloc[0]
    assert poll["approve"] == 37.8
    assert -7.5 < poll["distance"] < -5
    assert poll["without_lean"] == pytest.approx(poll["approve"] - poll["lean"])
    assert "Suffolk" in answer.summary[1]
    at = answer.tables["average"].set_index("date").loc[pd.Timestamp("2021-11-05")]
    assert 42 < at["low_90"] < at["approve"] < at["high_90"] < 46
    assert at["high_90"] - at["low_90"] < at["known_then_high_90"] - at["known_then_low_90"]


def test_one_figure_against_the_average(ledger):
    own = against(ledger, 37.8, "2021-11-05", pollster="Suffolk University")
    assert own.poll_id
    assert own.points < own.points - own.lean < 0
    unknown = against(ledger, 37.8, "2021-11-05", pollster="Nobody's poll")
    assert not unknown.poll_id
    assert unknown.standard_errors < own.standard_errors < 0
    early = against(ledger, 37.8, "2021-11-05", pollster="Suffolk", as_of="2021-11-06")
    assert not early.poll_id


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"date": "2010-01-01"}, "has no polls"),
        ({"date": "2023-01-01"}, "choose a date from"),
        ({"as_of": "2016-01-01"}, "later as_of"),
        ({"date": "soon"}, "not a day"),
        ({"seed": -1}, "from 0 on"),
    ],
)
def test_a_day_without_polls_has_one_clear_line(ledger, options, words):
    with pytest.raises(BadValueError, match=words) as caught:
        approval(ledger, **options)
    assert "\n" not in str(caught.value)


def test_an_unknown_president_or_pollster_is_named(ledger):
    with pytest.raises(UnknownNameError, match="president"):
        approval(ledger, president="Obama")
    with pytest.raises(UnknownNameError, match="pollster"):
        approval(ledger, date="2021-11-05", pollster="nobody at all")


def test_an_early_day_leaves_out_what_it_cannot_know(ledger):
    early = approval(ledger, as_of="2017-03-01")
    assert early.as_of == dt.date(2017, 3, 1)
    assert early.tables["curves"]["date"].max() < pd.Timestamp("2017-03-01")
    assert "load" not in early.tables
    assert any("load is left out" in one for one in early.caveats)


def test_a_day_after_what_is_known_is_a_projection(ledger):
    ahead = approval(ledger, date="2017-03-20", as_of="2017-03-01")
    assert "a projection from 2017-03-01" in ahead.summary[0]
    assert "as known on that day" not in ahead.summary[0]
    days = ahead.tables["average"].set_index("date")
    assert days.loc["2017-03-02":, "known_then"].isna().all()
    assert days.loc["2017-02-20":"2017-03-01", "known_then"].notna().all()


def test_what_led_to_expect_a_poll_is_its_pollsters_own_only_if_there_was_one(answer, polls):
    rows = answer.tables["polls"]
    assert "its pollster's earlier polls" in answer.summary[1]
    for row in rows.to_dict("records"):
        before = (polls["pollster"] == row["pollster"]) & (polls["president"] == "Joe Biden")
        assert row["earlier_polls"] == (before & (polls["published"] < row["published"])).sum()
    first = rows.iloc[0].copy()
    first[["earlier_polls", "mode", "population"]] = [0, "online", "rv"]
    assert "other pollsters' online polls of registered voters led to expect" in _led_to_expect(first)
