"""Print how well votes on immigration bills are predicted when they were not seen, and what a bill's chances were.

Run from the checkout: ``python benchmarks/congress.py``; about a minute. First the record on every roll call of the
ledger, and the roll calls one by one; then the record without the doubted directions; then the chances of some sorts of
bill at a few dates.
"""

from __future__ import annotations

import pandas as pd

import vado
from vado.ledger.ledger import Ledger
from vado.politics import congress_record
from vado.politics.congress import BILLS, congress
from vado.politics.congress_record import MODEL, SCHEMES
from vado.politics.members import Positions
from vado.politics.roll_calls import ballots, directed

CASES = ((109, "2006-05-01"), (110, "2007-06-01"), (113, "2013-06-01"), (117, "2021-03-01"), (117, "2021-11-16"))
SORTS = ("legalization", "dreamers", "enforcement")


def main() -> None:
    pd.set_option("display.width", 200)
    with vado.open_ledger() as ledger:
        every = directed(ledger.read("roll_calls"))
        for title, calls in (("All roll calls", every), ("Without the doubted", every[every["doubt"] == ""])):
            _record(ledger, title, calls)
        _chances(ledger)


def _record(ledger: Ledger, title: str, calls: pd.DataFrame) -> None:
    frame = ballots(calls, ledger.read("votes"), Positions(ledger.read("members")))
    made = congress_record.record(frame, calls)
    print(f"\n{title}: {len(calls)} on {calls['family'].nunique()} bills, {calls['carried'].mean():.3f} carried\n")
    print(made.table().round(4).to_string(index=False))
    if title.startswith("All"):
        for scheme in SCHEMES:
            own = made.outcomes[made.outcomes["scheme"] == scheme].sort_values("date")
            inside = ((own["low_90"] <= own["actual_yeas"]) & (own["actual_yeas"] <= own["high_90"])).mean()
            print(f"\n{scheme}: 90 % intervals of yeas hold {100 * inside:.0f} % of {len(own)} roll calls\n")
            columns = ["date", "vote_id", "actual_yeas", "median_yeas", "low_90", "high_90", "votes_right", MODEL]
            print(own[columns].to_string(index=False, float_format="{:.3f}".format))


def _chances(ledger: Ledger) -> None:
    print(
        f"\nChances if put to the vote\n\n{'bill':14}{'Congress':>9}  {'as of':12}{'House':>7}{'Senate':>8}{'both':>7}"
    )
    for number, date in CASES:
        for bill in SORTS:
            found = congress(ledger, bill=bill, congress=number, as_of=date, draws=2000).tables["chambers"]
            chance = found.set_index("question")["chance"]
            values = (chance["House passage"], chance["Senate, both questions"], chance["both chambers"])
            print(f"{bill:14}{number:>9}  {date:12}{values[0]:>7.2f}{values[1]:>8.2f}{values[2]:>7.2f}")
    assert set(SORTS) <= set(BILLS)


if __name__ == "__main__":
    main()
