"""Solutions of bargaining and of repeated games, without any data.

Nash's solution picks the outcome with the largest weighted product of gains over the point without a deal;
Rubinstein's alternating offers lead to it when offers follow quickly, with weights from patience. In a repeated game
a deal holds if what a breach brings until it is answered is worth less than what is lost afterwards. A threat is
worth what it moves the point without a deal to its owner's advantage, and is believed if carrying it out costs its
owner nothing, or what it costs is repaid later. All functions work on arrays whose last axes are outcomes and whose
first are draws.

References
----------
J. F. Nash, The bargaining problem, Econometrica 18 (1950) 155-162; Two-person cooperative games, Econometrica 21 (1953)
128-140. A. Rubinstein, Perfect equilibrium in a bargaining model, Econometrica 50 (1982) 97-109. K. Binmore, A.
Rubinstein and A. Wolinsky, The Nash bargaining solution in economic modelling, RAND Journal 17 (1986) 176-188. J. W.
Friedman, A non-cooperative equilibrium for supergames, Review of Economic Studies 38 (1971) 1-12.
"""

from __future__ import annotations

from dataclasses import dataclass

import nashpy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.spatial import ConvexHull, QhullError

from vado.errors import BadValueError

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Booleans = NDArray[np.bool_]

#: What stands for the outcome where there is no deal.
NO_DEAL = -1


def nash(
    first: ArrayLike,
    second: ArrayLike,
    no_deal: tuple[ArrayLike, ArrayLike],
    weight: ArrayLike = 0.5,
    allowed: ArrayLike | None = None,
) -> Indices:
    """Return which of finitely many outcomes the asymmetric Nash solution picks, for each draw.

    Parameters
    ----------
    first, second
        Payoffs of both sides, shape ``(draw, outcome)`` or ``(outcome,)``.
    no_deal
        Payoffs of both where there is no deal, shape ``(draw,)`` or one number each.
    weight
        Bargaining weight of the first side, above 0 and below 1.
    allowed
        Which outcomes may be agreed on; all by default.

    Returns
    -------
    numpy.ndarray
        Index of the outcome, shape ``(draw,)``; :data:`NO_DEAL` where no outcome is better for both than none. Of
        equally good outcomes the first.

    Examples
    --------
    A pie of 100 in whole parts:

    >>> share = np.arange(101.0)
    >>> int(nash(share, 100 - share, (0.0, 0.0))[0]), int(nash(share, 100 - share, (0.0, 20.0), 0.25)[0])
    (50, 20)
    """
    one, two = np.atleast_2d(np.asarray(first, float)), np.atleast_2d(np.asarray(second, float))
    share = np.asarray(weight, dtype=float)
    if one.shape != two.shape:
        raise BadValueError(f"payoffs of shapes {one.shape} and {two.shape}; give both for the same outcomes")
    if not ((share > 0) & (share < 1)).all():
        raise BadValueError("a bargaining weight lies above 0 and below 1")
    gains = [own - np.asarray(point, float)[..., None] for own, point in zip((one, two), no_deal, strict=True)]
    open_to = (gains[0] > 0) & (gains[1] > 0)
    if allowed is not None:
        open_to &= np.asarray(allowed, dtype=bool)
    logs = np.full(open_to.shape, -np.inf)
    whole = np.broadcast_to(share[..., None], open_to.shape)[open_to]
    logs[open_to] = whole * np.log(gains[0][open_to]) + (1 - whole) * np.log(gains[1][open_to])
    return np.where(open_to.any(axis=-1), logs.argmax(axis=-1), NO_DEAL).astype(np.int64)


@dataclass(frozen=True)
class Lottery:
    """One or two outcomes with their chances, and what they come to for both sides in expectation."""

    outcomes: tuple[int, ...]
    chances: tuple[float, ...]
    payoffs: tuple[float, float]


def nash_over_lotteries(
    first: ArrayLike, second: ArrayLike, no_deal: tuple[float, float], weight: float = 0.5
) -> Lottery | None:
    """Return the asymmetric Nash solution over all lotteries of outcomes, None where there is no deal.

    Payoffs are expected ones, so that lotteries fill the convex hull of the outcomes. The solution lies at a corner of
    it or between two; the point without a deal may itself be one of the lottery's outcomes, as :data:`NO_DEAL`.

    Parameters
    ----------
    first, second
        Payoffs, shape ``(outcome,)``.
    no_deal, weight
        As for :func:`nash`.

    Examples
    --------
    Two outcomes, each good for one side only, and a coin between them:

    >>> nash_over_lotteries([1.0, 0.0], [0.0, 1.0], (0.0, 0.0)).payoffs
    (0.5, 0.5)
    """
    gains = np.stack([np.asarray(first, float) - no_deal[0], np.asarray(second, float) - no_deal[1]], axis=-1)
    if not 0 < weight < 1:
        raise BadValueError(f"weight is {weight}; a bargaining weight lies above 0 and below 1")
    points = np.vstack([gains, np.zeros(2)])
    corners = _corners(points)
    best: tuple[float, Lottery] | None = None
    for a, b in zip(corners, np.roll(corners, -1), strict=True):
        part = _best_part(points[a], points[b], weight)
        mixed = (1 - part) * points[a] + part * points[b]
        if mixed.min() <= 0:
            continue
        value = weight * np.log(mixed[0]) + (1 - weight) * np.log(mixed[1])
        if best is None or value > best[0] + 1e-12:
            both = [(int(i) if i < len(gains) else NO_DEAL, p) for i, p in ((a, 1 - part), (b, part)) if p > 0]
            payoffs = (float(mixed[0] + no_deal[0]), float(mixed[1] + no_deal[1]))
            best = value, Lottery(tuple(i for i, _ in both), tuple(float(p) for _, p in both), payoffs)
    return best[1] if best else None


def _corners(points: Array) -> Indices:
    """Return the corners of the convex hull in their order, also of points on one line."""
    try:
        return np.asarray(ConvexHull(points).vertices, dtype=np.int64)
    except QhullError:
        order = np.lexsort(points.T)
        return np.array([order[0], order[-1]], dtype=np.int64)


def _best_part(a: Array, b: Array, weight: float) -> float:
    """Return the part of ``b`` in the mixture with the largest weighted product of gains."""
    ends = [0.0, 1.0]
    step = b - a
    # Where the derivative of the logarithm is zero, it is linear in the part.
    slope = step[0] * step[1]
    if slope != 0:
        ends.append(float(-(weight * step[0] * a[1] + (1 - weight) * step[1] * a[0]) / slope))
    mixed = [(part, (1 - part) * a + part * b) for part in ends if 0 <= part <= 1]
    values = [m[0] ** weight * m[1] ** (1 - weight) if m.min() > 0 else -1.0 for _, m in mixed]
    return mixed[int(np.argmax(values))][0]


def rubinstein(patience_first: ArrayLike, patience_second: ArrayLike) -> Array:
    """Return what the one who offers first gets of a pie of one, where offers alternate.

    Parameters
    ----------
    patience_first, patience_second
        What the next round is worth beside this one, above 0 and below 1.

    Examples
    --------
    >>> round(float(rubinstein(0.5, 0.5)), 4)
    0.6667
    """
    one, two = _patience(patience_first), _patience(patience_second)
    return np.asarray((1 - two) / (1 - one * two))


def rubinstein_weight(patience_first: ArrayLike, patience_second: ArrayLike) -> Array:
    """Return the Nash weight of the first side to which alternating offers lead as the time between them shrinks."""
    one, two = np.log(_patience(patience_first)), np.log(_patience(patience_second))
    return np.asarray(two / (one + two))


def critical_patience(deal: ArrayLike, breach: ArrayLike, no_deal: ArrayLike, delay: ArrayLike = 1.0) -> Array:
    """Return the least patience from which a side keeps a deal, where a breach ends it for good.

    Who breaks the deal gets ``breach`` in each period until it is answered and ``no_deal`` from then on.

    Parameters
    ----------
    deal, breach, no_deal
        Payoffs of a period.
    delay
        Periods until a breach is answered.

    Returns
    -------
    numpy.ndarray
        0 where a breach gains nothing, 1 (never) where the deal is no better than none.

    Examples
    --------
    A prisoner's dilemma with 5, 3, 1 and 0; (T - R) / (T - P):

    >>> float(critical_patience(3.0, 5.0, 1.0))
    0.5
    """
    kept, broken, without = (np.asarray(one, dtype=float) for one in (deal, breach, no_deal))
    power = np.divide(broken - kept, broken - without, out=np.ones(np.broadcast(kept, broken, without).shape),
                      where=broken > without)  # fmt: skip
    held = np.where(broken <= kept, 0.0, np.where(kept <= without, 1.0, power))
    return np.asarray(np.clip(held, 0, 1) ** (1 / np.asarray(delay, dtype=float)))


def critical_patience_finite(deal: float, breach: float, punishment: float, periods: int) -> float:
    """Return the least patience from which a deal is kept, where a breach is punished for some periods only.

    A breach of one period is followed by ``punishment`` for ``periods`` and then by the deal again.

    Returns
    -------
    float
        0 where a breach gains nothing, 1 (never) where the punishment is too weak at any patience.

    Examples
    --------
    >>> round(critical_patience_finite(3.0, 5.0, 1.0, 2), 4)
    0.618
    """
    if periods < 1:
        raise BadValueError(f"periods is {periods}; a punishment lasts a period or more")
    gain, loss = breach - deal, deal - punishment
    if gain <= 0:
        return 0.0
    if periods * loss <= gain:
        return 1.0
    return float(brentq(lambda d: loss * sum(d**k for k in range(1, periods + 1)) - gain, 0.0, 1.0))


@dataclass(frozen=True)
class Threat:
    """What a threat does for the side that makes it, one number a draw.

    Attributes
    ----------
    worth
        What its owner gets with it less what it gets without.
    cost
        What carrying it out takes from its owner, a period; below 0 where it gains by it.
    believed
        Whether carrying it out is no worse for its owner than not.
    sustained
        Whether its owner is patient enough for the cost of carrying it out some periods to be repaid by its worth
        afterwards; also where it is believed at once.
    """

    worth: Array
    cost: Array
    believed: Booleans
    sustained: Booleans


def threat(
    owner: ArrayLike,
    other: ArrayLike,
    no_deal: tuple[ArrayLike, ArrayLike],
    carried_out: tuple[ArrayLike, ArrayLike],
    weight: ArrayLike,
    patience: ArrayLike,
    *,
    periods: int = 3,
    allowed: ArrayLike | None = None,
) -> Threat:
    """Return what a threat is worth and whether it can be believed.

    Parameters
    ----------
    owner, other
        Payoffs of outcomes, shape ``(draw, outcome)``; the owner's first.
    no_deal, carried_out
        Payoffs of the owner and the other without a deal, and where the threat is carried out.
    weight
        Bargaining weight of the owner.
    patience
        Of the owner, for each period.
    periods
        For which it is carried out before the other gives in.
    allowed
        As for :func:`nash`.
    """
    own = np.atleast_2d(np.asarray(owner, float))

    def gets(point: tuple[ArrayLike, ArrayLike], otherwise: ArrayLike) -> Array:
        chosen = nash(own, other, point, weight, allowed)
        taken = np.take_along_axis(own, np.maximum(chosen, 0)[:, None], axis=1)[:, 0]
        return np.where(chosen >= 0, taken, np.asarray(otherwise, float))

    # Where the threat brings no deal either, its owner stays with what there is without it.
    worth = gets(carried_out, no_deal[0]) - gets(no_deal, no_deal[0])
    cost = np.asarray(no_deal[0], float) - np.asarray(carried_out[0], float)
    later = _patience(patience) ** periods
    believed = cost <= 0
    sustained = believed | ((1 - later) * np.maximum(cost, 0) <= later * worth)
    return Threat(worth, np.broadcast_to(cost, worth.shape), np.broadcast_to(believed, worth.shape), sustained)


def pure_equilibria(first: ArrayLike, second: ArrayLike) -> Booleans:
    """Return which profiles of a game are equilibria, for payoffs of shape ``(..., row, column)``."""
    one, two = np.asarray(first, float), np.asarray(second, float)
    return np.asarray((one >= one.max(axis=-2, keepdims=True)) & (two >= two.max(axis=-1, keepdims=True)))


def mixed_equilibrium(first: ArrayLike, second: ArrayLike) -> tuple[Array, Array]:
    """Return the chances of rows and columns in one equilibrium of a small game, found by nashpy."""
    game = nashpy.Game(np.asarray(first, float), np.asarray(second, float))
    found = next(iter(game.support_enumeration(non_degenerate=False)), None)
    if found is None:
        found = game.lemke_howson(initial_dropped_label=0)
    return np.asarray(found[0], dtype=float), np.asarray(found[1], dtype=float)


def best_replies(first: Array, second: Array, start: tuple[int, int], rounds: int = 12) -> tuple[Indices, Booleans]:
    """Return where both sides end that answer each other in turn, and whether neither wants to leave it.

    Parameters
    ----------
    first, second
        Payoffs, shape ``(draw, row, column)``; the first chooses rows.
    start
        Row and column to begin from; who gains nothing by leaving stays.
    rounds
        After which an endless cycle is given up.

    Returns
    -------
    profile, settled
        Rows and columns, shape ``(draw, 2)``; whether it is an equilibrium, shape ``(draw,)``.
    """
    draws = np.arange(first.shape[0])
    rows = np.full(len(draws), start[0], dtype=np.int64)
    columns = np.full(len(draws), start[1], dtype=np.int64)
    settled = np.zeros(len(draws), dtype=bool)
    for _ in range(rounds):
        to_rows = _reply(first[draws, :, columns], rows)
        to_columns = _reply(second[draws, to_rows, :], columns)
        settled = (to_rows == rows) & (to_columns == columns)
        rows, columns = to_rows, to_columns
        if settled.all():
            break
    return np.stack([rows, columns], axis=1), settled


def _reply(payoffs: Array, now: Indices) -> Indices:
    """Return the best action for each draw, or the present one where none is better."""
    draws = np.arange(len(payoffs))
    best = payoffs.argmax(axis=1)
    return np.where(payoffs[draws, best] > payoffs[draws, now], best, now).astype(np.int64)


def _patience(value: ArrayLike) -> Array:
    given = np.asarray(value, dtype=float)
    if not ((given > 0) & (given < 1)).all():
        raise BadValueError("patience lies above 0 and below 1")
    return given
