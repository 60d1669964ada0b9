"""The loop: courses and their way back, modes of links, bounds, and answers that must come out whatever is assumed."""

import datetime as dt
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import spearmanr

import vado.cli.politics  # noqa: F401 - registers the commands
from vado.cli.app import main
from vado.errors import BadValueError, UnknownNameError
from vado.forecast.hubverse import LEVELS
from vado.forecast.members import Settings
from vado.forecast.predict import forecast
from vado.forecast.rules import INTERVALS
from vado.ledger.ledger import open_ledger
from vado.politics import leverage as room
from vado.politics.action_flows import stylised
from vado.politics.actions import Grid
from vado.politics.bargain import Bargain, PointsPerDoubling
from vado.politics.contributions import (
    ALL_LINKS,
    APPROVAL,
    AS_ASKED,
    ENCOUNTERS,
    NOT_DISTINGUISHABLE,
    OUTCOMES,
    contributions,
    loop_table,
)
from vado.politics.links import CIRCLE, LINKS, all_cut, parse, with_cut
from vado.politics.load import LoadEffect
from vado.politics.loop import Loop, approval_courses
from vado.politics.paths import MEMORY, Plain, courses, forecast_beside, intervals, plain_forecast, quantiles_of, ranks

AS_OF = dt.date(2021, 11, 16)
MEMBERS, MONTHS = 40, 5
SOURCE = "cbp_swb_encounters"
EFFECT = PointsPerDoubling(-3.0, 1.0)
KINDS = ["on", "cut", "lag:0", "lag:1", "lag:3", "fixed"]


def plain(months=MONTHS, spread=0.15, last=190e3):
    ends = pd.date_range("2021-10-31", periods=months, freq="ME").as_unit("s")
    steps = np.sqrt(np.arange(1, months + 1))[:, None]
    quantiles = np.exp(np.log(last) + spread * steps * ndtri(LEVELS))
    history = pd.DataFrame({"target_end_date": pd.to_datetime(["2021-09-30"]), "value": [last], "source_id": SOURCE})
    return Plain(pd.Timestamp("2021-09-30"), last, ends, LEVELS, quantiles, history, SOURCE)


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
        source_id=SOURCE,
    )


def make(flows, effect=EFFECT, ahead=None, approval=44.0, chance=0.03, members=MEMBERS):
    ahead = ahead or plain()
    return Loop(
        ahead,
        courses(ahead, members, 1),
        approval_courses(approval, 1.0, AS_OF, ahead, members, 1),
        Bargain(flows, effect, draws=members),
        chance,
        AS_OF,
    )


@pytest.fixture(scope="module")
def loop(flows):
    return make(flows)


# Courses and the way back.


def test_ranks_are_normal_and_autocorrelated_and_stay_when_more_months_are_asked():
    many = ranks(3, 20_000, 1)
    for month in many:
        assert np.quantile(month, [0.05, 0.5, 0.95]) == pytest.approx([-1.645, 0, 1.645], abs=0.05)
    assert np.corrcoef(many)[0] == pytest.approx([1, MEMORY, MEMORY**2], abs=0.02)
    assert np.array_equal(ranks(5, 100, 1)[:3], ranks(3, 100, 1))
    assert not np.array_equal(ranks(3, 100, 2), ranks(3, 100, 1))


def test_courses_have_the_quantiles_of_the_forecast():
    ahead = plain()
    made = courses(ahead, 2_000, 3)
    assert np.log(np.quantile(made, LEVELS[1:-1], axis=1).T) == pytest.approx(
        np.log(ahead.quantiles[:, 1:-1]), abs=0.02
    )
    assert spearmanr(made[0], made[1]).statistic == pytest.approx(MEMORY, abs=0.03)


@given(st.floats(-1, 1), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_a_change_in_proportion_comes_back_exactly_and_none_to_the_bit(change, seed):
    ahead = plain(3)
    made = courses(ahead, 50, seed)
    assert np.array_equal(quantiles_of(ahead, made, made), ahead.quantiles)
    assert quantiles_of(ahead, made, made * np.exp(change)) == pytest.approx(ahead.quantiles * np.exp(change))


def test_the_plain_forecast_is_that_of_the_forecast_to_the_bit():
    with open_ledger() as ledger:
        own = plain_forecast(ledger, "2021-03-20", 2, member="srw")
        table = forecast(ledger, as_of="2021-03-20", months=2, member="srw", location="swb", nationality="ALL")
    made = table.tables["forecast"]
    assert list(made["target_end_date"]) == list(own.months)
    for name, values in intervals(own.quantiles, own.levels).items():
        assert np.array_equal(made[name].to_numpy(), values), name
    assert own.last == own.history["value"].iloc[-1] > 0
    made = courses(own, 50, 1)
    assert np.array_equal(quantiles_of(own, made, made), own.quantiles)


# Links.


@pytest.mark.parametrize(
    ("text", "error", "mend"),
    [
        ("ofer=cut", UnknownNameError, "did you mean 'offer'?"),
        ("offer", BadValueError, "has no mode"),
        ("offer=", BadValueError, "has no mode"),
        ("offer=cutt", BadValueError, "its modes are on, cut, lag:MONTHS (0 to 12), fixed:VALUE (0 to 20 billion"),
        ("offer=lag:-1", BadValueError, "lag:MONTHS"),
        ("offer=lag:13", BadValueError, "0 to 12"),
        ("offer=lag:1.5", BadValueError, "lag:MONTHS"),
        ("approval_to_bargain=fixed:140", BadValueError, "0 to 100 % approval"),
        ("approval_to_bargain=fixed:nan", BadValueError, "0 to 100 % approval"),
        ("congress_to_offer=fixed:1.2", BadValueError, "0 to 1 chance"),
    ],
)
def test_a_mode_that_cannot_be_is_refused_with_what_can(text, error, mend):
    with pytest.raises(error) as refused:
        parse([text])
    assert mend in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_link_twice_and_a_circle_without_delay_are_refused():
    with pytest.raises(BadValueError, match="given twice"):
        parse(["offer=cut", "offer=on"])
    nothing = ["flow_to_approval=lag:0", "enforcement_to_flow=lag:0"]
    with pytest.raises(BadValueError, match="circle without a delay"):
        parse(nothing)
    assert parse([*nothing, "approval_to_bargain=cut"])["flow_to_approval"].lag == 0


# The loop.


def test_with_all_links_cut_nothing_moves(loop):
    made = loop.run(all_cut())
    assert np.array_equal(made.flow, loop.courses)
    assert np.array_equal(made.approval, loop.approval[1:])
    assert np.array_equal(quantiles_of(loop.plain, loop.courses, made.flow), loop.plain.quantiles)
    assert not made.deal.any()
    table = loop_table(loop, all_cut(), SOURCE)
    for share in INTERVALS:
        assert np.array_equal(table[f"low_{share}"], table[f"plain_low_{share}"])
        assert np.array_equal(table[f"high_{share}"], table[f"plain_high_{share}"])
    assert (table[[name for name in table if name.endswith("_change")]] == 0).all(axis=None)


def test_nothing_is_decided_for_months_that_are_over_and_enforcement_comes_after_its_lag(loop):
    made = loop.run(LINKS)
    assert made.bargained.tolist() == [False, True, True, True, True]
    assert np.array_equal(made.flow[:2], loop.courses[:2])
    assert (made.flow[2] != loop.courses[2]).any()
    assert (made.enforced["central"][0] == 1).all()
    later = loop.run(parse(["enforcement_to_flow=lag:3"]))
    assert np.array_equal(later.flow[:4], loop.courses[:4])
    never = loop.run(with_cut(LINKS, "enforcement_to_flow"))
    assert np.array_equal(never.flow, loop.courses)


def test_approval_follows_the_published_flow_by_points_per_doubling(loop):
    made = loop.run(parse(["flow_to_approval=fixed:-3", "bargain_to_enforcement=cut"]))
    doublings = np.log2(loop.courses[:-1] / loop.plain.last)
    assert made.approval[1:] == pytest.approx(np.clip(loop.approval[2:] - 3 * doublings, 0, 100))
    assert made.approval[0] == pytest.approx(loop.approval[1])


def test_fixed_values_hold_whatever_comes_before_them(loop):
    fewer = loop.run(parse(["enforcement_to_flow=fixed:-20"]))
    assert fewer.flow[1:] == pytest.approx(0.8 * loop.courses[1:])
    assert np.array_equal(fewer.flow[0], loop.courses[0])
    strict = loop.run(parse(["bargain_to_enforcement=fixed:1.6", "enforcement_to_flow=lag:0"]))
    assert (strict.flow[1:] < loop.courses[1:]).all()
    assert (strict.enforced["central"][1:] == 1.6).all()
    money = loop.run(parse(["offer=fixed:0.4"]))
    assert set(np.unique(money.enforced["money"])) <= {0.0, 0.4}
    assert not money.enforced["visas"].any()
    assert np.array_equal(loop.run(parse(["congress_to_offer=fixed:0.03"])).flow, loop.run(LINKS).flow)
    late = loop.run(parse(["offer=lag:2"]))
    assert not late.deal[:3].any()
    assert not loop.run(parse(["offer=cut"])).deal.any()


@given(
    st.lists(st.sampled_from(KINDS), min_size=len(LINKS), max_size=len(LINKS)),
    st.lists(st.floats(0, 1), min_size=len(LINKS), max_size=len(LINKS)),
    st.sampled_from([(44.0, 0.15, -3.0), (1.0, 0.6, 19.0), (99.0, 1.5, -19.0)]),
)
@settings(max_examples=15, deadline=None)
def test_no_month_leaves_the_bounds(kinds, parts, extreme):
    approval, spread, points = extreme
    given_links = [
        f"{link.name}=fixed:{link.low + part * (link.high - link.low)!r}" if kind == "fixed" else f"{link.name}={kind}"
        for link, kind, part in zip(LINKS.values(), kinds, parts, strict=True)
    ]
    circle = [kind for name, kind in zip(LINKS, kinds, strict=True) if name in CIRCLE]
    # One delay is enough; a circle without any is refused, see above.
    if all(kind in ("on", "lag:0") for kind in circle):
        given_links[list(LINKS).index(CIRCLE[0])] = f"{CIRCLE[0]}=lag:1"
    links = parse(given_links)
    own = make(FEW, PointsPerDoubling(points, 3.0), plain(3, spread), approval, chance=1.0, members=20)
    made = own.run(links)
    people = made.flow + made.counts["stopped"]
    days = own.plain.months.days_in_month.to_numpy()[:, None]
    assert (made.flow >= 0).all()
    assert all((counts >= 0).all() and np.isfinite(counts).all() for counts in made.counts.values())
    assert ((made.approval >= 0) & (made.approval <= 100)).all()
    assert ((made.chance >= 0) & (made.chance <= 1)).all()
    assert (made.counts["waiting"] <= people * days).all()
    assert (made.counts["returned"] <= made.counts["stopped"]).all()


#: Everyone waits longer than a month has days, so that the bound is met.
FEW = stylised(
    [10.0, 20.0, 5.0],
    [0.0, 10.0, 5.0],
    postures=[one.name for one in Grid().postures],
    waiting=[50.0, 90.0, 0.0],
    deaths=0.01,
    source_id=SOURCE,
)


def test_months_over_alone_and_a_chance_above_one_are_refused(loop):
    with pytest.raises(BadValueError, match="ask for more months"):
        replace(loop, as_of=dt.date(2022, 6, 1))
    with open_ledger() as ledger, pytest.raises(BadValueError, match="up to 2021-10 were over by 2021-11-16"):
        forecast_beside(ledger, "2021-11-16", 1, Settings(), lambda: None)
    with pytest.raises(BadValueError, match="from 0 to 1"):
        replace(loop, chance=1.5)


# Contributions.


def test_a_link_that_does_nothing_cannot_be_told_from_zero_and_one_that_does_can(flows):
    # Where encounters move approval by much and surely, its contribution to approval has a sign.
    own = make(flows, PointsPerDoubling(-12.0, 0.0), plain(4, spread=0.01, last=100e3))
    own = replace(own, courses=own.courses * 2)
    table = contributions(own, parse(["bargain_to_enforcement=cut"]), SOURCE).set_index(["link", "outcome"])
    assert table.loc[("flow_to_approval", APPROVAL), "verdict"] == "less"
    assert table.loc[("flow_to_approval", APPROVAL), "mean"] == pytest.approx(-12, abs=0.1)
    assert table.loc[("approval_to_bargain", ENCOUNTERS), "verdict"] == NOT_DISTINGUISHABLE
    assert set(table.index.get_level_values("link")) == {*LINKS, ALL_LINKS, AS_ASKED} - {"bargain_to_enforcement"}
    assert len(table) == (len(LINKS) + 1) * len(OUTCOMES)
    assert np.allclose(table["with_link"] - table["without_link"], table["mean"])
    assert ((table["low_90"] > 0) | (table["high_90"] < 0)).equals(table["verdict"] != NOT_DISTINGUISHABLE)


def test_links_as_asked_stand_against_all_on(loop):
    table = contributions(loop, parse(["offer=cut"]), SOURCE).set_index(["link", "outcome"])
    assert "offer" not in table.index.get_level_values("link")
    alone = contributions(loop, LINKS, SOURCE).set_index(["link", "outcome"])
    asked = table.loc[AS_ASKED, "mean"]
    assert asked.to_numpy() == pytest.approx(-alone.loc["offer", "mean"].to_numpy())


# The answer.


@pytest.fixture(scope="module")
def answer(flows):
    with pytest.MonkeyPatch.context() as patch, open_ledger() as ledger:
        patch.setattr(room, "action_flows", lambda *_, **__: flows)
        patch.setattr(room, "forecast_beside", lambda *given: (plain(), given[-1]()))
        patch.setattr(room, "cases", partial(room.cases, draws=60))
        patch.setattr(room, "SOBOL_BASE", 8)
        return room.leverage(ledger, as_of=AS_OF, members=MEMBERS, links=["offer=lag:1"])


def test_the_answer_has_every_table_and_says_what_it_cannot_know(answer):
    wanted = {
        "observed",
        "loop",
        "links",
        "link_settings",
        "bargain",
        "chances",
        "deals",
        "patience",
        "threats",
        "uses",
    }
    assert wanted | {"assumptions", "cases", "legalization", "approval", "congress"} <= set(answer.tables)
    assert 1 <= len(answer.summary) <= 4
    assert set(answer.tables["cases"]["cases"]) == {2}
    assert "n = 2 cases" in " ".join(answer.caveats)
    assert any("recommends nothing" in one for one in answer.caveats)
    assert any("has data" in one for one in answer.caveats)
    assert "zero" in answer.summary[2]
    assert {"loop.memory", "loop.lag.offer", "bargain.patience_us"} <= {one["name"] for one in answer.assumed}
    assert "cases.chance_divided" in {one["name"] for one in answer.assumed}
    assert answer.tables["uses"]["share_of_draws"].sum() == pytest.approx(1)
    assert answer.to_json()
    for chart in answer.charts:
        assert not {"facet", "group"} & set(chart.columns)


def test_the_cases_end_before_the_day_and_have_been_counted(answer):
    told = answer.tables["cases"]
    assert told["as_of"].tolist() == ["2019-05-31", "2016-03-10"]
    assert "2021" not in " ".join([*told["case"], *told["happened"]])
    assert told["counted_after"].notna().all()


def test_the_bargain_names_what_it_is_asked_with(answer):
    sources = {"banxico_remittances", "fivethirtyeight_biden", "congress_roll_calls", "voteview_members", SOURCE}
    for name in ("bargain", "chances", "deals", "patience", "threats", "uses", "assumptions", "loop", "links"):
        assert sources <= set(answer.tables[name]["source_id"].iloc[0].split(";")), name
    assert sources <= {row["source_id"] for row in answer.sources}
    assert "chance_of_passage" not in set(answer.tables["assumptions"]["name"])


@pytest.mark.parametrize(("low", "high", "open_"), [(-1.0, 2.0, True), (0.5, 2.0, False), (-3.0, -1.0, False)])
def test_the_sign_is_called_open_only_where_it_is(low, high, open_):
    effect = LoadEffect((low + high) / 2, 1.0, low, high, 30, 50, 9, 1, pd.DataFrame())
    assert ("of the other sign" in room._open_sign(effect)) == open_


def test_the_day_by_default_is_the_last_with_polls_and_counts():
    with open_ledger() as ledger:
        last = room.last_day_known(ledger)
        polls = pd.Timestamp(ledger.read("polls")["end_date"].max()).date()
    assert polls < last <= polls + dt.timedelta(days=30)


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (["--link", "ofer=cut"], "did you mean 'offer'?"),
        (["--link", "offer=maybe"], "its modes are on, cut"),
        (["--months", "13"], "1 to 12"),
        (["--members", "5"], "20 to 1,000"),
        (["--bill", "legalisation"], "did you mean 'legalization'?"),
        (["--seed", "-1"], "from 0 on"),
        (["--as-of", "2021-11-31"], "did you mean 2021-11-30?"),
        (["--as-of", "2024-01-01"], "no polls of a president's approval are known within 60 days"),
        (["--as-of", "2001-01-01"], "had been published"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_code_2(words, mend, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["leverage", *words])
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert told.out == ""
    assert mend in told.err
    assert len(told.err.strip().splitlines()) == 1
