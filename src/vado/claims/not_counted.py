"""What the words around a number make of it when they make no figure: money, dates, times, ages, names, samples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vado.claims.numbers import Number

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
PERCENT = re.compile(r"^[\s-]?(?:%|per\s?cent\b|pct\b|percentage\s+points?\b)", re.IGNORECASE)
_BEFORE = {
    "money": re.compile(r"(?:[$€£¥]|\b(?:USD|EUR|MXN|HNL|GTQ|Rs|Lps|Bs|L|Q|S/|RD)\.?)\s?$"),
    "time": re.compile(r"\d:$|\b(?:past|half|quarter\sto)\s$", re.I),
    "date": re.compile(
        rf"\b(?:{MONTHS})\.?\s(?:the\s)?(?:\d{{1,2}}(?:,\s|\s?(?:-|–|to|and|through)\s?))?$|\d[-/]$|\b(?:FY"
        rf"|fiscal\s(?:year\s)?|mid-|c\.\s?)'?$"
    ),
    "age": re.compile(r"\b(?:aged?|ages|age\sof|turned)\s(?:between\s|from\s)?(?:\d+\s(?:and|to)\s)?$", re.I),
    "name": re.compile(
        r"(?:\b(?:Titles?|Sections?|Sec\.|§+|[Aa]rticles?|Art\.|Chapter|Highway|Hwy\.?|Route|Interstate|Road"
        r"|Flight|Room|Gate|"
        r"Box|Suite|Apt\.?|Nos?\.|Number|Proposition|Prop\.|H\.?\s?R\.?|H\.?J\.?\s?Res\.?|S\.|SB|HB|Bill|Act"
        r"|Law|Order|Form|"
        r"Pages?|pp?\.|Vol\.|Volume|Version|Grade|Phase|Level|Zone|Area|District|Precinct|Channel|Agenda|Part|Table|"
        r"Figure|Fig\.|Day|Station|Checkpoint|Exit|Line|Resolution|Operation|Protocol|Directive|Regulation|Terminal|"
        r"Chart|Item|Appendix|Annex|Group\sof|Congress|Apollo|Formula|Class|Camp|Pier|Ward|Block|Lot|Dorm|Bus"
        r"|Unit|Season|"
        r"[Ee]pisode|EPISODE|EP\.?|[Ii]ssue|ISSUE|No\.?|NO\.?|Amendment|roll\scall|vote\sno\.|[Tt]able|[Pp]age"
        r"|[Cc]hapter|[Ss]ection|[Ff]ootnote|[Mm]arker|[Mm]ilepost|[Kk]ilometer|"
        r"Federal\sRegister|Fed\.\sReg\.|F\.[23]d|Stat\.|[Rr]oom|[Ll]ane|[Ee]xit|[Hh]ighway|[Rr]oute|[Cc]ode|PIN|ID|[Ee]xt(?:ension|\.)|ZIP)\s?#?|#|\b[A-Za-z]{1,6}-)$"
    ),
    "margin": re.compile(
        r"(?:plus\sor\sminus|plus-or-minus|±|\+/-|\+/−|margin\sof\s(?:sampling\s)?error\s\w+)\s*$", re.I
    ),
}
_AFTER = {
    "money": re.compile(
        r"^[\s-]?(?:(?:million|billion|thousand|U\.?S\.?|Mexican|Canadian)[\s-])*"
        r"(?:dollars?|pesos?|euros?|pounds\s(?:sterling|a)|cents?|quetzales|lempiras|bucks|USD|EUR)\b",
        re.I,
    ),
    "time": re.compile(
        r"^(?::\d\d|\s?[ap]\.?m\b|\s?o['’]clock|\s(?:past|minutes\s(?:to|past))\b|\s?(?:hrs|GMT|EST|EDT|CST|CDT"
        r"|local\stime)\b)",
        re.I,
    ),
    "date": re.compile(rf"^(?:(?:st|nd|rd|th)?\s(?:of\s)?(?:{MONTHS})\b|[-/]\d|s\b|\s(?:AD|BC|BCE|CE)\b)"),
    "ordinal": re.compile(r"^(?:st|nd|rd|th)\b"),
    "age": re.compile(r"^(?:[\s-]years?[\s-](?:old|of\sage)|[\s-]month[\s-]old)", re.I),
    "duration": re.compile(
        r"^[\s-](?:(?:consecutive|straight|more|full|business|working|calendar|long|additional|whole"
        r"|and\sa\shalf|to\s\w+|or\s\w+"
        r")[\s-])*"
        r"(?:seconds?|minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|weekends?|months?|quarters?(?!\sof)"
        r"|years?|decades?|centur(?:y|ies)|"
        r"semesters?)\b",
        re.I,
    ),
    "measure": re.compile(
        r"^[\s-]?(?:(?:square|cubic|nautical|metric)\s)?(?:miles?|mi\b|kilomet(?:er|re)s?|km|feet|foot|ft\b"
        r"|met(?:er|re)s?|yards?|acres?|hectares?|"
        r"inch(?:es)?|pounds?|lbs?\b|kilos?|kilograms?|kg\b|tons?|tonnes?|degrees?|°|gallons?|lit(?:er|re)s?"
        r"|mph|knots?|mm\b|cm\b|megawatts?|"
        r"barrels?|bushels?|horsepower|volts?|watts?|calories|gigabytes?|pages?)\b",
        re.I,
    ),
    "times": re.compile(r"^\s(?:times|fold)\b|^-fold\b", re.I),
    "name": re.compile(r"^(?:\sU\.?S\.?C\b|\sCFR\b|[A-Za-z]|-[A-Z]\b|['’]s\b)"),
    "address": re.compile(
        r"^\s(?:[NSEW]\.?\s)?(?:[A-Z][\w.]+\s){1,3}(?:Street|St\b|Avenue|Ave\b|Road|Rd\b|Drive|Dr\b|Boulevard"
        r"|Blvd|Lane|Plaza|Way|Court)"
    ),
}
#: What may be counted in times: "Haitians were encountered 17,638 times".
_HAPPENED = re.compile(
    r"\b(?:encountered|stopped|apprehended|detained|arrested|caught|met|intercepted|returned|expelled|counted)\s(?:\w+\s){0,3}$",
    re.I,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SAMPLE = re.compile(
    r"\b(?:surveyed|polled|interviewed|interviews\swith|sample(?:\ssize)?\sof|survey\sof|poll\sof|questioned"
    r"|canvassed|n\s?=)\s*"
    r"(?:(?:about|some|roughly|nearly|a\stotal\sof|more\sthan|over|just\sover|approximately)\s)*$",
    re.I,
)
_SAMPLE_AFTER = re.compile(
    r"^\s(?:[\w-]+\s){0,3}(?:adults|voters|respondents|americans|people|residents|interviews)\s(?:were\s|was\s)?"
    r"(?:surveyed|polled|interviewed|asked|questioned|canvassed|nationwide\s(?:were|was)|took\spart"
    r"|by\s(?:phone|telephone|landline))",
    re.I,
)
_MARGIN_NEAR = re.compile(r"margin\sof\s(?:sampling\s)?error|plus\sor\sminus|sampling\serror", re.I)
_SURE = re.compile(
    r"^\s?(?:per\s?cent|%)[\s-](?:of\s(?:(?:their|the|its|all|our)\s)?(?:runs|simulations|draws|model\sruns)"
    r"|confidence|interval|probability|credible|"
    r"uncertainty|certainty|level)",
    re.I,
)
_CALL = re.compile(
    r"(?:\+\s?\d[\d\s()-]*|\b(?:tele)?phones?\b[^.;]{0,30}|\bcall\s(?:us\s)?(?:at|on)?\s?|\bfax\b[^.;]{0,20}"
    r"|\btel\.?:?\s|\bdial\s|\(\d{3}\)\s?)$",
    re.I,
)
_HEAT = re.compile(
    r"\b(?:temperatures?|thermometers?|mercury|degrees|heat\sindex|fevers?|score|scored|scores)\b[^.;]{0,30}$", re.I
)
_LIST_MARK = re.compile(r"^[.)]\s")
_AGE_APPOSITION = re.compile(r"^,\s")
_ADULT_AGES = re.compile(
    r"\b(?:children|kids|minors|adults|people|those|persons|anyone|migrants|boys|girls|men|women)\s(?:aged\s)?"
    r"(?:under|over|below|above|younger\sthan|older\sthan)\s(?:the\sage\sof\s)?$",
    re.I,
)


def dated(text: str, number: Number) -> bool:
    """Tell whether a number is part of a date by the words around it."""
    return _could_date(number, text[number.start : number.end]) and bool(
        _BEFORE["date"].search(text[max(0, number.start - 80) : number.start])
    )


def _could_date(number: Number, written: str) -> bool:
    """Tell whether a number is small enough for a day, or has the four digits of a year."""
    return (
        number.value <= 31
        or bool(_YEAR.fullmatch(written))
        or (number.scale == 1 and "," not in written and number.value < 100)
    )


def is_no_figure(text: str, number: Number, before: str, after: str) -> bool:
    """Tell whether the words around make the number something other than a count."""
    written = text[number.start : number.end]
    if number.spelled and number.value == 1 and not number.share:
        return True
    skipped = {"name", "date"} if number.share else set() if _could_date(number, written) else {"date"}
    if any(pattern.search(before) for kind, pattern in _BEFORE.items() if kind not in skipped):
        return True
    if _AFTER["times"].match(after) and _HAPPENED.search(before):
        skipped = skipped | {"times"}
    if any(pattern.search(after) for kind, pattern in _AFTER.items() if kind not in skipped):
        return not (number.scale > 1 and _AFTER["name"].search(after) and not after[:1].isalpha())
    if _YEAR.fullmatch(written) and not re.match(
        r"^\s(?:people|migrants|persons|encounters|detentions|haitians|individuals|apprehensions|deaths"
        r"|cases)\b|^\s?(?:%|per\s?cent)",
        after,
        re.I,
    ):
        return True
    if _CALL.search(before) or (_HEAT.search(before) and number.value < 200) or _SURE.match(after):
        return True
    if number.scale == 1 and not number.spelled and re.search(r"\d[\s-]$", before) and "," not in written:
        # One of several groups of digits: a telephone number, a code.
        return True
    if _SAMPLE.search(before) or _SAMPLE_AFTER.search(after):
        return True
    if PERCENT.match(after) and "point" in after[:20] and _MARGIN_NEAR.search(before + after):
        return True
    if _MARGIN_NEAR.search(before[-45:]) and number.value < 15:
        return True
    if _LIST_MARK.match(after) and re.search(r"(?:^|\n)\s*$", before):
        return True
    if number.value < 110 and not number.spelled and before.endswith(", ") and _AGE_APPOSITION.match(after):
        return not PERCENT.match(after)
    return bool(_ADULT_AGES.search(before)) and number.value < 100
