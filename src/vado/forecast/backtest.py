"""Backtest: how good past forecasts would have been, member by member, and against the naive ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from vado.answer import Answer
from vado.errors import BadValueError
from vado.forecast import hubverse
from vado.forecast.archive import Archive
from vado.forecast.breaks import break_table
from vado.forecast.evidence import caveats_on_data, cite, describe_ratio, joined_ids, open_default, season_assumed
from vado.forecast.members import DEFAULT, MEMBERS, Progress, Settings, member
from vado.forecast.rolling import Rolled, check_months, roll, score_rolled
from vado.forecast.skill import ALL_MONTHS, BY_GROUP, ratio_table, score_table, skill_charts
from vado.forecast.targets import GROUPS, SERIES, month_stamp, read_panel, release_day
from vado.provenance import made_by

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Baselines that others are set against, where they are among the members.
BASELINES = ("rw", "srw", "snaive")


def backtest(
    ledger: Ledger | None = None,
    *,
    members: Sequence[str] = ("rw", "srw", "snaive"),
    first_origin: str = "2020-12",
    last_origin: str = "2023-06",
    months: int = 6,
    reconcile: bool = True,
    break_months: Sequence[str] | None = None,
    out: Path | str | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
    cache: bool = True,
    seed: int = 1,
    command: str | None = None,
) -> Answer:
    """Say how good past forecasts would have been.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    members
        Names from :data:`vado.forecast.members.MEMBERS`; ``rw``, ``srw`` and ``snaive`` among them serve as baselines.
    first_origin, last_origin
        First and last origin, months such as ``"2020-12"``; every month between is one.
    months
        Months ahead, 1 to 12.
    reconcile
        Whether medians are made to agree with their sums.
    break_months
        Months to leave out in a second look; default :data:`vado.forecast.breaks.BREAKS`.
    out
        File for the forecasts of ``srw`` if it is among the members, else of the first (``.csv``, ``.csv.gz`` or
        ``.parquet``, one row a quantile). Those of the others go beside it as ``NAME-MEMBER``, and the scores of every
        task and member, with the same key columns, as ``NAME-scores``.
    processes, progress, cache
        How slow members are run, see :class:`vado.forecast.members.Settings`.
    seed
        Seed of the bootstrap.
    command
        What to say made the answer.

    Returns
    -------
    Answer
        Tables ``scores``, ``ratios``, ``breaks`` and ``notes``.

    Raises
    ------
    UnknownNameError
        For a member that does not exist.
    BadValueError
        For months outside 1 to 12, an origin that the ledger does not have or that is too early, or no target known.
    """
    for name in members:
        member(name)
    if out is not None:
        hubverse.suffix_of(Path(out))
    if not members:
        raise BadValueError(f"no member is named; choose some of {', '.join(MEMBERS)}")
    check_months(months)
    first, last = month_stamp(first_origin, "first_origin"), month_stamp(last_origin, "last_origin")
    if first > last:
        raise BadValueError(f"first_origin {first:%Y-%m} is after last_origin {last:%Y-%m}; exchange them")
    ledger = open_default(ledger)
    archive = Archive(ledger)
    origins = list(pd.date_range(first, last, freq="ME", unit="s"))
    settings = Settings(processes, progress, cache)
    rolled = roll(archive, list(dict.fromkeys(members)), origins, months, reconcile=reconcile, settings=settings)
    panel = read_panel(archive)
    scores = score_rolled(rolled, panel)
    if not len(next(iter(scores.values()))):
        raise BadValueError(f"the ledger ends with {panel.origin:%Y-%m}, before any target; choose earlier origins")
    if out is not None:
        _write(Path(out), rolled, scores)
    breaks = break_table(break_months)
    against = {name: scores[name] for name in BASELINES if name in scores}
    ids = joined_ids(rolled.source_ids.values())
    tables = {
        "scores": score_table(scores, breaks["month"]).assign(source_id=ids),
        "ratios": ratio_table(scores, against, breaks["month"], seed).assign(source_id=ids),
        "breaks": breaks,
        "notes": rolled.notes.assign(source_id=ids),
    }
    tasks = len(next(iter(scores.values())))
    return Answer(
        question=f"How good were forecasts made from {first:%Y-%m} to {last:%Y-%m}?",
        as_of=release_day(archive, panel.origin.date()),
        summary=[
            f"{len(origins)} monthly origins, 1 to {months} months ahead, {tasks:,} tasks a member.",
            *_found(tables["ratios"]),
        ],
        tables=tables,
        charts=skill_charts(tables["ratios"]),
        sources=cite(ledger, *tables.values()),
        assumed=season_assumed() if "srw" in scores else [],
        caveats=[*caveats_on_data(panel), *_caveats(rolled, reconcile)],
        made_by=made_by(
            command
            or f"vado.backtest(members={tuple(members)!r}, first_origin={first_origin!r}, "
            f"last_origin={last_origin!r}, months={months})",
            ledger,
            seed,
        ),
    )


def _write(path: Path, rolled: Rolled, scores: dict[str, pd.DataFrame]) -> None:
    suffix = hubverse.suffix_of(path)
    stem = path.name.removesuffix(suffix)
    first = DEFAULT if DEFAULT in rolled.forecasts else next(iter(rolled.forecasts))
    for name, forecasts in rolled.forecasts.items():
        hubverse.write(forecasts, path if name == first else path.with_name(f"{stem}-{name}{suffix}"))
    table = pd.concat([frame.assign(member=name) for name, frame in scores.items()], ignore_index=True)
    hubverse.save(table, path.with_name(f"{stem}-scores{suffix}"))


def _found(ratios: pd.DataFrame) -> list[str]:
    pooled = ratios[(ratios["by"] == BY_GROUP) & (ratios["months"] == ALL_MONTHS) & (ratios["group"] == GROUPS[0])]
    return [describe_ratio(row) for row in pooled[pooled["baseline"] == "rw"].to_dict("records")][:3]


def _caveats(rolled: Rolled, reconcile: bool) -> list[str]:
    said = []
    if reconcile:
        said.append("Medians were made to agree with their sums before scoring; other quantiles moved with them.")
    for name, count in rolled.notes["member"].value_counts().items():
        made = rolled.forecasts[str(name)].tasks["origin_date"].nunique() * len(SERIES)
        said.append(
            f"{count:,} of {made:,} forecasts of a series by {name} were left to the random walk (table notes)."
        )
    said.append("Ratios compare tried members on origins that were looked at before; expect them to be nearer 1 ahead.")
    return said
