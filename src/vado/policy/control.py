"""The question how many are stopped on the way through Mexico, whom, how that moved, and whether the flow fell.

Counts of Mexico's events and returns stand beside encounters at the US border and counts before Mexico. What they
identify are ratios; the chance of being stopped has bounds only (:mod:`vado.policy.identified`). All of it describes
what was done and counted, by nationality and quarter; nothing of it says what should be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from vado.answer import Answer, Chart
from vado.forecast.evidence import cite, joined_ids, open_default
from vado.forecast.nationality_season import SERIES as LONG_SERIES
from vado.forecast.targets import read_panel
from vado.ledger.codes import SOUTHWEST_BORDER
from vado.ledger.dates import Day, day
from vado.policy.concentration import ASKED, by_month, compare_spans
from vado.policy.identified import (
    ALL_BUT,
    FOREIGN,
    GROUPS,
    MEXICANS,
    NORTH,
    Counter,
    bounds,
    change,
    ratio,
    read_counter,
    spread,
)
from vado.provenance import made_by

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

EVENTS, RETURNS, ENCOUNTERS = "mx_events", "mx_returns", "sw_encounters"
LONG = "usbp_encounters"
UPSTREAM = ("darien_transits", "hn_entries")
#: Ratios shown: what is counted, per what.
PAIRS = {"events per encounter": (EVENTS, ENCOUNTERS), "returns per event": (RETURNS, EVENTS)}
#: Persons counted upstream in a year below which they bound nothing.
FEWEST_UPSTREAM = 1000
#: Nationalities of the claim that is tested: enforcement concentrates on them.
CLAIMED = ("HTI", NORTH)
#: Spans of months that are compared: name, months before, months after.
SPANS = (
    ("June 2019 (declaration)", "2019-03", "2019-05", "2019-06", "2019-06"),
    ("July to September 2019", "2019-03", "2019-05", "2019-07", "2019-09"),
    ("August to October 2021", "2021-05", "2021-07", "2021-08", "2021-10"),
    ("November and December 2021", "2021-08", "2021-10", "2021-11", "2021-12"),
    ("January to June 2022", "2021-08", "2021-10", "2022-01", "2022-06"),
    ("November 2022 to January 2023", "2022-07", "2022-09", "2022-11", "2023-01"),
    ("April to September 2023", "2023-01", "2023-03", "2023-04", "2023-09"),
)

_NO_MEXICANS = (
    "Mexicans are no foreigners in Mexico: no register of events can hold them, so these counts say nothing of whether "
    "they were stopped."
)


def control(
    ledger: Ledger | None = None, *, as_of: Day | None = None, seed: int = 1, command: str | None = None
) -> Answer:
    """Return what is known of people being stopped on the way through Mexico, by nationality and time.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used; default all that the ledger has.
    seed
        Recorded, and of no effect: nothing is drawn.
    command
        What to say made the answer.

    Returns
    -------
    Answer
        Tables ``ratios`` (events per encounter and returns per event by quarter), ``bounds`` (on the chance to be
        stopped, by year), ``moves`` (ratios before and after), ``shares`` (of each counter), ``focus`` (events per
        encounter over that of others), ``spans`` (did totals fall, or peaks) and ``months`` (total and concentration).

    Raises
    ------
    BadValueError
        If encounters or Mexico's counts had not been published by ``as_of``.
    """
    ledger = open_default(ledger)
    panel = read_panel(ledger, as_of)
    counters = {name: read_counter(ledger, name, as_of) for name in (EVENTS, RETURNS, ENCOUNTERS)}
    # Counts that may begin later than the rest bound from above where there are any.
    upstream = [read_counter(ledger, name, as_of) for name in UPSTREAM if not ledger.observe(name, as_of=as_of).empty]
    long = read_counter(ledger, LONG, as_of, series=LONG_SERIES, place=SOUTHWEST_BORDER)
    seen = day(as_of, "as_of") if as_of is not None else ledger.observe(ENCOUNTERS)["published"].max().date()
    share, share_ids = _arrivals(ledger, seen)
    tables = {
        "ratios": _ratios(counters),
        "bounds": _bounds(counters, upstream, share, share_ids),
        "moves": _moves(counters, long),
        "shares": _shares(counters, upstream),
        "focus": _focus(counters),
        "spans": pd.DataFrame(
            [
                row
                for first, last in ASKED
                for code in (ALL_BUT, *CLAIMED)
                for row in compare_spans(panel, code, first, last)
            ]
        ),
        "months": by_month(panel, (ALL_BUT, *CLAIMED)),
    }
    tables = {name: frame for name, frame in tables.items() if not frame.empty}
    return Answer(
        question="How many are stopped on the way through Mexico, whom, how did that move, and did the flow fall?",
        as_of=seen,
        summary=_summary(tables),
        tables=tables,
        charts=[chart for chart in _charts() if chart.table in tables],
        sources=cite(ledger, *tables.values()),
        assumed=[
            {
                "name": "control.arrivals_per_encounter",
                "value": f"{share[0]:.2f} to {share[1]:.2f}",
                "unit": "",
                "note": "wide bounds: one less the largest published share of repeat encounters, to one over the least "
                "of the latest published range of apprehension probability; of all nationalities together",
            }
        ],
        caveats=[
            "An event in Mexico and an encounter at the border are events: one person can have several of each.",
            "Bounds hold for runs that end in the period; people on the way at its ends move them little over a year.",
            "People whom the US expelled to Mexico can be stopped there afterwards: they raise events without a run.",
            _NO_MEXICANS,
            "Ratios describe what was counted; they do not say what a measure should be.",
        ],
        made_by=made_by(command or f"vado.policy.control.control(as_of='{seen}')", ledger, seed),
    )


def _arrivals(ledger: Ledger, seen: Day) -> tuple[tuple[float, float], list[str]]:
    """Return the least and largest number of arrivals an encounter, and the sources; 1 where nothing is published."""
    repeats = ledger.observe("repeat_encounter_share", as_of=seen)
    chances = ledger.parameters(as_of=seen)
    chances = chances[(chances["name"] == "apprehension_probability") & chances["low"].notna()]
    # Ranges of several dates stand side by side; they rose, so the latest has the highest lower end.
    latest = chances[chances["low"] == chances["low"].max()]
    least = 1.0 if repeats.empty else 1 - float(repeats["value"].max()) / 100
    most = 1.0 if latest.empty else 1 / float(latest["low"].iloc[0])
    return (least, most), [*repeats["source_id"].astype(str), *latest["source_id"].astype(str)]


def _periods(counters: list[Counter], freq: str) -> dict[pd.Period, pd.PeriodIndex]:
    """Return the whole quarters or years for which all counters have all months; of a last year also its part."""
    months = counters[0].counts.index
    for counter in counters[1:]:
        months = months.intersection(counter.counts.dropna().index)
    found: dict[pd.Period, pd.PeriodIndex] = {}
    for period in pd.PeriodIndex(months).asfreq(freq).unique():
        inside = pd.PeriodIndex(months[pd.PeriodIndex(months).asfreq(freq) == period])
        whole = pd.period_range(period.start_time, period.end_time, freq="M")
        if len(inside) == len(whole) or (freq == "Y" and len(inside) >= 6):
            found[period] = inside
    return found


def _named(period: pd.Period, months: pd.PeriodIndex) -> str:
    """Return a quarter or year in words; of a year not counted in full, its months.

    >>> _named(pd.Period("2021Q3", "Q"), pd.period_range("2021-07", "2021-09", freq="M"))
    '2021 Q3'
    """
    if period.freqstr.startswith("Q"):
        return f"{period.year} Q{period.quarter}"
    return f"{period.year}" if len(months) == 12 else f"{months[0]} to {months[-1]}"


def _ratios(counters: dict[str, Counter]) -> pd.DataFrame:
    rows = []
    for pair, (above, below) in PAIRS.items():
        over, under = counters[above], counters[below]
        periods = _periods([over, under], "Q")
        common = over.counts.index.intersection(under.counts.index)
        for code in FOREIGN:
            variance = spread(over.counts.loc[common, code], under.counts.loc[common, code])
            for period, months in periods.items():
                a, b = over.over(months, code), under.over(months, code)
                if b.sum() < 10:
                    continue
                found = ratio(a, b, variance)
                rows.append(
                    {
                        "ratio": pair,
                        "nationality": code,
                        "quarter": _named(period, months),
                        "start": period.start_time.normalize(),
                        "above": float(a.sum()),
                        "below": float(b.sum()),
                        "value": found.value,
                        "low": found.low,
                        "high": found.high,
                        "months_differ_by": variance**0.5,
                        "source_id": joined_ids([over.source_ids, under.source_ids]),
                    }
                )
    return pd.DataFrame(rows)


def _bounds(
    counters: dict[str, Counter], upstream: list[Counter], arrivals: tuple[float, float], ids: list[str]
) -> pd.DataFrame:
    used = list(counters.values())
    joined = joined_ids([*(one.source_ids for one in (*used, *upstream)), *ids])
    rows: list[dict[str, Any]] = []
    for period, months in _periods(used, "Y").items():
        year = _named(period, months)
        met = float(counters[ENCOUNTERS].over(months, MEXICANS).sum())
        rows.append(
            {"nationality": MEXICANS, "year": year, "encounters": met, "says": _NO_MEXICANS, "source_id": joined}
        )
        for code in FOREIGN:
            events, returns, met = (
                float(counters[name].over(months, code).sum()) for name in (EVENTS, RETURNS, ENCOUNTERS)
            )
            if met + returns < FEWEST_UPSTREAM:
                continue
            counted = [float(one.over(months, code).sum()) for one in upstream if one.covers(months)]
            most = max(counted, default=0.0)
            found = bounds(events, returns, met, arrivals=arrivals, upstream=most if most >= FEWEST_UPSTREAM else None)
            rows.append(
                {
                    "nationality": code,
                    "year": year,
                    "events": events,
                    "returns": returns,
                    "encounters": met,
                    "upstream": most if counted else None,
                    "lower": found.lower,
                    "upper": found.upper,
                    "naive": found.naive,
                    "lower_wide": found.lower_wide,
                    "upper_wide": found.upper_wide,
                    "upper_upstream": found.upper_upstream,
                    "says": found.told,
                    "source_id": joined,
                }
            )
    return pd.DataFrame(rows)


def _moves(counters: dict[str, Counter], long: Counter) -> pd.DataFrame:
    """Return ratios before and after; before October 2019 encounters are those of the long Border Patrol series."""
    rows = []
    for name, start, end, first, last in SPANS:
        before, after = pd.period_range(start, end, freq="M"), pd.period_range(first, last, freq="M")
        for pair, (above, below) in PAIRS.items():
            over = counters[above]
            under = long if below == ENCOUNTERS and before[0] not in counters[below].counts.index else counters[below]
            if not all(one.covers(months) for one in (over, under) for months in (before, after)):
                continue
            common = over.counts.index.intersection(under.counts.index)
            for code in FOREIGN:
                if min(float(under.over(months, code).sum()) for months in (before, after)) < 100:
                    continue
                variance = spread(over.counts.loc[common, code], under.counts.loc[common, code])
                earlier, later = (
                    ratio(over.over(months, code), under.over(months, code), variance) for months in (before, after)
                )
                moved = change(earlier, later)
                told = "not told apart from no change"
                if moved.low > 1 or moved.high < 1:
                    told = "rose" if moved.low > 1 else "fell"
                rows.append(
                    {
                        "span": name,
                        "before": f"{start} to {end}",
                        "ratio": pair,
                        "nationality": code,
                        "value_before": earlier.value,
                        "value_after": later.value,
                        "change": moved.value,
                        "low": moved.low,
                        "high": moved.high,
                        "events_per_month_before": float(counters[EVENTS].over(before, code).mean()),
                        "events_per_month_after": float(counters[EVENTS].over(after, code).mean()),
                        "says": told,
                        "source_id": joined_ids([over.source_ids, under.source_ids, counters[EVENTS].source_ids]),
                    }
                )
    return pd.DataFrame(rows)


def _shares(counters: dict[str, Counter], upstream: list[Counter]) -> pd.DataFrame:
    """Return each nationality's share of every counter, Mexicans left out of all."""
    titles = dict(zip((EVENTS, RETURNS, ENCOUNTERS), ("events in Mexico", "returns", "encounters"), strict=True))
    shown = {titles[name]: counter for name, counter in counters.items()}
    shown |= dict(zip(("transits of the Darién", "entries to Honduras"), upstream, strict=False))
    rows = []
    for title, counter in shown.items():
        for freq in ("Y", "Q"):
            for period, months in _periods([counter], freq).items():
                if freq == "Q" and period.year != 2021:
                    continue
                everyone = counter.over(months, ALL_BUT)
                for code in (*GROUPS[ALL_BUT], NORTH):
                    mine, rest = counter.over(months, code), everyone - counter.over(months, code)
                    variance = spread(counter.counts[code], counter.counts[ALL_BUT] - counter.counts[code])
                    odds = ratio(mine, rest, variance)
                    rows.append(
                        {
                            "counter": title,
                            "period": _named(period, months),
                            "nationality": code,
                            "count": float(mine.sum()),
                            "share": 100 * odds.value / (1 + odds.value),
                            "low": 100 * odds.low / (1 + odds.low),
                            "high": 100 * odds.high / (1 + odds.high),
                            "source_id": counter.source_ids,
                        }
                    )
    return pd.DataFrame(rows)


def _focus(counters: dict[str, Counter]) -> pd.DataFrame:
    """Return events per encounter of a nationality over that of all other foreigners: above 1, stopped more often."""
    events, met = counters[EVENTS], counters[ENCOUNTERS]
    common = events.counts.index.intersection(met.counts.index)
    rows = []
    for freq in ("Y", "Q"):
        for period, months in _periods([events, met], freq).items():
            if freq == "Q" and period.year != 2021:
                continue
            for code in (*GROUPS[ALL_BUT], NORTH):
                parts = []
                for label in ("own", "rest"):
                    over, under = (
                        one.counts[code] if label == "own" else one.counts[ALL_BUT] - one.counts[code]
                        for one in (events, met)
                    )
                    variance = spread(over.loc[common], under.loc[common])
                    parts.append(ratio(over.loc[months], under.loc[months], variance))
                found = change(parts[1], parts[0])
                told = "not told apart from the others"
                if found.low > 1 or found.high < 1:
                    told = "more events per encounter than others" if found.low > 1 else "fewer events per encounter"
                rows.append(
                    {
                        "period": _named(period, months),
                        "nationality": code,
                        "events_per_encounter": parts[0].value,
                        "of_all_others": parts[1].value,
                        "quotient": found.value,
                        "low": found.low,
                        "high": found.high,
                        "says": told,
                        "source_id": joined_ids([events.source_ids, met.source_ids]),
                    }
                )
    return pd.DataFrame(rows)


def _summary(tables: dict[str, pd.DataFrame]) -> list[str]:
    said = []
    # Before the first whole year of all three counters these tables are missing.
    focus, held = (
        frame[frame[column] == "2021"] if (frame := tables.get(name)) is not None else pd.DataFrame()
        for name, column in (("focus", "period"), ("bounds", "year"))
    )
    if not focus.empty:
        focus = focus.set_index("nationality")
        held_against = focus.loc[list(CLAIMED)].reset_index().to_dict("records")
        parts = [
            f"{r['nationality']} {r['quotient']:.1f} times ({r['low']:.1f} to {r['high']:.1f})" for r in held_against
        ]
        more = focus.index[(focus["low"] > 1) & ~focus.index.isin([*CLAIMED, *GROUPS[NORTH]])]
        said.append(
            f"Events per encounter in 2021, against all other foreigners: {', '.join(parts)}; also above: "
            f"{', '.join(map(str, more)) or 'none'}."
        )
    if not held.empty:
        row = held[held["nationality"] == ALL_BUT].iloc[0]
        said.append(
            f"The chance to be stopped in 2021 lies between {row['lower']:.2f} and {row['upper']:.2f} for all "
            f"foreigners together, or {row['lower_wide']:.2f} and {row['upper_wide']:.2f} if arrivals differ from "
            "encounters as far as published ranges allow; for Mexicans nothing follows from these data."
        )
    if "spans" in tables:
        rows = tables["spans"]
        rows = rows[(rows["nationality"] == ALL_BUT) & (rows["span"] == rows["span"].iloc[0])]
        parts = [
            f"{r['measure']} {r['change']:.2f} times ({r['low']:.2f} to {r['high']:.2f})"
            for r in rows.to_dict("records")
        ]
        said.append(f"August to December 2021 against the five months before, all but Mexicans: {', '.join(parts)}.")
    return said or ["The counts known by then hold no whole year and no pair of spans."]


def _charts() -> list[Chart]:
    return [
        Chart(
            kind="line",
            table="ratios",
            title="Events in Mexico per encounter at the US border, by quarter",
            columns={"x": "start", "y": "value", "low": "low", "high": "high", "facet": "nationality"},
            where={"ratio": "events per encounter"},
            note="Not a probability: stopped people who are not returned go on and are met as well.",
        ),
        Chart(
            kind="line",
            table="ratios",
            title="Returns per event in Mexico, by quarter",
            columns={"x": "start", "y": "value", "low": "low", "high": "high", "facet": "nationality"},
            where={"ratio": "returns per event"},
            note="Above 1 where people were returned in a later quarter than that of their event.",
        ),
        Chart(
            kind="forest",
            table="bounds",
            title="Bounds on the chance to be stopped on a run through Mexico in 2021",
            columns={"y": "nationality", "x": "naive", "low": "lower", "high": "upper"},
            where={"year": "2021"},
            unit="share of runs",
            note="The point is events over events and encounters; any value between the ends agrees with the counts.",
        ),
        Chart(
            kind="bar",
            table="shares",
            title="Shares of foreigners at each counter in 2021",
            columns={"y": "nationality", "x": "share", "facet": "counter"},
            where={"period": "2021"},
            unit="per cent",
            note="Mexicans are left out everywhere: counters in Mexico cannot show them.",
        ),
        Chart(
            kind="line",
            table="months",
            title="Concentration of encounters over sectors and ports (1 is all in one place)",
            columns={"x": "month", "y": "concentration", "color": "nationality"},
            unit="Herfindahl index",
        ),
    ]
