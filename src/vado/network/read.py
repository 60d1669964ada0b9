"""Reads the description of a migration system from YAML, and refuses it with every fault at once.

A description is one file, or a folder of files that are joined: mappings key by key, lists one after the other. All
faults of YAML, of the schema and of the rules come out together, each with file, line, key and mend.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath

from pydantic import ValidationError

from vado.errors import BadFileError, DescriptionError, Fault, UnknownNameError
from vado.network.checks import check
from vado.network.items import Item, Path, key_of, short
from vado.network.model import Network
from vado.network.schema import explain, wrongs
from vado.network.stand_in import StandIns
from vado.network.yaml_lines import parse

_CORRIDORS = FilePath(__file__).parents[1] / "corridors"
_MOST_BYTES = 20_000_000
_MOST_FAULTS = 1000
_MOST_ROUNDS = 10


def load_corridor(name_or_path: str | FilePath) -> Network:
    """Load a corridor that ships with Vado, or a description of your own.

    Parameters
    ----------
    name_or_path
        The name of a shipped corridor, or the path of a YAML file or of a folder of YAML files.

    Returns
    -------
    Network
        The description, checked.

    Raises
    ------
    UnknownNameError
        If there is neither a corridor of this name nor a file.
    DescriptionError
        If the description has faults; it lists all of them.
    """
    shipped = corridors()
    name = str(name_or_path)
    if name in shipped:
        return read(_CORRIDORS / name)
    path = FilePath(name_or_path)
    if isinstance(name_or_path, str) and path.name == name and not path.suffix and not path.exists():
        raise UnknownNameError("corridor", name, shipped)
    return read(path)


def corridors() -> list[str]:
    """Return the names of the corridors that ship with Vado, in order."""
    return sorted(folder.name for folder in _CORRIDORS.glob("*") if any(folder.glob("*.yaml")))


def read(path: str | FilePath) -> Network:
    """Read a description.

    Parameters
    ----------
    path
        A YAML file, or a folder whose files ``*.yaml`` and ``*.yml`` are joined.

    Returns
    -------
    Network
        The description, checked: it can be run.

    Raises
    ------
    BadFileError
        If there is no such file, or it cannot be read.
    DescriptionError
        If the description has faults; it lists all of them.
    """
    parsed = [parse(_bytes(file), file.name) for file in _files(FilePath(path))]
    faults = [fault for one in parsed for fault in one.faults]
    roots = [one.root for one in parsed if one.root is not None]
    if len(roots) < len(parsed):
        raise DescriptionError(faults)
    root, twice = _join(roots)
    network, found = _examine(root)
    faults += twice + found
    if network is None or faults:
        raise DescriptionError(dict.fromkeys(faults))
    return network


def _files(path: FilePath) -> list[FilePath]:
    shown = short(str(path), 200)
    try:
        if path.is_dir():
            inner = [file for file in path.iterdir() if file.suffix in (".yaml", ".yml") and file.name[:1] != "."]
            files = sorted(file for file in inner if file.is_file())
            if not files:
                raise BadFileError(f"the folder {shown} holds no .yaml file; name the folder of a description")
            return files
        if not path.is_file():
            raise BadFileError(f"no file or folder {shown}; name a YAML file, or a folder of YAML files")
    except (OSError, ValueError) as error:
        raise BadFileError(f"{shown} cannot be read ({short(str(error), 100)}); name a YAML file or folder") from None
    return [path]


def _bytes(file: FilePath) -> bytes:
    try:
        size = file.stat().st_size
        if size > _MOST_BYTES:
            mend = f"a description has at most {_MOST_BYTES / 1e6:g} MB; is this the right file?"
            raise BadFileError(f"{file.name} has {size / 1e6:.0f} MB; {mend}")
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise BadFileError(f"{file.name} cannot be read ({reason}); see to its permissions") from None


def _join(roots: Sequence[Item]) -> tuple[Item, list[Fault]]:
    """Join the files of a folder; a key that two of them give is a fault."""
    joined = Item({}, roots[0].file, roots[0].line)
    faults = []
    for root in roots:
        for key, item in root.value.items():
            there = joined.value.get(key)
            if there is None:
                whole = dict(item.value) if isinstance(item.value, dict) else item.value
                joined.value[key] = Item(list(whole) if isinstance(whole, list) else whole, item.file, item.line)
            elif isinstance(there.value, dict) and isinstance(item.value, dict):
                for name, inner in item.value.items():
                    if name in there.value:
                        faults.append(_twice((key, name), inner, there.value[name]))
                    else:
                        there.value[name] = inner
            elif isinstance(there.value, list) and isinstance(item.value, list):
                there.value.extend(item.value)
            else:
                faults.append(_twice((key,), item, there))
    return joined, faults


def _twice(path: Path, item: Item, first: Item) -> Fault:
    what = f"this key stands twice, first in {first.file} on line {first.line}"
    return Fault(item.file, item.line, key_of(path, None), what, "keep one of the two")


def _examine(root: Item) -> tuple[Network | None, list[Fault]]:
    """Return the network of a description, None where too little can be read, and all faults but those of YAML."""
    stand_ins = StandIns(root, Network)
    faults: list[Fault] = []
    for _ in range(_MOST_ROUNDS):
        data = root.plain()
        try:
            network = Network.model_validate(data)
        except ValidationError as error:
            found = wrongs(error, data, Network)
            for one in found[:_MOST_FAULTS]:
                faults += explain(one, root, data, Network)
            if len(found) > _MOST_FAULTS:
                what = f"{len(found) - _MOST_FAULTS:,} further faults of this sort"
                return None, [*faults, Fault(faults[-1].file, faults[-1].line, "", what, "mend those above first")]
            if not stand_ins.replace(found, data):
                return None, faults
        else:
            unread = stand_ins.unread
            if not faults:
                unread.token = None
            return network, faults + check(network, lambda path: _where(root, path), unread)
    return None, faults


def _where(root: Item, path: Path) -> tuple[str, int]:
    item = root.at(path)
    return item.file, item.line
