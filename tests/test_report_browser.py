"""The report in a real browser: every chart drawn, nothing loaded, no error, references that lead somewhere."""

import contextlib
import datetime as dt
import json
import os
import runpy
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vado.report import html
from vado.report.folder import write_report

SAMPLES = runpy.run_path(str(Path(__file__).with_name("report_samples.py")))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs headless Chromium (apt-get install chromium)"),
]


class Browser:
    """A headless Chromium, spoken to in its DevTools protocol over a pair of pipes; no port, no library."""

    def __init__(self, profile: Path) -> None:
        read_by_it, self._out = os.pipe()
        self._in, written_by_it = os.pipe()
        # The protocol wants file descriptors 3 and 4; the shell puts them there.
        command = f'exec "$@" 3<&{read_by_it} 4>&{written_by_it}'
        self._process = subprocess.Popen(
            ["bash", "-c", command, "bash", CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(read_by_it, written_by_it),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_by_it)
        os.close(written_by_it)
        self._buffer, self._last, self._session = b"", 0, None
        self.events: list[dict] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: object) -> dict:
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _next(self) -> dict:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], 60)
            assert ready, "Chromium said nothing for a minute"
            chunk = os.read(self._in, 1 << 20)
            assert chunk, "Chromium ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def value(self, script: str) -> object:
        result = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def open(self, page: Path, width: int = 1100, height: int = 900) -> float:
        """Open a page, wait until its charts are done, and return how long that took [s]."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.ask("Page.navigate", url="about:blank")
        while self.value("location.href") != "about:blank":
            time.sleep(0.02)
        self.events.clear()
        start = time.monotonic()
        self.ask("Page.navigate", url=page.as_uri())
        while not self.value("document.documentElement?.dataset.charts || ''"):
            assert time.monotonic() - start < 60, "the charts were not done after a minute"
            time.sleep(0.05)
        return time.monotonic() - start

    def requests(self) -> list[str]:
        sent = [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith("data:")]

    def errors(self) -> list[str]:
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(str(parameters["exceptionDetails"]))
            elif event.get("method") == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
                found.append(str([argument.get("value", argument) for argument in parameters["args"]]))
            elif event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
                found.append(parameters["entry"]["text"])
        return found

    def close(self) -> None:
        with contextlib.suppress(AssertionError, OSError):
            self._session = None
            self.ask("Browser.close")
        os.close(self._in)
        os.close(self._out)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    running = Browser(tmp_path_factory.mktemp("profile"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return write_report(
        SAMPLES["answers"](),
        tmp_path_factory.mktemp("out") / "report",
        title="Five questions",
        preamble={"What this is for": "Planning.", "What it must not be used for": "Targeting."},
        date=dt.date(2021, 10, 20),
        pictures=False,
    )


def charts(answers):
    return [chart for answer in answers for chart in answer.charts]


MARKS = """[...document.querySelectorAll('.chart')].map(chart => chart.querySelectorAll(
    '.mark-symbol path, .mark-line path, .mark-area path, .mark-rect path, .mark-shape path').length)"""


def test_every_chart_is_drawn_with_marks_and_without_a_message(browser, page):
    browser.open(page)
    expected = len(charts(SAMPLES["answers"]()))
    assert {chart.kind for chart in charts(SAMPLES["answers"]())} == {"fan", "line", "bar", "forest", "map", "heatmap"}
    assert browser.value("document.documentElement.dataset.charts") == f"{expected} of {expected}"
    marks = browser.value(MARKS)
    assert len(marks) == expected
    assert min(marks) >= 5, marks
    assert browser.errors() == []


def test_a_page_asks_for_nothing_but_itself(browser, page):
    browser.open(page)
    assert browser.requests() == [page.as_uri()]
    assert browser.value("performance.getEntriesByType('resource').map(e => e.name)") == []


def test_the_network_is_forbidden_even_if_a_script_asks(browser, page):
    browser.open(page)
    browser.value("(() => { const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i); })()")
    browser.value("void fetch('http://127.0.0.1:9/').catch(() => 0)")
    deadline = time.monotonic() + 10
    while len(browser.errors()) < 2 and time.monotonic() < deadline:
        browser.value("1")
        time.sleep(0.05)
    assert sum("Content Security Policy" in error for error in browser.errors()) >= 2


def test_each_of_thirteen_panels_has_its_heading_and_its_four_intervals(browser, page):
    browser.open(page)
    labels = browser.value("[...document.querySelectorAll('#chart-1 text')].map(t => t.textContent)")
    assert set(SAMPLES["NATIONALITIES"]) <= set(labels)
    assert browser.value("document.querySelectorAll('#chart-1 .mark-area path').length") == 13 * 4


def test_a_reference_leads_to_its_source(browser, page):
    browser.open(page)
    browser.value("document.querySelectorAll('details').forEach(d => d.open = true)")
    target = browser.value("document.querySelector('.references a').getAttribute('href')")
    browser.value("document.querySelector('.references a').click()")
    assert browser.value("location.hash") == target
    top = browser.value(f"document.querySelector('{target}').getBoundingClientRect().top")
    assert -5 <= top <= 900
    assert "Licence" in browser.value(f"document.querySelector('{target}').textContent")


def test_on_a_phone_nothing_sticks_out_and_panels_stand_under_each_other(browser, page):
    browser.open(page, width=380, height=800)
    assert browser.value("document.documentElement.scrollWidth") <= 380
    edges = """[...new Set([...document.querySelectorAll('#chart-1 .mark-area path')]
        .map(path => Math.round(path.getBoundingClientRect().right)))].length"""
    assert browser.value(edges) <= 2
    # Charts whose letters would run into each other are scrolled, not shrunk.
    assert browser.value("document.querySelector('#chart-4').scrollWidth") > 400
    assert browser.errors() == []


def test_wide_pages_are_not_wider_than_their_text(browser, page):
    browser.open(page, width=1600)
    widths = browser.value("[...document.querySelectorAll('.chart')].map(c => c.scrollWidth - c.clientWidth)")
    assert max(widths) <= 1, widths


def test_a_broken_chart_is_told_and_counted_and_leaves_the_others(browser, tmp_path, monkeypatch):
    real = html.specification

    def broken(chart, tables, **settings):
        found = real(chart, tables, **settings)
        if chart.kind == "heatmap":
            found["layer"][0]["mark"] = {"type": "no such mark"}
        return found

    monkeypatch.setattr(html, "specification", broken)
    bad = write_report(SAMPLES["answers"](), tmp_path / "bad", title="Bad", preamble={}, pictures=False)
    browser.open(bad)
    total = len(charts(SAMPLES["answers"]()))
    assert browser.value("document.documentElement.dataset.charts") == f"{total - 1} of {total}"
    assert "could not be drawn" in browser.value("document.querySelector('.chart.missing').textContent")
    assert browser.errors()


def test_text_from_answers_is_text(browser, page):
    browser.open(page)
    assert "<not> of persons" in browser.value("document.querySelector('.caveats').textContent")
    assert "<cbp>" in browser.value("document.querySelector('#sources').textContent")
    assert browser.value("document.querySelectorAll('not, cbp, else').length") == 0


@pytest.fixture(scope="module")
def real_run(tmp_path_factory):
    """The report of a real run at the end of the ledger; its last answer is a past forecast that meets what came."""
    folder = tmp_path_factory.mktemp("run") / "report"
    command = [sys.executable, "-m", "vado.cli", "run", "--as-of", "2023-10-20", "--months", "3", "--out", folder]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_the_report_of_a_real_run_opens_whole_and_loads_nothing(browser, real_run):
    answers = json.loads((real_run / "answers.json").read_text())
    browser.open(real_run / "report.html")
    assert browser.errors() == []
    assert browser.requests() == [(real_run / "report.html").as_uri()]
    drawn = browser.value("document.querySelectorAll('svg.marks, canvas.marks').length")
    described = [chart for answer in answers for chart in answer["charts"]]
    texts = [chart for chart in described if chart["kind"] == "text"]
    assert drawn == len(described) - len(texts)
    assert texts
    assert browser.value("document.querySelectorAll('.marked mark').length") > 5
    kinds = {chart["kind"] for answer in answers for chart in answer["charts"]}
    assert {"fan", "forest", "map", "heatmap", "line"} <= kinds


def test_every_row_of_a_real_run_names_a_source_with_its_licence(real_run):
    for answer in json.loads((real_run / "answers.json").read_text()):
        listed = {source["source_id"]: source for source in answer["sources"]}
        assert all(source["licence"] for source in listed.values())
        for rows in answer["tables"].values():
            for row in rows:
                assert set(row["source_id"].split(";")) <= set(listed)
        assert "--as-of 2023-10-20" in answer["made_by"]["command"]
        assert answer["made_by"]["versions"]["vado"]
        assert answer["as_of"] <= "2023-10-20"


def test_a_real_run_says_what_came_after_an_earlier_origin(real_run):
    *_, earlier = json.loads((real_run / "answers.json").read_text())
    after = [row for row in earlier["tables"]["observed"] if row["after_origin"]]
    assert {row["target_end_date"] for row in after} >= {"2023-07-31", "2023-08-31", "2023-09-30"}
    assert "came" in earlier["summary"][0]
