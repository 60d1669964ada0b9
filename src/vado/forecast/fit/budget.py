"""Where the uncertainty of next month's encounters comes from: each part estimated once, in one table.

The parts are variances of the logarithm of a nationality's encounters one month ahead, at all places together:

* *departures*: how much departures change from one month to the next, less their season, as far as it is felt at the
  border within the month (squared slope of the mean run times the variance of fitted monthly steps);
* *splitting*: chance alone. People who set out, are split and arrive independently are Poisson counts, so it is one
  over the expected count;
* *counting and reporting*: the error of the counter that the fit assumes;
* *not explained*: what is left of the mean squared error that the corridor made one month ahead at past origins.

Where the first three are more than that error, nothing is left and the table says so with a zero. Nothing is counted
twice: the forecast's spread is taken from errors of the past and not from a sum of these parts.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from vado.forecast import structural
from vado.forecast.archive import Archive
from vado.forecast.fit.observed import ERRORS
from vado.forecast.fit.solve import EMPTY, TURN, Fit, mean_counts
from vado.forecast.members import know
from vado.forecast.nationality_season import move_of_sums
from vado.forecast.targets import LOCATIONS, SERIES, SUMS, Floats, read_panel, release_day
from vado.ledger.codes import ALL, SOUTHWEST_BORDER

PARTS = ("departures", "splitting", "counting and reporting", "not explained")


def variance_budget(fitted: Fit, archive: Archive, as_of: dt.date) -> pd.DataFrame:
    """Return the variance of log encounters one month ahead by nationality and part.

    Parameters
    ----------
    fitted
        The fitted corridor.
    archive
        The ledger; errors are taken at origins whose fit ships, so that they do not depend on what was run before.
    as_of
        The day whose knowledge is used.

    Returns
    -------
    pandas.DataFrame
        Columns ``nationality, part, variance, share, origins``: [log²], the part of the whole, and how many past
        origins the error rests on. Empty where no origin's fit ships.
    """
    squared = _squared_errors(fitted, archive, as_of)
    if not len(squared):
        return pd.DataFrame(columns=["nationality", "part", "variance", "share", "origins"])
    last = fitted.expected[-len(LOCATIONS) :, -1].sum(axis=0)
    known = np.stack([_departures(fitted), 1 / (1 + last), np.full(len(last), _counting())])
    # Departures and chance of nationalities are independent; all are counted by the same hands.
    of_all = known @ (last / last.sum()) ** 2
    known = np.column_stack([known, [*of_all[:2], _counting()]])
    rows = []
    for n, code in enumerate((*fitted.nationalities, ALL)):
        whole = max(float(squared[:, n].mean()), float(known[:, n].sum()))
        variances = [*known[:, n].tolist(), whole - float(known[:, n].sum())]
        rows += [(code, part, v, v / whole, len(squared)) for part, v in zip(PARTS, variances, strict=True)]
    return pd.DataFrame(rows, columns=["nationality", "part", "variance", "share", "origins"])


def _counting() -> float:
    return ERRORS["sw_encounters"] ** 2


def _departures(fitted: Fit) -> Floats:
    """Return the variance of log encounters of a month that comes from changes of departures within it."""
    position = next(k for k, knob in enumerate(fitted.knobs) if knob.name == "departures")
    changes = np.diff(fitted.turned[:, position, EMPTY:], axis=1)
    calendar = fitted.observed.months[EMPTY + 1 :].astype("datetime64[M]").astype(int) % 12
    degrees = changes.shape[1]
    for month in range(12):
        same = calendar == month
        if same.sum() > 1:
            changes[:, same] -= changes[:, same].mean(axis=1, keepdims=True)
            degrees -= 1
    more = fitted.turned.copy()
    more[:, position, -1] += TURN
    made = mean_counts(fitted, np.array([fitted.turned, more]))[:, -len(LOCATIONS) :, -1].sum(axis=1)
    slope = np.diff(np.log1p(made), axis=0)[0] / TURN
    return np.asarray(slope**2 * (changes**2).sum(axis=1) / max(degrees, 1))


def _squared_errors(fitted: Fit, archive: Archive, as_of: dt.date) -> Floats:
    """Return squared errors of log counts one month ahead, shape (origin, nationality and total)."""
    codes = [(SOUTHWEST_BORDER, code) for code in (*fitted.nationalities, ALL)]
    chosen = [SERIES.index(series) for series in codes]
    panel = read_panel(archive, as_of)
    kept = []
    for position in range(structural.FEWEST_MONTHS - 1, len(panel.months) - 1):
        origin = panel.months[position]
        then = know(archive, release_day(archive, origin.date()), origin)
        moves = structural.kept_moves(then, cache=False)
        if moves is None or origin > pd.Timestamp(fitted.observed.months[-1]):
            continue
        cells = structural.PART * moves[0]
        own = np.concatenate([move_of_sums(then.panel.counts[-1, len(SUMS) :], cells), cells])
        said = np.log1p(then.panel.counts[-1]) + own
        kept.append((np.log1p(panel.counts[position + 1]) - said)[chosen] ** 2)
    return np.array(kept)
