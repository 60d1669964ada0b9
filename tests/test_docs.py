"""The documentation says what the program does: reference pages, public names, and commands that exist."""

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import yaml

import vado
from vado.engine import run
from vado.network.model import Lever, Parameter
from vado.network.read import read
from vado.network.stations import STATIONS, Described, Station
from vado.network.values import Value, parse

ROOT = Path(__file__).parents[1]
EXAMPLES = [ROOT / "docs" / "examples" / f"{kind}.yaml" for kind in STATIONS]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    subprocess.run([sys.executable, ROOT / "tools" / "build_docs.py", "--out", folder], check=True)
    return folder


@pytest.mark.parametrize("page", ["reference-ledger.md", "reference-cli.md", "reference-network.md"])
def test_reference_pages_are_what_the_program_would_write(written, page):
    assert (ROOT / "docs" / page).read_text() == (written / page).read_text(), "run `make docs`"


def test_every_command_of_the_readme_exists():
    commands = set(re.findall(r"`?vado ([a-z]+)", (ROOT / "README.md").read_text()))
    reference = (ROOT / "docs" / "reference-cli.md").read_text()
    for name in commands:
        assert f"## `vado {name}`" in reference, name


def test_every_link_of_the_documentation_leads_somewhere():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_public_names_are_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    for name in vado.__all__:
        assert name in readme, name


def parts(model=Described):
    """Yield every sort of part that a description has."""
    for child in model.__subclasses__():
        yield child
        yield from parts(child)


def given(item):
    """Yield ``(part, attribute)`` for all that a description gives, in it and below it."""
    if isinstance(item, Described):
        for name in item.model_fields_set:
            for part in type(item).__mro__:
                if issubclass(part, Described) and part is not Described:
                    yield part, name
            yield from given(getattr(item, name))
    elif isinstance(item, (tuple, list)):
        for one in item:
            yield from given(one)
    elif isinstance(item, dict):
        yield from given(tuple(item.values()))


@pytest.fixture(scope="module")
def examples():
    return {part for file in EXAMPLES for part in given(read(file))}


ATTRIBUTES = [(part, name) for part in parts() for name in part.model_fields]


@pytest.mark.parametrize(("part", "name"), ATTRIBUTES, ids=lambda value: getattr(value, "__name__", value))
def test_every_attribute_of_a_description_is_described_and_shown_in_an_example(examples, part, name):
    info = part.model_fields[name]
    key = info.alias or name
    page = (ROOT / "docs" / "reference-network.md").read_text()
    of_a_station = issubclass(part, Station) and name == "kind"
    assert info.description or of_a_station, f"{part.__name__}.{name} has no docstring"
    assert f"| `{key}` |" in page
    assert of_a_station or " ".join(info.description.split()).replace("``", "`") in page
    if part in (Lever, Parameter) or name not in Station.model_fields:
        assert (part, name) in examples, f"no file in docs/examples shows {part.__name__}.{name}"
    else:
        assert (Station, name) in examples


@pytest.mark.parametrize("kind", STATIONS)
def test_the_reference_lists_the_events_of_every_kind_of_station(kind):
    page = (ROOT / "docs" / "reference-network.md").read_text()
    events = page.split(f"### `{kind}`")[1].split("\nEvents: ")[1].split("\n")[0]
    network = read(ROOT / "docs" / "examples" / f"{kind}.yaml")
    station = next(station for station in network.stations if station.kind == kind)
    for event in station.events():
        assert f"`{event}`" in events or "for each way" in events, event


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_runs_and_stands_on_the_page(file):
    network = read(file)
    assert any(station.kind == file.stem for station in network.stations)
    outcome = run(network, days=30)
    assert int(outcome["ended"].sum()) > 0
    assert file.read_text().strip() in (ROOT / "docs" / "reference-network.md").read_text()


def test_the_worked_example_of_the_guide_runs(tmp_path, monkeypatch):
    guide = (ROOT / "docs" / "network.md").read_text()
    monkeypatch.chdir(tmp_path)
    (river,) = [text for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL) if text.startswith("system:")]
    Path("river.yaml").write_text(river)
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    names = {}
    exec(compile(code.replace("members=100", "members=3"), "network.md", "exec"), names)
    assert names["outcome"]["stops"].sizes["time"] == 4


def test_the_guide_shows_every_form_of_a_value_and_each_can_be_read():
    guide = (ROOT / "docs" / "network.md").read_text()
    (forms,) = [text for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL) if text.startswith("stop:")]
    kinds = {type(parse(yaml.safe_load(line)["stop"])) for line in forms.splitlines()}
    assert kinds == set(get_args(Value))
    assert all(f"`{kind}`" in guide for kind in STATIONS)


MODULES = [info.name for info in pkgutil.walk_packages(vado.__path__, "vado.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    module = importlib.import_module(name)
    names = {"open_ledger": vado.open_ledger, "vado": vado}
    failed, _ = doctest.testmod(module, extraglobs=names, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert failed == 0


def test_nothing_names_a_machine_or_a_registry():
    # Split, so that this file does not hold what it looks for.
    banned = ["/wo" + "rk/", "py" + "pi.org", "file" + "s.pythonhosted", "registry.np" + "mjs", "/tm" + "p/bash"]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True).stdout.split("\0")
    for file in filter(None, listed):
        path = ROOT / file
        if path.suffix in {".parquet", ".png", ".npz"} or not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        for word in banned:
            assert word not in text, f"{file} holds {word}"
