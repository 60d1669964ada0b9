"""Write what the fitted corridor says: ``forecast/corridor_moves.npz`` and ``forecast/fit/us_mexico_fit.npz``.

The first holds one fit an origin, from what was known on the day on which its month came out, filed under the digest of
all inputs, and for the last origin one more without each counter on the way. The second is the fit to all months of the
ledger. What has its digest in the files already is not fitted again. It takes about half a minute an origin.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np

from vado.forecast import structural
from vado.forecast.archive import Archive
from vado.forecast.fit import ask, store
from vado.forecast.members import Knowledge, Settings, know
from vado.forecast.targets import read_panel, release_day
from vado.ledger.ledger import open_ledger


def main() -> None:
    """Fit every origin that is missing, and write the files."""
    kept: dict[str, Any] = {}

    def take(knowledge: Knowledge) -> None:
        made = structural.moves(knowledge, Settings())
        if made is not None:
            kept[structural.digest(knowledge)] = made.astype(np.float32)
        print(f"{knowledge.panel.origin:%Y-%m} {knowledge.without}", file=sys.stderr, flush=True)

    with open_ledger() as ledger:
        archive = Archive(ledger)
        months = read_panel(archive).months[structural.FEWEST_MONTHS - 1 :]
        for origin in months:
            knowledge = know(archive, release_day(archive, origin.date()), origin)
            take(knowledge)
        for counter in structural.ON_THE_WAY:
            take(replace(knowledge, without=counter))
        np.savez_compressed(structural.SHIPPED, allow_pickle=False, **kept)
        inputs = ask.inputs(archive)
        store.keep(store.stored_fit(*inputs), store.digest(*inputs), store.SHIPPED)


if __name__ == "__main__":
    main()
