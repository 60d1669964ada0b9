"""The question how many approve of a president on a day, and how far one poll is from the average.

The average is shown as it was known on the day and with the polls that came out later. Beside it stand the polls around
the day with their pollsters' leans taken out, the leans, the record on polls not yet out, and how approval moved with
the border's load.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.answer import Answer, Chart
from vado.errors import BadValueError, UnknownNameError
from vado.forecast.evidence import cite, joined_ids, open_default
from vado.ledger.dates import Day, day
from vado.politics.approval_model import EFFECTS, LAGS, NINETY, SETTINGS, Filtered, Polls, filter_polls
from vado.politics.approval_record import LATER, compared, origins, record
from vado.politics.approval_smoother import Smoothed
from vado.politics.average import Average, Passes, average
from vado.politics.load import NAMED_CONFOUNDERS, LoadEffect, estimate, monthly
from vado.politics.polls import read_polls
from vado.provenance import made_by
from vado.seeds import check_seed

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Days before and after the date that the table of the average covers, and within which polls are listed beside it.
BEFORE, AFTER, AROUND = 150, 60, 7

#: Days on either side in which a line's polls make it worth a lean, and the fewest of them.
LEAN_DAYS, LEAN_POLLS = 120, 2

#: Ways of asking and populations asked, in words.
MODE_WORDS = {
    "online": "online polls",
    "phone": "telephone polls",
    "mixed": "polls by recorded calls, texts or several ways",
}
POPULATION_WORDS = {"a": "all adults", "rv": "registered voters", "v": "voters", "lv": "likely voters"}

CAVEATS = (
    "The average is of what pollsters find: if all of them lean the same way, it leans with them, and the interval "
    "does not hold that.",
    "Days of publication are not in the source and are assumed to be three days after the last field day.",
    "Settings of the model are fitted to the polls of 2017 to 2019; its record on those years is not a test.",
    "A lean is the difference from the average pollster, not from the truth; it says nothing of who is right.",
    "Approval of a president's work on immigration, approval among independents, and approval of anyone but a "
    "president have no series in the ledger: there are a handful of polls and no average of them. Polls of overall "
    "approval are there from January 2017 to June 2022.",
    "Most of the gain over the mean with shrunken house effects comes from leans that move: against the same mean with "
    "leans that fade by half in 60 days (mae_fading in the record) it is a few per cent.",
)


def approval(
    ledger: Ledger | None = None,
    *,
    date: Day | None = None,
    as_of: Day | None = None,
    president: str | None = None,
    pollster: str | None = None,
    seed: int = 1,
    command: str = "vado.approval()",
) -> Answer:
    """Return a president's approval on a day, and the polls around it against the average.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    date
        The day; default that of the last poll known.
    as_of
        Only what was published by this day is used. By default the average is shown as known on ``date`` and with what
        came later.
    president
        Name or surname; default whoever's polls surround the day.
    pollster
        Whose poll is set against the average; default, of the polls that end nearest to the day, the one furthest off.
    seed
        Of the resampling behind the intervals of the record's ratios.
    command
        What to say made the answer.

    Returns
    -------
    Answer
        Tables ``average`` (a row a day), ``polls`` (those within a week, with leans taken out), ``curves`` (what is
        drawn: the average, as known on each day, and the polls by last day), ``house_effects``, ``record``, ``load``.

    Raises
    ------
    BadValueError
        For a day before the first poll or too long after the last.
    UnknownNameError
        For a president or pollster without polls.
    """
    check_seed(seed)
    ledger = open_default(ledger)
    seen = day(as_of, "as_of") if as_of is not None else None
    known = Passes(read_polls(ledger, seen))
    latest = max(own["end"].max().date() for own in known.frames.values())
    when = day(date) if date is not None else latest
    name = known.president(when, president)
    frame = known.frames[name]
    if pollster is not None:
        pollster = _pollster(pollster, frame)
    for one, own in known.frames.items():
        known.take(one, filter_polls(own, origins=origins(own), whole=_number(when) if one == name else None))
    now = average(known, when, president=name)
    until = seen or frame["published"].max().date()
    then = _as_known(known, name, when, until, now)
    tables = {
        "average": _days(known, name, when, until),
        "polls": _around(known, name, when),
        "house_effects": _leans(frame, known.filtered(name), known.smoothed(name), when),
        "record": record(_predicted(known), seed),
    }
    tables["curves"] = _curves(tables["average"], frame)
    caveats = list(CAVEATS)
    load: LoadEffect | None = None
    try:
        load = estimate(monthly(ledger, seen, known))
        tables["load"] = load.variants
        caveats.append(
            f"Approval and encounters both move with {NAMED_CONFOUNDERS}; a coefficient here is not a cause, "
            "of either sign. "
            f"{load.as_large} of {load.placebos} placebos (encounters of months to come) are as large as the main one. "
            "Encounters are final data whose release days are assumed."
        )
    except BadValueError as reason:
        caveats.append(f"The border's load is left out: {reason}.")
    tables = {key: table for key, table in tables.items() if not table.empty}
    chosen = _chosen(tables.get("polls"), when, pollster)
    if pollster is not None and chosen is None:
        caveats.append(f"{pollster} has no poll that ends within {AROUND} days of {when}.")
    return Answer(
        question=f"How many approved of President {name}'s work on {when}, and how far is one poll from the average?",
        as_of=until,
        summary=_summary(now, then, until, chosen, tables.get("record"), load),
        tables=tables,
        charts=[chart for chart in _charts(name) if chart.table in tables],
        sources=cite(ledger, *tables.values()),
        assumed=_assumed(),
        caveats=caveats,
        made_by=made_by(command, ledger, seed),
    )


def _number(date: dt.date) -> int:
    return int(np.datetime64(date, "D").astype(np.int64))


def _date(number: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=number)


def _pollster(given: str, frame: pd.DataFrame) -> str:
    wanted = given.strip().casefold()
    names = frame["pollster"].unique()
    found = sorted((name for name in names if wanted in name.casefold()), key=len)
    if not found or not wanted:
        raise UnknownNameError("pollster", given, names)
    return str(found[0])


def _as_known(known: Passes, name: str, when: dt.date, until: dt.date, now: Average) -> Average | None:
    """Return the average as known on its day, None where no poll was out or what is known ends before the day."""
    filtered = known.filtered(name)
    if known.frames[name]["published"].min().date() > when or when > until:
        return None
    mean, variance = filtered.level(_number(when), _number(when))
    reach = NINETY * float(np.sqrt(variance))
    return now._replace(mean=float(mean[0]), low=float(mean[0]) - reach, high=float(mean[0]) + reach, seen=when)


def _days(known: Passes, name: str, when: dt.date, until: dt.date) -> pd.DataFrame:
    """Return the average day by day around the date, as known on each day up to ``until`` and from all polls."""
    filtered, frame = known.filtered(name), known.frames[name]
    first_out, last_end = frame["published"].min(), frame["end"].max()
    first = max(_number(when) - BEFORE, _number(frame["end"].min().date()))
    last = min(_number(when) + AFTER, max(_number(last_end.date()), _number(when)))
    rows = []
    for number in range(first, last + 1):
        date = _date(number)
        all_polls = average(known, date, president=name)
        row: dict[str, Any] = {
            "date": pd.Timestamp(date),
            "president": name,
            "approve": all_polls.mean,
            "low_90": all_polls.low,
            "high_90": all_polls.high,
            "disapprove": all_polls.disapprove,
            "disapprove_low_90": all_polls.disapprove_low,
            "disapprove_high_90": all_polls.disapprove_high,
            "known_then": np.nan,
            "known_then_low_90": np.nan,
            "known_then_high_90": np.nan,
            "polls_14_days": all_polls.polls,
            "source_id": all_polls.source_id,
        }
        if first_out.date() <= date <= until:
            mean, variance = filtered.level(number, number)
            reach = NINETY * float(np.sqrt(variance))
            row |= {"known_then": mean[0], "known_then_low_90": mean[0] - reach, "known_then_high_90": mean[0] + reach}
        rows.append(row)
    return pd.DataFrame(rows)


def _around(known: Passes, name: str, when: dt.date) -> pd.DataFrame:
    """Return the polls that end within a week of the date, against the average of their middle day."""
    frame, filtered = known.frames[name], known.filtered(name)
    near = frame[(frame["end"] - pd.Timestamp(when)).abs() <= pd.Timedelta(days=AROUND)]
    sampling = Polls.of(frame).sampling
    rows = []
    for number, poll in near.iterrows():
        at = int(str(number))
        middle = poll["start"] + (poll["end"] - poll["start"]) // 2
        level = average(known, max(middle.date(), frame["end"].min().date()), president=name)
        lean = float(filtered.expected[at, 0] - filtered.level_then[at, 0])
        own = frame["pollster"] == poll["pollster"]
        rows.append(
            {
                "pollster": poll["pollster"],
                "sponsors": poll["sponsors"],
                "start": poll["start"],
                "end": poll["end"],
                "published": poll["published"],
                "sample_size": poll["sample_size"],
                "population": poll["population"],
                "mode": poll["mode"],
                "new_share": poll["fresh"],
                "approve": poll["approve"],
                "disapprove": poll["disapprove"],
                "earlier_polls": int((own & (frame["published"] < poll["published"])).sum()),
                "average": level.mean,
                "distance": poll["approve"] - level.mean,
                "distance_in_sampling_errors": (poll["approve"] - level.mean)
                / float(np.hypot(level.sd, np.sqrt(sampling[at]))),
                "lean": lean,
                "without_lean": poll["approve"] - lean,
                "expected": filtered.expected[at, 0],
                "expected_sd": filtered.expected_sd[at],
                "standard_errors": (poll["approve"] - filtered.expected[at, 0]) / filtered.expected_sd[at],
                "source_id": poll["source_id"],
            }
        )
    return pd.DataFrame(rows).sort_values(["end", "pollster"]).reset_index(drop=True) if rows else pd.DataFrame()


def _curves(days: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what is drawn: the average from all polls, as known on each day, and the mean of polls by last day."""
    first, last = days["date"].min(), days["date"].max()
    ends = frame[frame["end"].between(first, last)].groupby("end", sort=True)
    polls = ends["approve"].agg(approve="mean").reset_index().rename(columns={"end": "date"})
    polls["source_id"] = ends["source_id"].agg(joined_ids).to_numpy()
    names = {"known_then": "approve", "known_then_low_90": "low_90", "known_then_high_90": "high_90"}
    then = days[["date", *names, "source_id"]].rename(columns=names).dropna(subset=["approve"])
    columns = ["date", "approve", "low_90", "high_90", "source_id"]
    parts = {"polls, mean by last day": polls, "average as known on the day": then, "average from all polls": days}
    made = [part.reindex(columns=columns).assign(which=which) for which, part in parts.items() if len(part)]
    return pd.concat(made, ignore_index=True)


def _leans(frame: pd.DataFrame, filtered: Filtered, smoothed: Smoothed, when: dt.date) -> pd.DataFrame:
    """Return the lean of each line of polls on the day, from all polls: house, line, population and mode."""
    if not len(smoothed.state):
        return pd.DataFrame()
    near = frame[(frame["end"] - pd.Timestamp(when)).abs() <= pd.Timedelta(days=LEAN_DAYS)]
    effects = {name: LAGS + number for number, name in enumerate(EFFECTS)} | {"v": LAGS}
    rows = []
    for line, own in near.groupby("line", sort=True):
        place = filtered.lines.get(str(line), len(smoothed.state))
        if len(own) < LEAN_POLLS or place >= len(smoothed.state):
            continue
        usual = [own[column].mode().iloc[0] for column in ("population", "mode", "partisan")]
        house = filtered.houses[str(own["pollster"].iloc[0])]
        places = [house, place, *(effects[one] for one in usual if one in effects)]
        approve, disapprove = smoothed.state[places].sum(axis=0).tolist()
        reach = NINETY * float(np.sqrt(smoothed.covariance[np.ix_(places, places)].sum()))
        rows.append(
            {
                "line": line,
                "pollster": own["pollster"].iloc[0],
                "population": usual[0],
                "mode": usual[1],
                "polls": len(own),
                "lean": approve,
                "low": approve - reach,
                "high": approve + reach,
                "lean_disapprove": disapprove,
                "source_id": ";".join(sorted(own["source_id"].unique())),
            }
        )
    return pd.DataFrame(rows).sort_values("lean").reset_index(drop=True) if rows else pd.DataFrame()


def _predicted(known: Passes) -> pd.DataFrame:
    """Return what was predicted of every president's polls."""
    return pd.concat([compared(own, known.filtered(one)) for one, own in known.frames.items()], ignore_index=True)


def _chosen(near: pd.DataFrame | None, when: dt.date, pollster: str | None) -> pd.Series | None:
    """Return the poll that is set against the average."""
    if near is None:
        return None
    own = near if pollster is None else near[near["pollster"] == pollster]
    if own.empty:
        return None
    off = (own["end"] - pd.Timestamp(when)).abs()
    nearest = own[off == off.min()]
    return nearest.iloc[int(nearest["distance"].abs().to_numpy().argmax())]


def _summary(
    now: Average,
    then: Average | None,
    until: dt.date,
    poll: pd.Series | None,
    rows: pd.DataFrame | None,
    load: LoadEffect | None,
) -> list[str]:
    known = f"; as known on that day {then.mean:.1f} % ({then.low:.1f} to {then.high:.1f})" if then is not None else ""
    said = [
        f"{now.president}, {now.day}: {now.mean:.1f} % approve (90 % interval {now.low:.1f} to {now.high:.1f}) and "
        f"{now.disapprove:.1f} % disapprove, from all polls published by {now.seen}{known}"
        f"{f': a projection from {until}' if now.day > until else ''}."
    ]
    if poll is not None:
        lean = f"{_led_to_expect(poll)} {poll['expected']:.1f} %"
        said.append(
            f"The poll of {poll['pollster']} from {poll['start']:%Y-%m-%d} to {poll['end']:%Y-%m-%d} has "
            f"{poll['approve']:.1f} %, {_off(poll['distance'], 'points')} the average "
            f"({abs(poll['distance_in_sampling_errors']):.1f} times the error of samples alone); {lean}, from which "
            f"it is {_off(poll['standard_errors'], 'standard errors')}."
        )
    if rows is not None and (rows["part"] == LATER).any():
        row = rows[rows["part"] == LATER].iloc[-1]
        said.append(
            f"Polls not yet out, up to 14 days ahead, held back: mean absolute error {row['mae']:.2f} points, "
            f"{row['ratio_shrunken']:.2f} times that of the 14-day mean with shrunken house effects "
            f"({row['ratio_fading']:.2f} where these fade with age) and {row['ratio_plain']:.2f} times that of the "
            f"plain mean; 90 % intervals held {100 * row['coverage_90']:.0f} %."
        )
    if load is not None:
        said.append(
            f"A doubling of monthly encounters went with {load.mean:+.1f} points of approval (90 % interval "
            f"{load.low:+.1f} to {load.high:+.1f}): {load.verdict}."
        )
    return said


def _led_to_expect(poll: pd.Series) -> str:
    """Return which polls let a poll's figure be expected: its pollster's own, or those of others alone."""
    if poll["earlier_polls"]:
        return "its pollster's earlier polls, and others of its kind, led to expect"
    kind = f"{MODE_WORDS[poll['mode']]} of {POPULATION_WORDS[poll['population']]}"
    return f"its pollster has no earlier poll, and other pollsters' {kind} led to expect"


def _off(value: float, unit: str) -> str:
    return f"{abs(value):.1f} {unit} {'below' if value < 0 else 'above'}"


def _assumed() -> list[dict[str, Any]]:
    notes = {
        "drift": ("points", "standard deviation of a day's change of the level"),
        "house": ("points", "spread of pollsters' leans"),
        "memory": ("days", "after which a lean keeps 1/e of what it was"),
        "line": ("points", "spread of a line's lasting lean"),
        "effect": ("points", "spread of the effects of population, mode and partisan sponsor before any poll"),
        "noise": ("points", "error of a poll beyond its sample's"),
        "patience": ("polls", "after which a pollster's own error weighs as much as the usual; set, not fitted"),
        "overlap": ("", "power of the share of new interviews that divides an error's variance; set, not fitted"),
    }
    return [
        {"name": f"approval.{name}", "value": getattr(SETTINGS, name), "unit": unit, "note": note}
        for name, (unit, note) in notes.items()
    ]


def _charts(name: str) -> list[Chart]:
    return [
        Chart(
            kind="line",
            table="curves",
            title=f"Approval of {name}: the average with its 90 % interval, and the polls",
            columns={"x": "date", "y": "approve", "low": "low_90", "high": "high_90", "color": "which"},
            unit="per cent",
            note="The average from all polls has those published later too; polls are drawn with their leans.",
        ),
        Chart(
            kind="forest",
            table="house_effects",
            title="Lean of each line of polls on approval, 90 % interval",
            columns={"y": "line", "x": "lean", "low": "low", "high": "high", "color": "mode"},
            unit="points from the average pollster",
            note="With the effects of the population asked and the way of asking.",
        ),
        Chart(
            kind="forest",
            table="load",
            title="Approval and the border's load, by way of estimating",
            columns={"y": "variant", "x": "points_per_doubling", "low": "low", "high": "high", "color": "verdict"},
            unit="points per doubling of monthly encounters",
            note="Correlations; the row 'joined' has the spread of all estimates in its interval.",
        ),
    ]
