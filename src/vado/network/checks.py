"""Says whether a description can run, and if not, what has to be mended.

Each rule is one small function in the files ``checks_…``; here they are all asked, and all their findings come out at
once. A network made in Python is checked as one that was read, only without lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from vado.errors import Fault
from vado.network.checks_graph import check_choices, check_cycles, check_dead_ends, check_groups_leave, check_reached
from vado.network.checks_names import (
    check_circles,
    check_counters,
    check_countries,
    check_drivers,
    check_events,
    check_first,
    check_households,
    check_ids,
    check_nationalities,
    check_places,
    check_queues,
    check_readers,
    check_sources,
    check_targets,
)
from vado.network.checks_stations import (
    check_changes,
    check_convoys,
    check_coordinates,
    check_giving_up,
    check_route_times,
    check_shares,
)
from vado.network.checks_values import check_low_high, check_ranges, check_units, check_values
from vado.network.examined import Examined
from vado.network.items import Path
from vado.network.model import Network
from vado.network.sound import Finding
from vado.network.stand_in import Unread

#: A rule: it yields what breaks it.
Rule = Callable[[Examined], Iterator[Finding]]

#: Whoever sees this many faults of one sort need not see more.
_MOST_OF_A_RULE = 200

#: All rules, each once.
RULES: tuple[Rule, ...] = (
    check_places,
    check_targets,
    check_ids,
    check_events,
    check_queues,
    check_first,
    check_counters,
    check_nationalities,
    check_households,
    check_countries,
    check_sources,
    check_drivers,
    check_readers,
    check_circles,
    check_units,
    check_values,
    check_low_high,
    check_ranges,
    check_shares,
    check_route_times,
    check_convoys,
    check_giving_up,
    check_changes,
    check_coordinates,
    check_cycles,
    check_dead_ends,
    check_reached,
    check_groups_leave,
    check_choices,
)


def check(
    network: Network, where: Callable[[Path], tuple[str, int]] | None = None, unread: Unread | None = None
) -> list[Fault]:
    """Check a description against all rules.

    Parameters
    ----------
    network
        The description.
    where
        Gives file and line of a path; without it faults have none.
    unread
        What stands in for parts that could not be read; without it the network is complete.

    Returns
    -------
    list of Fault
        All faults, rule by rule; empty if the description can run.

    Examples
    --------
    >>> network = Network.model_validate({
    ...     "system": "ford", "start": "2021-01-01", "places": {"south": {"name": "South bank"}},
    ...     "groups": {"nationalities": ["HTI"]},
    ...     "stations": [
    ...         {"id": "home", "kind": "source", "place": "south", "departures": 10, "to": "ford"},
    ...         {"id": "ford", "kind": "sink", "place": "north"},
    ...     ],
    ... })
    >>> print(*check(network))
    stations.ford.place: unknown place 'north'; did you mean 'south'?
    """
    examined = Examined(network, unread or Unread(None))
    faults = []
    for rule in RULES:
        findings = list(islice(rule(examined), _MOST_OF_A_RULE + 1))
        if len(findings) > _MOST_OF_A_RULE:
            findings[-1] = findings[-1]._replace(what="more faults of this sort follow", mend="mend those above first")
        for finding in findings:
            file, line = where(finding.path) if where else ("", 0)
            faults.append(Fault(file, line, examined.key(finding.path), finding.what, finding.mend))
    return faults
