"""The ensemble: members weighed by what they have earned, recalibrated, and moved by signals and policy.

Quantiles of the members are averaged level by level, on the log scale. A member's weight in a target group, for one
and two months ahead or for longer, is its prior weight times ``exp(-KEENNESS * n / (n + PATIENCE) * excess)``, where
``excess`` is by how much its score on past origins, as a part of the random walk's (half on counts, half on log
counts), is above that of the best member, and ``n`` is the number of past origins with a target that had been
observed. So with no record the prior holds, and with a long one the better members weigh more; none is ever dropped.

The spread of the average is scaled by the factor that would have scored best on the same targets, shrunk to one in
the same way, but more slowly. Then the median is moved by signals and by announced changes of policy, which also
widen; policy moves it less by the weight of the corridor, which has it already. Only targets observed at the origin
are used, as they were known then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.errors import BadValueError
from vado.forecast import structural, walks
from vado.forecast.evidence import joined_ids
from vado.forecast.targets import GROUPS, SERIES, Floats, group_of, months_after, release_day

if TYPE_CHECKING:
    from vado.forecast.members import Knowledge, Settings

#: Members that are averaged, with the weight that each has before any record; chosen on origins up to December 2021.
PRIOR = {"rw": 0.05, "srw": 0.05, "seasons": 0.5, "pooled": 0.1, "corridor": 0.3}

#: The member that has policy in it already.
STRUCTURAL = "corridor"

#: How fast weights follow scores, and origins with a record after which half of it is believed.
KEENNESS = 8.0
PATIENCE = 12.0
#: Origins with a record after which half of the best factor of the spread is used.
SLOWNESS = 36.0
#: Spread factors that are tried.
FACTORS = np.round(np.arange(0.75, 1.36, 0.05), 2)
#: Months ahead that count for the record, in two buckets, and the first month of history with enough before it.
BUCKETS = ("1-2", "3+")
RECORDED = 6
FIRST_RECORD = 14

#: Positions of the record's months ahead in each bucket.
_PARTS = (slice(0, 2), slice(2, RECORDED))

_GROUP = np.array([GROUPS.index(group_of(series)) for series in SERIES])
#: Which series belong to each group, shape (group, series).
_MEMBERS_OF = np.arange(len(GROUPS))[:, None] == _GROUP


@dataclass(frozen=True)
class Said:
    """What the ensemble says and why.

    Parameters
    ----------
    log_quantiles
        Shape (horizon, series, level).
    weights
        Columns ``group, horizons, member, prior, weight, score, origins``; ``score`` is relative to the random walk.
    factors
        Spread factors, columns ``group, horizons, factor``.
    moves
        Columns ``by, what, log_change``: what signals and policy did to the cells that they move most.
    source_ids
        Sources beside those of the panel, separated by ``;``.
    """

    log_quantiles: Floats
    weights: pd.DataFrame
    factors: pd.DataFrame
    moves: pd.DataFrame
    source_ids: str


@dataclass(frozen=True)
class _Record:
    """Past forecasts of all members, (origin, member, horizon, series, level), and what came, NaN if not yet.

    ``present`` says which member spoke at which origin, shape (origin, member); ``seasons`` stands in for one that
    did not.
    """

    quantiles: Floats
    observed: Floats
    present: npt.NDArray[np.bool_]

    def of(self, names: Sequence[str], everyone: Sequence[str]) -> _Record:
        """Return the record of some members, in their order."""
        chosen = [everyone.index(name) for name in names]
        return _Record(self.quantiles[:, chosen], self.observed, self.present[:, chosen])

    def origins(self, horizons: slice, member: int = 0) -> int:
        """Return at how many origins a member spoke that have a target observed at some of the months ahead."""
        return int(((~np.isnan(self.observed[:, horizons])).any(axis=(1, 2)) & self.present[:, member]).sum())


def combine(
    knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings, *, leave_out: str = ""
) -> Said:
    """Run all members, weigh them and move their average.

    Parameters
    ----------
    knowledge
        What was known at the origin.
    horizons
        Months ahead.
    levels
        Quantile levels, shape (level,).
    settings
        How slow members are run.
    leave_out
        A member, ``signals`` or ``policy``, to see what would have been said without it.
    """
    from vado.forecast.members import run_member

    names = components(knowledge, leave_out)
    made = [run_member(name, knowledge, horizons, levels, settings) for name in names]
    now = np.array([said.log_quantiles for said in made])
    record = _record(knowledge, levels, settings).of(names, components(knowledge))
    weights, table = _weights(record, names, levels)
    factors = _factors(record, weights, levels)
    bucket = _bucket(horizons)
    average = _average(now, weights[bucket])
    centre = average[..., [int(np.argmin(np.abs(levels - 0.5)))]]
    spread = centre + (average - centre) * factors[bucket][:, _GROUP, None]
    found = {"signals": walks.by_signals(knowledge, horizons), "policy": walks.by_policy(knowledge, horizons)}
    found.pop(leave_out, None)
    outside = 1 - weights[bucket][:, _GROUP, names.index(STRUCTURAL)] if STRUCTURAL in names else 1.0
    if "policy" in found:
        said = tuple((what, change * float(np.mean(outside))) for what, change in found["policy"].said)
        found["policy"] = replace(found["policy"], moves=found["policy"].moves * outside, said=said)
    for moves in found.values():
        spread = walks.moved(spread, moves, levels)
    rows = [(by, what, change) for by, moves in found.items() for what, change in moves.said]
    factor_rows = [(GROUPS[g], BUCKETS[b], factors[b, g]) for g in range(len(GROUPS)) for b in range(len(BUCKETS))]
    return Said(
        spread,
        table,
        pd.DataFrame(factor_rows, columns=["group", "horizons", "factor"]),
        pd.DataFrame(rows, columns=["by", "what", "log_change"]),
        joined_ids([*(said.source_ids for said in made), *(moves.source_ids for moves in found.values())]),
    )


def components(knowledge: Knowledge, leave_out: str = "") -> list[str]:
    """Return the members that are averaged at an origin."""
    return [n for n in PRIOR if n != leave_out and (n != STRUCTURAL or structural.usable(knowledge))]


def left_out(knowledge: Knowledge, horizons: Sequence[int], levels: Floats, settings: Settings) -> pd.DataFrame:
    """Return the median of the total as it would have been without each member, signal, policy, and source of the way.

    A counter on the way is left out of the corridor's fit and of the signals; that needs a fit of its own, so it is
    shown where such a fit ships or was kept, which it is for the ledger that ships (:func:`sources_left_out`).

    Returns
    -------
    pandas.DataFrame
        Columns ``left_out, target_end_date, median, without, change``: medians [encounters/month], before sums are
        made to agree, and the relative change.
    """
    middle = int(np.argmin(np.abs(levels - 0.5)))
    months = months_after(knowledge.panel.origin, horizons)
    said = np.expm1(combine(knowledge, horizons, levels, settings).log_quantiles[:, 0, middle])
    rows = [("nothing", month, value, value, 0.0) for month, value in zip(months, said.tolist(), strict=True)]
    others = {
        name: combine(knowledge, horizons, levels, settings, leave_out=name)
        for name in [*(n for n in components(knowledge) if n != "rw"), "signals", "policy"]
    }
    others |= {
        f"source {other.without}": combine(other, horizons, levels, settings) for other in sources_left_out(knowledge)
    }
    for name, other in others.items():
        without = np.expm1(other.log_quantiles[:, 0, middle])
        rows += [
            (name, month, a, b, b / a - 1) for month, a, b in zip(months, said.tolist(), without.tolist(), strict=True)
        ]
    return pd.DataFrame(rows, columns=["left_out", "target_end_date", "median", "without", "change"])


def sources_left_out(knowledge: Knowledge) -> list[Knowledge]:
    """Return what would be known without each counter on the way, where the corridor was fitted without it."""
    if not structural.usable(knowledge):
        return []
    blind = [replace(knowledge, without=counter) for counter in structural.ON_THE_WAY]
    return [other for other in blind if structural.kept_moves(other) is not None]


def _record(knowledge: Knowledge, levels: Floats, settings: Settings) -> _Record:
    from vado.forecast.members import know

    names = components(knowledge)
    panel = knowledge.panel
    past, came, present = [], [], []
    for position in range(FIRST_RECORD, len(panel.months) - 1):
        origin = panel.months[position]
        key = (origin, tuple(names), levels.tobytes())
        if key not in knowledge.ledger.memory:
            try:
                then = know(knowledge.ledger, release_day(knowledge.ledger, origin.date()), origin)
            except BadValueError:
                continue
            knowledge.ledger.memory[key] = _said_then(then, names, levels, settings)
        said, spoke = knowledge.ledger.memory[key]
        past.append(said)
        present.append(spoke)
        seen = np.full((RECORDED, panel.counts.shape[1]), np.nan)
        known = panel.counts[position + 1 : position + 1 + RECORDED]
        seen[: len(known)] = known
        came.append(seen)
    if not past:
        shape = (0, len(names), RECORDED, len(SERIES), len(levels))
        return _Record(np.zeros(shape), np.zeros((0, *shape[2:4])), np.zeros((0, len(names)), dtype=bool))
    return _Record(np.array(past), np.array(came), np.array(present))


def _said_then(
    then: Knowledge, names: Sequence[str], levels: Floats, settings: Settings
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return what members said at a past origin, and which of them spoke; nothing is fitted anew for it."""
    from vado.forecast.members import run_member, within_bounds

    ahead = range(1, RECORDED + 1)
    said: list[Floats] = []
    spoke = []
    for name in names:
        if name == STRUCTURAL:
            made = walks.corridor(then, ahead, levels, settings, shipped_only=True)
            spoke.append(made is not None)
            said.append(said[names.index("seasons")] if made is None else within_bounds(made[0], then.panel.counts))
        else:
            spoke.append(True)
            said.append(run_member(name, then, ahead, levels, settings).log_quantiles)
    return np.array(said), np.array(spoke)


def _weights(record: _Record, names: Sequence[str], levels: Floats) -> tuple[Floats, pd.DataFrame]:
    """Return weights, shape (bucket, group, member), and their table."""
    prior = np.array([PRIOR[name] for name in names]) / sum(PRIOR[name] for name in names)
    weights = np.tile(prior, (len(BUCKETS), len(GROUPS), 1))
    both = _scores(record.quantiles, record.observed[:, None], levels)
    rows = []
    for b, horizons in enumerate(_PARTS):
        origins = [record.origins(horizons, member) for member in range(len(names))]
        for g, group in enumerate(GROUPS):
            relative = np.array([_relative(both, record, k, names.index("rw"), horizons, g) for k in range(len(names))])
            if origins[0]:
                # Who has no record is taken to be as good as the others are on average.
                score = np.where(np.isnan(relative), np.nanmean(relative), relative)
                believed = KEENNESS * origins[0] / (origins[0] + PATIENCE)
                earned = prior * np.exp(-believed * (score - score.min()))
                weights[b, g] = earned / earned.sum()
            rows += [
                (group, BUCKETS[b], name, prior[k], weights[b, g, k], relative[k], origins[k])
                for k, name in enumerate(names)
            ]
    columns = ["group", "horizons", "member", "prior", "weight", "score", "origins"]
    return weights, pd.DataFrame(rows, columns=columns)


def _relative(
    both: tuple[Floats, Floats], record: _Record, member: int, walk: int, horizons: slice, group: int
) -> float:
    """Return a member's score as a part of the random walk's on the origins at which it spoke, or NaN."""
    ours = _MEMBERS_OF[group] & ~np.isnan(record.observed[:, horizons]) & record.present[:, member, None, None]
    if not ours.any():
        return float("nan")
    parts = [values[:, member, horizons][ours].mean() / values[:, walk, horizons][ours].mean() for values in both]
    return float(np.mean(parts))


def _factors(record: _Record, weights: Floats, levels: Floats) -> Floats:
    """Return the factor of the spread, shape (bucket, group)."""
    factors = np.ones((len(BUCKETS), len(GROUPS)))
    if not record.origins(slice(None)):
        return factors
    bucket = _bucket(range(1, RECORDED + 1))
    average = np.array([_average(past, weights[bucket]) for past in record.quantiles])
    centre = average[..., [int(np.argmin(np.abs(levels - 0.5)))]]
    tried = [_scores(centre + (average - centre) * factor, record.observed, levels) for factor in FACTORS]
    for b, horizons in enumerate(_PARTS):
        if origins := record.origins(horizons):
            for g in range(len(GROUPS)):
                # The same loss as for weights: half on counts, half on log counts.
                means = np.array(
                    [[np.nanmean(one[:, horizons][:, :, _MEMBERS_OF[g]]) for one in both] for both in tried]
                )
                best = FACTORS[np.argmin((means / means.mean(axis=0)).sum(axis=1))]
                factors[b, g] = best ** (origins / (origins + SLOWNESS))
    return factors


def _average(quantiles: Floats, weights: Floats) -> Floats:
    """Average (member, horizon, series, level) with weights (horizon, group, member)."""
    return np.asarray(np.einsum("khsl,hsk->hsl", quantiles, weights[:, _GROUP]))


def _scores(quantiles: Floats, observed: Floats, levels: Floats) -> tuple[Floats, Floats]:
    """Return weighted interval scores on log counts and on counts, without the level axis; NaN where not observed."""
    return _pinball(quantiles, np.log1p(observed), levels), _pinball(np.expm1(quantiles), observed, levels)


def _pinball(quantiles: Floats, observed: Floats, levels: Floats) -> Floats:
    error = observed[..., None] - quantiles
    return np.asarray(2 * np.maximum(levels * error, (levels - 1) * error).mean(axis=-1))


def _bucket(horizons: Sequence[int]) -> npt.NDArray[np.int_]:
    return (np.asarray(horizons) > 2).astype(int)
