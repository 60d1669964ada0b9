"""Descriptions are read whole or refused with every fault at once, each with its line, whatever the file holds."""

import copy
import datetime as dt
import itertools
import random
import runpy
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given

from vado.errors import BadFileError, DescriptionError, UnknownNameError, VadoError
from vado.network.model import Network
from vado.network.read import corridors, load_corridor, read
from vado.network.write import write

ROOT = Path(__file__).parents[1]
FORD = ROOT / "docs" / "examples" / "ford.yaml"
TWELVE = Path(__file__).parent / "descriptions" / "twelve_faults.yaml"
MINIMAL = Path(__file__).parent / "descriptions" / "minimal.yaml"
PROPERTIES = runpy.run_path(str(Path(__file__).parent / "test_engine_properties.py"))
systems, profile = PROPERTIES["systems"], PROPERTIES["profile"]


def faults_of(path):
    with pytest.raises(DescriptionError) as caught:
        read(path)
    return caught.value.faults


def marked():
    """Return the lines of the file with twelve faults that are marked, and the name of each fault."""
    lines = TWELVE.read_text().splitlines()
    return {number: line.partition("# fault: ")[2] for number, line in enumerate(lines, 1) if "# fault: " in line}


def test_twelve_faults_come_out_at_once_each_with_its_line_and_mend():
    faults = faults_of(TWELVE)
    # A fault is reported where it stands, or at the head of the item it concerns.
    assert len(faults) == len(marked()) == 12
    for fault, line in zip(faults, sorted(marked()), strict=True):
        assert fault.file == "twelve_faults.yaml"
        assert line - 2 <= fault.line <= line
        assert fault.key
        assert fault.what
        assert fault.mend


def test_the_command_line_prints_one_line_a_fault():
    command = [sys.executable, "-c", "from vado.cli import main; main()", "draw", str(TWELVE)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stdout == ""
    lines = ran.stderr.splitlines()
    assert len(lines) == 12
    assert lines[0].startswith("vado: twelve_faults.yaml:11: ")
    assert all("twelve_faults.yaml:" in line for line in lines)


BROKEN = {
    "open bracket": ("system: x\nplaces: {a: {name: [b}\n", 2, "bracket"),
    "tab": ("system: x\nplaces:\n\ta: 1\n", 3, "tab"),
    "indent": ("system: x\n  start: 2021-01-01\n", 2, ""),
    "open quote": ("system: 'x\nstart: 2021-01-01\n", 2, "quot"),
    "twice": ("system: x\nstart: 2021-01-01\nsystem: y\n", 3, "twice"),
    "tag": ("system: !!python/object/apply:os.system ['true']\n", 1, "tag"),
    "unknown anchor": ("system: *name\n", 1, ""),
    "empty": ("", 1, "empty"),
    "only a comment": ("# nothing\n", 1, "empty"),
    "list": ("- a\n- b\n", 1, "list"),
    "text": ("a description\n", 1, ""),
    "two documents": ("system: x\n---\nsystem: y\n", 2, ""),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_yaml_names_its_line(case, tmp_path):
    text, line, said = BROKEN[case]
    (tmp_path / "mine.yaml").write_text(text)
    faults = faults_of(tmp_path / "mine.yaml")
    (fault,) = [fault for fault in faults if fault.line == line and said in str(fault)]
    assert fault.file == "mine.yaml"
    assert "\n" not in "".join(map(str, faults))


def test_files_that_are_no_text_are_refused(tmp_path):
    for number, content in enumerate((b"\xff\xfe\x00\x01" * 99, bytes(range(256)) * 9, b"\x00" * 100)):
        file = tmp_path / f"{number}.yaml"
        file.write_bytes(content)
        assert faults_of(file)[0].line >= 1


def test_a_bomb_of_aliases_and_deep_nesting_are_refused_at_once(tmp_path):
    names = "abcdefghij"
    bomb = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    bomb += [f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]" for a, b in itertools.pairwise(names)]
    texts = ["\n".join(bomb), "a: " + "[" * 20_000 + "]" * 20_000, "a: " + "{b: " * 3_000 + "1" + "}" * 3_000]
    for number, text in enumerate(texts):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text)
        began = time.perf_counter()
        assert faults_of(file)
        assert time.perf_counter() - began < 5


def test_five_megabytes_take_seconds(tmp_path):
    file = tmp_path / "large.yaml"
    places = (f"  place_{i}: {{name: {'far ' * 60}{i}, latitude: {i % 90}, longitude: 1}}" for i in range(18_000))
    file.write_text(MINIMAL.read_text().replace("places:\n", "places:\n" + "\n".join(places) + "\n"))
    assert file.stat().st_size > 5_000_000
    began = time.perf_counter()
    assert len(read(file).places) > 18_000
    assert time.perf_counter() - began < 30


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf", "1e999"])
def test_numbers_that_are_none_are_refused(number, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(FORD.read_text().replace("capacity: north.places_a_week", f"capacity: {number}"))
    (fault,) = [fault for fault in faults_of(file) if "capacity" in fault.key]
    assert fault.line == next(i for i, line in enumerate(file.read_text().splitlines(), 1) if number in line)


def test_a_folder_is_one_description(tmp_path):
    raw = yaml.safe_load(FORD.read_text())
    half = len(raw["stations"]) // 2
    parts = {
        "a": {key: raw[key] for key in raw if key not in ("stations", "counters")}
        | {"stations": raw["stations"][:half]},
        "b": {"stations": raw["stations"][half:], "counters": raw["counters"]},
    }
    for name, part in parts.items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(part, sort_keys=False))
    assert read(tmp_path) == read(FORD)
    (tmp_path / "c.yaml").write_text("system: other\n")
    (fault,) = faults_of(tmp_path)
    assert (fault.file, fault.line) == ("c.yaml", 1)
    assert "a.yaml" in fault.what


def test_corridors_are_loaded_by_name_or_path(tmp_path, monkeypatch):
    assert "eu_routes" in corridors()
    assert load_corridor("eu_routes").system == "eu_routes"
    assert load_corridor(str(FORD)) == load_corridor(FORD)
    with pytest.raises(UnknownNameError, match="did you mean 'eu_routes'"):
        load_corridor("eu_rotes")
    with pytest.raises(BadFileError, match="no file or folder"):
        load_corridor(tmp_path / "nothing.yaml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadFileError, match=r"holds no \.yaml file"):
        load_corridor(tmp_path / "empty")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadFileError):
        load_corridor("")


@pytest.mark.parametrize(
    "path", [FORD, MINIMAL, *sorted((ROOT / "docs" / "examples").glob("*.yaml"))], ids=lambda p: p.stem
)
def test_what_is_written_reads_back_the_same(path, tmp_path):
    network = read(path)
    text = write(network, tmp_path / "again.yaml")
    assert read(tmp_path / "again.yaml") == network
    assert write(read(tmp_path / "again.yaml")) == text


def test_a_shipped_corridor_reads_back_the_same(tmp_path):
    network = load_corridor("eu_routes")
    write(network, tmp_path / "again.yaml")
    assert read(tmp_path / "again.yaml") == network


@profile(60)
@given(raw=systems())
def test_any_network_reads_back_the_same(raw, tmp_path_factory):
    network = Network.model_validate(raw)
    path = tmp_path_factory.mktemp("written") / "system.yaml"
    write(network, path)
    assert read(path) == network


STRANGE = [
    None,
    True,
    -1,
    0,
    1e300,
    "",
    "x" * 300,
    "HTI",
    [],
    {},
    [1, [2]],
    {"steps": {}},
    "2021-13-01",
    "a * b",
    dt.date(1, 1, 1),
]


def spots(value, path=()):
    """Yield the path of everything inside a description."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from spots(inner, (*path, key))


def mutated(raw, chance):
    """Return a description in which something is deleted, repeated, of another type, or misspelt."""
    raw = copy.deepcopy(raw)
    for _ in range(chance.choice([1, 1, 1, 3])):
        *way, last = chance.choice(list(spots(raw)))
        holder = raw
        for key in way:
            holder = holder[key]
        kind = chance.randrange(4)
        if kind == 0:
            del holder[last]
        elif kind == 1:
            holder[last] = chance.choice(STRANGE)
        elif kind == 2 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        elif isinstance(holder, dict):
            holder[f"{last}"[::-1] or "x"] = holder.pop(last)
    return raw


def check_mutations(raw, count, seed, path):
    chance = random.Random(seed)
    refused = 0
    for _ in range(count):
        path.write_text(yaml.safe_dump(mutated(raw, chance), sort_keys=False, allow_unicode=True))
        began = time.perf_counter()
        try:
            read(path)
        except VadoError as error:
            refused += 1
            for fault in getattr(error, "faults", ()):
                assert fault.line >= 1, fault
                assert fault.what, fault
                assert fault.mend, fault
                assert "\n" not in str(fault)
                assert "pydantic" not in str(fault)
        assert time.perf_counter() - began < 10
    return refused


def test_random_mistakes_give_lines_and_no_surprise(tmp_path):
    raw = yaml.safe_load(FORD.read_text())
    assert check_mutations(raw, 150, 1, tmp_path / "mine.yaml") > 75


@pytest.mark.slow
def test_many_random_mistakes_give_lines_and_no_surprise(tmp_path):
    raw = yaml.safe_load(FORD.read_text())
    assert check_mutations(raw, 3000, 2, tmp_path / "mine.yaml") > 1500
    assert check_mutations(yaml.safe_load(write(load_corridor("eu_routes"))), 150, 3, tmp_path / "eu.yaml") > 75
