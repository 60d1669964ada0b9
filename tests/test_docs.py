"""The documentation says what the program does: reference pages, public names, and commands that exist."""

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import vado

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    subprocess.run([sys.executable, ROOT / "tools" / "build_docs.py", "--out", folder], check=True)
    return folder


@pytest.mark.parametrize("page", ["reference-ledger.md", "reference-cli.md"])
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
        if path.suffix in {".parquet", ".png"} or not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        for word in banned:
            assert word not in text, f"{file} holds {word}"
