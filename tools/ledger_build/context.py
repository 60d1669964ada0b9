"""Indicators of countries, the US labour market and asylum applications."""

from __future__ import annotations

import pandas as pd

from ledger_build.draft import Draft, attributes
from ledger_build.periods import mid_years, months, years

#: Indicator of the file: measure, series, source.
_COUNTRY = {
    "population_midyear_persons": ("population", "un_wpp", "un_wpp_2024"),
    "net_migration_persons": ("net_migration", "un_wpp", "un_wpp_2024"),
    "gdp_current_usd": ("gdp", "world_bank", "world_bank_wdi"),
    "gdp_per_capita_ppp_2021_intl_usd": ("gdp_per_head", "world_bank", "world_bank_wdi"),
    "unemployment_rate_pct": ("unemployment_rate_annual", "world_bank", "world_bank_wdi"),
    "remittances_received_usd": ("remittances", "world_bank_annual", "world_bank_wdi"),
    "cpi_inflation_pct": ("inflation", "world_bank", "world_bank_wdi"),
    "political_stability_wgi": ("political_stability", "world_bank", "world_bank_wdi"),
}
_LABOUR = {
    "unemployment_rate_pct_sa": "unemployment_rate",
    "u6_underemployment_rate_pct_sa": "underemployment_rate",
    "job_openings_thousands_sa": "job_openings",
    "nonfarm_payrolls_thousands_sa": "payroll_employment",
    "avg_hourly_earnings_production_nonsupervisory_usd": "hourly_earnings",
    "cpi_all_urban_index_1982_84_100_sa": "consumer_price_index",
}
#: Days after the end of a year until the World Bank has it; longer than the measure's lag, which is Mexico's.
_WORLD_BANK_LAG = pd.Timedelta(days=365)


def add_context(draft: Draft) -> None:
    """Add country indicators, the US labour market and asylum applications."""
    _countries(draft)
    _labour(draft)
    _asylum(draft)


def _countries(draft: Draft) -> None:
    file = "flows/country_indicators_annual.csv.gz"
    rows = draft.read(file)
    if unknown := sorted(set(rows["indicator"]) - set(_COUNTRY)):
        draft.leave_out(file, f"indicators without a measure: {', '.join(unknown)}")
    for indicator, (measure, series, source) in _COUNTRY.items():
        part = rows[(rows["indicator"] == indicator) & (rows["value"] != "")]
        period = mid_years(part["year"]) if measure == "population" else years(part["year"])
        frame: pd.DataFrame = period.assign(place=part["country_iso3"], value=part["value"])
        if measure == "remittances":
            frame = frame.assign(
                published=frame["period_end"] + _WORLD_BANK_LAG,
                published_is_assumed=True,
                attributes=attributes(flow=["inflow"] * len(frame)),
            )
        draft.observe(file, measure, series, source, frame)


def _labour(draft: Draft) -> None:
    file = "flows/us_labour_market_monthly.csv"
    rows = draft.read(file)
    for indicator, measure in _LABOUR.items():
        part = rows[(rows["indicator"] == indicator) & (rows["value"] != "")]
        frame = months(part["month"]).assign(place="USA", value=part["value"])
        if measure in {"job_openings", "payroll_employment"}:
            frame["period_start"] = frame["period_end"]
        draft.observe(file, measure, "bls_monthly", "bls_fred", frame)


def _asylum(draft: Draft) -> None:
    file = "flows/unhcr_asylum_applications_americas_annual.csv"
    rows = draft.read(file)
    names = ("procedure_type", "application_type", "decision_level", "count_unit")
    frame = years(rows["year"]).assign(
        place=rows["asylum_country_iso3"],
        nationality=rows["origin_iso3"],
        attributes=attributes(**{name: rows[name] for name in names}),
        value=rows["applications"],
    )
    draft.observe(file, "asylum_applications", "unhcr", "unhcr_asylum", frame)
