"""Rooms import only from rooms below them, and the command line loads nothing heavy before it must."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "vado"

#: Floors of the house, lowest first; modules that all may use stand at the bottom.
FLOORS = [
    {"errors", "rooms"},
    {"answer", "seeds"},
    {"ledger"},
    {"provenance"},
    {"network"},
    {"engine"},
    {"simulation"},
    {"forecast", "stock", "flee"},
    {"policy"},
    {"politics"},
    {"claims"},
    {"report"},
    {"run"},
    {"doctor"},
    {"web", "cli", "terminal"},
]
#: The report draws answers and must not know what made them.
REPORT_MAY = {"errors", "answer"}


def floor(room):
    return next(index for index, rooms in enumerate(FLOORS) if room in rooms)


def imports(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("vado."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.ImportFrom) and node.module == "vado":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("vado."))


FILES = sorted(file for file in PACKAGE.rglob("*.py") if file != PACKAGE / "__init__.py")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_room_imports_only_from_below(file):
    room = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for other in set(imports(file)) - {room}:
        assert floor(other) <= floor(room), f"{room} imports {other}"
        if floor(other) == floor(room):
            assert {other, room} <= {"cli", "terminal", "web"}, f"{room} imports {other} of its own floor"
        if room == "report":
            assert other in REPORT_MAY


def test_help_loads_nothing_heavy():
    code = "import sys, vado.cli; print(sorted({'pandas', 'numpy', 'duckdb', 'altair', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_public_name_is_there_and_described():
    import vado

    for name in vado.__all__:
        assert getattr(vado, name).__doc__, name


@pytest.mark.parametrize("room", ["stock", "forecast"])
def test_a_room_can_be_called_whatever_was_imported_first(room):
    code = f"import vado.{room}, vado; print(callable(vado.{room}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"
