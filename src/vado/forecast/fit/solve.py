"""The fit itself: the most probable course of all knobs given all counters, and how sure it is.

The mean run of the simulator stands inside the fit. Departures, shares and stops of a nationality are turned until the
expected counts of all its counters agree with what was counted, each within its own error, without leaving the smooth
prior: a Gauss-Newton iteration for the maximum of the posterior on log counts, nationality by nationality. In the mean
run no nationality changes another's counts once the lines at the ports are lifted, because what a port processed in
the data had already waited; so one run of the engine with a knob turned for all nationalities at once serves them all.
It also serves many months at once: a turn in one month has left the counters :data:`REACH` months later, so months
that far apart share a run. The derivative is therefore that of the whole simulator, with every lag and repeat, and a
fit takes a few hundred mean runs.

The posterior is the normal distribution with the curvature at the maximum. Against an ensemble smoother this needs no
localisation: no correlation is estimated from a sample, so none is spurious.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from scipy.linalg import cho_factor, cho_solve

from vado.engine import run
from vado.forecast.fit.households import SHARE, together
from vado.forecast.fit.knobs import Knob, Prior, as_parameters, prior_of
from vado.forecast.fit.observed import Observed, counted_by
from vado.forecast.fit.start import Start
from vado.forecast.targets import Floats
from vado.network.evaluate import Evaluator
from vado.network.model import Network
from vado.network.values import Axes

#: Months after which a turn of a knob has left the counters, all but for a few per cent.
REACH = 6
#: Months at the beginning whose counts are not held against the data: the way is still empty.
EMPTY = 3
#: Size of a turn when derivatives are taken, on the knob's scale.
TURN = 0.05
#: Longest move of a knob in one iteration.
LARGEST_MOVE = 1.5
#: Damping, as a part of the curvature, once a nationality found no better point, and its factors up and down.
DAMPED, MORE, LESS = 0.01, 10.0, 0.2
#: Months at the end of which the posterior's covariance is kept.
KEPT = 12
#: What a fit sets aside: capacities that bind, and household kinds, which stand together.
LIFTED = {"us.port_appointments": 1e5, "us.processing_capacity": 1e5, SHARE: 1.0}
ITERATIONS = 20
#: An iteration that lowers the objective by less, relative to it, is the last.
TOLERANCE = 5e-3


@dataclass(frozen=True)
class Fit:
    """A fitted system.

    Parameters
    ----------
    network
        The description that was fitted, with household kinds together.
    knobs
        What was turned.
    observed
        What it was fitted to.
    start
        Where it began, and what was read and not fitted.
    turned
        The most probable values on the knobs' scales, shape (nationality, knob, month).
    expected
        Counts of the mean run at these, shape (stream, month, nationality).
    deviations
        Posterior standard deviations, shape as ``turned``; 0 for knobs that do not concern a nationality.
    blocks
        Posterior covariances within each of the last :data:`KEPT` months, (nationality, month, knob, knob).
    priors
        For each nationality its prior.
    iterations, objective
        Iterations made, and half the sum of squares at the end.
    """

    network: Network
    knobs: tuple[Knob, ...]
    observed: Observed
    start: Start
    turned: Floats
    expected: Floats
    deviations: Floats
    blocks: Floats
    priors: tuple[Prior, ...]
    iterations: int
    objective: float

    @property
    def nationalities(self) -> tuple[str, ...]:
        """Codes in the order of all arrays."""
        return self.network.groups.nationalities

    def parameters(self, turned: Floats | None = None) -> dict[str, Any]:
        """Return what a run needs to be this fit, for given draws (draw, nationality, knob, month) or the maximum."""
        values = self.turned[None] if turned is None else turned
        fixed = fixed_of(self.network, self.observed, self.start)
        return {**as_parameters(self.knobs, values, self.nationalities, self.observed.months), **fixed}

    def draws(self, members: int, seed: int = 1) -> Floats:
        """Return draws of the posterior of the last months, each month for itself.

        Shape (draw, nationality, knob, month), the last :data:`KEPT` months.
        """
        random = np.random.default_rng(seed)
        kept = self.blocks.shape[1]
        drawn = np.repeat(self.turned[None, ..., -kept:], members, axis=0)
        for n, prior in enumerate(self.priors):
            free = list(prior.free)
            for month in range(kept):
                block = self.blocks[n, month][np.ix_(free, free)]
                root = np.linalg.cholesky(block + 1e-10 * np.eye(len(block)))
                drawn[:, n, free, month] += random.standard_normal((members, len(block))) @ root.T
        return drawn


def fit(
    network: Network,
    knobs: Sequence[Knob],
    observed: Observed,
    start: Start,
    *,
    threads: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Fit a description to what was observed.

    Parameters
    ----------
    network
        The description; its knobs' values, low and high make the prior.
    knobs
        What is turned.
    observed
        Counts; the first :data:`EMPTY` months are not used.
    start
        Centres of the prior that come from the counts.
    threads
        Of the engine.
    progress
        Called with a line after each iteration.
    """
    network = together(network)
    knobs, months = tuple(knobs), len(observed.months)
    priors, fixed = priors_of(network, knobs, observed, start), fixed_of(network, observed, start)
    turned = np.array([prior.centre for prior in priors])
    counts = np.where(np.arange(months)[None, :, None] < EMPTY, np.nan, observed.counts)
    errors = observed.errors

    def simulate(values: Floats) -> Floats:
        return _simulated(network, knobs, observed, fixed, values, threads)

    expected = simulate(turned[None])[0]
    objectives = _objectives(expected, turned, counts, errors, priors)
    damping = np.zeros(len(priors))
    done = 0
    for done in range(1, ITERATIONS + 1):
        slopes = _slopes(simulate, turned, expected)
        moves = np.zeros_like(turned)
        for n, prior in enumerate(priors):
            moves[n, list(prior.free)] = _move(n, prior, turned, expected, slopes, counts, errors, damping[n])[0]
        before = objectives
        turned, expected, objectives = _search(
            simulate, turned, np.clip(moves, -LARGEST_MOVE, LARGEST_MOVE), expected, objectives, counts, errors, priors
        )
        gained = before - objectives
        damping = np.where(gained > 0, damping * LESS, np.maximum(damping * MORE, DAMPED))
        if progress:
            progress(f"iteration {done}: {objectives.sum():,.0f}")
        if gained.sum() < TOLERANCE * before.sum() and done > 3:
            break
    slopes = _slopes(simulate, turned, expected)
    deviations, blocks = np.zeros_like(turned), np.zeros((len(priors), min(KEPT, months), len(knobs), len(knobs)))
    for n, prior in enumerate(priors):
        free = list(prior.free)
        covariance = _move(n, prior, turned, expected, slopes, counts, errors)[1]
        deviations[n, free] = np.sqrt(np.diag(covariance)).reshape(len(free), months)
        of_months = covariance.reshape(len(free), months, len(free), months)
        for position, month in enumerate(range(months - blocks.shape[1], months)):
            blocks[n, position][np.ix_(free, free)] = of_months[:, month, :, month]
    return Fit(
        network,
        knobs,
        observed,
        start,
        turned,
        expected,
        deviations,
        blocks,
        tuple(priors),
        done,
        float(objectives.sum()),
    )


def mean_counts(fitted: Fit, turned: Floats) -> Floats:
    """Return expected counts for knobs (draw, nationality, knob, month), shape (draw, stream, month, nationality)."""
    fixed = fixed_of(fitted.network, fitted.observed, fitted.start)
    return _simulated(fitted.network, fitted.knobs, fitted.observed, fixed, turned)


def _simulated(
    network: Network,
    knobs: Sequence[Knob],
    observed: Observed,
    fixed: Mapping[str, Any],
    values: Floats,
    threads: int | None = None,
) -> Floats:
    given = {**as_parameters(knobs, values, network.groups.nationalities, observed.months), **fixed}
    first, months = observed.months[0].astype("datetime64[D]").item(), len(observed.months)
    return counted_by(run(network, given, months=months, start=first, members=len(values), mean=True, threads=threads))


def fixed_of(network: Network, observed: Observed, start: Start) -> dict[str, Any]:
    """Return what is not fitted: shares that were read, and queues that never bind, as counts had already waited."""
    lifted = {name: value for name, value in LIFTED.items() if name in network.levers or name in network.parameters}
    coordinates = {"time": observed.months, "nationality": list(network.groups.nationalities)}
    read = {name: xr.DataArray(values, coordinates, ("time", "nationality")) for name, values in start.given.items()}
    return {**read, **lifted}


def priors_of(network: Network, knobs: Sequence[Knob], observed: Observed, start: Start) -> list[Prior]:
    """Return the prior of each nationality: the description's values, or what the counts say to begin with."""
    days = np.array([month.astype("datetime64[D]").item().toordinal() for month in observed.months])
    evaluator = Evaluator(network, Axes(network.group_names, days))
    groups = len(network.group_names)
    tables = {
        knob.name: start.centres.get(knob.name, np.broadcast_to(evaluator.parameter(knob.name), (groups, len(days))).T)
        for knob in knobs
    }
    made = []
    for position, code in enumerate(network.groups.nationalities):
        own = {name: np.asarray(table[:, position], dtype=float) for name, table in tables.items()}
        made.append(prior_of(knobs, code, own))
    return made


def _slopes(simulate: Callable[[Floats], Floats], turned: Floats, expected: Floats) -> Floats:
    """Return derivatives of log counts, shape (knob, turned month, nationality, stream, month)."""
    nationalities, knobs, months = turned.shape
    values = np.repeat(turned[None], knobs * REACH, axis=0)
    for k in range(knobs):
        for colour in range(REACH):
            values[k * REACH + colour, :, k, colour::REACH] += TURN
    made = simulate(values).reshape(knobs, REACH, *expected.shape)
    changes = (np.log1p(made) - np.log1p(expected)) / TURN
    slopes = np.zeros((knobs, months, nationalities, len(expected), months))
    for month in range(months):
        ahead = slice(month, min(month + REACH, months))
        slopes[:, month, ..., ahead] = np.moveaxis(changes[:, month % REACH, :, ahead], -1, 1)
    return slopes


def _move(
    n: int,
    prior: Prior,
    turned: Floats,
    expected: Floats,
    slopes: Floats,
    counts: Floats,
    errors: Floats,
    damping: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return the Gauss-Newton move of a nationality, (free knob, month), and the inverse of its curvature."""
    months = turned.shape[2]
    seen = ~np.isnan(counts[..., n])
    residual = (np.log1p(counts[..., n]) - np.log1p(expected[..., n]))[seen] / errors[..., n][seen]
    jacobian = slopes[list(prior.free), :, n].reshape(len(prior.free) * months, *seen.shape)[:, seen]
    jacobian = jacobian / errors[..., n][seen]
    away = (prior.centre - turned[n])[list(prior.free)].ravel()
    curvature = jacobian @ jacobian.T + prior.precision
    curvature[np.diag_indices_from(curvature)] *= 1 + damping
    factor = cho_factor(curvature)
    move = cho_solve(factor, jacobian @ residual + prior.precision @ away)
    return move.reshape(len(prior.free), months), cho_solve(factor, np.eye(len(away)))


def _objectives(expected: Floats, turned: Floats, counts: Floats, errors: Floats, priors: Sequence[Prior]) -> Floats:
    """Return half the sum of squares of each nationality, of residuals and of deviations from the prior."""
    residual = np.nan_to_num((np.log1p(counts) - np.log1p(expected)) / errors)
    made = []
    for n, prior in enumerate(priors):
        away = (turned[n] - prior.centre)[list(prior.free)].ravel()
        made.append(0.5 * float((residual[..., n] ** 2).sum() + away @ prior.precision @ away))
    return np.array(made)


def _search(
    simulate: Callable[[Floats], Floats],
    turned: Floats,
    moves: Floats,
    expected: Floats,
    objectives: Floats,
    counts: Floats,
    errors: Floats,
    priors: Sequence[Prior],
) -> tuple[Floats, Floats, Floats]:
    """Go the part of the way that is best for each nationality: all of it, a half, a fifth, a twentieth, or nothing."""
    parts = (1.0, 0.5, 0.2, 0.05)
    tried = np.array([turned + part * moves for part in parts])
    made = simulate(tried)
    best_turned, best_expected, best = turned.copy(), expected.copy(), objectives.copy()
    for values, counted in zip(tried, made, strict=True):
        scores = _objectives(counted, values, counts, errors, priors)
        better = scores < best
        best_turned[better], best_expected[..., better] = values[better], counted[..., better]
        best = np.where(better, scores, best)
    return best_turned, best_expected, best
