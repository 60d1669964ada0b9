"""How good is a file of forecasts: its scores, beside those of naive forecasts made at the same origins.

The baselines are run as they are, without making their medians agree with their sums, and see at each origin what the
ledger says as of that origin's release.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.answer import Answer, Chart
from vado.errors import BadValueError
from vado.forecast import hubverse
from vado.forecast.archive import Archive
from vado.forecast.breaks import break_table
from vado.forecast.evidence import caveats_on_data, cite, describe_ratio, joined_ids, open_default, season_assumed
from vado.forecast.members import Progress, Settings, member
from vado.forecast.rolling import roll
from vado.forecast.rules import INTERVALS, score_tasks
from vado.forecast.skill import ALL_MONTHS, BY_GROUP, observed_of, ratio_table, score_table, skill_charts
from vado.forecast.targets import GROUPS, SERIES, Floats, group_of, read_panel, release_day
from vado.ledger.dates import Day
from vado.provenance import made_by

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

_KEYS = ["origin_date", "location", "nationality", "horizon"]


def score(
    forecasts: Path | str | pd.DataFrame | hubverse.Forecasts,
    ledger: Ledger | None = None,
    against: Sequence[str] = ("rw", "srw", "snaive"),
    *,
    as_of: Day | None = None,
    name: str | None = None,
    break_months: Sequence[str] | None = None,
    out: Path | str | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
    cache: bool = True,
    seed: int = 1,
    command: str | None = None,
) -> Answer:
    """Score forecasts against what came and against naive forecasts.

    Parameters
    ----------
    forecasts
        A forecast file (see :mod:`vado.forecast.hubverse`), or a frame with its columns.
    ledger
        Where the observed counts lie; default: the ledger that ships.
    against
        Members that serve as baselines.
    as_of
        Take the observed counts as they were known on this day; default: all that the ledger has.
    name
        What to call the forecaster; default the file's name.
    break_months
        Target months to leave out in a second look; default :data:`vado.forecast.breaks.BREAKS`.
    out
        File for the scores of every task (``.csv``, ``.csv.gz`` or ``.parquet``).
    processes, progress, cache
        How slow baselines are run, see :class:`vado.forecast.members.Settings`.
    seed
        Seed of the bootstrap.
    command
        What to say made the answer.

    Returns
    -------
    Answer
        Tables ``scores``, ``ratios`` (below 1 is better than the baseline) and ``breaks``.

    Raises
    ------
    BadFileError
        If the file breaks a rule.
    UnknownNameError
        For a baseline that does not exist.
    BadValueError
        If nothing in the file has come yet, or an origin is too early for a baseline.
    """
    for baseline in against:
        member(baseline)
    if out is not None:
        hubverse.suffix_of(Path(out))
    ledger = open_default(ledger)
    archive = Archive(ledger)
    given, default_name = _given(forecasts)
    called = name or default_name
    panel = read_panel(archive, as_of)
    observed = observed_of(panel, given)
    known = ~np.isnan(observed)
    if not known.any():
        raise BadValueError(
            f"no month that {called} forecasts is in the ledger, which ends with {panel.origin:%Y-%m}; score it later"
        )
    scored = given.select(known)
    scores = {called: score_tasks(scored, observed[known])}
    settings = Settings(processes, progress, cache)
    against_scores, ids = _baselines(archive, against, scored, observed[known], settings)
    if out is not None:
        every = {**scores, **against_scores}
        table = pd.concat([frame.assign(member=who) for who, frame in every.items()], ignore_index=True)
        hubverse.save(table, Path(out))
    breaks = break_table(break_months)
    sources = joined_ids([panel.sources(), *ids])
    tables = {
        "scores": score_table({**scores, **against_scores}, breaks["month"]).assign(source_id=sources),
        "ratios": ratio_table(scores, against_scores, breaks["month"], seed).assign(source_id=sources),
        "breaks": breaks,
    }
    return Answer(
        question=f"How good are the forecasts of {called}?",
        as_of=release_day(archive, panel.origin.date()),
        summary=_summary(called, tables["scores"], tables["ratios"]),
        tables=tables,
        charts=[*skill_charts(tables["ratios"]), *_forests(tables["ratios"])],
        sources=cite(ledger, *tables.values()),
        assumed=season_assumed() if "srw" in against else [],
        caveats=[
            *caveats_on_data(panel),
            *_completeness(given, known),
            "The score between quantile levels takes the quantile function as straight, and as flat beyond the last.",
        ],
        made_by=made_by(command or f"vado.score({called!r}, against={tuple(against)!r})", ledger, seed),
    )


def _given(forecasts: Path | str | pd.DataFrame | hubverse.Forecasts) -> tuple[hubverse.Forecasts, str]:
    if isinstance(forecasts, hubverse.Forecasts):
        return forecasts, "forecasts"
    if isinstance(forecasts, pd.DataFrame):
        return hubverse.check(forecasts), "forecasts"
    return hubverse.read(forecasts), Path(forecasts).name


def _baselines(
    archive: Archive, against: Sequence[str], scored: hubverse.Forecasts, observed: Floats, settings: Settings
) -> tuple[dict[str, pd.DataFrame], set[str]]:
    """Run the baselines at the origins of the file and score them on its tasks, at its levels."""
    origins = [pd.Timestamp(date) for date in np.sort(scored.tasks["origin_date"].unique())]
    longest = int(scored.tasks["horizon"].max())
    rolled = roll(archive, against, origins, longest, reconcile=False, levels=scored.levels, settings=settings)
    wanted = pd.MultiIndex.from_frame(scored.tasks[_KEYS])
    scores = {}
    for name, made in rolled.forecasts.items():
        rows = pd.MultiIndex.from_frame(made.tasks[_KEYS]).get_indexer(wanted)
        same = hubverse.Forecasts(scored.tasks, made.quantiles[rows], made.levels)
        scores[name] = score_tasks(same, observed)
    return scores, set(rolled.source_ids.values())


def _completeness(given: hubverse.Forecasts, known: npt.NDArray[np.bool_]) -> list[str]:
    """Say what cannot be scored yet and what a forecaster left out of the groups it forecasts."""
    said = []
    if not known.all():
        said.append(f"{int((~known).sum()):,} tasks lie after the last month of the ledger and are not scored.")
    tasks = given.tasks
    present = {group_of(pair) for pair in tasks[["location", "nationality"]].drop_duplicates().itertuples(index=False)}
    series = sum(group_of(pair) in present for pair in SERIES)
    expected = series * tasks["origin_date"].nunique() * int(tasks["horizon"].max())
    if len(tasks) < expected:
        said.append(
            f"{expected - len(tasks):,} of {expected:,} tasks are missing from the file; a forecaster that leaves out "
            "what is hard looks better than it is."
        )
    return said


def _forests(ratios: pd.DataFrame) -> list[Chart]:
    return [
        Chart(
            kind="forest",
            table="ratios",
            title=f"Score relative to {baseline}, by target group and horizon",
            columns={"y": "group", "x": "ratio_log", "low": "low_log", "high": "high_log", "group": "horizons"},
            where={"by": BY_GROUP, "baseline": baseline, "months": ALL_MONTHS},
            note="Weighted interval score on log counts, with 90 % block-bootstrap intervals; below 1 is better.",
        )
        for baseline in ratios["baseline"].unique()
    ]


def _summary(name: str, scores: pd.DataFrame, ratios: pd.DataFrame) -> list[str]:
    own = scores[(scores["member"] == name) & (scores["by"] == BY_GROUP) & (scores["months"] == ALL_MONTHS)]
    tasks = int(own["tasks"].sum())
    shares = []
    for interval in INTERVALS:
        share = np.average(own[f"coverage_{interval}"], weights=own["tasks"])
        if not np.isnan(share):
            shares.append(f"{100 * share:.0f} % in the {interval} % intervals")
    said = [f"{tasks:,} tasks of {name} were scored; of the counts that came, {', '.join(shares)}."]
    pooled = ratios[(ratios["by"] == BY_GROUP) & (ratios["months"] == ALL_MONTHS)]
    for group in (GROUPS[0], GROUPS[3]):
        rows = pooled[pooled["group"] == group]
        if len(rows):
            hardest = rows.loc[rows.groupby("horizons")["ratio_log"].idxmax()]
            said.extend(describe_ratio(row) for row in hardest.to_dict("records")[:1])
    return said
