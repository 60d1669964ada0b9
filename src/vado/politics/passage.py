"""How a member votes on an immigration bill: a hierarchical logistic regression that a new bill can be drawn from.

The outcome is a vote that expands status. Its logit is linear in the member's position within the member's side (two
dimensions, before the Congress), in the side, the era, the direction of a yea, who put the bill forward, the chamber
and the stage (cloture, motion to proceed), with products of these; and it has random effects

- of the roll call and of the bill, each on level, side and first dimension: a bill not seen yet has an uncertain cut
  point and an uncertain discipline of the parties;
- of what the bill is about and of the Congress, each on level and side;
- of the member, whose earlier votes on such bills tell more than a score made from all votes.

Coefficients and effects maximise the penalised likelihood by Newton's method, members eliminated by their Schur
complement. The variances of the effects are estimated on the same votes by EM steps between those of Newton, so that
nothing is set by hand but the priors below. Draws come from the normal approximation at the mode (Laplace).

References
----------
Bafumi, J., Gelman, A., Park, D. K. and Kaplan, N. (2005). Practical issues in implementing and understanding Bayesian
ideal point estimation. Political Analysis 13, 171-187.
MacKay, D. J. C. (1992). The evidence framework applied to classification networks. Neural Computation 4, 720-736 (the
mean of a logistic under a normal).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit
from threadpoolctl import ThreadpoolController

from vado.errors import BadValueError

Floats = NDArray[np.float64]

#: Standard deviation of the normal prior of a coefficient, and of the few that carry the model.
PRIOR = 1.0
PRIOR_MAIN = 3.0
MAIN = ("level", "side", "first")
#: Random effects: column of the levels → what varies between them.
GROUPS: dict[str, tuple[str, ...]] = {
    "vote_id": ("level", "side", "first"),
    "family": ("level", "side", "first"),
    "kind": ("level", "side"),
    "congress": ("level", "side"),
}
START = 0.7
LEAST = 0.05
STEPS = 8
#: The era is counted from here, in units of this many Congresses.
ERA, ERA_UNIT = 111.0, 8.0
#: Scores are multiplied to have a standard deviation near one within a side.
FIRST_UNIT, SECOND_UNIT = 4.0, 2.0
BORDER_STATES = ("AZ", "CA", "NM", "TX")


def terms(frame: pd.DataFrame) -> dict[str, Floats]:
    """Return the columns of the regression by name, each of shape (ballot,)."""
    side, direction = frame["side"].to_numpy(float), frame["yea_direction"].to_numpy(float)
    first, second = FIRST_UNIT * frame["within1"].to_numpy(float), SECOND_UNIT * frame["within2"].to_numpy(float)
    era = (frame["congress"].to_numpy(float) - ERA) / ERA_UNIT
    mover = frame["mover"].to_numpy()
    both = (mover == "both").astype(float)
    cloture = direction * frame["cloture"].to_numpy(float)
    proceed = direction * frame["to_proceed"].to_numpy(float)
    columns = {"level": np.ones(len(frame)), "first": first, "second": second, "direction": direction}
    columns |= {"era": era, "first_era": first * era, "second_era": second * era}
    columns |= {"direction_first": direction * first, "both": both, "both_first": both * first}
    columns |= {"both_first_squared": both * first**2, "left": (mover == "D") * 1.0, "right": (mover == "R") * 1.0}
    columns |= {"senate": (frame["chamber"] == "Senate").to_numpy(float), "cloture": cloture, "proceed": proceed}
    columns |= {"border": frame["state"].isin(BORDER_STATES).to_numpy(float)}
    sided = {"side" if name == "level" else f"side_{name}": side * values for name, values in columns.items()}
    return {**columns, **sided, "direction_second": direction * second}


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the linear algebra library to one thread.

    Sums of one thread come out the same to the bit on any number of cores, and matrices of this size are slower on two
    threads than on one as soon as another program runs.
    """
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@dataclass(frozen=True)
class Fit:
    """A fitted model of votes.

    Parameters
    ----------
    names
        Coefficients and effects; effects are ``group:level:what``.
    mode
        Their values at the mode, shape (parameter,).
    covariance
        Of them, members integrated out, shape (parameter, parameter).
    spreads
        Standard deviation of the effects of each group and of ``member``.
    levels
        Levels that were seen, by group.
    members
        Bioguide id → row of the next three.
    member_mode, member_variance
        Effect of each member and its variance given the rest, shape (member,).
    member_follows
        How the mode of each member's effect moves with the parameters, shape (member, parameter).
    converged
        Whether the last step gained next to nothing.
    """

    names: tuple[str, ...]
    mode: Floats
    covariance: Floats
    spreads: Mapping[str, float]
    levels: Mapping[str, pd.Index]
    members: pd.Index
    member_mode: Floats
    member_variance: Floats
    member_follows: Floats
    converged: bool

    @one_thread()
    def chance(self, frame: pd.DataFrame) -> Floats:
        """Return the chance that each ballot expands status, everything uncertain integrated out, shape (ballot,)."""
        known, fresh = self._design(frame)
        found = self.members.get_indexer(pd.Index(frame["bioguide_id"]))
        seen = found >= 0
        moved = known.copy()
        moved[seen] -= self.member_follows[found[seen]]
        centre = known @ self.mode + np.where(seen, self.member_mode[found], 0.0)
        variance = np.einsum("ip,pq,iq->i", moved, self.covariance, moved, optimize=True)
        variance += np.where(seen, self.member_variance[found], self.spreads["member"] ** 2)
        for (group, what), values in fresh.items():
            variance += (values * self.spreads[f"{group}:{what}"]) ** 2
        return np.asarray(expit(centre / np.sqrt(1.0 + np.pi * variance / 8.0)), dtype=np.float64)

    @one_thread()
    def draw(self, frame: pd.DataFrame, draws: int, random: np.random.Generator) -> Floats:
        """Return draws of the chance of each ballot, shape (draw, ballot); ballots of one new level share its draw."""
        known, fresh = self._design(frame)
        root = np.linalg.cholesky(self.covariance + 1e-10 * np.eye(len(self.mode)))
        moves = random.standard_normal((draws, len(self.mode))) @ root.T
        logit = (self.mode + moves) @ known.T
        ids = pd.Index(frame["bioguide_id"].unique())
        found = self.members.get_indexer(ids)
        seen = found >= 0
        spread = np.where(seen, np.sqrt(self.member_variance[found]), self.spreads["member"])
        effect = np.where(seen, self.member_mode[found], 0.0) + spread * random.standard_normal((draws, len(ids)))
        effect[:, seen] -= moves @ self.member_follows[found[seen]].T
        logit += effect[:, ids.get_indexer(pd.Index(frame["bioguide_id"]))]
        for (group, what), values in fresh.items():
            codes, levels = pd.factorize(frame[group])
            shared = self.spreads[f"{group}:{what}"] * random.standard_normal((draws, len(levels)))
            logit += shared[:, codes] * values
        return np.asarray(expit(logit), dtype=np.float64)

    def _design(self, frame: pd.DataFrame) -> tuple[Floats, dict[tuple[str, str], Floats]]:
        """Return what multiplies the parameters, shape (ballot, parameter), and effects of levels not seen."""
        columns = terms(frame)
        known = np.zeros((len(frame), len(self.mode)))
        known[:, : len(columns)] = np.column_stack(list(columns.values()))
        start, fresh = len(columns), {}
        for group, whats in GROUPS.items():
            at = self.levels[group].get_indexer(pd.Index(frame[group]))
            seen = np.flatnonzero(at >= 0)
            for what in whats:
                known[seen, start + at[seen]] = columns[what][seen]
                start += len(self.levels[group])
                if (at < 0).any():
                    fresh[group, what] = columns[what] * (at < 0)
        return known, fresh


@one_thread()
def fit(frame: pd.DataFrame) -> Fit:
    """Fit the model to ballots.

    Parameters
    ----------
    frame
        As :func:`vado.politics.roll_calls.ballots` returns them; who did not vote is left out.

    Returns
    -------
    Fit
        The mode, its curvature and the spreads.

    Raises
    ------
    BadValueError
        If there is no vote, or no vote of one of the two outcomes.
    """
    frame = frame[frame["open"].notna()].sort_values("vote_id", kind="stable")
    opened = frame["open"].to_numpy(float)
    if not 0 < opened.sum() < len(opened):
        raise BadValueError("a model of votes needs votes of both sorts; use a later date")
    columns = terms(frame)
    design = np.column_stack([*columns.values(), *(columns[what] for whats in GROUPS.values() for what in whats)])
    places = np.tile(np.arange(design.shape[1]), (len(frame), 1))
    names, owner, levels, item = list(columns), [""] * len(columns), {}, len(columns)
    for group, whats in GROUPS.items():
        at, levels[group] = pd.factorize(pd.Index(frame[group]), sort=True)
        for what in whats:
            places[:, item] = len(names) + at
            names += [f"{group}:{level}:{what}" for level in levels[group]]
            owner += [f"{group}:{what}"] * len(levels[group])
            item += 1
    # All ballots of a roll call have the same levels, so that each roll call is one dense block.
    ends = [*np.flatnonzero(np.diff(pd.factorize(frame["vote_id"])[0])) + 1, len(frame)]
    blocks = [
        _Block(slice(start, end), design[start:end], places[start])
        for start, end in zip([0, *ends[:-1]], ends, strict=True)
    ]
    codes, members = pd.factorize(pd.Index(frame["bioguide_id"]), sort=True)
    priors = np.array([PRIOR_MAIN if name in MAIN else PRIOR for name in columns])
    newton = _Newton(blocks, opened, codes, priors, np.array(owner))
    for step in range(STEPS):
        newton.step()
        if step < STEPS - 2:
            newton.learn()
    return Fit(
        names=tuple(names),
        mode=newton.mode,
        covariance=newton.covariance(),
        spreads=newton.spreads,
        levels=levels,
        members=members,
        member_mode=newton.effects,
        member_variance=np.asarray(1.0 / newton.stiffness, dtype=np.float64),
        member_follows=newton.follows,
        converged=abs(newton.gain) < 0.05,
    )


@dataclass(frozen=True)
class _Block:
    """The ballots of one roll call: their rows, columns of the design, and the parameters these multiply."""

    rows: slice
    design: Floats
    places: NDArray[np.intp]


class _Newton:
    """Newton steps on the penalised likelihood, and EM steps on the variances of the effects."""

    def __init__(
        self,
        blocks: list[_Block],
        opened: Floats,
        codes: NDArray[np.intp],
        priors: Floats,
        owner: NDArray[np.str_],
    ) -> None:
        self.blocks, self.opened, self.codes, self.owner = blocks, opened, codes, owner
        self.mode, self.effects = np.zeros(len(owner)), np.zeros(int(codes.max()) + 1)
        self.priors = priors
        self.spreads = {str(name): START for name in np.unique(owner) if name} | {"member": 1.0}
        self.gain = np.inf

    def step(self) -> None:
        """Take one step, halved until it gains."""
        penalty, own = self._penalty(), self.spreads["member"] ** -2
        chance = expit(self._logit(self.mode, self.effects))
        weight = np.maximum(chance * (1.0 - chance), 1e-6)
        rest = self.opened - chance
        members = len(self.effects)
        slope, curvature = -penalty * self.mode, np.diag(penalty)
        cross = np.zeros((members, len(self.mode)))
        for block in self.blocks:
            weighted = block.design * weight[block.rows, None]
            slope[block.places] += rest[block.rows] @ block.design
            curvature[np.ix_(block.places, block.places)] += block.design.T @ weighted
            cross[np.ix_(self.codes[block.rows], block.places)] += weighted
        slope_members = np.bincount(self.codes, rest, members) - own * self.effects
        self.stiffness = np.bincount(self.codes, weight, members) + own
        self.follows = cross / self.stiffness[:, None]
        curvature -= cross.T @ self.follows
        self.factor = cho_factor(curvature)
        move = cho_solve(self.factor, slope - self.follows.T @ slope_members)
        move_members = slope_members / self.stiffness - self.follows @ move
        now, length = self._value(self.mode, self.effects), 1.0
        while True:
            after = self._value(self.mode + length * move, self.effects + length * move_members)
            if after >= now or length < 1e-3:
                break
            length /= 2.0
        self.mode = self.mode + length * move
        self.effects = self.effects + length * move_members
        self.gain = after - now

    def learn(self) -> None:
        """Set every variance to the mean square of its effects, their own uncertainty included."""
        covariance = self.covariance()
        squares = self.mode**2 + np.diag(covariance)
        members = self.effects**2 + 1.0 / self.stiffness + ((self.follows @ covariance) * self.follows).sum(axis=1)
        for name in self.spreads:
            mean = members.mean() if name == "member" else squares[self.owner == name].mean()
            self.spreads[name] = max(LEAST, float(np.sqrt(mean)))

    def covariance(self) -> Floats:
        """Return the covariance of the parameters at the last step."""
        inverse = cho_solve(self.factor, np.eye(len(self.mode)))
        return np.asarray((inverse + inverse.T) / 2.0, dtype=np.float64)

    def _penalty(self) -> Floats:
        penalty = np.concatenate([self.priors**-2, np.zeros(len(self.mode) - len(self.priors))])
        for name, spread in self.spreads.items():
            penalty[self.owner == name] = spread**-2
        return penalty

    def _value(self, mode: Floats, effects: Floats) -> float:
        logit = self._logit(mode, effects)
        fitted = float((self.opened * logit - np.logaddexp(0.0, logit)).sum())
        held = float((self._penalty() * mode**2).sum()) + float((effects**2).sum()) / self.spreads["member"] ** 2
        return fitted - held / 2.0

    def _logit(self, mode: Floats, effects: Floats) -> Floats:
        fixed = np.concatenate([block.design @ mode[block.places] for block in self.blocks])
        return np.asarray(fixed + effects[self.codes], dtype=np.float64)
