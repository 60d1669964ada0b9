"""Takes from the histories of levers what a day could not know, and puts scenarios in their place.

A forecast knows only what was announced by its origin: :func:`known` takes out the rest. A scenario is a dated change
of some levers: :func:`with_changes` puts it in the place of what came from its first date on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from vado.errors import DescriptionError, Fault, UnknownNameError
from vado.network.checks_stations import change_findings
from vado.network.items import key_of
from vado.network.model import Change, Lever, Network
from vado.network.schema import read_part


def known(network: Network, as_of: dt.date) -> Network:
    """Return a network without the changes of levers, and the ends of changes, that were not yet known.

    Parameters
    ----------
    network
        The network.
    as_of
        The last day of which anything is known; a change without a day of announcement was announced when it took
        effect, and an end is known once it has come.

    Returns
    -------
    Network
        The network as that day knew it.

    Examples
    --------
    >>> from vado.network.model import Lever
    >>> change = {"announced": "2021-08-20", "effective": "2021-09-01", "value": 0.5}
    >>> lever = Lever(government="South bank", unit="share", value=0.2, changes=[change])
    >>> network = Network.model_construct(levers={"stop_rate": lever})
    >>> [len(known(network, dt.date(2021, 8, day)).levers["stop_rate"].changes) for day in (19, 20)]
    [0, 1]
    """
    levers = {}
    for name, lever in network.levers.items():
        changes = tuple(
            change.model_copy(update={"ended": None}) if change.ended and change.ended > as_of else change
            for change in lever.changes
            if (change.announced or change.effective) <= as_of
        )
        levers[name] = lever.model_copy(update={"changes": changes})
    return network.model_copy(update={"levers": levers})


def with_changes(network: Network, changes: Mapping[str, Sequence[Change | Mapping[str, Any]]]) -> Network:
    """Return a network in which the history of some levers is another from a date on.

    From the first date given for a lever, its history is what is given; before it, it stays as it was, and a change
    that still held on that date ends the day before. A change without an end holds on.

    Parameters
    ----------
    network
        The network.
    changes
        For each lever its changes, from early to late, each a :class:`~vado.network.model.Change` or a mapping with
        the keys of one.

    Returns
    -------
    Network
        The network with these histories.

    Raises
    ------
    UnknownNameError
        If there is no lever of a name.
    DescriptionError
        If a change lacks something, or the changes do not stand in order.
    """
    faults: list[Fault] = []
    levers = dict(network.levers)
    for name, given in changes.items():
        if name not in levers:
            raise UnknownNameError("lever", name, levers)
        read = [read_part(Change, one, ("levers", name, "changes", number)) for number, one in enumerate(given)]
        wrong = [fault for _, found in read for fault in found]
        if not wrong and read:
            levers[name] = _replaced(levers[name], [change for change, _ in read])
            for path, what, mend in change_findings(name, levers[name]):
                wrong.append(Fault("", 0, key_of(path, {"levers": {name: levers[name].model_dump()}}), what, mend))
        faults += wrong
    if faults:
        raise DescriptionError(faults)
    return network.model_copy(update={"levers": levers})


def _replaced(lever: Lever, changes: Sequence[Change]) -> Lever:
    first = min(change.effective for change in changes)
    earlier = [change for change in lever.changes if change.effective < first]
    # A change without an end holds until the next one begins.
    begins = [*(change.effective for change in earlier), first][1:]
    kept = []
    for change, following in zip(earlier, begins, strict=True):
        last = following - dt.timedelta(days=1)
        ended = last if change.ended is None or change.ended > last else change.ended
        kept.append(change.model_copy(update={"ended": ended}))
    return lever.model_copy(update={"changes": (*kept, *changes)})
