"""Walks from the last count: the season of who comes, a spread for today, and what moves the median.

``seasons`` walks from the last count with the seasons of nationalities (:mod:`vado.forecast.nationality_season`) and a
spread scaled to recent restlessness (:mod:`vado.forecast.volatility`). Three members are the same walk with its median
moved: ``pooled`` by the regression of :mod:`vado.forecast.reversion`, ``signals`` by entries to Honduras, and
``policy`` by announced changes of policy, which also widen it. ``corridor`` takes its median from the fitted corridor
(:mod:`vado.forecast.structural`), which has the season and the policy in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vado.forecast import policy, signals
from vado.forecast.evidence import joined_ids
from vado.forecast.nationality_season import move_of_sums
from vado.forecast.targets import SUMS, Floats, months_after
from vado.forecast.volatility import scaled_spread

if TYPE_CHECKING:
    from vado.forecast.members import Knowledge, Settings

#: Standard deviations between the quantiles 0.1 and 0.9 of a normal distribution.
_WIDTH_80 = 2.5631
_LEAST_SPREAD = 0.02


@dataclass(frozen=True)
class Moves:
    """What is added to a forecast.

    Parameters
    ----------
    moves, variances
        Log change of the median and variance added, shape (horizon, series).
    said
        What moved it, each with the log change of the cells it moves most.
    source_ids
        Sources, separated by ``;``.
    """

    moves: Floats
    variances: Floats
    said: tuple[tuple[str, float], ...]
    source_ids: str


def seasons(knowledge: Knowledge, horizons: Sequence[int], levels: Floats) -> tuple[Floats, str]:
    """Return log quantiles, shape (horizon, series, level), and the sources beside those of the panel."""
    panel, shapes = knowledge.panel, knowledge.seasons
    steps = shapes.ahead(panel.counts[-1], months_after(panel.origin, range(1, max(horizons) + 1)))
    centre = np.log1p(panel.counts[-1]) + steps[np.asarray(horizons) - 1]
    spread = scaled_spread(knowledge.adjusted_changes, levels)
    quantiles = centre[:, :, None] + np.sqrt(horizons)[:, None, None] * spread
    return quantiles, joined_ids([shapes.source_ids, knowledge.season.source_ids])


def pooled(knowledge: Knowledge, horizons: Sequence[int], levels: Floats) -> tuple[Floats, str]:
    """Return log quantiles of the walk moved by the pooled regression, and the sources."""
    quantiles, ids = seasons(knowledge, horizons, levels)
    fitted = knowledge.reversion
    return quantiles + fitted.moves(knowledge.adjusted_changes, horizons)[:, :, None], ids


def with_signals(knowledge: Knowledge, horizons: Sequence[int], levels: Floats) -> tuple[Floats, str]:
    """Return log quantiles of the walk moved by signals, and the sources."""
    quantiles, ids = seasons(knowledge, horizons, levels)
    found = by_signals(knowledge, horizons)
    return moved(quantiles, found, levels), joined_ids([ids, found.source_ids])


def with_policy(knowledge: Knowledge, horizons: Sequence[int], levels: Floats) -> tuple[Floats, str]:
    """Return log quantiles of the walk moved and widened by announced changes of policy, and the sources."""
    quantiles, ids = seasons(knowledge, horizons, levels)
    found = by_policy(knowledge, horizons)
    return moved(quantiles, found, levels), joined_ids([ids, found.source_ids])


def corridor(
    knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings, *, shipped_only: bool = False
) -> tuple[Floats, str] | None:
    """Return log quantiles of the walk moved by the fitted corridor, and the sources; None where it cannot be had."""
    from vado.forecast import structural

    if not structural.usable(knowledge):
        return None
    found = structural.moves(knowledge, settings, shipped_only=shipped_only)
    if found is None:
        return None
    panel = knowledge.panel
    cells = structural.PART * found[np.asarray(horizons) - 1]
    own = np.concatenate([move_of_sums(panel.counts[-1, len(SUMS) :], cells), cells], axis=1)
    walk = np.log1p(panel.counts[-1]) + own
    spread = scaled_spread(knowledge.adjusted_changes, levels)
    quantiles = walk[:, :, None] + np.sqrt(horizons)[:, None, None] * spread
    return quantiles, joined_ids([knowledge.seasons.source_ids, structural.source_ids(knowledge)])


def by_signals(knowledge: Knowledge, horizons: Sequence[int]) -> Moves:
    """Return what the signals do to all series."""
    changes, ids = signals.read_signals(knowledge.ledger, knowledge.as_of, knowledge.panel.origin)
    if knowledge.without == signals.MEASURE:
        changes, ids = {}, ""
    cells = signals.moves(changes)
    own = np.concatenate([move_of_sums(knowledge.panel.counts[-1, len(SUMS) :], cells), cells])
    everywhere = np.tile(own, (len(horizons), 1))
    said = tuple((code, signals.ELASTICITY * change) for code, change in sorted(changes.items()))
    return Moves(everywhere, np.zeros_like(everywhere), said, ids)


def by_policy(knowledge: Knowledge, horizons: Sequence[int]) -> Moves:
    """Return what announced changes of policy do to all series."""
    panel = knowledge.panel
    changes = policy.known_changes(knowledge.events, knowledge.as_of)
    found = policy.effects(changes, panel.counts[-1, len(SUMS) :], panel.origin, months_after(panel.origin, horizons))
    return Moves(found.moves, found.variances, found.titles, found.source_ids)


def moved(quantiles: Floats, found: Moves, levels: Floats) -> Floats:
    """Return log quantiles with their medians moved and their spread widened by an independent deviation."""
    low, middle, high = (int(np.argmin(np.abs(levels - level))) for level in (0.1, 0.5, 0.9))
    median = quantiles[..., middle : middle + 1]
    width = np.maximum((quantiles[..., high] - quantiles[..., low]) / _WIDTH_80, _LEAST_SPREAD)
    wider = np.sqrt(1 + found.variances / width**2)
    return np.asarray(median + found.moves[..., None] + (quantiles - median) * wider[..., None])
