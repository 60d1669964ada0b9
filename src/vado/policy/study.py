"""A past change of a lever studied: months, comparison, placebos, what else moved, and a verdict in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from vado.errors import BadValueError
from vado.forecast.evidence import joined_ids
from vado.policy import event_study
from vado.policy.changes import CHANGES, LONG_SERIES, OWN_HAPPENINGS, STUDY, UNSTUDIED, Change
from vado.policy.event_study import Estimate, LogPanel, Verdict, Window

#: Months after a change over which the rival estimates look; the main one is :data:`vado.policy.event_study.AFTER`.
HORIZONS = (1, 3, 6, 12)
#: Months after a change that its path shows; later, others of the comparison have changes of their own.
FOLLOWED = 6
#: Whose trend before a change is called unlike that of others: this share of placebos or fewer is as steep.
STEEP = 0.1
#: Weight of one unit of the comparison above which the verdict names it.
LOPSIDED = 0.8


class Study:
    """Studies one change after the other, and keeps what tables want of each.

    Parameters
    ----------
    events
        The ledger's table of happenings, as known on the day of the question.
    panels
        Counts by name, each with its sources.
    """

    def __init__(self, events: pd.DataFrame, panels: Mapping[str, tuple[LogPanel, str]]) -> None:
        self.panels = panels
        self.events = events.assign(date=pd.to_datetime(events["date"]))
        self.own = self._own_changes()
        self.paths: list[pd.DataFrame] = []
        self.placebos: list[pd.DataFrame] = []
        self.rivals: list[dict[str, Any]] = []
        self._known: dict[tuple[str, int, int, str], list[Estimate]] = {}

    def date(self, subject: str, event: str | None) -> pd.Timestamp | None:
        """Return the day of a happening, if it is known."""
        found = self.events[(self.events["subject"] == subject) & (self.events["event"] == event)]
        return None if found.empty else found["date"].iloc[0]

    def row(self, change: Change) -> dict[str, Any]:
        """Return the row of the table ``effects`` for one change."""
        panel, ids = self.panels[change.counted]
        effective = self._effective(change)
        start, end = self._left_out(change)
        first = (start - panel.months[0]).n
        window = Window(first, (end - start).n + 1)
        moved, moved_ids = self._also_moved(change, panel.months[0] + window.months_before.start, end + window.after)
        mine = self.events[(self.events["subject"] == change.subject) & (self.events["event"] == change.event)]
        row = {
            "change": f"{change.title}, {effective:%Y-%m}",
            "lever": change.lever,
            "date": effective,
            "nationality": change.nationality,
            "counted": change.counted,
            "method": STUDY,
            "also_moved": "; ".join(filter(None, (change.bundle, moved))),
            "source_id": joined_ids([ids, *mine["source_id"].astype(str), *moved_ids]),
        }
        if not window.fits(panel):
            last = panel.months[0] + window.months_after.stop - 1
            return {**row, "method": "not yet", "verdict": f"needs counts up to {last}; they end in {panel.months[-1]}"}
        among = _among(change.counted)
        studied = event_study.estimate(panel, change.nationality, window, self.own, among=among)
        chance = self._chance(change.counted, window, "synthetic")
        judged = event_study.judge(studied, chance)
        same_date = [one for one in chance if one.window.first == window.first]
        self._keep(row, panel, studied, chance)
        self._rivals(change, row, panel, window, among)
        return {
            **row,
            "effect": studied.effect,
            "low": judged.low,
            "high": judged.high,
            **{
                name: 100 * (float(np.exp(value)) - 1)
                for name, value in (
                    ("per_cent", studied.effect),
                    ("per_cent_low", judged.low),
                    ("per_cent_high", judged.high),
                )
            },
            "placebo_p": judged.p,
            "as_large": judged.as_large,
            "placebos": judged.count,
            "same_date_as_large": sum(abs(one.effect) >= abs(studied.effect) for one in same_date),
            "same_date": len(same_date),
            "placebo_nationalities": judged.units,
            "placebos_apart": judged.apart,
            "trend_before": studied.slope,
            "trend_p": judged.p_of_slope,
            "effect_if_trend_went_on": studied.effect_if_trend_went_on,
            "comparison": ", ".join(
                f"{code} {weight:.2f}" for code, weight in studied.comparison.items() if weight > 0
            ),
            "verdict": _verdict(change, studied, judged, self._other_change(change, panel, window)),
        }

    def unstudied(self, lever: str, subject: str, event: str, who: str, method: str, why: str) -> dict[str, Any]:
        """Return the row of a lever whose effect no comparison shows."""
        found = self.events[(self.events["subject"] == subject) & (self.events["event"] == event)].iloc[0]
        return {
            "change": f"{found['title']}, {event.replace('_', ' ')} {found['date']:%Y-%m}",
            "lever": lever,
            "date": found["date"],
            "nationality": who,
            "method": method,
            "verdict": why,
            "source_id": str(found["source_id"]),
        }

    def _effective(self, change: Change) -> pd.Timestamp:
        effective = self.date(change.subject, change.event)
        if effective is None:
            raise BadValueError(f"{change.subject} {change.event} is not among the happenings known; use a later date")
        return effective

    def _left_out(self, change: Change) -> tuple[pd.Period, pd.Period]:
        """Return the first and last month left out; a change that takes effect on a first holds in all of its month."""
        effective = self._effective(change)
        told = self.date(change.subject, change.announced) or effective
        last = effective.to_period("M") - (1 if effective.day == 1 else 0)
        return min(told.to_period("M"), last), last

    def _own_changes(self) -> event_study.OwnChanges:
        """Return the months in which something changed for each nationality alone."""
        own: dict[str, set[pd.Period]] = {}
        named = [(c.nationality, c.subject, event) for c in CHANGES for event in (c.event, c.announced) if event]
        for code, subject, event in (*named, *OWN_HAPPENINGS):
            date = self.date(subject, event)
            if date is not None:
                own.setdefault(code, set()).add(date.to_period("M"))
        return {code: frozenset(months) for code, months in own.items()}

    def _also_moved(self, change: Change, first: pd.Period, last: pd.Period) -> tuple[str, list[str]]:
        """Return the other dated happenings of policy within the window, and their sources."""
        months = self.events["date"].dt.to_period("M")
        levers = {c.subject for c in CHANGES} | {item[1] for item in UNSTUDIED} | {s for _, s, _ in OWN_HAPPENINGS}
        levers |= {"chnv", "clp_rule", "operation_lone_star", "mexico_enforcement_2021", "us_mexico_agreement_2019"}
        there = self.events[
            (months >= first) & (months <= last) & self.events["subject"].isin(levers) & self.events["value"].isna()
        ]
        there = there[(there["subject"] != change.subject)].sort_values("date")
        said = [f"{r.subject} {str(r.event).replace('_', ' ')} {r.date:%Y-%m-%d}" for r in there.itertuples()]
        return ", ".join(said), there["source_id"].astype(str).tolist()

    def _chance(self, counted: str, window: Window, method: event_study.Comparison) -> list[Estimate]:
        """Return the placebos; they depend on the lengths of a window and not on its date, so each are made once."""
        key = (counted, window.left_out, window.after, method)
        if key not in self._known:
            panel, among = self.panels[counted][0], _among(counted)
            units = tuple(name for name in panel.units if name not in (among or ()))
            self._known[key] = event_study.placebos(panel, window, self.own, method=method, among=among, units=units)
        return self._known[key]

    def _other_change(self, change: Change, panel: LogPanel, window: Window) -> bool:
        """Return whether another change of the same nationality lies in the months before or after."""
        compared = {panel.months[position] for position in (*window.months_before, *window.months_after)}
        dates = (self.date(change.subject, event) for event in (change.event, change.announced))
        this = {date.to_period("M") for date in dates if date is not None}
        return bool(compared & (self.own.get(change.nationality, frozenset()) - this))

    def _keep(self, row: dict[str, Any], panel: LogPanel, studied: Estimate, chance: list[Estimate]) -> None:
        key = {name: row[name] for name in ("change", "lever", "source_id")}
        shown = event_study.path(panel, studied, FOLLOWED)
        who = {"treated": row["nationality"], "comparison": "comparison"}
        long = shown.melt(["month", "event_time"], list(who), var_name="who", value_name="ratio")
        self.paths.append(long.assign(nationality=row["nationality"], **key))
        frame = pd.DataFrame(
            [
                (one.unit, panel.months[one.window.first].to_timestamp(how="end").normalize(), one.effect, kind)
                for one, kind in ((studied, "the change studied"), *((one, _kind(one, studied)) for one in chance))
            ],
            columns=["nationality", "month", "effect", "kind"],
        )
        # A run is a stretch of dates without a gap; a line that joined two would show estimates that do not exist.
        ordinal = pd.PeriodIndex(frame["month"], freq="M").asi8
        begins = pd.Series(ordinal).groupby(frame["nationality"].to_numpy()).diff().ne(1)
        stretch = begins.groupby(frame["nationality"].to_numpy()).cumsum()
        run = frame["nationality"] + " " + stretch.astype(str)
        self.placebos.append(frame.assign(run=run, month=frame["month"].dt.as_unit("s"), **key))

    def _rivals(
        self, change: Change, row: dict[str, Any], panel: LogPanel, window: Window, among: tuple[str, ...] | None
    ) -> None:
        methods: tuple[event_study.Comparison, ...] = ("synthetic",) if among else ("synthetic", "mean")
        for method in methods:
            for after in HORIZONS:
                longer = Window(window.first, window.left_out, window.before, after)
                if not longer.fits(panel) or self._other_change(change, panel, longer):
                    continue
                studied = event_study.estimate(panel, row["nationality"], longer, self.own, method=method, among=among)
                chance = self._chance(row["counted"], longer, method)
                judged = event_study.judge(studied, chance)
                self.rivals.append(
                    {
                        **{name: row[name] for name in ("change", "lever", "nationality", "counted", "source_id")},
                        "comparison": method,
                        "months_after": after,
                        "effect": studied.effect,
                        "low": judged.low,
                        "high": judged.high,
                        "placebo_p": judged.p,
                        "placebos": judged.count,
                    }
                )


def _among(counted: str) -> tuple[str, ...] | None:
    """Return who may be compared with: in June 2019 all but Mexicans were concerned."""
    return ("MEX",) if counted == LONG_SERIES else None


def _kind(one: Estimate, studied: Estimate) -> str:
    if one.unit == studied.unit:
        return "same nationality, other date"
    return "other nationality, same date" if one.window.first == studied.window.first else "other nationality and date"


def _verdict(change: Change, studied: Estimate, judged: Verdict, other: bool) -> str:
    """Return in words what was measured, for what, and what speaks against it."""
    direction = "fewer" if studied.effect < 0 else "more"
    # Placebos need not lie evenly around zero, so interval and share of large ones can disagree: both must say so.
    told = (judged.high < 0 or judged.low > 0) and judged.p <= 1 - event_study.COVERAGE
    said = f"{direction} encounters than the comparison" if told else "not told apart from no effect"
    if change.bundle:
        said += "; of the bundle, not of the lever alone"
    if other:
        said += "; another change of the same nationality lies in the months compared"
    if judged.p_of_slope <= STEEP:
        said += "; the trend before was already unlike the comparison's"
    largest = max(studied.comparison, key=lambda code: studied.comparison[code])
    if len(studied.comparison) > 1 and studied.comparison[largest] > LOPSIDED:
        said += f"; compared with {largest} almost alone"
    if change.counted == LONG_SERIES:
        said += "; against Mexicans alone, whom Mexico does not stop"
    if change.subject == "mx_visa_ven":
        said += "; the day of announcement is not in the ledger"
    return said
