"""Write ``forecast/corridor_moves.npz``: what the fitted corridor said at every origin of the ledger.

One fit an origin, from what was known on the day on which its month came out, filed under the digest of all inputs.
Origins whose digest is in the file already are not fitted again. It takes about half a minute an origin.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from vado.forecast import structural
from vado.forecast.archive import Archive
from vado.forecast.members import Settings, know
from vado.forecast.targets import read_panel, release_day
from vado.ledger.ledger import open_ledger


def main() -> None:
    """Fit every origin that is missing, and write the file."""
    kept: dict[str, Any] = {}
    with open_ledger() as ledger:
        archive = Archive(ledger)
        months = read_panel(archive).months[structural.FEWEST_MONTHS - 1 :]
        for origin in months:
            knowledge = know(archive, release_day(archive, origin.date()), origin)
            made = structural.moves(knowledge, Settings())
            if made is not None:
                kept[structural.digest(knowledge)] = made.astype(np.float32)
            print(f"{origin:%Y-%m}", file=sys.stderr, flush=True)
    np.savez_compressed(structural.SHIPPED, allow_pickle=False, **kept)


if __name__ == "__main__":
    main()
