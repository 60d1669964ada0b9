"""People who would become regular under a law for those resident on a date.

The resident population without status is the newest published estimate of the Department of Homeland Security known on
the day; the part that becomes regular is the share that the Congressional Budget Office expected of the 2013 bill (8.0
of 11.5 million), drawn between half and nine tenths for want of anything better. It is a number of people and not a
flow: it changes nobody's way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vado.forecast.archive import Archive
from vado.forecast.targets import Floats
from vado.policy.outcomes import Outcome
from vado.policy.projection import Projection

LEVER = "us.legalization"
#: Share of those resident who become regular, and the range that is drawn from.
SHARE, LOW, HIGH = 8.0 / 11.5, 0.5, 0.9
SHARE_ASSUMED = {
    "name": "regularized.share",
    "value": f"{SHARE:.2f}, {LOW} to {HIGH}",
    "unit": "share",
    "note": "Share of those resident who become regular: 8.0 of 11.5 million expected of the bill of 2013 (CBO).",
}
#: No run tells it; it stands in the same tables.
REGULARIZED = Outcome(
    "regularized",
    "People resident on the date who become regular",
    "persons",
    "persons",
    True,
    lambda run: np.zeros(run.sizes["draw"]),
    human=True,
)


def regularized(archive: Archive, projection: Projection, history: Mapping[str, Sequence[Mapping[str, Any]]]) -> Floats:
    """Return how many become regular in each member, zero where the scenario legalizes nobody."""
    steps = history.get(LEVER, ())
    values = [step["value"] for step in steps]
    strongest = max((max(v.values()) if isinstance(v, Mapping) else float(v) for v in values), default=0.0)
    if not strongest:
        return np.zeros(projection.members)
    rows = archive.observe("unauthorized_population", as_of=projection.knowledge.as_of, place="USA")
    whole = (rows["nationality"] == "ALL") & ~rows["attributes"].str.contains("birth_region")
    rows = rows[whole & rows["series"].str.startswith("DHS") & rows["value"].notna()]
    newest = rows.sort_values(["period_end", "published"]).iloc[-1]
    random = np.random.default_rng([projection.seed, 4])
    share = random.triangular(LOW, SHARE, HIGH, projection.members)
    return np.asarray(strongest * float(newest["value"]) * share)
