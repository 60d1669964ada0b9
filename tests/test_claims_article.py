"""Bytes of any kind come out as the same paragraphs, date and language, or are refused in one line."""

import contextlib
import datetime as dt
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.claims.article import MAX_CHARACTERS, calendar_day, read
from vado.claims.language import language_of, parse
from vado.errors import BadFileError, BadValueError, VadoError

SHARED = Path(__file__).parents[2] / "shared" / "articles" / "000_e1592ffb35fbfddf.txt"
TEXT = (
    "MEXICO CITY — “México’s” agents met 1,234 people — the most since January, Peña said. “It’s señor Peña’s café,” "
    "he told us. The agency didn’t respond to a request for comment.\n\nMore text stands here, with nothing odd."
)
BODY = "\n\nAgents met 17,638 Haitians in September, the agency said. In January 2018 it had been less."
PAGE = """<!DOCTYPE html><html><head><title>Border | Site</title>
<meta property="article:published_time" content="2021-11-05T22:13:00-05:00">
<script>if (a<b) document.write("<p>99 problems</p>")</script><style>p {color: red}</style></head><body>
<header><nav><ul><li>Home 24</li></ul></nav><div>Site 7</div><h1>Encounters <i>fall</i></h1><p>By Jo</p></header>
<main><p>Agents met 17,638&nbsp;Haitians<sup>2</sup> in September.<br>It was <del>5</del> 6 percent &mdash; less.</p>
<aside>Related 55</aside><form>Sign up 12</form><!-- 88 hidden -->
<table><tr><th>Month</th><th>Count</th></tr><tr><td><p>September</p></td><td><b>192,001</b></td></tr></table>
<ul><li>One: 5 people</li><li>Two</li></ul><dl><dt>Cubans</dt><dd>42,654</dd></dl>
<figure><img alt="44"><figcaption>Photo: 4 men</figcaption></figure></main><footer>&copy; 2021</footer></body></html>"""


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_one_text_in_any_encoding_is_the_same(codec):
    assert read(TEXT.encode(codec)).text == TEXT


def test_letters_decoded_wrongly_before_are_mended():
    assert read(TEXT.encode().decode("latin-1")).text == TEXT
    assert read(b"He said it\x92s 5,000 people.").text == "He said it’s 5,000 people."


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"\x00\x01\x02" * 100, BadFileError, "binary"),
        (bytes(range(256)) * 20, BadFileError, "binary"),
        (b"%PDF-1.4 stream", BadFileError, "PDF"),
        (b"", BadValueError, "nothing to read"),
        (" \n\t \n", BadValueError, "nothing to read"),
        ("<div><script>x</script></div>", BadValueError, "nothing to read"),
        ("word " * 60_000, BadValueError, "299,999 characters; the limit is 200,000: check it in parts"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(content, error, says):
    with pytest.raises(error, match=says) as raised:
        read(content)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        *("1" * 1_000_000, "<" * 1_000_000, "<p>" * 333_333, "<p>x</p>" + "<!--" * 250_000, "<div>" * 49_000),
        *("<p>x</p>" + "<a " * 49_000, "<p>x</p>" + "</" * 49_000, "<p>x</p><a" + " a" * 400_000 + ">", "&#" * 90_000),
        *(
            "<article>" * 24_000 + "</article>" * 24_000,
            "<p>x</p>" + "<a '" * 20_000 + '<a "' * 20_000,
            "Nov " * 45_000,
        ),
    ],
    ids=lambda text: text[:14],
)
def test_hostile_texts_take_no_time(text):
    started = time.perf_counter()
    with contextlib.suppress(VadoError):
        read(text)
    assert time.perf_counter() - started < 2  # about half a second for the slowest on an idle core


def test_a_page_gives_its_article_and_nothing_around_it():
    found = read(PAGE)
    assert found.title == "Encounters fall"
    assert (found.date, found.date_words[:13]) == (dt.date(2021, 11, 5), "page metadata")
    assert found.text.split("\n\n") == [
        *("Agents met 17,638 Haitians in September.", "It was 6 percent — less.", "Month: Count"),
        *("September: 192,001", "One: 5 people", "Two", "Cubans: 42,654", "Photo: 4 men"),
    ]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("A <b>bold</b> move: 5 people.", ["A bold move: 5 people."]),
        ("5 < 6 and 7 > 3 people; a<b is plain", ["5 < 6 and 7 > 3 people; a<b is plain"]),
        ("The tag <p> is odd; 5 people", ["The tag <p> is odd; 5 people"]),
        ("From <jo@doe.com>: 5 people", ["From <jo@doe.com>: 5 people"]),
        ("<p>5 people", ["5 people"]),
        ("line one<br/>line two", ["line one", "line two"]),
        ("text &amp; 5 people &#8212; ok", ["text & 5 people — ok"]),
        ("<form><p>All of an old page</p></form>", ["All of an old page"]),
        ("<h1>A</h1><form><p>A form that never closes", ["A", "A form that never closes"]),
        (
            "<article>Teaser</article><article><p>Long text.</p><p>More of it</p></article>",
            ["Long text.", "More of it"],
        ),
        ("<article>Post one</article><article>Post two</article>", ["Post one", "Post two"]),
        (
            "Of the 479,371 arrests that the Border Patrol made between\nports in fiscal 2014, 256,393 took place in "
            "the Rio Grande\nValley. In June alone, 57,862 were counted there.\n\nNext one.",
            [
                "Of the 479,371 arrests that the Border Patrol made between ports in fiscal 2014, 256,393 took place "
                "in the Rio Grande Valley. In June alone, 57,862 were counted there.",
                "Next one.",
            ],
        ),
        ("Short one.\nShort two.\nThird is here.", ["Short one.", "Short two.", "Third is here."]),
        (
            "Facts\n- 5 people\n- 6 people and\n  one more\n- 7",
            ["Facts", "- 5 people", "- 6 people and one more", "- 7"],
        ),
        (
            "Detained in 2022: 441,409\nChange: +43%\nMonth: May",
            ["Detained in 2022: 441,409", "Change: +43%", "Month: May"],
        ),
        ("a" * 130 + ".\nB" + "b" * 130 + ".", ["a" * 130 + ".", "B" + "b" * 130 + "."]),
        ("It was a two-\nthirds share.", ["It was a two-thirds share."]),
    ],
)
def test_paragraphs(text, paragraphs):
    assert read(text).text.split("\n\n") == paragraphs


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("date 2021-11-16 Mexico’s President said 5 people came", "2021-11-16"),
        ("Nov. 5, 2021" + BODY, "2021-11-05"),
        ("WASHINGTON, November 5 (Wire) 2021 — Agents met 5" + BODY, "2021-11-05"),
        ("DEL RIO, Texas, Sept 18, 2021 /Newswire/ -- Agents said 5" + BODY, "2021-09-18"),
        ("Mexico City, 20 January 2022. The institute informs" + BODY, "2022-01-20"),
        ("Geneva – 5 Nov 2021 – Agents met 5" + BODY, "2021-11-05"),
        ("Published 16 November 2021, updated 18 November 2021" + BODY, "2021-11-16"),
        ("Tuesday, 16 Nov. 2021" + BODY, "2021-11-16"),
        ("2021/11/16" + BODY, "2021-11-16"),
        ("16.11.2021" + BODY, "2021-11-16"),
        ("By Jo Smith\nUpdated 11/16/2021 4:00 PM" + BODY, "2021-11-16"),
        ("Op-Ed: Border\n\nOctober 1, 2021 12:00 am" + BODY, "2021-10-01"),
        ("The story begins" + BODY + "\n\n(Published November 5, 2021)", "2021-11-05"),
        ("The story begins" + BODY + "\n\n© 2021 Wire. Posted on November 5, 2021.", "2021-11-05"),
        (
            '<p>Agents</p><script type="application/ld+json">{"datePublished": "2021-11-05T08:00"}</script>',
            "2021-11-05",
        ),
        ('<meta name="date" content="5 Nov 2021"><p>Agents</p>', "2021-11-05"),
        ('<time datetime="2021-11-05">Friday</time><p>Agents</p>', "2021-11-05"),
        ("WASHINGTON, November 5 (Wire) — Agents met 5" + BODY, None),
        ("On November 22, 1963, President Kennedy was shot." + BODY, None),
        ("November 22, 1963, was a dark day." + BODY, None),
        ("A report published on 5 March 2012 found 12 people." + BODY, None),
        ("In the letter dated March 5, 2019, he wrote it." + BODY, None),
        ("As of September 18, 2021 there were 14,872 people." + BODY, None),
        ("She was born May 5, 1950 in Reynosa." + BODY, None),
        ("From March 1, 2020 to March 5, 2020: 45 people came" + BODY, None),
        ("Feb. 30, 2021" + BODY, None),
        ("November 2021" + BODY, None),
    ],
)
def test_the_articles_own_date(text, day):
    found = read(text)
    assert found.date == (dt.date.fromisoformat(day) if day else None)
    assert bool(found.date_words) == bool(day)
    given_day = dt.date(2020, 2, 29)
    assert (read(text, date=given_day).date, read(text, date=given_day).date_words) == (given_day, "given")


def test_calendar_day_reads_american_and_european_order():
    assert calendar_day("11/05/2021") == dt.date(2021, 11, 5)
    assert calendar_day("25/11/2021") == dt.date(2021, 11, 25)
    assert calendar_day("20211105") == dt.date(2021, 11, 5)
    assert calendar_day("November 2021") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("38% approve of Biden.", "en"),
        ("38% approve Biden", "en"),
        ("López Obrador told El Universal that 5,000 people left Ciudad de México for Nuevo Laredo.", "en"),
        ("El 38 % de los adultos aprueba la gestión del presidente, según la encuesta.", "es"),
        ("Selon le ministère, 5 000 personnes sont arrivées dans le camp.", "fr"),
        ("Nach Angaben der Behörde wurden 5000 Menschen an der Grenze gezählt.", "de"),
        ("Segundo o governo, 5 mil pessoas não foram detidas na fronteira.", "pt"),
        ("Secondo il governo sono arrivate 5.000 persone alla frontiera.", "it"),
        ("По данным ведомства, прибыли 5000 человек.", "ru"),
        ("根据该机构的数据，共有5000人抵达。", "zh"),
    ],
)
def test_language(text, code):
    assert language_of(text) == code
    assert read(text).language == code


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=400), st.binary(max_size=400)))
def test_any_content_is_read_or_refused(content):
    try:
        found = read(content)
    except VadoError:
        return
    paragraphs = found.text.split("\n\n")
    assert all(paragraph and "\n" not in paragraph and paragraph == paragraph.strip() for paragraph in paragraphs)
    assert len(found.text) <= MAX_CHARACTERS
    if not set("<&") & set(found.text):  # what was escaped would be read as markup now
        assert read(found.text).text.split() == found.text.split()


def test_words_keep_the_texts_characters():
    text = (
        read(TEXT).text + "\n\nno capital here. Rep. Jo Smith said it on Sept. 18.\n\n- People held: 45\n\n" + "<" * 300
    )
    doc = parse(text)
    assert doc.text == text
    sentences = [sentence.text.strip() for sentence in doc.sents]
    assert "Rep. Jo Smith said it on Sept. 18." in sentences
    assert "- People held: 45" in sentences
    assert not any("\n\n" in sentence for sentence in sentences)


@pytest.mark.skipif(not SHARED.exists(), reason="the news text is not beside the checkout")
def test_a_real_article():
    found = read(SHARED.read_bytes())
    assert (found.date, found.language) == (dt.date(2021, 11, 16), "en")
    assert found.text.count("\n\n") > 10
