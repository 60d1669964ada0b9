"""Fits the process to the 2018 inflow-outflow figures, predicts its interval, and counts the ways to do it.

    python benchmarks/stock_reconstruction.py [POINTS]

The three central figures (13.3 and 16.7 million on conservative settings, a mean of 22.1 million) are fitted; the ends
of the 95 % interval are predicted and printed beside the two upper ends that are in circulation. Other sets of inputs
are searched for from POINTS points (default 40) spread over the ranges; a set counts if it meets all three figures to
3 %, and as distinct if a free input differs by a quarter of its range from every set kept before. The number depends on
how many points are tried: the sets that fit are a continuum. At the end stands what 20 and 30 million would need.
"""

from __future__ import annotations

import sys

from vado.ledger.ledger import open_ledger
from vado.stock.inflow import reconstruct
from vado.stock.legalized import legalized, programmes
from vado.stock.reach import reach

DRAWS, SEED = 2000, 1


def main() -> None:
    """Fit, search and print."""
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    with open_ledger() as ledger:
        rebuilt = reconstruct(ledger, draws=DRAWS, tries=tries, seed=SEED)
        print(rebuilt.label)
        print(rebuilt.figures.drop(columns=["source_id", "label"]).round(3).to_string(index=False))
        print(rebuilt.inputs.drop(columns=["source_id", "title"]).round(4).to_string(index=False))
        ends = rebuilt.sets[["low_95_million", "high_95_million"]].agg(["min", "max"]).round(1)
        print(f"{rebuilt.fitting} of {rebuilt.tries} searches meet all three figures; distinct: {rebuilt.distinct}")
        print(f"ends that they predict, free inputs as fitted [million]:\n{ends.to_string()}")
        for target, year in ((13.3e6, 2000), (11e6, 2021), (20e6, 2021), (30e6, 2021)):
            found = reach(ledger, target, year=year, seed=SEED)
            print(f"\n{target / 1e6:.1f} million in {year}: {found.distance:.2f} deviates away")
            print(" ".join(found.summary()))
            moving = found.assumptions[found.assumptions["moves"] == "yes"]
            print(
                moving[["parameter", "from", "to", "half_ranges", "outside", "status"]].round(4).to_string(index=False)
            )
            print(found.implied.drop(columns=["source_id", "note"]).round(3).to_string(index=False))
        for programme in programmes():
            said = legalized(ledger, programme=programme, draws=DRAWS, seed=SEED).scores
            print(f"\n{programme}")
            print(said.drop(columns=["source_id", "note"]).round(2).to_string(index=False))


if __name__ == "__main__":
    main()
