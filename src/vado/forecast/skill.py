"""Skill: scores averaged over tasks, set against those of a baseline on the same tasks.

Ratios are mean score over mean score of the baseline, below 1 where the forecaster is better. Their 90 % intervals
come from a circular block bootstrap over target months: errors of neighbouring months and of all series of a month
hang together, so whole blocks of three months are drawn again, not tasks (Künsch 1989; Politis and Romano 1992).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd

from vado.answer import Chart
from vado.forecast.hubverse import Forecasts
from vado.forecast.rules import SCORES
from vado.forecast.targets import GROUPS, SERIES, Floats, Panel

#: Horizons that are averaged together.
BANDS = {"1-2": (1, 2), "3-6": (3, 6), "7-12": (7, 12)}

ALL_MONTHS = "all"
WITHOUT_BREAKS = "without break months"

BLOCK_MONTHS = 3
RESAMPLES = 1000

#: Scale → score that is set in proportion.
_SCALES = {"raw": "wis", "log": "log_wis"}

#: What says which tasks a row of a table averages.
SLICE = ("by", "group", "location", "nationality", "horizons", "months")

BY_GROUP, BY_NATIONALITY, BY_LOCATION = "group", "nationality", "location"

#: Added to a cut whose horizons are single months and not bands.
MONTHLY = ", by month"

#: Cut → the column that it keeps apart beside the group, and the target group that it is limited to.
_CUTS: dict[str, tuple[str | None, str | None]] = {
    BY_GROUP: (None, None),
    BY_NATIONALITY: ("nationality", GROUPS[1]),
    BY_LOCATION: ("location", GROUPS[2]),
}


def observed_of(panel: Panel, forecasts: Forecasts) -> Floats:
    """Return what the panel says of each task, NaN where it ends before, shape (task,)."""
    positions = {series: index for index, series in enumerate(SERIES)}
    pairs = zip(forecasts.tasks["location"], forecasts.tasks["nationality"], strict=True)
    series = np.array([positions[pair] for pair in pairs], dtype=int)
    time = panel.months.get_indexer(pd.DatetimeIndex(forecasts.tasks["target_end_date"]).as_unit("s"))
    return np.where(time >= 0, panel.counts[time, series], np.nan)


def score_table(scores: Mapping[str, pd.DataFrame], breaks: Sequence[pd.Timestamp] | pd.Series) -> pd.DataFrame:
    """Return mean scores.

    Parameters
    ----------
    scores
        Forecaster → scores of its tasks, from :func:`vado.forecast.rules.score_tasks`.
    breaks
        Target months to leave out in the rows ``without break months``.

    Returns
    -------
    pandas.DataFrame
        One row a forecaster and slice: ``member``, the columns :data:`SLICE`, ``tasks`` and the mean of each score.
    """
    parts = []
    for name, frame in scores.items():
        table = pd.concat([_means(part) for part in _slices(frame, breaks)], ignore_index=True)
        table.insert(0, "member", name)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def ratio_table(
    scores: Mapping[str, pd.DataFrame],
    against: Mapping[str, pd.DataFrame],
    breaks: Sequence[pd.Timestamp] | pd.Series,
    seed: int = 1,
) -> pd.DataFrame:
    """Return ratios of mean scores, with bootstrap intervals.

    Parameters
    ----------
    scores, against
        Name → scores of tasks; all have the same tasks in the same order.
    breaks
        Target months to leave out in the rows ``without break months``.
    seed
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        ``member, baseline``, the columns :data:`SLICE`, ``tasks``, and for counts (``raw``) and log counts (``log``)
        the ratio and its interval: ``ratio_raw, low_raw, high_raw, ratio_log, low_log, high_log``.
    """
    parts = []
    for name, frame in scores.items():
        for baseline, other in against.items():
            if name == baseline:
                continue
            pair = frame.assign(wis_baseline=other["wis"].to_numpy(), log_wis_baseline=other["log_wis"].to_numpy())
            table = pd.concat([_ratios(part, seed) for part in _slices(pair, breaks)], ignore_index=True)
            table.insert(0, "baseline", baseline)
            table.insert(0, "member", name)
            parts.append(table)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_RATIO_COLUMNS)


_RATIO_COLUMNS = (
    *("member", "baseline", *SLICE, "tasks"),
    *(f"{what}_{scale}" for scale in _SCALES for what in ("ratio", "low", "high")),
)


def skill_charts(ratios: pd.DataFrame) -> list[Chart]:
    """Return a heatmap of ratios for each pair of forecaster and baseline."""
    charts = []
    pairs = ratios[ratios["by"] == BY_NATIONALITY + MONTHLY][["member", "baseline"]].drop_duplicates()
    for name, baseline in pairs.itertuples(index=False):
        charts.append(
            Chart(
                kind="heatmap",
                table="ratios",
                title=f"Score of {name} relative to {baseline}, by nationality and horizon",
                columns={"x": "horizons", "y": "nationality", "value": "ratio_log"},
                where={"by": BY_NATIONALITY + MONTHLY, "member": name, "baseline": baseline},
                note=f"Weighted interval score on log counts; below 1 is better than {baseline}.",
                reference=1.0,
            )
        )
    return charts


def _slices(frame: pd.DataFrame, breaks: Sequence[pd.Timestamp] | pd.Series) -> list[pd.DataFrame]:
    """Return copies of the tasks, labelled by the rows of the table to which they belong."""
    band = frame["horizon"].map({h: name for name, (low, high) in BANDS.items() for h in range(low, high + 1)})
    parts = []
    for cut, (kept, group) in _CUTS.items():
        for suffix, horizons in (("", band), (MONTHLY, frame["horizon"].astype(str))):
            part = frame.assign(by=cut + suffix, horizons=horizons, months=ALL_MONTHS)
            part = part if group is None else part[part["group"] == group]
            blank = {column: "" for column in ("location", "nationality") if column != kept}
            if not part.empty:
                parts.append(part.assign(**blank))
    left_out = frame["target_end_date"].isin(list(breaks))
    if left_out.any() and not left_out.all():
        parts.append(parts[0][~left_out].assign(months=WITHOUT_BREAKS))
    return parts


def _means(part: pd.DataFrame) -> pd.DataFrame:
    groups = part.groupby(list(SLICE), sort=True)
    table = groups[list(SCORES)].mean()
    table.insert(0, "tasks", groups.size())
    return _in_order(table.reset_index())


def _ratios(part: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the ratios of all slices of a cut, with intervals from the sums of each target month."""
    columns = [name + base for name in _SCALES.values() for base in ("", "_baseline")]
    groups = part.groupby(list(SLICE), sort=True)
    table = groups.size().rename("tasks").reset_index()
    which = groups.ngroup().to_numpy()
    months, month = np.unique(part["target_end_date"].to_numpy(), return_inverse=True)
    sums = np.zeros((len(table), len(months), len(columns)))
    np.add.at(sums, (which, month), part[columns].to_numpy(float))
    present = np.zeros(sums.shape[:2], dtype=bool)
    present[which, month] = True

    intervals = np.full((len(table), len(_SCALES), 2), np.nan)
    patterns, of_slice = np.unique(present, axis=0, return_inverse=True)
    # Slices with the same months are drawn together; with too few months there are no blocks to draw.
    for number, pattern in enumerate(patterns):
        count = int(pattern.sum())
        if count > BLOCK_MONTHS:
            alike = np.flatnonzero(of_slice.ravel() == number)
            drawn = np.tensordot(_draws(count, seed), sums[alike][:, pattern], axes=(1, 1))
            ratios = _divide(drawn[..., 0::2], drawn[..., 1::2])
            intervals[alike] = np.moveaxis(np.quantile(ratios, [0.05, 0.95], axis=0), 0, -1)
    totals = sums.sum(axis=1)
    for number, scale in enumerate(_SCALES):
        table[f"ratio_{scale}"] = _divide(totals[:, 2 * number], totals[:, 2 * number + 1])
        table[f"low_{scale}"], table[f"high_{scale}"] = intervals[:, number].T
    return _in_order(table)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    # As text, horizon 10 would stand before 2.
    first = table["horizons"].str.partition("-")[0].astype(int)
    order = table.assign(first=first).sort_values(["by", "group", "location", "nationality", "first"], kind="stable")
    return order.drop(columns="first")


def _divide(score: Floats, baseline: Floats) -> Floats:
    return np.asarray(np.divide(score, baseline, out=np.full(np.shape(score), np.nan), where=baseline > 0))


@cache
def _draws(months: int, seed: int) -> Floats:
    """Return how often each month is drawn in each resample of circular blocks, shape (resample, month)."""
    blocks = -(-months // BLOCK_MONTHS)
    starts = np.random.default_rng(seed).integers(0, months, (RESAMPLES, blocks, 1))
    drawn = ((starts + np.arange(BLOCK_MONTHS)) % months).reshape(RESAMPLES, -1)[:, :months]
    counts = np.zeros((RESAMPLES, months))
    np.add.at(counts, (np.arange(RESAMPLES)[:, None], drawn), 1.0)
    return counts
