"""The page's text: complete, escaped, one list of sources, nothing from the network, data once."""

import base64
import dataclasses
import datetime as dt
import hashlib
import json
import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from vado.answer import Answer, Chart
from vado.report import report_html
from vado.report.cells import page_of
from vado.report.sources import merged_sources

SAMPLES = runpy.run_path(str(Path(__file__).with_name("report_samples.py")))


def page(answers, **settings):
    return report_html(
        answers, title="A <title>", preamble={"For": "planning & care"}, date=dt.date(2021, 10, 20), **settings
    )


@pytest.fixture(scope="module")
def whole():
    return page(SAMPLES["answers"]())


def data_of(text):
    found = re.search(r'<script type="application/json" id="report-data">(.*?)</script>', text, re.DOTALL)
    return json.loads(found.group(1))


class Elements(HTMLParser):
    """All elements of a page with their attributes, and its visible text."""

    def __init__(self, text):
        super().__init__()
        self.found, self.text, self._silent = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self._silent = tag in ("script", "style")

    def handle_endtag(self, tag):
        self._silent = False

    def handle_data(self, data):
        if not self._silent:
            self.text.append(data)


def test_the_page_has_every_part(whole):
    shown = " ".join(Elements(whole).text)
    for answer in SAMPLES["answers"]():
        for sentence in (answer.question, *answer.summary, *answer.caveats, *(c.title for c in answer.charts)):
            assert sentence in shown
    for part in ("planning & care", "Made on 2021-10-20", "vado run --seed 7", "border.repeat_delay", "Licence"):
        assert part in shown


def test_text_is_escaped(whole):
    assert "<title>A &lt;title&gt;</title>" in whole
    assert "<not>" not in whole
    assert "Somebody &lt;else&gt;" in whole


def test_data_cannot_close_their_script_element():
    answer = SAMPLES["stock_answer"]()
    table = answer.tables["shares"].assign(country_of_birth="</script><script>alert(1)</script><!--")
    nasty = dataclasses.replace(answer, tables={**answer.tables, "shares": table.head(1)}, charts=[answer.charts[2]])
    text = page([nasty])
    assert "<script>alert" not in text
    assert data_of(text)["data"]["d1"]["values"][0] == ["</script><script>alert(1)</script><!--"]


def test_nothing_is_loaded(whole):
    for tag, attributes in Elements(whole).found:
        assert tag not in ("img", "iframe", "object", "embed", "base", "form")
        assert "src" not in attributes
        if tag == "link":
            assert attributes["href"] == "data:,"
    assert "@import" not in whole
    assert "url(" not in re.search(r"<style>(.*?)</style>", whole, re.DOTALL).group(1)


def test_the_policy_allows_just_the_two_scripts_of_the_page(whole):
    policy = next(a["content"] for t, a in Elements(whole).found if a.get("http-equiv") == "Content-Security-Policy")
    scripts = re.findall(r"<script>(.*?)</script>", whole, re.DOTALL)
    assert len(scripts) == 2
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == hashes
    assert policy.startswith("default-src 'none'; ")
    script_rule = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in script_rule


def test_links_to_the_web_open_apart_and_odd_addresses_are_not_links():
    answer = SAMPLES["stock_answer"]()
    sources = [{**source, "url": "javascript:alert(1)"} for source in answer.sources]
    elements = Elements(page([dataclasses.replace(answer, sources=sources)]))
    assert not [a for t, a in elements.found if t == "a" and a["href"].startswith("javascript")]
    links = [a for t, a in Elements(page([answer])).found if t == "a" and a["href"].startswith("http")]
    assert links
    assert all(link["rel"].startswith("noopener") for link in links)


def test_every_reference_has_its_source(whole):
    elements = Elements(whole).found
    targets = {a["id"] for t, a in elements if "id" in a}
    references = {a["href"][1:] for t, a in elements if t == "a" and a.get("href", "").startswith("#")}
    assert references <= targets
    assert sum(reference.startswith("source-") for reference in references) == 9


def test_sources_of_several_answers_are_one_list_in_order_of_mention():
    merged = merged_sources(SAMPLES["answers"]())
    assert [source.source_id for source in merged] == ["cbp", "model", *(f"paper{n}" for n in range(7))]
    assert [source.number for source in merged] == list(range(1, 10))
    assert merged[1].attributed_to == "Somebody <else>"


def test_charts_that_draw_the_same_rows_share_them():
    answer = SAMPLES["stock_answer"]()
    once = data_of(page([answer]))["data"]
    twice = data_of(page([dataclasses.replace(answer, charts=[*answer.charts, *answer.charts])]))
    assert len(twice["charts"]) == 2 * len(answer.charts)
    assert twice["data"] == once


def test_a_chart_without_rows_says_so_and_the_page_stands():
    answer = SAMPLES["stock_answer"]()
    chart = dataclasses.replace(answer.charts[0], where={"publisher": "nobody"})
    text = page([dataclasses.replace(answer, charts=[chart])])
    assert "No row of the table has a value to draw." in text
    assert data_of(text)["charts"] == []


def test_long_tables_are_cut_and_say_where_the_rest_is():
    answer = SAMPLES["forecast_answer"]()
    text = page([answer])
    observed = len(answer.tables["observed"])
    assert f"The first 200 of {observed:,} rows" in text
    stated = re.search(r'href="(tables/[^"]+observed\.csv)"', text).group(1)
    assert stated == "tables/1-how-many-people-are-observed.csv"


def test_cells_are_written_as_offices_write_them():
    table = pd.DataFrame(
        {
            "period_end": pd.to_datetime(["2021-09-30", "2021-10-31"]),
            "fiscal_year": [2021, 2022],
            "value": [1234567.0, None],
            "share": [0.1234, 0.000012],
            "change": [-3.5, 12.25],
            "note": ["as <published>", None],
            "source_id": ["a;b", "b"],
        }
    )
    found = page_of(table, {"a": 1, "b": 2})
    assert found.rows[0] == (["2021-09-30", "2021", "1,234,567", "0.123", "−3.50", "as <published>"], [1, 2])
    assert found.rows[1] == (["2021-10-31", "2022", "", "1.2e-05", "12.25", ""], [2])
    assert [column.title for column in found.columns[:2]] == ["period end", "fiscal year"]
    assert [column.style for column in found.columns] == ["date-cell", "number", "number", "number", "number", ""]


def test_the_page_is_small_with_twenty_thousand_rows():
    days = pd.date_range("2000-01-01", periods=5000)
    table = pd.concat([pd.DataFrame({"day": days, "n": range(5000), "who": w}) for w in "abcd"]).assign(source_id="s")
    base = SAMPLES["stock_answer"]()
    chart = Chart("line", "t", "Many", {"x": "day", "y": "n", "color": "who"})
    answer = Answer(
        base.question, base.as_of, ["."], {"t": table}, [chart], [SAMPLES["source"]("s")], [], [], base.made_by
    )
    assert len(page([answer])) < 3_000_000


def test_importing_the_room_imports_no_drawing_library():
    script = "import sys, vado.report; print([m for m in ('altair', 'vl_convert', 'jinja2') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_public_name_can_be_imported():
    import vado.report

    assert all(callable(getattr(vado.report, name)) for name in vado.report.__all__)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = vado.report.nothing_of_the_kind
