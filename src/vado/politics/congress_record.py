"""How well the model of votes did on bills that it had not seen, beside rules that need no model.

Two schemes. *One bill left out*: all roll calls of a bill are predicted from those of all other bills, later ones too;
positions are of earlier Congresses, but effects of members and Congresses know what came after. *Forward in time*: the
roll calls of a day are predicted from those of earlier days, once there are :data:`LEAST_BILLS` bills to learn from.
Variances are estimated anew in every fold.

The rules beside it are fitted on the same votes: each side votes with its majority (over all other bills, and over
those of the same direction), and one cut point on the first dimension (the same two ways).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from vado.errors import BadValueError
from vado.politics import passage
from vado.politics.chambers import Absences, Tally, tally
from vado.politics.passage import Floats
from vado.politics.roll_calls import needed

SCHEMES = ("one bill left out", "forward in time")
PARTY_LINE = "party line"
RULES = (PARTY_LINE, "party line by direction", "one cut point", "one cut point by direction")
MODEL, BASE_RATE = "model", "base rate"
#: No prediction: what one cut point gets right that is fitted to the very vote, a ceiling for any cut point.
CEILING = "one cut point fitted to the vote itself"
LEAST_BILLS = 3
DRAWS = 4000


@dataclass(frozen=True)
class Record:
    """Predictions of votes that a fold had not seen.

    Parameters
    ----------
    votes
        A row a scheme, ballot: ``scheme``, ``vote_id``, ``open`` (what it was), ``side``, ``model`` (chance of
        ``open``) and a column a rule (1 or 0).
    outcomes
        A row a scheme and roll call: yeas predicted and actual, chance of carrying, carried.
    """

    votes: pd.DataFrame
    outcomes: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Return a row a scheme and predictor: share of votes and outcomes right, Brier scores, gain.

        The outcomes that the party line gets right stand in every row beside the predictor's own.
        """
        rows = []
        for scheme in SCHEMES:
            votes = self.votes[self.votes["scheme"] == scheme]
            outcomes = self.outcomes[self.outcomes["scheme"] == scheme]
            if votes.empty:
                continue
            opened = votes["open"].to_numpy(float)
            shares = {name: float(((votes[name] > 0.5) == (opened > 0.5)).mean()) for name in (MODEL, *RULES, CEILING)}
            best = max(shares[name] for name in RULES)
            plain = max(shares[PARTY_LINE], shares["one cut point"])
            for name in (MODEL, *RULES, BASE_RATE):
                row: dict[str, object] = {"scheme": scheme, "predictor": name}
                if name != BASE_RATE:
                    row |= {"votes": len(votes), "votes_right": shares[name]}
                    row |= {"brier_votes": float(((votes[name] - opened) ** 2).mean())}
                if name == MODEL:
                    row |= {"gain": 100 * (shares[MODEL] - plain), "gain_over_best": 100 * (shares[MODEL] - best)}
                chance, carried = outcomes[name].to_numpy(float), outcomes["carried"].to_numpy(bool)
                right = int(((chance > 0.5) == carried).sum())
                low, high = wilson(right, len(carried))
                row |= {"outcomes": len(carried), "outcomes_right": right / len(carried)}
                row |= {"party_line_outcomes_right": float(((outcomes[PARTY_LINE] > 0.5) == carried).mean())}
                row |= {"low_95": low, "high_95": high, "brier_outcomes": float(((chance - carried) ** 2).mean())}
                rows.append(row)
            rows.append({"scheme": scheme, "predictor": CEILING, "votes": len(votes), "votes_right": shares[CEILING]})
        return pd.DataFrame(rows)


def record(frame: pd.DataFrame, roll_calls: pd.DataFrame, *, draws: int = DRAWS, seed: int = 1) -> Record:
    """Predict every roll call from others, in both schemes.

    Parameters
    ----------
    frame
        Ballots, as :func:`vado.politics.roll_calls.ballots` returns them.
    roll_calls
        As :func:`vado.politics.roll_calls.directed` returns them.
    draws, seed
        Of each roll call's yeas.

    Raises
    ------
    BadValueError
        If there are fewer than two bills.
    """
    if frame["family"].nunique() < 2:
        raise BadValueError("a record needs roll calls of two bills at least; use a later date")
    votes, outcomes = [], []
    calls = roll_calls.set_index("vote_id", drop=False)
    facts = {str(row["vote_id"]): {str(k): v for k, v in row.items()} for row in roll_calls.to_dict("records")}
    for scheme in SCHEMES:
        for number, (train, test) in enumerate(_folds(frame, scheme)):
            random = np.random.default_rng([seed, SCHEMES.index(scheme), number])
            rows = test[test["open"].notna()]
            fitted = passage.fit(train)
            said = {MODEL: fitted.chance(rows), **rules(train, rows), CEILING: _fitted_to_itself(rows)}
            kept = rows[["vote_id", "side", "yea_direction", "open"]]
            votes.append(kept.assign(scheme=scheme, **said))
            needs = {str(vote): str(rule) for vote, rule in calls["majority_required"].items()}
            drawn = tally(fitted, test, needs, Absences.of(train), draws, random)
            base = float(calls.loc[train["vote_id"].unique(), "carried"].mean())
            for vote, one in drawn.items():
                outcomes.append(_outcome(scheme, facts[vote], one, votes[-1], base))
    return Record(pd.concat(votes, ignore_index=True), pd.DataFrame(outcomes))


def rules(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, Floats]:
    """Return what each rule says of the ballots of ``test``: 1 for a vote that expands status, else 0."""
    train = train[train["open"].notna()]
    line, cut = {}, {}
    opened, side, dim1 = (train[name].to_numpy(float) for name in ("open", "side", "dim1"))
    for direction in (0, -1, 1):
        same = train["yea_direction"].to_numpy() == direction
        use = same if same.any() else np.ones(len(train), dtype=bool)
        cut[direction] = cut_point(dim1[use], opened[use])
        for one in (-1.0, 1.0):
            own = opened[use & (side == one)]
            line[direction, one] = bool(own.mean() > 0.5) if len(own) else one < 0
    directions, sides, at = test["yea_direction"].to_numpy(), test["side"].to_numpy(float), test["dim1"].to_numpy(float)
    pairs = list(zip(directions, sides, strict=True))
    return {
        "party line": np.array([line[0, one] for one in sides], dtype=np.float64),
        "party line by direction": np.array([line[direction, one] for direction, one in pairs], dtype=np.float64),
        "one cut point": (at <= cut[0]).astype(np.float64),
        "one cut point by direction": (at <= np.array([cut[one] for one in directions])).astype(np.float64),
    }


def cut_point(positions: Floats, opened: Floats) -> float:
    """Return the position up to which members vote to expand status, with the fewest votes wrong.

    >>> cut_point(np.array([-0.5, -0.2, 0.3]), np.array([1.0, 1.0, 0.0]))
    -0.2
    """
    order = np.argsort(positions, kind="stable")
    gains = np.concatenate([[0.0], np.cumsum(2.0 * opened[order] - 1.0)])
    best = int(gains.argmax())
    return float(positions[order][best - 1]) if best else -np.inf


def _fitted_to_itself(rows: pd.DataFrame) -> Floats:
    said = pd.Series(0.0, index=rows.index)
    for _, own in rows.groupby("vote_id"):
        cut = cut_point(own["dim1"].to_numpy(float), own["open"].to_numpy(float))
        said[own.index] = (own["dim1"] <= cut).astype(float)
    return np.asarray(said, dtype=np.float64)


def wilson(right: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of a share.

    >>> low, high = wilson(28, 45)
    >>> round(low, 3), round(high, 3)
    (0.476, 0.749)
    """
    z = float(norm.ppf(0.5 + level / 2))
    share, add = right / of, z * z / of
    half = z * np.sqrt(share * (1 - share) / of + add / (4 * of))
    return float((share + add / 2 - half) / (1 + add)), float((share + add / 2 + half) / (1 + add))


def _folds(frame: pd.DataFrame, scheme: str) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    column = "family" if scheme == SCHEMES[0] else "date"
    for value in frame[column].unique():
        train = frame[frame["family"] != value] if column == "family" else frame[frame["date"] < value]
        enough = column == "family" or train["family"].nunique() >= LEAST_BILLS
        if enough and 0 < train["open"].mean() < 1:
            yield train, frame[frame[column] == value]


def _outcome(scheme: str, call: Mapping[str, Any], one: Tally, votes: pd.DataFrame, base: float) -> dict[str, object]:
    low, high = np.quantile(one.yeas, [0.05, 0.95])
    own = votes[votes["vote_id"] == call["vote_id"]]
    row: dict[str, object] = {name: call[name] for name in ("vote_id", "date", "chamber", "label", "family")}
    row |= {"scheme": scheme, "actual_yeas": int(call["yea"]), "median_yeas": float(np.median(one.yeas))}
    row |= {"low_90": float(low), "high_90": float(high), "carried": bool(call["carried"])}
    row |= {"votes_right": float(((own[MODEL] > 0.5) == (own["open"] > 0.5)).mean())}
    row |= {MODEL: float(one.carried.mean()), BASE_RATE: base}
    for name in RULES:
        yea = own[name] > 0.5 if call["yea_direction"] > 0 else own[name] < 0.5
        least = needed(str(call["majority_required"]), int(yea.sum()), int((~yea).sum()))
        row[name] = float(yea.sum() >= least)
    for side, party in ((-1, "left"), (1, "right")):
        side_low, side_high = np.quantile(one.by_side[side], [0.05, 0.95])
        row |= {f"{party}_yeas": float(np.median(one.by_side[side]))}
        row |= {f"{party}_low_90": float(side_low), f"{party}_high_90": float(side_high)}
        mine = own[own["side"] == side]
        yea = mine["open"] == (1.0 if call["yea_direction"] > 0 else 0.0)
        row |= {f"{party}_actual": int(yea.sum()), f"{party}_voting": len(mine)}
    return row
