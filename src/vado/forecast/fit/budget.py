"""Where the uncertainty of next month's encounters comes from: each part estimated once, in one table.

The parts are variances of the logarithm of a nationality's encounters one month ahead, at all places together:

* *departures*: the month-to-month changes of fitted departures, less their season;
* *splitting*: chance alone, from runs of the fitted corridor with every rate held;
* *counting and reporting*: the error of the counter that the fit assumes;
* *not explained*: what is left of the mean squared error that the corridor made one month ahead at past origins.

The first three are never larger together than the fourth makes whole: where they are, nothing is left and the table
says so with a zero. Nothing is counted twice, since the forecast's spread is taken from errors of the past and not
from a sum of these parts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from vado.engine import run
from vado.forecast import structural
from vado.forecast.archive import Archive
from vado.forecast.fit.observed import ERRORS, counted_by
from vado.forecast.fit.solve import EMPTY, Fit
from vado.forecast.members import know
from vado.forecast.nationality_season import move_of_sums
from vado.forecast.targets import LOCATIONS, SERIES, SUMS, Floats, read_panel, release_day
from vado.ledger.codes import ALL, SOUTHWEST_BORDER

#: Runs by which chance is judged, and the last months that are looked at.
MEMBERS = 40
MONTHS = 12

PARTS = ("departures", "splitting", "counting and reporting", "not explained")


def variance_budget(fitted: Fit, archive: Archive, seed: int = 1) -> pd.DataFrame:
    """Return the variance of log encounters one month ahead by nationality and part.

    Parameters
    ----------
    fitted
        The fitted corridor.
    archive
        The ledger; errors are taken at origins whose fit is kept.
    seed
        Of the runs by which chance is judged.

    Returns
    -------
    pandas.DataFrame
        Columns ``nationality, part, variance, share, origins``: [log²], the part of the whole, and how many past
        origins the error rests on. Empty where no origin's fit is kept.
    """
    squared = _squared_errors(fitted, archive)
    if not len(squared):
        return pd.DataFrame(columns=["nationality", "part", "variance", "share", "origins"])
    known = np.stack([_departures(fitted), _splitting(fitted, seed), np.full(len(fitted.nationalities), _counting())])
    # The total moves with all nationalities at once: chance and departures of each count by their part of it.
    last = np.nan_to_num(fitted.observed.counts[-len(LOCATIONS) :, -1]).sum(axis=0)
    weights = last / last.sum()
    known = np.concatenate([known, (known @ weights**2)[:, None]], axis=1)
    known[2, -1] = _counting()
    rows = []
    for n, code in enumerate((*fitted.nationalities, ALL)):
        whole = max(float(squared[:, n].mean()), float(known[:, n].sum()))
        variances = [*known[:, n].tolist(), whole - float(known[:, n].sum())]
        rows += [(code, part, v, v / whole, len(squared)) for part, v in zip(PARTS, variances, strict=True)]
    return pd.DataFrame(rows, columns=["nationality", "part", "variance", "share", "origins"])


def _counting() -> float:
    return ERRORS["sw_encounters"] ** 2


def _departures(fitted: Fit) -> Floats:
    """Return the variance of monthly changes of log departures, less the mean change of their calendar month."""
    position = next(k for k, knob in enumerate(fitted.knobs) if knob.name == "departures")
    changes = np.diff(fitted.turned[:, position, EMPTY:], axis=1)
    months = fitted.observed.months[EMPTY + 1 :].astype("datetime64[M]").astype(int) % 12
    degrees = changes.shape[1]
    for month in range(12):
        same = months == month
        if same.sum() > 1:
            changes[:, same] -= changes[:, same].mean(axis=1, keepdims=True)
            degrees -= 1
    return np.asarray((changes**2).sum(axis=1) / max(degrees, 1))


def _splitting(fitted: Fit, seed: int) -> Floats:
    first = fitted.observed.months[0].astype("datetime64[D]").item()
    given = {**fitted.parameters(), "dispersion": 0.0}
    fixed = {
        name: value.isel(draw=0, drop=True) if isinstance(value, xr.DataArray) and "draw" in value.dims else value
        for name, value in given.items()
    }
    made = run(fitted.network, fixed, months=len(fitted.observed.months), start=first, members=MEMBERS, seed=seed)
    counts = counted_by(made)[:, -len(LOCATIONS) :, -MONTHS:].sum(axis=1)
    return np.asarray(np.log1p(counts).var(axis=0, ddof=1).mean(axis=0))


def _squared_errors(fitted: Fit, archive: Archive) -> Floats:
    """Return squared errors of log counts one month ahead, shape (origin, nationality and total)."""
    codes = [(SOUTHWEST_BORDER, code) for code in (*fitted.nationalities, ALL)]
    chosen = [SERIES.index(series) for series in codes]
    panel = read_panel(archive)
    kept = []
    for position in range(structural.FEWEST_MONTHS - 1, len(panel.months) - 1):
        origin = panel.months[position]
        then = know(archive, release_day(archive, origin.date()), origin)
        moves = structural.kept_moves(then)
        if moves is None or origin > pd.Timestamp(fitted.observed.months[-1]):
            continue
        cells = structural.PART * moves[0]
        own = np.concatenate([move_of_sums(then.panel.counts[-1, len(SUMS) :], cells), cells])
        said = np.log1p(then.panel.counts[-1]) + own
        kept.append((np.log1p(panel.counts[position + 1]) - said)[chosen] ** 2)
    return np.array(kept)
