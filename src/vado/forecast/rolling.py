"""Rolling origins: what members would have said in the past, from what was known then.

At each origin a member sees what the ledger says as of the day on which the origin's month was first published, and
nothing after. Revisions are seen only where the ledger holds the releases that came before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vado.errors import BadValueError
from vado.forecast import hubverse
from vado.forecast.evidence import joined_ids
from vado.forecast.members import LONGEST, MEMBERS, Knowledge, Settings, know, run_member
from vado.forecast.reconcile import reconcile as agree
from vado.forecast.rules import score_tasks
from vado.forecast.skill import observed_of
from vado.forecast.targets import Floats, Observer, Panel, release_day


@dataclass(frozen=True)
class Rolled:
    """Forecasts made at many origins.

    Parameters
    ----------
    forecasts
        Member → its forecasts.
    notes
        Every series that a member forecast otherwise than its name says: columns ``member, origin_date, location,
        nationality, note``.
    source_ids
        Member → the sources of all its inputs, separated by ``;``.
    """

    forecasts: dict[str, hubverse.Forecasts]
    notes: pd.DataFrame
    source_ids: dict[str, str]


def check_months(months: int) -> int:
    """Return a number of months ahead, or raise ``BadValueError`` if it is not 1 to 12."""
    if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= LONGEST:
        raise BadValueError(f"months is {months!r}; choose a whole number from 1 to {LONGEST}")
    return months


def predict_all(
    name: str,
    knowledge: Knowledge,
    months: int,
    *,
    reconcile: bool = True,
    levels: Floats = hubverse.LEVELS,
    settings: Settings | None = None,
) -> tuple[hubverse.Forecasts, tuple[str, ...], str]:
    """Forecast all series at one origin.

    Returns
    -------
    tuple
        The forecasts, a note for each series (empty where nothing is to be said), and the sources of the inputs.
    """
    horizons = range(1, months + 1)
    said = run_member(name, knowledge, horizons, levels, settings)
    quantiles = agree(said.log_quantiles, levels) if reconcile else said.log_quantiles
    forecasts = hubverse.from_member(knowledge.panel.origin, horizons, quantiles, levels)
    return forecasts, said.notes, said.source_ids


def roll(
    ledger: Observer,
    members: Sequence[str],
    origins: Sequence[pd.Timestamp],
    months: int,
    *,
    reconcile: bool = True,
    levels: Floats = hubverse.LEVELS,
    settings: Settings | None = None,
) -> Rolled:
    """Run members at each origin, with what the ledger says as of that origin's release.

    Parameters
    ----------
    ledger
        Where the data lie; an :class:`vado.forecast.archive.Archive` of them is quicker.
    members
        Names of members.
    origins
        Month ends.
    months
        Months ahead, 1 to 12.
    reconcile
        Whether medians are made to agree with their sums; then 0.1, 0.5 and 0.9 must be among the levels.
    levels
        Quantile levels, shape (level,).
    settings
        How slow members are run.
    """
    settings = settings or Settings()
    parts: dict[str, list[hubverse.Forecasts]] = {name: [] for name in members}
    sources: dict[str, list[str]] = {name: [] for name in members}
    notes = []
    with _workers(members, settings) as ready:
        for step, origin in enumerate(origins, start=1):
            knowledge = know(ledger, release_day(ledger, origin.date()), origin)
            for name in members:
                made, said, ids = predict_all(
                    name, knowledge, months, reconcile=reconcile, levels=levels, settings=ready
                )
                parts[name].append(made)
                sources[name].append(ids)
                first = made.tasks[: len(said)]
                noted = first.loc[np.array(said) != "", ["origin_date", "location", "nationality"]]
                notes.append(noted.assign(member=name, note=[note for note in said if note]))
            if settings.progress:
                settings.progress(f"{step} of {len(origins)} origins forecast ...")
    columns = ["member", "origin_date", "location", "nationality", "note"]
    return Rolled(
        {name: hubverse.joined(made) for name, made in parts.items()},
        pd.concat(notes, ignore_index=True)[columns],
        {name: joined_ids(ids) for name, ids in sources.items()},
    )


def score_rolled(rolled: Rolled, panel: Panel) -> dict[str, pd.DataFrame]:
    """Score the tasks whose month the panel has; all members have the same tasks in the same order."""
    scores = {}
    for name, forecasts in rolled.forecasts.items():
        observed = observed_of(panel, forecasts)
        known = ~np.isnan(observed)
        scores[name] = score_tasks(forecasts.select(known), observed[known])
    return scores


def _workers(members: Sequence[str], settings: Settings) -> AbstractContextManager[Settings]:
    if not any(MEMBERS[name].slow for name in members):
        return nullcontext(settings)
    from vado.forecast.statistical import workers

    return workers(settings)
