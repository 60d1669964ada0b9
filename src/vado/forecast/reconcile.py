"""Making the medians of all series agree with their sums.

A member forecasts the 154 series one by one, so its cells need not add up to its nationalities, sectors and total.
Here the medians are moved, as little as possible, to the nearest set of non-negative cells and their sums. Nearest
is weighted least squares: a series moves the more the wider its own forecast is, which is the projection of MinT
(Wickramasuriya et al. 2019) with a diagonal covariance, here the squared width of each series' 80 % interval. Each
series' other quantiles move with its median on the scale of log(1 + count), so they keep their shape.

What is coherent afterwards: the medians, to rounding, at every horizon. What is not: the other quantiles, since a
quantile of a sum is no sum of quantiles. Medians that agree already, as those of the random walk do, are not moved
at all, and their scores do not change.

References
----------
Wickramasuriya, S. L., Athanasopoulos, G., Hyndman, R. J. (2019). Optimal forecast reconciliation for hierarchical and
grouped time series through trace minimization. Journal of the American Statistical Association 114.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from vado.forecast.targets import Floats, adding_matrix

#: Standard deviations between the quantiles 0.1 and 0.9 of a normal distribution.
_WIDTH_80 = 2.5631

#: The least variance of a series [(encounters/month)²]: one that never moved still gives way a little.
_LEAST_VARIANCE = 0.25

#: Sums that differ by less, relative to the total, agree.
_TOLERANCE = 1e-9

#: Rounds of choosing which cells are zero before the exact, slower solver takes over.
_ROUNDS = 30


def reconcile(log_quantiles: Floats, levels: Floats) -> Floats:
    """Move the quantiles of all series so that the medians of cells add up to the medians of sums.

    Parameters
    ----------
    log_quantiles
        Quantiles of log(1 + count), not negative, shape (horizon, series, level), series as in
        :data:`vado.forecast.targets.SERIES`.
    levels
        Quantile levels, shape (level,); 0.1, 0.5 and 0.9 are among them.

    Returns
    -------
    numpy.ndarray
        The same shape; not negative, not crossing.
    """
    low, middle, high = (int(np.argmin(np.abs(levels - level))) for level in (0.1, 0.5, 0.9))
    counts = np.expm1(log_quantiles)
    variances = ((counts[..., high] - counts[..., low]) / _WIDTH_80) ** 2 + _LEAST_VARIANCE
    medians = coherent(counts[..., middle], variances)
    moves = np.log1p(medians) - log_quantiles[..., middle]
    # A median that agrees already comes back through exp and log; it must not move by their rounding.
    moves[np.abs(medians - counts[..., middle]) == 0] = 0.0
    moved = np.maximum(log_quantiles + moves[..., None], 0.0)
    # No one at all stays no one: a quantile that was cut at zero does not rise with its median.
    moved[..., :middle][log_quantiles[..., :middle] == 0] = 0.0
    return moved


def coherent(values: Floats, variances: Floats, adds: Floats | None = None) -> Floats:
    """Return the nearest values whose cells are not negative and add up to the sums.

    Parameters
    ----------
    values
        Sums first, then cells, shape (case, series).
    variances
        How readily each value moves, above 0, shape (case, series).
    adds
        Which cells each sum adds, 0 or 1, shape (sum, cell); default those of the panel.

    Returns
    -------
    numpy.ndarray
        Shape (case, series): per case the minimum of Σ (move² / variance).

    Examples
    --------
    >>> coherent(np.array([[12.0, 4.0, 5.0]]), np.ones((1, 3)), np.array([[1.0, 1.0]])).round(6)
    array([[11.,  5.,  6.]])
    """
    adds = adding_matrix() if adds is None else adds
    sums = len(adds)
    gaps = np.abs(values[:, :sums] - values[:, sums:] @ adds.T).max(axis=1)
    agree = (gaps <= _TOLERANCE * (1 + np.abs(values).max(axis=1))) & (values[:, sums:] >= 0).all(axis=1)
    moved = values.copy()
    if not agree.all():
        moved[~agree] = _project(values[~agree], variances[~agree], adds)
    return moved


def _project(values: Floats, variances: Floats, adds: Floats) -> Floats:
    """Project onto coherent, non-negative cells by choosing in rounds which cells are held at zero.

    With a set of cells held at zero the rest has a closed form. A round releases the held cells that would rather
    grow and holds those that came out negative (block principal pivoting); at its end the conditions of optimality
    hold. Cases that have not ended after a number of rounds go to a general solver.
    """
    held = np.zeros((len(values), adds.shape[1]), dtype=bool)
    cells = np.zeros(held.shape)
    open_cases = np.arange(len(values))
    for _ in range(_ROUNDS):
        part = held[open_cases]
        found, pull = _solve(values[open_cases], variances[open_cases], adds, part)
        scale = 1 + np.abs(values[open_cases]).max(axis=1, keepdims=True)
        wrong = (~part & (found < -1e-10 * scale)) | (part & (pull > 1e-10))
        cells[open_cases] = np.maximum(found, 0.0)
        held[open_cases] = part ^ wrong
        open_cases = open_cases[wrong.any(axis=1)]
        if not open_cases.size:
            break
    for case in open_cases:
        cells[case] = _project_slowly(values[case], variances[case], adds)
    return np.concatenate([cells @ adds.T, cells], axis=1)


def _solve(values: Floats, variances: Floats, adds: Floats, held: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the cells when some are held at zero, and how much each cell would rather grow.

    In the symbols of MinT, with C = [I, -A] so that C y = 0 says that sums agree:
    y = ŷ - W C' (C W C')⁻¹ C ŷ, where held cells have ŷ = 0 and no variance.
    """
    sums = len(adds)
    upper, lower = values[:, :sums], np.where(held, 0.0, values[:, sums:])
    w_upper, w_lower = variances[:, :sums], np.where(held, 0.0, variances[:, sums:])
    gap = upper - lower @ adds.T
    between = np.einsum("uc,nc,vc->nuv", adds, w_lower, adds, optimize=True)
    between[:, np.arange(sums), np.arange(sums)] += w_upper
    multipliers = np.linalg.solve(between, gap[:, :, None])[:, :, 0]
    found = lower + w_lower * (multipliers @ adds)
    pull = multipliers @ adds + np.where(held, values[:, sums:] / variances[:, sums:], 0.0)
    return found, pull


def _project_slowly(values: Floats, variances: Floats, adds: Floats) -> Floats:
    weights = 1 / np.sqrt(variances)
    design = np.concatenate([adds, np.eye(adds.shape[1])]) * weights[:, None]
    cells, _ = nnls(design, values * weights)
    return np.asarray(cells)
