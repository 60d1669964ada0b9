"""Measure something that needs a process of its own, and print it as JSON.

``python -m vado.doctor.child ensemble N`` runs N members of the corridor of 60 places on two threads over 24 months;
``start N`` runs them over one month. Both print the seconds, the second from the first import on, and the most memory
that the process held [bytes], null where the system does not say.
"""

from __future__ import annotations

import sys
import time

STARTED = time.perf_counter()


def main() -> None:
    """Run what the arguments say."""
    import vado.doctor.corridor
    import vado.engine

    what, members = sys.argv[1], int(sys.argv[2])
    network = vado.doctor.corridor.corridor_of()
    started = STARTED if what == "start" else time.perf_counter()
    vado.engine.run(network, months=1 if what == "start" else 24, members=members, threads=2)
    seconds = time.perf_counter() - started

    import json

    sys.stdout.write(json.dumps({"seconds": seconds, "bytes": peak_memory()}) + "\n")


def peak_memory() -> int | None:
    """Return the most memory that this process held [bytes]; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


if __name__ == "__main__":
    main()
