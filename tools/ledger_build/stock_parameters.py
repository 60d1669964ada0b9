"""Constants for models of the resident population, legalization programmes and their scores, read number by number.

The files hold wording such as ``about 1.8 million (1.7 in …)``. Each such cell is read here by hand into one or
several parameters; the wording stays in the note. A row that is not listed stops the build.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ledger_build.draft import Draft, Row
from ledger_build.facts import joined

METHODS = "stock/method_parameters_and_targets.csv"
PROGRAMS = "stock/legalization_programs_and_scores.csv"
INPUTS = "stock/inputs_annual.csv"

_STATUS = {"seen": "published", "secondary": "quoted", "INS and Pew": "quoted", "derived": "derived"}


@dataclass(frozen=True)
class Number:
    """One number read out of a cell; ``None`` for what the cell does not give.

    ``page`` names who gives the number where the cell quotes a second one, ``published`` a day of its own.
    """

    name: str
    unit: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str | None = None
    page: str | None = None
    published: dt.date | None = None


#: Wording of the files that Vado words otherwise.
_OWN_WORDS = {
    "temporary/unlawful immigration": "inflow without permanent status",
    "undocumented population": "unauthorized population",
}
_M = 1e6
_BN = 1e9
_OBSERVED = "the same figure is an observation"

#: (model, parameter) to the numbers read, or to the reason why none is taken.
METHOD_READINGS: dict[tuple[str, str], tuple[Number, ...] | str] = {
    ("FZFK2018", "population 2016, conservative (million)"): _OBSERVED,
    ("FZFK2018", "population 2016, simulation mean (million)"): _OBSERVED,
    ("FZFK2018", "population 2016, 95% probability interval (million)"): _OBSERVED,
    ("FZFK2018", "population 2000, conservative (million)"): _OBSERVED,
    ("FZFK2018 working paper", "population 2016, standard parameters (million)"): _OBSERVED,
    ("VanHook2021", "unauthorized population, 50% interval (million)"): _OBSERVED,
    ("VanHook2021", "unauthorized population, 95% interval (million)"): _OBSERVED,
    ("apprehension", "IDA successful illegal entries 2000"): _OBSERVED,
    ("apprehension", "IDA successful illegal entries 2016"): _OBSERVED,
    ("apprehension", "USBP known got-aways 2006"): _OBSERVED,
    ("apprehension", "USBP known got-aways 2016"): _OBSERVED,
    ("FZFK2018", "number of simulated scenarios"): (
        Number("simulated_scenarios_fzfk2018", "scenarios", None, 1e6, None, "lower bound"),
    ),
    ("FZFK2018", "initial population 1990 (million)"): (
        Number("initial_unauthorized_population_1990", "persons", 3.5 * _M),
    ),
    ("DHS_residual", "entry cohorts"): (
        Number("residual_first_entry_year", "year", 1980.0, None, None, "entered in this year or later"),
    ),
    ("Capps2018", "implied undercount of unauthorized in Census 2000 if 13.3M"): (
        Number("census_2000_undercount_implied_by_fzfk", "share", 0.42, 0.42),
    ),
    ("emigration", "foreign-born annual emigration (share)"): (
        Number("emigration_rate_foreign_born", "share/year", None, 0.01, 0.015),
        Number("emigration_rate_social_security_earners", "share/year", None, 0.008, 0.012),
    ),
    ("emigration", "foreign-born emigrants per year 1980-1990"): (
        Number("emigrants_foreign_born_per_year", "persons/year", 195_000.0, None, None, "1980 to 1990"),
        Number("emigrants_foreign_born_per_year", "persons/year", 133_000.0, None, None, "earlier level"),
        Number("emigration_share_in_decade", "share", 0.19, None, None, "entrants of 1970-79"),
        Number("emigration_share_in_decade", "share", 0.09, None, None, "entrants of 1960-69"),
        Number("emigration_share_in_decade", "share", 0.07, None, None, "entrants before 1960"),
    ),
    ("emigration", "SSA Trustees 2025 ultimate legal emigration"): (
        Number("emigrants_legal_per_year_trustees_2025", "persons/year", 262_500.0),
        Number("emigration_share_of_lpr_immigration", "share", 0.25),
    ),
    **{
        ("inflow", label): (
            Number("inflow_without_permanent_status_trustees_2025", "persons/year", value, None, None, year),
        )
        for label, value, year in (
            ("SSA Trustees 2025 temporary/unlawful immigration 2022", 2.2 * _M, "2022"),
            ("SSA same 2023", 2.7 * _M, "2023"),
            ("SSA same 2024", 2.6 * _M, "2024"),
            ("SSA same 2025", 2.0 * _M, "2025"),
            ("SSA same 2026+", 1.35 * _M, "2026 and later"),
        )
    },
    ("apprehension", "probability of apprehension per attempt, Mexico 1965-1989"): (
        Number(
            "apprehension_probability",
            "share",
            0.35,
            note="per attempt, 1965 to 1989",
            published=dt.date(1995, 12, 31),
        ),
    ),
    ("apprehension", "share of attempting crossers apprehended/interdicted, today (about 2016)"): (
        Number("apprehension_probability", "share", None, 0.55, 0.85, "about 2016"),
    ),
    ("apprehension", "share a decade earlier (about 2006)"): (
        Number("apprehension_probability", "share", None, 0.35, 0.7, "about 2006"),
    ),
    ("apprehension", "at-the-border deterrence after repatriation, today"): (
        Number("deterrence_after_repatriation", "share", None, 0.55, 0.75, "about 2016"),
        Number("deterrence_after_repatriation", "share", None, 0.10, 0.40, "one or two decades before"),
    ),
    ("apprehension", "re-apprehension pattern, Mexican men 1999-2009"): (
        Number("share_apprehended_once", "share", 0.6),
        Number("share_apprehended_twice", "share", 0.2),
        Number("share_apprehended_three_times_or_more", "share", 0.2),
        Number("share_of_reapprehensions_within_90_days", "share", 0.75),
    ),
    ("coverage", "ACS foreign-born undercoverage"): (
        Number("undercoverage_foreign_born_acs", "persons", 800_000.0, None, 800_000.0, "upper bound"),
    ),
    ("coverage", "noncitizens in admin-record census with address not in 2020 Census"): (
        Number("noncitizens_not_in_census_2020", "share", 0.198),
    ),
    ("flows", "CMS: Mexican nationals who left the undocumented population 2010-18"): (
        Number("mexicans_who_left_unauthorized_population_2010_2018", "persons", 2.6 * _M),
        Number("share_of_those_who_returned_voluntarily", "share", 0.45),
    ),
    ("flows", "legalization of unauthorized Mexicans per year, 2003"): (
        Number("legalization_rate_unauthorized_mexicans", "share/year", 0.0107, 0.01, 0.0115),
    ),
    ("flows", "deaths among unauthorized per year"): (
        Number("deaths_unauthorized_per_year", "persons/year", 50_000.0),
    ),
    ("flows", "Pew gross unauthorized inflow 2000-04 per year"): (
        Number("gross_unauthorized_inflow_per_year", "persons/year", 800_000.0, None, None, "2000 to 2004"),
    ),
    ("flows", "Pew gross unauthorized inflow 2005-08 per year"): (
        Number("gross_unauthorized_inflow_per_year", "persons/year", 500_000.0, None, None, "2005 to 2008"),
    ),
}

_TYPED_BY_HAND = "rounded values typed into a repository without reference, contradicted elsewhere"

#: (program, measure) to the numbers read, or to the reason why none is taken.
PROGRAM_READINGS: dict[tuple[str, str], tuple[Number, ...] | str] = {
    ("IRCA 1986", "applicants, total"): (Number("irca_applicants_total", "persons", 3.1 * _M),),
    ("IRCA 1986", "applicants, general (pre-1982)"): (
        Number("irca_applicants_general", "persons", 1.8 * _M),
        Number("irca_applicants_general", "persons", 1.7 * _M, page="immigrationtous.net"),
    ),
    ("IRCA 1986", "applicants, SAW"): (
        Number("irca_applicants_agricultural", "persons", 1.3 * _M),
        Number("irca_applicants_agricultural", "persons", 1.4 * _M, page="immigrationtous.net"),
    ),
    ("IRCA 1986", "granted / became LPR, total"): (Number("irca_granted_total", "persons", 2.7 * _M),),
    ("IRCA 1986", "granted, general program"): (
        Number("irca_granted_general", "persons", 1.6 * _M),
        Number("granted_by_population_specific_and_registry_programs", "persons", None, 2.1 * _M, None, "since 1986"),
    ),
    ("IRCA 1986", "Mexico share of requests"): (
        Number("irca_share_mexico", "share", 0.75, None, None, "of requests"),
        Number(
            "irca_share_mexico", "share", 0.70, None, 0.70, "of successful applicants, almost", "immigrationtous.net"
        ),
    ),
    ("IRCA 1986", "pre-enactment guess of eligible"): (Number("irca_eligible_expected_before", "persons", 1.0 * _M),),
    ("IRCA 1986", "cut-off: in US before"): "a date: it stands among the events",
    ("DACA", "initial requests accepted / approved to FY2020"): (
        Number("daca_initial_requests_accepted", "persons", 914_640.0),
        Number("daca_initial_requests_approved", "persons", 827_119.0),
    ),
    ("DACA", "renewals accepted / approved to FY2020"): (
        Number("daca_renewals_accepted", "requests", 2_046_922.0),
        Number("daca_renewals_approved", "requests", 1_976_108.0),
    ),
    ("DACA", "eligible (MPI, Dec 2020)"): (
        Number("daca_eligible_immediately", "persons", 1.3 * _M),
        Number("daca_eligible_with_education", "persons", 384_000.0),
        Number("daca_eligible_aging_in", "persons", 14_000.0),
    ),
    ("DACA", "Mexico initial approvals (to 2018)"): (
        Number("daca_initial_approvals_mexico", "persons", 635_000.0, 635_000.0),
    ),
    ("DACA", "active recipients by year-end 2013-2022"): _TYPED_BY_HAND,
    ("US Citizenship Act 2021", "immediate path (Dreamers, TPS, farmworkers + family)"): (
        Number("citizenship_act_2021_immediate_path", "persons", 3.3 * _M, None, 3.3 * _M),
        Number("citizenship_act_2021_farmworkers", "persons", 1.1 * _M),
        Number("citizenship_act_2021_dreamers_and_tps", "persons", 1.85 * _M),
    ),
    ("US Citizenship Act 2021", "eight-year path, most of"): (
        Number("citizenship_act_2021_eight_year_path", "persons", 11.0 * _M, None, 11.0 * _M),
    ),
    ("H.R.6 2021", "Dreamers conditional / likely LPR"): (
        Number("hr6_2021_dreamers_conditional", "persons", 2.8 * _M),
        Number("hr6_2021_dreamers_permanent", "persons", 2.3 * _M),
        Number("hr6_2021_legal_dreamers_conditional", "persons", 190_000.0),
        Number("hr6_2021_legal_dreamers_permanent", "persons", 171_000.0),
        Number("hr6_2021_tps_ded", "persons", 393_000.0),
    ),
    ("H.R.6 2021", "CBO deficit effect 2021-31"): (
        Number("hr6_2021_deficit_effect", "USD", 35.3 * _BN),
        Number("hr6_2021_spending_effect", "USD", 38.3 * _BN),
        Number("hr6_2021_revenue_effect", "USD", 3.0 * _BN),
        Number("hr6_2021_revenue_effect", "USD", 5.0 * _BN, page="Center for Immigration Studies"),
    ),
    ("H.R.2820 Dream Act 2019", "CBO legal status / deficit 2020-29"): (
        Number("hr2820_2019_legal_status", "persons", None, 2.0 * _M),
        Number("hr2820_2019_deficit_effect", "USD", 26.3 * _BN),
    ),
    ("H.R.2821 Promise Act 2019", "CBO legal status / deficit"): (
        Number("hr2821_2019_legal_status", "persons", 0.5 * _M, None, 0.5 * _M),
        Number("hr2821_2019_deficit_effect", "USD", 8.3 * _BN),
    ),
    ("H.R.3440/S.1615 Dream Act 2017", "CBO legal status / spending 2018-27"): (
        Number("hr3440_2017_legal_status", "persons", 2.0 * _M),
        Number("hr3440_2017_spending_effect", "USD", 26.8 * _BN),
        Number("hr3440_2017_revenue_effect", "USD", 0.9 * _BN),
    ),
    ("S.744 2013", "CBO would gain legal status"): (
        Number("s744_2013_legal_status", "persons", 8.0 * _M),
        Number("s744_2013_unauthorized_population", "persons", 11.5 * _M),
    ),
    ("S.744 2013", "CBO population 2023 / 2033"): (
        Number("s744_2013_population_effect", "persons", 10.4 * _M, None, None, "to 2023"),
        Number("s744_2013_population_effect", "persons", 16.0 * _M, None, None, "to 2033"),
        Number("s744_2013_unauthorized_effect", "persons", -1.6 * _M, None, None, "to 2023"),
        Number("s744_2013_unauthorized_effect", "persons", -2.5 * _M, None, None, "to 2033"),
    ),
    ("S.744 2013", "CBO deficits 2014-23 / 2024-33"): (
        Number("s744_2013_deficit_effect", "USD", -197.0 * _BN, None, None, "2014 to 2023"),
        Number("s744_2013_deficit_effect", "USD", -700.0 * _BN, None, None, "2024 to 2033"),
        Number("s744_2013_spending_effect", "USD", 262.0 * _BN, None, None, "2014 to 2023"),
        Number("s744_2013_revenue_effect", "USD", 459.0 * _BN, None, None, "2014 to 2023"),
    ),
    ("Build Back Better H.R.5376", "CBO parole recipients"): (
        Number("hr5376_2021_parole_recipients", "persons", 6.5 * _M),
        Number(
            "hr5376_2021_parole_recipients",
            "persons",
            7.2 * _M,
            None,
            7.2 * _M,
            "up to",
            "Migration Policy Institute",
            dt.date(2021, 11, 24),
        ),
        Number("hr5376_2021_later_permanent", "persons", 3.0 * _M),
        Number("hr5376_2021_deficit_effect", "USD", None, 115.1 * _BN, 121.7 * _BN),
        Number("hr5376_2021_deficit_effect", "USD", 120.0 * _BN, None, None, "first plan"),
    ),
}
#: Series of the inputs whose cells are wording.
INPUT_READINGS: dict[str, Number] = {
    "overstay_share_of_stock_2006": Number(
        "overstay_share_of_unauthorized_population", "share", None, 0.40, 0.50, "2006"
    ),
    "overstay_share_of_stock_2014": Number(
        "overstay_share_of_unauthorized_population", "share", 0.42, None, None, "2014"
    ),
}
#: When constants could be read, by model, where the file gives no date; the day is assumed.
_METHOD_DATES = {
    "FZFK2018": dt.date(2018, 9, 30),
    "DHS_residual": dt.date(2008, 12, 31),
    "Capps2018": dt.date(2018, 12, 31),
    "inflow": dt.date(2025, 6, 30),
    "flows": dt.date(2020, 2, 29),
}
_PARAMETER_DATES = {
    "emigration_rate_foreign_born": dt.date(2011, 12, 31),
    "emigration_rate_social_security_earners": dt.date(2011, 12, 31),
    "emigrants_foreign_born_per_year": dt.date(1994, 12, 31),
    "emigration_share_in_decade": dt.date(1994, 12, 31),
    "emigrants_legal_per_year_trustees_2025": dt.date(2025, 6, 30),
    "emigration_share_of_lpr_immigration": dt.date(2025, 6, 30),
    "apprehension_probability": dt.date(2017, 9, 30),
    "deterrence_after_repatriation": dt.date(2017, 9, 30),
    "undercoverage_foreign_born_acs": dt.date(2015, 12, 31),
    "noncitizens_not_in_census_2020": dt.date(2023, 12, 31),
    "gross_unauthorized_inflow_per_year": dt.date(2008, 10, 31),
    "legalization_rate_unauthorized_mexicans": dt.date(2005, 12, 31),
    "deaths_unauthorized_per_year": dt.date(2018, 10, 1),
    **{
        name: dt.date(2013, 12, 31)
        for name in (
            "share_apprehended_once",
            "share_apprehended_twice",
            "share_apprehended_three_times_or_more",
            "share_of_reapprehensions_within_90_days",
        )
    },
}
#: IRCA's counts were complete when its applications had been decided.
_IRCA_KNOWN = dt.date(1992, 12, 31)
_PROGRAM_DATES = {"2012-2020": dt.date(2020, 12, 31), "2020-12": dt.date(2020, 12, 31), "2018-03": dt.date(2018, 3, 31)}


def add_stock_parameters(draft: Draft) -> None:
    """Add the parameters of the three files."""
    _methods(draft)
    _programs(draft)
    _shares_of_overstays(draft)


def _methods(draft: Draft) -> None:
    rows: list[Row] = []
    source_text = ""
    for row in draft.records(METHODS):
        source_text = source_text if row["source"] == "same" else row["source"]
        if row["status"] == "NOT SEEN":
            draft.leave_out(METHODS, "named as needed, no value seen", 1)
            continue
        numbers = METHOD_READINGS[row["model"], row["parameter"]]
        if isinstance(numbers, str):
            draft.leave_out(METHODS, numbers, 1)
            continue
        source = draft.mention(source_text if source_text != "-" else row["status"], kind="academic")
        for number in numbers:
            published = number.published or _PARAMETER_DATES.get(number.name) or _METHOD_DATES[row["model"]]
            note = joined(number.note, row["parameter"], row["distribution"], row["note"]) or ""
            for theirs, ours in _OWN_WORDS.items():
                note = note.replace(theirs, ours)
            rows.append(_parameter(number, source, _STATUS[row["status"]], published, True, note))
    draft.add(METHODS, "parameters", rows)


def _programs(draft: Draft) -> None:
    rows: list[Row] = []
    events: list[Row] = []
    source_text = ""
    for row in draft.records(PROGRAMS):
        source_text = source_text if row["source"] == "same" else row["source"].replace("same; ", f"{source_text}; ")
        numbers = PROGRAM_READINGS[row["program"], row["measure"]]
        if isinstance(numbers, str) and row["unit"] != "date":
            draft.leave_out(PROGRAMS, numbers, 1)
            continue
        source = draft.mention(source_text)
        if isinstance(numbers, str):
            events.append(
                {
                    "subject": "irca_1986",
                    "jurisdiction": "USA",
                    "title": "Immigration Reform and Control Act 1986",
                    "event": "cut_off_date_of_general_program",
                    "date": row["value"],
                    "date_precision": "day",
                    "source_id": source,
                    "note": row["note"],
                }
            )
            continue
        day_known = len(row["date"]) == 10
        stated = dt.date.fromisoformat(row["date"]) if day_known else None
        published = stated or _PROGRAM_DATES.get(row["date"], _IRCA_KNOWN)
        for number in numbers:
            note = joined(number.note, f'{row["measure"]}, printed "{row["value"]}"', row["note"])
            by = draft.mention(number.page) if number.page else source
            rows.append(_parameter(number, by, "quoted", number.published or published, not day_known, note))
    draft.add(PROGRAMS, "parameters", rows)
    draft.add(PROGRAMS, "events", events)


def _shares_of_overstays(draft: Draft) -> None:
    inputs = draft.read(INPUTS)
    rows = []
    for row in inputs[inputs["series"].isin(list(INPUT_READINGS))].to_dict("records"):
        number = INPUT_READINGS[row["series"]]
        published = dt.date(2006, 5, 22) if number.note == "2006" else dt.date(2017, 12, 31)
        note = joined(number.note, f'printed "{row["value"]}"', row["note"])
        source = draft.mention(row["source"], kind="academic")
        rows.append(_parameter(number, source, "quoted", published, number.note != "2006", note))
    draft.add(INPUTS, "parameters", rows)


def _parameter(number: Number, source: str, status: str, published: dt.date, assumed: bool, note: str | None) -> Row:
    return {
        "name": number.name,
        "unit": number.unit,
        "value": number.value,
        "low": number.low,
        "high": number.high,
        "distribution": None,
        "source_id": source,
        "status": status,
        "published": published,
        "published_is_assumed": assumed,
        "note": note,
    }
