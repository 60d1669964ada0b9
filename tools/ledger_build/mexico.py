"""Mexico: events and returns of its migration authority, and what its states live with."""

from __future__ import annotations

import pandas as pd

from ledger_build.draft import Draft, attributes
from ledger_build.periods import mid_years, months, quarters

#: INEGI's number of a state to ISO 3166-2.
STATES = {
    f"{number:02d}": f"MX-{code}"
    for number, code in enumerate(
        (
            *("AGU", "BCN", "BCS", "CAM", "COA", "COL", "CHP", "CHH", "CMX", "DUR", "GUA", "GRO", "HID", "JAL"),
            *("MEX", "MIC", "MOR", "NAY", "NLE", "OAX", "PUE", "QUE", "ROO", "SLP", "SIN", "SON", "TAB", "TAM"),
            *("TLA", "VER", "YUC", "ZAC"),
        ),
        start=1,
    )
}


def add_mexico(draft: Draft) -> None:
    """Add events and returns, remittances, homicides and population."""
    _events(draft)
    _returns(draft)
    _remittances(draft)
    _homicides(draft)
    _population(draft)


def _events(draft: Draft) -> None:
    file = "flows/mx_irregular_situation_events_monthly.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(place="MEX", nationality=rows["nationality_iso3"], value=rows["events"])
    draft.observe(file, "mx_events", "segob_monthly", "segob_events", frame)
    file = "flows/mx_irregular_situation_events_demographics_monthly.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place="MEX", attributes=attributes(sex=rows["sex"], age_group=rows["age_group"]), value=rows["events"]
    )
    draft.observe(file, "mx_events", "segob_sex_age", "segob_events", frame)


def _returns(draft: Draft) -> None:
    file = "flows/mx_returns_from_mexico_monthly.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place="MEX",
        nationality=rows["nationality_iso3"],
        attributes=attributes(return_type=rows["return_type"]),
        value=rows["returned"],
    )
    draft.observe(file, "mx_returns", "segob_monthly", "segob_returns", frame)


def _remittances(draft: Draft) -> None:
    file = "flows/mx_remittances_monthly.csv"
    rows = draft.read(file)
    common: pd.DataFrame = months(rows["month"]).assign(place="MEX", attributes=attributes(flow=rows["flow"]))
    source = "banxico_remittances"
    draft.observe(file, "remittances", "banxico_monthly", source, common.assign(value=rows["value_usd"]))
    draft.observe(file, "remittance_operations", "banxico_monthly", source, common.assign(value=rows["operations"]))

    file = "flows/mx_remittances_state_quarterly.csv"
    rows = draft.read(file)
    # Rows without a figure stand for quarters that the bank had not published.
    rows = rows[rows["remittance_inflow_usd"] != ""]
    frame = quarters(rows["quarter_start"]).assign(
        place=rows["state_code_inegi"].map(STATES),
        attributes=attributes(flow=["inflow"] * len(rows)),
        value=rows["remittance_inflow_usd"],
    )
    draft.observe(file, "remittances", "banxico_state_quarterly", source, frame)


def _homicides(draft: Draft) -> None:
    file = "flows/mx_homicides_state_monthly_inegi.csv"
    rows = draft.read(file)
    common: pd.DataFrame = months(rows["month"]).assign(place=rows["state_code_inegi"].map(STATES))
    draft.observe(file, "homicides", "inegi", "inegi_homicides", common.assign(value=rows["homicides"]))
    rate = common.assign(value=rows["homicides_per_100k_annualised"])
    draft.observe(file, "homicide_rate", "inegi", "inegi_homicides", rate)
    draft.leave_out(file, "column population_est: the compilers' monthly interpolation, implied by deaths and rate")

    file = "flows/mx_homicides_state_monthly_sesnsp.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place=rows["state_code_inegi"].map(STATES), value=rows["intentional_homicide_investigations"]
    )
    draft.observe(file, "homicide_investigations", "sesnsp", "sesnsp_investigations", frame)


def _population(draft: Draft) -> None:
    file = "flows/mx_population_state_annual.csv"
    rows = draft.read(file)
    frame = mid_years(rows["year"]).assign(place=rows["state_code_inegi"].map(STATES), value=rows["population_midyear"])
    draft.observe(file, "population", "conapo_state", "conapo_projections", frame)
