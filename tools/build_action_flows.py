"""Write what the corridor gives for each action of the bargain: ``politics/action_flows/``, one file a day that ships.

A file is named by the digest of all that it is made from; files whose digest is no longer made are removed. It takes
about a minute a day.
"""

from __future__ import annotations

import sys

from vado.ledger.dates import day
from vado.ledger.ledger import open_ledger
from vado.politics.action_flows import SHIPPED, action_flows, digest, keep
from vado.politics.leverage import CORRIDOR_MEMBERS, MONTHS, last_day_known

#: Beside the default day: the day on which the text appeared that the project began with.
DAYS = ("2021-11-16",)


def main() -> None:
    """Run what is missing, and remove what is out of date."""
    made = set()
    with open_ledger() as ledger:
        for when in (last_day_known(ledger), *map(day, DAYS)):
            path = SHIPPED / f"actions-{digest(ledger, when, MONTHS, CORRIDOR_MEMBERS, 1)}.npz"
            made.add(path)
            if not path.exists():
                flows = action_flows(ledger, as_of=when, months=MONTHS, members=CORRIDOR_MEMBERS)
                keep(flows, path)
            print(f"{when} {path.name}", file=sys.stderr, flush=True)
    for path in set(SHIPPED.glob("*.npz")) - made:
        path.unlink()


if __name__ == "__main__":
    main()
