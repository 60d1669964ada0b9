"""Recorded votes on immigration bills, and what Vado's own coding says of each.

The direction of a yea stands in the ledger: 1 expands status, -1 restricts, 0 is mixed or a matter of procedure and is
left out. Everything else here is coded by hand from the record: which roll calls belong to one bill (a bill that came
back in a later Congress under the same name is one bill, and two that became one law are one), what it is about, and
who put it forward. No coding is published; each that was doubted is listed with the reason, and none was changed.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.errors import BadValueError

if TYPE_CHECKING:
    from vado.politics.members import Positions

KINDS = ("legalization", "dreamers", "farm_workers", "legal_immigration", "enforcement", "executive_action")
#: Members of the whole Senate, three fifths of which close a debate.
SENATE = 100
CLOTURE = 60


@dataclass(frozen=True)
class Bill:
    """What a bill is about.

    Parameters
    ----------
    family
        Name shared by all roll calls that are left out together.
    kind
        One of :data:`KINDS`.
    mover
        Who put it forward: ``D``, ``R`` or ``both``.
    """

    family: str
    kind: str
    mover: str


_COMPROMISE_2007 = Bill("compromise of 2007", "legalization", "both")
_COMPROMISE_2006 = Bill("compromise of 2006", "legalization", "both")
_EXECUTIVE_2014 = Bill("executive action of 2014", "executive_action", "R")
_FARM_2019 = Bill("Farm Workforce Modernization Act", "farm_workers", "both")
_PROMISE = Bill("Dream and Promise Act", "dreamers", "D")

#: Congress and bill as in the ledger → what it is about.
BILLS: dict[tuple[int, str], Bill] = {
    (101, "s358"): Bill("Immigration Act of 1990", "legal_immigration", "both"),
    (101, "hr4300"): Bill("Immigration Act of 1990", "legal_immigration", "D"),
    (104, "hr2202"): Bill("act of 1996", "enforcement", "R"),
    (109, "hr1268"): Bill("AgJOBS of 2005", "farm_workers", "both"),
    (109, "hr4437"): Bill("H.R.4437", "enforcement", "R"),
    (109, "s2454"): Bill("compromise of 2006", "enforcement", "R"),
    (109, "s2611"): _COMPROMISE_2006,
    (109, "hr6061"): Bill("Secure Fence Act", "enforcement", "R"),
    (110, "s1348"): _COMPROMISE_2007,
    (110, "s1639"): _COMPROMISE_2007,
    (110, "s2205"): Bill("DREAM Act", "dreamers", "both"),
    (111, "hr5281"): Bill("DREAM Act", "dreamers", "D"),
    (113, "s744"): Bill("S.744", "legalization", "both"),
    (113, "hr5272"): _EXECUTIVE_2014,
    (113, "hr5759"): _EXECUTIVE_2014,
    (114, "s534"): _EXECUTIVE_2014,
    (115, "hr3697"): Bill("H.R.3697", "enforcement", "R"),
    (115, "hr2579"): Bill("amendments of February 2018", "dreamers", "both"),
    (115, "hr4760"): Bill("H.R.4760", "enforcement", "R"),
    (116, "hr268"): Bill("amendments of January 2019", "enforcement", "R"),
    (116, "hr6"): _PROMISE,
    (117, "hr6"): _PROMISE,
    (116, "hr5038"): _FARM_2019,
    (117, "hr1603"): _FARM_2019,
    (117, "sconres14"): Bill("budget amendments of 2021", "enforcement", "R"),
    (118, "hr2"): Bill("H.R.2", "enforcement", "R"),
    (119, "s5"): Bill("S.5", "enforcement", "R"),
}
#: Roll calls on an amendment that is not what the bill is.
AMENDMENTS: dict[str, Bill] = {
    "s97-109.2005": Bill("AgJOBS of 2005", "farm_workers", "R"),
    "s34-115.2018": Bill("amendments of February 2018", "enforcement", "R"),
    "s36-115.2018": Bill("amendments of February 2018", "enforcement", "R"),
}
#: Directions that were doubted, each with the reason; all are kept as the ledger has them.
DOUBTED: dict[str, str] = {
    "s97-109.2005": "a rival of AgJOBS with temporary work and no path to residence: less, not clearly the reverse",
    "s108-104.1996": "97 to 3: kept as restricting, and says nothing of where the sides part",
    "s160-113.2013": "the amendment adds enforcement to a bill that expands; a yea carried the bill as a whole",
    "s203-110.2007": "cloture: some who refused it wanted more amendments and not less status",
    "s204-110.2007": "cloture: some who refused it wanted more amendments and not less status",
    "s36-115.2018": "a path for Dreamers with cuts of family visas; the like in the House (H.R.6136) is coded 0",
    "s9-116.2019": "three years of protection for Dreamers with a wall; mixed, and followed by party",
    "h282-115.2018": "renewable status for some Dreamers in a bill that restricts; also opposed from the right",
    "s341-117.2021": "a reserve fund in a budget resolution: words without force, cheap to vote for",
    "s353-117.2021": "a reserve fund in a budget resolution: words without force",
}
_WORDS = (("farm", "farm_workers"), ("agricultur", "farm_workers"), ("dream", "dreamers"))


def directed(roll_calls: pd.DataFrame) -> pd.DataFrame:
    """Return the roll calls that have a direction, with what each is about and whether it carried.

    Parameters
    ----------
    roll_calls
        The ledger's table ``roll_calls``.

    Returns
    -------
    pandas.DataFrame
        With ``family``, ``kind``, ``mover``, ``cloture``, ``to_proceed``, ``carried``, ``doubt``, in order of date.

    Notes
    -----
    A roll call that is not coded here is a bill of its own, about what its label says, put forward by both parties
    where it expands and by Republicans where it restricts, as most of the coded are.
    """
    rows = roll_calls[roll_calls["yea_direction"] != 0].sort_values(["date", "vote_id"]).reset_index(drop=True)
    about = [_about(row) for row in rows.to_dict("records")]
    carried = [
        needed(str(row["majority_required"]), int(row["yea"]), int(row["nay"])) <= int(row["yea"])
        for row in rows.to_dict("records")
    ]
    return rows.assign(
        family=[one.family for one in about],
        kind=[one.kind for one in about],
        mover=[one.mover for one in about],
        cloture=rows["category"] == "cloture",
        to_proceed=rows["question"].str.contains("to proceed", case=False),
        carried=np.array(carried, dtype=bool),
        doubt=rows["vote_id"].map(DOUBTED).fillna(""),
    )


def needed(required: str, yeas: int, nays: int) -> int:
    """Return how many yeas a question needs: over half or two thirds of those voting, or 60 senators.

    Raises
    ------
    BadValueError
        For another rule.

    >>> needed("1/2", 220, 213), needed("3/5", 46, 53)
    (217, 60)
    """
    voting = yeas + nays
    if required == "1/2":
        return voting // 2 + 1
    if required == "3/5":
        return CLOTURE
    if required == "2/3":
        return -(-2 * voting // 3)
    raise BadValueError(f"majority_required is 1/2, 3/5 or 2/3, not {required!r}")


def ballots(roll_calls: pd.DataFrame, votes: pd.DataFrame, positions: Positions) -> pd.DataFrame:
    """Return one row a member and roll call, with the member's position before that Congress.

    Parameters
    ----------
    roll_calls
        As :func:`directed` returns them.
    votes
        The ledger's table ``votes``.
    positions
        Where members stood.

    Returns
    -------
    pandas.DataFrame
        ``open`` is 1 for a vote that expands status (a yea that expands or a nay to what restricts), 0 for the
        reverse, and missing for who did not vote. Ordered by date, roll call and member.
    """
    columns = ["vote_id", "date", "congress", "chamber", "yea_direction", "family", "kind", "mover"]
    joined = votes.drop(columns="source_id").merge(roll_calls[[*columns, "cloture", "to_proceed"]], on="vote_id")
    placed = [positions.place(joined[joined["congress"] == n], int(n)) for n in joined["congress"].unique()]
    frame = pd.concat(placed).sort_values(["date", "vote_id", "bioguide_id"]).reset_index(drop=True)
    yea = frame["vote"].map({"Yea": 1.0, "Nay": 0.0})
    return frame.assign(open=np.where(frame["yea_direction"] > 0, yea, 1.0 - yea))


def _about(row: Mapping[Hashable, Any]) -> Bill:
    congress, bill, vote = int(row["congress"]), str(row["bill"]), str(row["vote_id"])
    if vote in AMENDMENTS:
        return AMENDMENTS[vote]
    if (congress, bill) in BILLS:
        return BILLS[congress, bill]
    expands = row["yea_direction"] > 0
    kind = next((kind for word, kind in _WORDS if word in str(row["label"]).lower()), "legalization")
    return Bill(f"{bill} of Congress {congress}", kind if expands else "enforcement", "both" if expands else "R")
