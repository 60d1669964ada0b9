"""Members of a Congress and where they stood before it met.

A member's position is the Nokken-Poole score of the last Congress in which the member sat, earlier than the one asked
for. Two other scores are in the ledger and are never read: NOMINATE's, which is constant over a career and so knows
later votes, and the score of the same Congress, which contains the vote that is to be predicted. A newcomer stands at
the mean of the party in the previous Congress, moved by the shrunken deviation of the party's members from the same
state, and by how far newcomers of the three Congresses before stood from their party's mean on the first dimension.

Positions are used relative to the mean of the member's side in the previous Congress as well, because the two sides
have moved apart. A member of neither party counts with the side of the aisle on which the last score lies.

References
----------
Nokken, T. P. and Poole, K. T. (2004). Congressional party defection in American history. Legislative Studies Quarterly
29, 545-568. Scores: Voteview.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import numpy as np
import pandas as pd

from vado.errors import BadValueError

CHAMBERS = ("House", "Senate")
#: Whose delegates sit in the House and have no vote on passage.
WITHOUT_VOTE = ("AS", "DC", "GU", "MP", "PR", "VI")
#: A state's deviation from its party counts as if it had this many further members at the party's mean.
SHRINK = 3.0
#: Congresses whose newcomers tell how far newcomers stand from their party.
DRIFT_CONGRESSES = 3
_SCORES = ["nokken_poole_dim1", "nokken_poole_dim2"]
_SIDE = {"D": -1, "R": 1}


def first_day(congress: int) -> dt.date:
    """Return the day on which a Congress begins.

    >>> first_day(117)
    datetime.date(2021, 1, 3)
    """
    return dt.date(1789 + 2 * (congress - 1), 1, 3)


def last_day(congress: int) -> dt.date:
    """Return the last full day of a Congress.

    >>> last_day(117)
    datetime.date(2023, 1, 2)
    """
    return first_day(congress + 1) - dt.timedelta(days=1)


class Positions:
    """Where members stood before a Congress, from the Congresses before it.

    Parameters
    ----------
    members
        The ledger's table ``members``.
    """

    def __init__(self, members: pd.DataFrame) -> None:
        votes = members["chamber"].isin(CHAMBERS) & ~members["state"].isin(WITHOUT_VOTE)
        self.members = members[votes]
        self._before: dict[int, _Before] = {}

    def place(self, people: pd.DataFrame, congress: int) -> pd.DataFrame:
        """Return people with their positions before a Congress.

        Parameters
        ----------
        people
            Columns ``bioguide_id``, ``party`` and ``state``.
        congress
            The Congress in which they sit; scores of it and of later ones are not read.

        Returns
        -------
        pandas.DataFrame
            ``people`` with ``side`` (-1 left, 1 right), ``dim1``, ``dim2``, ``within1``, ``within2`` (from the mean of
            the side) and ``newcomer``.

        Raises
        ------
        BadValueError
            If no earlier Congress has scores.
        """
        if congress not in self._before:
            self._before[congress] = _Before(self.members[self.members["congress"] < congress], congress)
        return self._before[congress].place(people)

    def sitting(self, congress: int, chamber: str, roll_calls: pd.DataFrame, votes: pd.DataFrame) -> pd.DataFrame:
        """Return who sits in a chamber, as far as the roll calls given tell.

        The list of the last roll call of that Congress names everyone who sat that day, absent or not. Without one the
        table of members is read, one member a seat: the one who sat before, else the lower Voteview number, which is
        given in the order of arrival.

        Returns
        -------
        pandas.DataFrame
            Columns ``bioguide_id``, ``party``, ``state``, ``listed`` (day of the roll call, or NaT), ``source_id``.

        Raises
        ------
        BadValueError
            If neither has the chamber.
        """
        held = roll_calls[(roll_calls["congress"] == congress) & (roll_calls["chamber"] == chamber)]
        columns = ["bioguide_id", "party", "state", "listed", "source_id"]
        if len(held):
            last = held.sort_values(["date", "vote_id"]).iloc[-1]
            listed = votes[votes["vote_id"] == last["vote_id"]].assign(listed=last["date"])
            return pd.DataFrame(listed[columns]).reset_index(drop=True)
        rows = self.members[(self.members["congress"] == congress) & (self.members["chamber"] == chamber)]
        rows = rows[rows["bioguide_id"].notna()]
        if rows.empty:
            raise BadValueError(f"the ledger has no members of the {chamber} in Congress {congress}")
        before = set(self.members.loc[self.members["congress"] < congress, "bioguide_id"])
        rows = rows.assign(new=~rows["bioguide_id"].isin(before), number=rows["member_id"].astype(int))
        rows = rows.sort_values(["new", "number"]).drop_duplicates("bioguide_id")
        seat = ["state", "district"] if chamber == "House" else ["state"]
        rows = rows.groupby(seat, dropna=False, sort=False).head(1 if chamber == "House" else 2)
        rows = rows.assign(listed=pd.Series(pd.NaT, index=rows.index))
        return pd.DataFrame(rows[columns]).sort_values("bioguide_id").reset_index(drop=True)


class _Before:
    """What was known of positions when a Congress met."""

    def __init__(self, earlier: pd.DataFrame, congress: int) -> None:
        self.congress = congress
        self.earlier = earlier[earlier["bioguide_id"].notna() & earlier[_SCORES].notna().all(axis=1)]
        self.arrived = earlier.groupby("bioguide_id")["congress"].min()
        if self.earlier.empty:
            raise BadValueError(f"no member has a score from before Congress {congress}; ask for a later Congress")
        ordered = self.earlier.sort_values(["congress", "member_id"])
        self.last = ordered.drop_duplicates("bioguide_id", keep="last").set_index("bioguide_id")[_SCORES]
        newest = self.earlier[self.earlier["congress"] == self.earlier["congress"].max()]
        self.newest = newest[newest["party"].isin(list(_SIDE))]
        self.mean = self.newest.groupby("party")[_SCORES].mean()

    @cached_property
    def states(self) -> pd.DataFrame:
        """The shrunken deviation of a party's members from a state, by party and state."""
        centred = self.newest[_SCORES] - self.mean.loc[self.newest["party"]].to_numpy()
        groups = centred.groupby([self.newest["party"], self.newest["state"]])
        return pd.DataFrame(groups.sum().div(groups.size() + SHRINK, axis=0))

    @cached_property
    def drift(self) -> dict[str, float]:
        """How far newcomers stand from their party's mean on the first dimension."""
        rows = self.earlier.assign(new=self.earlier["congress"] == self.earlier["bioguide_id"].map(self.arrived))
        means = rows.groupby(["party", "congress"])[_SCORES[0]].mean()
        new = rows[rows["new"] & (rows["congress"] >= self.congress - DRIFT_CONGRESSES)]
        before = means.reindex(pd.MultiIndex.from_arrays([new["party"], new["congress"] - 1])).to_numpy()
        away = (new[_SCORES[0]] - before).groupby(new["party"]).mean()
        return {party: float(np.nan_to_num(away.get(party, 0.0))) for party in _SIDE}

    def place(self, people: pd.DataFrame) -> pd.DataFrame:
        known = self.last.reindex(people["bioguide_id"]).to_numpy()
        newcomer = np.isnan(known[:, 0])
        named = people["party"].map(_SIDE).to_numpy(float)
        # Of those without a party, one who never sat is taken to the left: since 1989 all of them have sat there.
        leaning = np.where(newcomer | (known[:, 0] < 0), -1.0, 1.0)
        side = np.where(np.isnan(named), leaning, named)
        party = np.where(side > 0, "R", "D")
        centre = self.mean.reindex(party).to_numpy()
        keys = pd.MultiIndex.from_arrays([party, people["state"]])
        guess = centre + self.states.reindex(keys).fillna(0.0).to_numpy()
        guess[:, 0] += [self.drift[name] for name in party]
        at = np.where(newcomer[:, None], guess, known)
        from_centre = at - centre
        return people.assign(
            side=side,
            dim1=at[:, 0],
            dim2=at[:, 1],
            within1=from_centre[:, 0],
            within2=from_centre[:, 1],
            newcomer=newcomer,
        )
