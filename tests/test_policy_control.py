"""Control on the way: bounds hold the truth they were made from, ratios are the ledger's, and limits are said."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vado
from vado.errors import BadValueError
from vado.forecast.targets import CELLS, LOCATIONS, NATIONALITIES, Panel, adding_matrix
from vado.policy.concentration import by_place, compare_spans, figures
from vado.policy.control import control
from vado.policy.identified import ALL_BUT, GROUPS, NORTH, Interval, bounds, change, ratio, read_counter, spread

ONE = (1.0, 1.0)
MONTHS = pd.period_range("2019-01", periods=48, freq="M")


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def answer(ledger):
    return control(ledger)


# Bounds


@given(
    seed=st.integers(0, 10_000),
    stopped=st.floats(0.0, 0.95),
    returned=st.floats(0.0, 1.0),
    stays=st.floats(0.0, 1.0),
    again=st.floats(0.0, 0.6),
)
@settings(max_examples=150, deadline=None)
def test_bounds_hold_the_stopping_chance_they_were_made_from(seed, stopped, returned, stays, again):
    """Runs one by one: stopped or not, returned or not, staying or going on to be stopped once more."""
    rng = np.random.default_rng(seed)
    runs = 400
    was_stopped = rng.random(runs) < stopped
    events = was_stopped.astype(int) * rng.geometric(1 - again, runs)
    sent_back = was_stopped & (rng.random(runs) < returned)
    remained = was_stopped & ~sent_back & (rng.random(runs) < stays)
    arrived = ~(sent_back | remained)
    if arrived.sum() + sent_back.sum() == 0:
        return
    found = bounds(events.sum(), sent_back.sum(), arrived.sum(), arrivals=ONE)
    truth = was_stopped.mean()
    assert found.lower - 1e-12 <= truth <= found.upper + 1e-12
    assert found.lower - 1e-12 <= found.naive <= found.upper + 1e-12


@given(
    events=st.integers(1, 10**6),
    part=st.floats(0, 1),
    met=st.integers(1, 10**6),
    least=st.floats(0.5, 1),
    most=st.floats(1, 2),
)
def test_wide_bounds_hold_the_narrow_ones(events, part, met, least, most):
    found = bounds(events, events * part, met, arrivals=(least, most))
    assert found.lower_wide <= found.lower + 1e-12
    assert found.upper_wide >= found.upper - 1e-12


def test_both_ends_are_reached():
    # Every event another run, only the returned do not arrive: 50 stopped of 80 + 20 runs.
    assert bounds(50, 20, 80, arrivals=ONE).upper == 0.5
    # Stopped runs are the returned ones alone.
    assert bounds(50, 20, 80, arrivals=ONE).lower == 0.2
    # All stopped are returned, once each: the chance is a point.
    point = bounds(30, 30, 70, arrivals=ONE)
    assert point.lower == point.upper == point.naive == pytest.approx(0.3)
    assert point.told == "narrow if each encounter is one arrival"


def test_a_count_upstream_bounds_only_where_it_is_larger():
    assert bounds(50, 20, 80, arrivals=ONE, upstream=200).upper_upstream == 0.25
    assert bounds(50, 20, 80, arrivals=ONE, upstream=90).upper_upstream is None


def test_more_events_than_runs_leave_the_chance_open():
    found = bounds(300, 1, 100, arrivals=ONE)
    assert found.upper == 1
    assert found.told == "not identified"


@pytest.mark.parametrize(("counts", "arrivals"), [((5, 0, 0), ONE), ((5, 1, 10), (1.2, 0.8)), ((5, 1, 10), (0.0, 1.0))])
def test_counts_without_anyone_and_ranges_upside_down_are_refused(counts, arrivals):
    with pytest.raises(BadValueError):
        bounds(*counts, arrivals=arrivals)


# Ratios


def drawn(rng, rate, sigma, months=MONTHS):
    """Counts around 400 and their part, whose ratio moves from month to month."""
    under = rng.poisson(400, len(months))
    over = rng.poisson(rate * under * np.exp(rng.normal(0, sigma, len(months))))
    return pd.Series(over, months, dtype=float), pd.Series(under, months, dtype=float)


@pytest.mark.parametrize("sigma", [0.0, 0.3, 0.6])
def test_the_spread_between_months_is_found_again(sigma):
    rng = np.random.default_rng(1)
    found = np.mean([spread(*drawn(rng, 0.5, sigma)) for _ in range(200)])
    assert found == pytest.approx(sigma**2, abs=0.01 + 0.06 * sigma**2)


@pytest.mark.parametrize("sigma", [0.0, 0.3])
def test_intervals_of_a_ratio_hold_as_often_as_they_say(sigma):
    rng, held = np.random.default_rng(2), []
    for _ in range(400):
        over, under = drawn(rng, 0.5, sigma)
        found = ratio(over.iloc[:3], under.iloc[:3], spread(over, under))
        # The mean of the ratio over months whose log is normal around that of the rate.
        held.append(found.low <= 0.5 * np.exp(sigma**2 / 2) <= found.high)
    # A variance cannot be below zero, so without any spread the intervals are a little wide.
    assert 0.86 <= np.mean(held) <= 0.97


def test_a_change_of_ratios_is_their_quotient_and_wider_than_either():
    moved = change(Interval(0.2, 0.1, 0.4), Interval(0.6, 0.3, 1.2))
    assert moved.value == pytest.approx(3)
    assert moved.high / moved.value == pytest.approx(2 ** np.sqrt(2))
    assert moved.low * moved.high == pytest.approx(moved.value**2)


def test_a_month_without_any_row_is_missing_and_not_zero(ledger):
    counter = read_counter(ledger, "darien_transits", None)
    assert counter.counts.loc[pd.Period("2020-05", "M")].isna().all()
    assert not counter.covers(pd.period_range("2020-01", "2020-12", freq="M"))
    assert counter.covers(pd.period_range("2021-01", "2021-12", freq="M"))


def test_groups_are_the_sum_of_their_nationalities(ledger):
    counts = read_counter(ledger, "mx_events", None).counts
    assert (counts[NORTH] == counts[["GTM", "HND", "SLV"]].sum(axis=1)).all()
    assert "MEX" not in GROUPS[ALL_BUT]
    assert counts["MEX"].sum() == 0


# Totals and peaks


def test_even_and_bunched_months_have_the_figures_by_hand():
    even = figures(np.full((5, 10), 100.0))
    assert even == {"total": 1000.0, "peak month": 1.0, "peak of a place": 1.0, "concentration": pytest.approx(0.1)}
    bunched = np.zeros((5, 10))
    bunched[2, 3] = 5000.0
    assert figures(bunched)["total"] == 1000.0
    assert figures(bunched)["peak month"] == 5.0
    assert figures(bunched)["peak of a place"] == 5.0


def made_up(after):
    """A panel of one nationality whose cells are noise until 2021-08 and ``after`` by month and place from then."""
    rng = np.random.default_rng(3)
    months = pd.date_range("2019-10-31", periods=48, freq="ME", unit="s")
    cells = np.zeros((48, len(CELLS)))
    mine = [i for i, (_, code) in enumerate(CELLS) if code == "HTI"]
    cells[:, mine] = 1000 * np.exp(rng.normal(0, 0.05, (48, len(mine))))
    cells[17:22, mine] = 1000.0
    cells[22:27, mine] = after
    counts = np.hstack([cells @ adding_matrix().T, cells])
    return Panel(months, counts, ("made_up",) * 48, np.zeros(48, dtype=bool))


def test_the_same_total_in_a_lower_peak_and_a_lower_total_are_told_apart():
    bunched = np.full((5, len(LOCATIONS)), 500.0)
    bunched[1, 6] = 25_500 + 0.0
    spans = [
        pd.DataFrame(compare_spans(made_up(after), "HTI", "2021-08", "2021-12")).set_index("measure")["change"]
        for after in (bunched, np.full((5, len(LOCATIONS)), 400.0))
    ]
    assert spans[0]["total"] == pytest.approx(1.0)
    assert spans[0]["peak of a place"] > 2
    assert spans[0]["concentration"] > 1
    assert spans[1]["total"] == pytest.approx(0.4)
    assert spans[1]["peak of a place"] == pytest.approx(1.0)
    assert spans[1]["concentration"] == pytest.approx(1.0)


def test_pairs_of_spans_share_no_month_with_the_one_asked_about(answer):
    """Of 48 months: starts 5 to 12 and 32 to 43 for five months from 22, 3 to 18 and 30 to 45 for three from 24."""
    totals = answer.tables["spans"].query("measure == 'total'")
    assert set(totals.loc[totals["span"] == "2021-08 to 2021-12", "pairs"]) == {8 + 12}
    assert set(totals.loc[totals["span"] == "2021-10 to 2021-12", "pairs"]) == {16 + 16}


def test_places_add_up_to_the_total(answer):
    panel = made_up(np.ones((5, len(LOCATIONS))))
    assert by_place(panel, "HTI").sum(axis=1) == pytest.approx(panel.counts[:, 0])
    months = answer.tables["months"]
    row = months[(months["nationality"] == "HTI") & (months["month"] == pd.Timestamp("2021-09-30"))].iloc[0]
    assert row["total"] == 17638
    assert row["largest_place"] == "Del Rio"
    assert months["concentration"].between(0.1, 1).all()


# The answer


def test_ratios_are_those_of_the_ledger(ledger, answer):
    ratios = answer.tables["ratios"].set_index(["ratio", "nationality", "quarter"])
    events, met = (
        ledger.total(name, start="2021-07-01", end="2021-09-30", nationality="HTI")["value"].iloc[0]
        for name in ("mx_events", "sw_encounters")
    )
    row = ratios.loc[("events per encounter", "HTI", "2021 Q3")]
    assert [row["above"], row["below"]] == [events, met]
    assert row["value"] == pytest.approx(events / met, rel=1e-3)
    assert (ratios["low"] < ratios["value"]).all()
    assert (ratios["high"] > ratios["value"]).all()


def test_returns_per_event_fell_as_the_yearbooks_say(answer):
    """0.88 in 2018, 0.42 in 2021 and below 0.1 in 2023, by the sums of the design."""
    found = answer.tables["ratios"]
    found = found[(found["ratio"] == "returns per event") & (found["nationality"] == ALL_BUT)]
    year = found["quarter"].str[:4]
    by_year = found.groupby(year)["above"].sum() / found.groupby(year)["below"].sum()
    assert by_year["2018"] == pytest.approx(0.88, abs=0.005)
    assert by_year["2021"] == pytest.approx(0.42, abs=0.005)
    assert by_year["2023"] == pytest.approx(0.09, abs=0.005)


def test_nothing_is_said_of_mexicans(answer):
    rows = answer.tables["bounds"]
    mine = rows[rows["nationality"] == "MEX"]
    assert mine["says"].str.contains("no register of events").all()
    assert mine[["lower", "upper", "naive", "events"]].isna().all(axis=None)
    for name in ("ratios", "moves", "shares", "focus"):
        assert "MEX" not in set(answer.tables[name]["nationality"])


def test_bounds_are_ordered_and_the_wide_ones_wider(answer):
    rows = answer.tables["bounds"].dropna(subset=["lower"])
    order = rows[["lower_wide", "lower", "naive", "upper", "upper_wide"]].to_numpy()
    assert (np.diff(order, axis=1) >= -1e-12).all()
    haiti = rows[(rows["nationality"] == "HTI") & (rows["year"] == "2021")].iloc[0]
    assert haiti["upper_upstream"] < haiti["upper"]


def test_shares_of_single_nationalities_add_up(answer):
    shares = answer.tables["shares"]
    single = shares[shares["nationality"] != NORTH]
    sums = single.groupby(["counter", "period"])["share"].sum()
    # Half a count is added to each, so small counters are a little above.
    assert ((sums - 100).abs() < 0.5).all()
    assert shares["low"].le(shares["share"]).all()
    assert {"2021 Q1", "2021 Q2", "2021 Q3", "2021 Q4", "2022"} <= set(shares["period"])


def test_events_rose_against_encounters_in_june_2019_and_in_august_2021(answer):
    moves = answer.tables["moves"].set_index(["span", "ratio", "nationality"])
    for span in ("July to September 2019", "August to October 2021"):
        row = moves.loc[(span, "events per encounter", ALL_BUT)]
        assert row["says"] == "rose"
        assert row["low"] > 1
    fell = moves.loc[("August to October 2021", "returns per event", ALL_BUT)]
    assert fell["says"] == "fell"


def test_what_is_said_agrees_with_the_interval(answer):
    for name in ("moves", "focus"):
        rows = answer.tables[name]
        told = ~rows["says"].str.contains("not told apart")
        assert (told == ((rows["low"] > 1) | (rows["high"] < 1))).all()
        assert told.any()
        assert not told.all()


def test_nothing_later_than_the_day_is_used(ledger):
    early = control(ledger, as_of="2021-12-20")
    assert early.tables["months"]["month"].max() <= pd.Timestamp("2021-11-30")
    assert early.tables["ratios"]["quarter"].max() <= "2021 Q3"
    assert "spans" not in early.tables
    assert "August to October 2021" in set(early.tables["moves"]["span"])
    assert "November and December 2021" not in set(early.tables["moves"]["span"])
    assert early.to_json()


def test_before_the_first_whole_year_ratios_are_there_and_bounds_are_not(ledger):
    early = control(ledger, as_of="2020-03-01")
    assert {"ratios", "moves"} <= set(early.tables)
    assert "bounds" not in early.tables
    assert early.summary == ["The counts known by then hold no whole year and no pair of spans."]


@pytest.mark.parametrize("as_of", ["2017-12-31", "2019-10-31"])
def test_a_day_before_the_data_is_one_clear_line(ledger, as_of):
    with pytest.raises(BadValueError, match="use a later date") as raised:
        control(ledger, as_of=as_of)
    assert "\n" not in str(raised.value)
    assert as_of in str(raised.value)


def test_the_answer_is_the_same_twice(ledger, answer):
    assert answer.to_json() == control(ledger).to_json()
    assert set(NATIONALITIES) - {"MEX"} <= set(answer.tables["ratios"]["nationality"])
