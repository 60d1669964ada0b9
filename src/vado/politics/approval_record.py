"""How well the average foretells polls that were not out yet, beside two plainer averages.

On every seventh day, the origin, each poll that ends in the 14 days after is predicted from the polls published by
then. The rivals are the mean of the polls of the last 14 days, and the same mean with each pollster's lean taken out
and put back: the pollster's mean residual from 14-day means so far, shrunk by n / (n + k). A third rival is harder: its
residuals fade with age, so that its leans move too. The polls of one pollster at one origin weigh one together, so that
trackers do not dominate. Settings of the model and of the rivals were chosen on the polls of 2017 to 2019; the record
of the polls since is what counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from vado.forecast.evidence import joined_ids
from vado.politics.approval_model import NINETY, Array, Filtered, day_numbers

#: Days ahead that are predicted, and the length of the rivals' means [days].
HORIZON = 14

#: Days after a president's first poll on which the first prediction is made.
WARM_UP = 30

#: Candidates for the polls after which half of a mean residual is believed, and the one that the polls of 2017 to 2019
#: chose (see benchmarks/approval.py): the rival at its best.
BELIEVED = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
CHOSEN = 1.0

#: Days after which a residual of the fading rival counts half, and its polls believed half; chosen on the same polls.
HALF_LIFE, FADING_BELIEVED = 60.0, 0.3

#: The first day whose polls had no part in any choice.
HELD_BACK = "2020-01-01"

#: Weeks that are drawn together for the intervals of ratios, and how many times.
BLOCK_WEEKS, RESAMPLES = 8, 500

EARLIER, LATER = "settings chosen here", "held back"


class Rivals(NamedTuple):
    """Predictions of approval by the rivals, one a row of the model's predictions [per cent]."""

    plain: Array
    shrunken: Array
    fading: Array


def origins(frame: pd.DataFrame) -> list[int]:
    """Return the days since 1970 on which a president's polls are predicted."""
    end = day_numbers(frame["end"])
    return list(range(int(end.min()) + WARM_UP, int(end.max()), 7))


def rivals(frame: pd.DataFrame, predictions: Array, believed: float = CHOSEN) -> Rivals:
    """Return what the rivals say of the polls that the model predicts, from the same polls.

    Parameters
    ----------
    frame
        Polls of one president in the order of publication.
    predictions
        Shape ``(prediction, 5)``, of :class:`vado.politics.approval_model.Filtered`, sorted by origin.
    believed
        Polls after which half of a pollster's mean residual is believed.
    """
    end, published = day_numbers(frame["end"]), day_numbers(frame["published"])
    value = frame["approve"].to_numpy(float)
    code = pd.factorize(frame["pollster"])[0]
    order = np.argsort(end, kind="stable")
    sorted_end = end[order]

    def window(last: int, seen: int) -> Array:
        inside = order[
            np.searchsorted(sorted_end, last - HORIZON, "right") : np.searchsorted(sorted_end, last, "right")
        ]
        return inside[published[inside] <= seen]

    # Rows: residuals that count alike, and those that fade; the weight of the latter is kept relative to the first day.
    count, total = np.zeros((2, code.max() + 1)), np.zeros((2, code.max() + 1))
    said = np.empty((3, len(predictions)))
    entered = 0
    at_origin: dict[int, tuple[float, Array, Array]] = {}
    for row, (origin, poll) in enumerate(predictions[:, :2].astype(int).tolist()):
        if origin not in at_origin:
            while entered < len(value) and published[entered] <= origin:
                beside = window(end[entered], published[entered])
                if len(beside) > 1:
                    weight = np.array([1.0, 2.0 ** ((end[entered] - sorted_end[0]) / HALF_LIFE)])
                    count[:, code[entered]] += weight
                    total[:, code[entered]] += weight * (value[entered] - value[beside].mean())
                entered += 1
            now = FADING_BELIEVED * 2.0 ** ((origin - sorted_end[0]) / HALF_LIFE)
            lean = total / (count + np.array([[believed], [now]]))
            recent = window(origin, origin)
            if not len(recent):
                recent = np.arange(max(entered - 5, 0), entered)
            at_origin[origin] = value[recent].mean(), (value[recent] - lean[:, code[recent]]).mean(axis=1), lean
        mean, without, lean = at_origin[origin]
        said[0, row], said[1:, row] = mean, without + lean[:, code[poll]]
    return Rivals(*said)


def compared(frame: pd.DataFrame, filtered: Filtered, believed: float = CHOSEN) -> pd.DataFrame:
    """Return one row a poll and origin: what came, what was predicted by whom, and the row's weight.

    Returns
    -------
    pandas.DataFrame
        Columns ``president, pollster, origin, actual, model, sd, plain, shrunken, fading, disapprove, model_disapprove,
        weight, part, source_id``.
    """
    made = filtered.predictions
    polls = frame.iloc[made[:, 1].astype(int)].reset_index(drop=True)
    rival = rivals(frame, made, believed)
    rows = pd.DataFrame(
        {
            "president": polls["president"],
            "pollster": polls["pollster"],
            "origin": made[:, 0].astype("datetime64[D]").astype("datetime64[s]"),
            "actual": polls["approve"],
            "model": made[:, 2],
            "sd": made[:, 4],
            "plain": rival.plain,
            "shrunken": rival.shrunken,
            "fading": rival.fading,
            "disapprove": polls["disapprove"],
            "model_disapprove": made[:, 3],
            "source_id": polls["source_id"],
        }
    )
    rows["weight"] = 1.0 / rows.groupby(["origin", "pollster"])["actual"].transform("size")
    rows["part"] = np.where(polls["published"] < pd.Timestamp(HELD_BACK), EARLIER, LATER)
    # An origin before the cut predicts polls after it: these belong to neither part.
    straddles = (rows["part"] == LATER) & (rows["origin"] < pd.Timestamp(HELD_BACK))
    return rows[~straddles].reset_index(drop=True)


def record(rows: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Return the mean absolute errors and coverage by president and part.

    Parameters
    ----------
    rows
        From :func:`compared`, of one or several presidents.
    seed
        Of the resampling behind the intervals of the ratios.

    Returns
    -------
    pandas.DataFrame
        A row each president and part, and one for all that was held back. Errors in points; ``coverage_90`` is the
        share of polls, as weighted, that the model's 90 % intervals held.
    """
    groups = [((str(name), str(part)), one) for (name, part), one in rows.groupby(["president", "part"], sort=True)]
    held = rows[rows["part"] == LATER]
    if held["president"].nunique() > 1:
        groups.append((("all", LATER), held))
    return pd.DataFrame([_row(name, part, one, seed) for (name, part), one in groups])


def _row(name: str, part: str, rows: pd.DataFrame, seed: int) -> dict[str, object]:
    weight = rows["weight"].to_numpy()
    error = {
        rival: (rows[rival] - rows["actual"]).abs().to_numpy() for rival in ("model", "plain", "shrunken", "fading")
    }
    mean = {rival: float(np.average(values, weights=weight)) for rival, values in error.items()}
    inside = error["model"] <= NINETY * rows["sd"].to_numpy()
    other = (rows["model_disapprove"] - rows["disapprove"]).abs().to_numpy()
    low, high = _interval(rows["origin"], weight, error["model"], error["shrunken"], seed)
    return {
        "president": name,
        "part": part,
        "first_origin": rows["origin"].min(),
        "last_origin": rows["origin"].max(),
        "origins": rows["origin"].nunique(),
        "pollsters": rows["pollster"].nunique(),
        "predictions": len(rows),
        "mae": mean["model"],
        "mae_plain": mean["plain"],
        "mae_shrunken": mean["shrunken"],
        "mae_fading": mean["fading"],
        "ratio_plain": mean["model"] / mean["plain"],
        "ratio_fading": mean["model"] / mean["fading"],
        "ratio_shrunken": mean["model"] / mean["shrunken"],
        "ratio_shrunken_low": low,
        "ratio_shrunken_high": high,
        "coverage_90": float(np.average(inside, weights=weight)),
        "mae_disapprove": float(np.average(other, weights=weight)),
        "coverage_90_disapprove": float(np.average(other <= NINETY * rows["sd"].to_numpy(), weights=weight)),
        "source_id": joined_ids(rows["source_id"].unique()),
    }


def _interval(origin: pd.Series, weight: Array, ours: Array, theirs: Array, seed: int) -> tuple[float, float]:
    """Return a 90 % interval of the ratio of two mean errors, from blocks of weeks drawn again."""
    block = (day_numbers(origin) - int(day_numbers(origin).min())) // (7 * BLOCK_WEEKS)
    sums: Sequence[Array] = [np.bincount(block, weights=weight * error) for error in (ours, theirs)]
    blocks = len(sums[0])
    if blocks < 4:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, blocks, (RESAMPLES, blocks))
    low, high = np.quantile(sums[0][drawn].sum(axis=1) / sums[1][drawn].sum(axis=1), [0.05, 0.95])
    return float(low), float(high)
