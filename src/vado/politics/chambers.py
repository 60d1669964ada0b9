"""The distribution of yeas in each chamber, and the chance that a bill passes both.

A bill is put to three questions: passage in the House (more yeas than nays), cloture in the Senate (three fifths of the
whole Senate, absent or not) and passage in the Senate (more yeas than nays). The error of the bill, of its kind and of
the Congress is drawn once and shared by all three; each roll call has an error of its own. Absences come from the
roll calls fitted: the share absent varies from one roll call to the next. A tie fails, because who presides is not
modelled. Reconciliation, which needs no cloture, is excluded: its rules would have to let the provisions in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vado.politics.passage import Fit, Floats
from vado.politics.roll_calls import SENATE, needed

Counts = NDArray[np.int64]

#: Share absent assumed where no roll call of the chamber is known, and the least spread of it.
ABSENT, ABSENT_SPREAD = 0.03, 0.01


@dataclass(frozen=True)
class Question:
    """A vote that a bill must win."""

    name: str
    chamber: str
    required: str
    cloture: bool


QUESTIONS = (
    Question("House passage", "House", "1/2", False),
    Question("Senate cloture", "Senate", "3/5", True),
    Question("Senate passage", "Senate", "1/2", False),
)


@dataclass(frozen=True)
class Tally:
    """Yeas and nays by draw, shape (draw,) each, and what each member does.

    Parameters
    ----------
    yeas, nays
        Members who vote so, by draw.
    carried
        Whether the question carries, by draw.
    chance
        Mean chance of a yea of each member if present, shape (member,).
    by_side
        Yeas by draw of the left (-1) and the right (1).
    """

    yeas: Counts
    nays: Counts
    carried: NDArray[np.bool_]
    chance: Floats
    by_side: Mapping[int, Counts]


@dataclass(frozen=True)
class Absences:
    """Share absent: its mean and spread between roll calls, by chamber."""

    mean: Mapping[str, float]
    spread: Mapping[str, float]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Absences:
        """Return the absences of the ballots given."""
        shares = frame["open"].isna().groupby([frame["chamber"], frame["vote_id"]]).mean()
        mean = shares.groupby("chamber").mean().to_dict()
        spread = shares.groupby("chamber").std().fillna(ABSENT_SPREAD).to_dict()
        return cls({str(k): float(v) for k, v in mean.items()}, {str(k): float(v) for k, v in spread.items()})

    def draw(self, chamber: str, draws: int, random: np.random.Generator) -> Floats:
        """Return shares absent, shape (draw,), from a beta distribution with this mean and spread."""
        mean = min(max(self.mean.get(chamber, ABSENT), 0.002), 0.5)
        variance = min(max(self.spread.get(chamber, ABSENT_SPREAD), 0.002) ** 2, 0.5 * mean * (1.0 - mean))
        weight = mean * (1.0 - mean) / variance - 1.0
        return random.beta(mean * weight, (1.0 - mean) * weight, draws)


def tally(
    fitted: Fit,
    frame: pd.DataFrame,
    required: Mapping[str, str],
    absences: Absences,
    draws: int,
    random: np.random.Generator,
) -> dict[str, Tally]:
    """Return the outcome of every roll call in a frame of ballots, all from the same draws of the model.

    Parameters
    ----------
    fitted
        The model.
    frame
        Ballots of everyone who sits, as :func:`vado.politics.roll_calls.ballots` or :func:`put` make them.
    required
        Roll call → majority it needs.
    absences
        How many are absent.
    draws, random
        How many draws, and where they come from.
    """
    frame = frame.reset_index(drop=True)
    opened = fitted.draw(frame, draws, random)
    yea = np.where(frame["yea_direction"].to_numpy() > 0, opened, 1.0 - opened)
    found = {}
    for vote, rows in frame.groupby("vote_id", sort=False):
        at = rows.index.to_numpy()
        absent = absences.draw(str(rows["chamber"].iloc[0]), draws, random)
        present = random.random((draws, len(at))) >= absent[:, None]
        voted = (random.random((draws, len(at))) < yea[:, at]) & present
        yeas, nays = voted.sum(axis=1), (present & ~voted).sum(axis=1)
        rule = required[str(vote)]
        least = np.array([needed(rule, int(y), int(n)) for y, n in zip(yeas, nays, strict=True)])
        side = rows["side"].to_numpy()
        sides = {one: voted[:, side == one].sum(axis=1) for one in (-1, 1)}
        found[str(vote)] = Tally(yeas, nays, yeas >= least, yea[:, at].mean(axis=0), sides)
    return found


def put(sitting: Mapping[str, pd.DataFrame], congress: int, direction: int, kind: str, mover: str) -> pd.DataFrame:
    """Return the ballots of a bill that nobody has voted on, for all three questions.

    Parameters
    ----------
    sitting
        Chamber → members with positions.
    congress
        The Congress.
    direction, kind, mover
        What a yea does, what the bill is about and who puts it forward.
    """
    frames = [
        sitting[question.chamber].assign(
            vote_id=question.name,
            congress=congress,
            chamber=question.chamber,
            yea_direction=direction,
            family="the bill asked about",
            kind=kind,
            mover=mover,
            cloture=question.cloture,
            to_proceed=False,
        )
        for question in QUESTIONS
    ]
    return pd.concat(frames, ignore_index=True)


def chamber_rows(tallies: Mapping[str, Tally]) -> list[dict[str, object]]:
    """Return a row a question, one for the Senate and one for both chambers."""
    rows: list[dict[str, object]] = []
    for question in QUESTIONS:
        one = tallies[question.name]
        size = len(one.chance)
        least = needed(question.required, size if question.chamber == "House" else SENATE, 0)
        rows.append({"chamber": question.chamber, "question": question.name, "members": size})
        rows[-1] |= {"chance": float(one.carried.mean()), "needed": least, "rule": question.required}
        rows[-1] |= {"median_yeas": float(np.median(one.yeas))}
        for part in (80, 90):
            low, high = np.quantile(one.yeas, [0.5 - part / 200, 0.5 + part / 200])
            rows[-1] |= {f"low_{part}": float(low), f"high_{part}": float(high)}
    senate = tallies["Senate cloture"].carried & tallies["Senate passage"].carried
    rows.append({"chamber": "Senate", "question": "Senate, both questions", "chance": float(senate.mean())})
    both = passes(tallies)
    rows.append({"chamber": "both", "question": "both chambers", "chance": float(both.mean())})
    return rows


def passes(tallies: Mapping[str, Tally]) -> NDArray[np.bool_]:
    """Return by draw whether all three questions carry."""
    carried = [tallies[question.name].carried for question in QUESTIONS]
    return np.asarray(np.all(carried, axis=0), dtype=np.bool_)


def yea_rows(tallies: Mapping[str, Tally]) -> list[dict[str, object]]:
    """Return the distribution of yeas, in steps of ten in the House and two in the Senate."""
    rows: list[dict[str, object]] = []
    for question in QUESTIONS:
        width = 10 if question.chamber == "House" else 2
        yeas = tallies[question.name].yeas
        steps = yeas // width
        for step in range(int(steps.min()), int(steps.max()) + 1):
            row: dict[str, object] = {"chamber": question.chamber, "question": question.name, "yeas": step * width}
            rows.append(row | {"to": (step + 1) * width - 1, "chance": float((steps == step).mean())})
            rows[-1] |= {"at_least": float((yeas >= step * width).mean())}
    return rows


def pivots(frame: pd.DataFrame, tallies: Mapping[str, Tally]) -> pd.DataFrame:
    """Return the members whose yea decides, by their position alone.

    On each scale members are ordered from the readiest to vote yea: by the chance that the model gives them, and by
    the first dimension. The pivot is the one whose yea makes the number needed if all sitting vote.
    """
    rows = []
    for question in QUESTIONS:
        own = frame[frame["vote_id"] == question.name].reset_index(drop=True)
        own = own.assign(chance=tallies[question.name].chance)
        place = needed(question.required, len(own) if question.chamber == "House" else SENATE, 0)
        if place > len(own):
            continue
        leaning = -float(own["yea_direction"].iloc[0])
        for scale, key in (("model", -own["chance"]), ("first dimension", -leaning * own["dim1"])):
            pivot = own.loc[key.sort_values(kind="stable").index[place - 1]]
            row = {"chamber": question.chamber, "question": question.name, "scale": scale, "position": place}
            row |= {"of": len(own), "party": pivot["party"], "state": pivot["state"], "dim1": pivot["dim1"]}
            rows.append(row | {"dim2": pivot["dim2"], "chance_of_yea": pivot["chance"]})
    return pd.DataFrame(rows)


def party_rows(frame: pd.DataFrame, tallies: Mapping[str, Tally]) -> list[dict[str, object]]:
    """Return yeas by side of the aisle: members without a party stand with the side of their last score."""
    rows: list[dict[str, object]] = []
    for question in QUESTIONS:
        side = frame.loc[frame["vote_id"] == question.name, "side"]
        for one, name in ((-1, "Democrats"), (1, "Republicans")):
            yeas = tallies[question.name].by_side[one]
            low, high = np.quantile(yeas, [0.05, 0.95])
            row: dict[str, object] = {"chamber": question.chamber, "question": question.name, "party": name}
            row |= {"members": int((side == one).sum()), "expected_yeas": float(yeas.mean())}
            rows.append(row | {"low_90": float(low), "high_90": float(high)})
    return rows
