"""Writes a network as the YAML from which it is read back, the same in every number and word.

Keys stand in the order of the model, an id followed by the kind of its station; what has its default is left out, and
what holds no other mapping or list stands on one line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from vado.network.model import Network
from vado.network.yaml_lines import NUMBER


class _Dumper(yaml.SafeDumper):
    """Quotes what the reader would take for a number, and writes what occurs twice out twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(NUMBER), list("-+.0123456789"))


def write(network: Network, path: str | Path | None = None) -> str:
    """Write a network as YAML.

    Parameters
    ----------
    network
        The network.
    path
        The file to write to; without it nothing is written.

    Returns
    -------
    str
        The YAML; :func:`vado.network.read.read` makes an equal network of it.

    Examples
    --------
    >>> print(write(Network.model_validate({
    ...     "system": "ford", "start": "2021-01-01", "places": {"south": {"name": "South bank"}},
    ...     "groups": {"nationalities": ["HTI"]},
    ...     "stations": [{"id": "home", "kind": "sink", "place": "south", "note": ""}],
    ... })))
    system: ford
    start: 2021-01-01
    places:
      south: {name: South bank}
    groups:
      nationalities: [HTI]
    stations:
    - {id: home, kind: sink, place: south}
    <BLANKLINE>
    """
    given = network.model_dump(by_alias=True, exclude_defaults=True)
    data = {key: value for key, value in given.items() if value != {}}
    data["stations"] = [
        {"id": station.id, "kind": station.kind, **described}
        for station, described in zip(network.stations, data["stations"], strict=True)
    ]
    text = yaml.dump(
        _plain(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=118
    )
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text


def _plain(data: Any) -> Any:
    """Return data without tuples, which YAML does not know."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    return [_plain(item) for item in data] if isinstance(data, (list, tuple)) else data
