"""Encounters at the borders of the United States, from the files of CBP and DHS."""

from __future__ import annotations

import pandas as pd

from ledger_build.draft import Draft, attributes
from ledger_build.periods import fiscal_years, months

SECTOR_SUFFIX = " Sector"
#: Border regions of the source to place codes.
REGIONS = {"southwest": "swb", "northern": "northern", "coastal": "coastal"}


def add_border(draft: Draft) -> None:
    """Add all series of encounters, apprehensions and custody that come as files."""
    _southwest_monthly(draft)
    _southwest_without_sector(draft)
    _april_2022(draft)
    _nationwide_by_state(draft)
    _border_patrol_by_sector(draft)
    _border_patrol_rounded(draft)
    _border_patrol_by_citizenship(draft)
    _ports_of_entry(draft)
    _children(draft)


def _place(area: pd.Series[str]) -> pd.Series[str]:
    return area.str.removesuffix(SECTOR_SUFFIX)


def _southwest_monthly(draft: Draft) -> None:
    file = "flows/us_cbp_swb_encounters_monthly.csv.gz"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place=_place(rows["area_of_responsibility"]),
        nationality=rows["citizenship_iso3"],
        household=rows["demographic"],
        legal_authority=rows["title_of_authority"],
        component=rows["component"],
        attributes=attributes(encounter_type=rows["encounter_type"]),
        value=rows["encounters"],
    )
    draft.observe(file, "sw_encounters", "cbp_monthly", "cbp_swb_encounters", frame)


def _southwest_without_sector(draft: Draft) -> None:
    for file, series, source in (
        (
            "flows/us_cbp_swb_encounters_fy2018_fy2019_monthly.csv",
            "cbp_monthly_fy2018_fy2019",
            "cbp_swb_encounters_fy2018_fy2019",
        ),
        (
            "flows/us_cbp_swb_encounters_citizenship_group_fy2022_aug2025.csv",
            "cbp_citizenship_group",
            "cbp_swb_encounters_fy2022_fy2025",
        ),
    ):
        rows = draft.read(file)
        frame = months(rows["month"]).assign(
            place="swb",
            nationality=rows.get("citizenship_group_iso3", "ALL"),
            household=rows["demographic"],
            legal_authority=rows["title_of_authority"],
            component=rows["component"],
            attributes=attributes(encounter_type=rows["encounter_type"]),
            value=rows["encounters"],
        )
        draft.observe(file, "sw_encounters", series, source, frame)


def _april_2022(draft: Draft) -> None:
    file = "flows/us_cbp_april2022_first_report_vs_final.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place=_place(rows["area_of_responsibility"]),
        legal_authority=rows["title_of_authority"],
        component=rows["component"],
        value=rows["encounters_first_report_2022_05_04"],
        published="2022-05-04",
    )
    draft.observe(file, "sw_encounters", "first_report", "texas_v_biden_april_2022", frame, vintage="2022-05-04")
    draft.leave_out(file, "columns encounters_final and revision repeat series cbp_monthly")


def _nationwide_by_state(draft: Draft) -> None:
    file = "flows/us_cbp_nationwide_encounters_by_state_fy2020_fy2023.csv.gz"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place="US-" + rows["us_state"],
        nationality=rows["citizenship_iso3"],
        household=rows["demographic"],
        legal_authority=rows["title_of_authority"],
        attributes=attributes(border_region=rows["land_border_region"]),
        value=rows["encounters"],
    )
    draft.observe(file, "us_encounters_nationwide", "cbp_state", "cbp_nationwide_state", frame)


def _border_patrol_by_sector(draft: Draft) -> None:
    file = "flows/us_usbp_encounters_by_sector_fy2000_fy2020_exact.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(place=rows["sector"], component="USBP", value=rows["encounters"])
    draft.observe(file, "usbp_encounters", "usbp_sector_exact", "usbp_monthly_fy2000_fy2020", frame)
    file = "flows/us_usbp_encounters_by_sector_fy2000_fy2025.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(place=rows["sector"], component="USBP", value=rows["encounters_rounded10"])
    draft.observe(file, "usbp_encounters", "khsm_sector_rounded", "khsm_usbp_sector", frame)


def _border_patrol_rounded(draft: Draft) -> None:
    file = "flows/us_usbp_encounters_by_region_citizenship_fy2000_fy2025.csv.gz"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place=rows["border_region"].map(REGIONS),
        nationality=rows["citizenship_iso3"],
        component="USBP",
        value=rows["encounters_rounded10"],
    )
    draft.observe(file, "usbp_encounters", "khsm_citizenship_rounded", "khsm_usbp_citizenship", frame)
    file = "flows/us_usbp_encounters_by_region_family_status_fy2000_fy2025.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place=rows["border_region"].map(REGIONS),
        household=rows["demographic"],
        component="USBP",
        value=rows["encounters_rounded10"],
    )
    draft.observe(file, "usbp_encounters", "khsm_family_rounded", "khsm_usbp_family", frame)


def _border_patrol_by_citizenship(draft: Draft) -> None:
    file = "flows/us_usbp_apprehensions_sector_citizenship_annual_fy2007_fy2020.csv"
    rows = draft.read(file)
    # The source has two labels for some countries; both stay, told apart by the label.
    twice = rows.duplicated(["fiscal_year", "sector", "citizenship_iso3"], keep=False)
    frame = fiscal_years(rows["fiscal_year"]).assign(
        place=rows["sector"],
        nationality=rows["citizenship_iso3"],
        component="USBP",
        attributes=attributes(label=rows["citizenship_raw"].where(twice, "")),
        value=rows["apprehensions"],
    )
    source = "usbp_sector_citizenship_fy2007_fy2020"
    draft.observe(file, "usbp_encounters", "usbp_sector_citizenship_annual", source, frame)


def _ports_of_entry(draft: Draft) -> None:
    file = "flows/us_ofo_dispositions_monthly_fy2021_fy2024.csv"
    rows = draft.read(file)
    sums = rows["field_office"].eq("Total") | rows["category"].eq("total_credible_fear")
    draft.leave_out(file, "totals of rows that are present", int(sums.sum()))
    rows = rows[~sums]
    sources = {
        address: draft.page(address, "US Customs and Border Protection") for address in rows["source_url"].unique()
    }
    fear = rows[rows["table"] == "ofo_credible_fear_by_disposition"]
    frame = months(fear["month"]).assign(
        place="swb",
        component="OFO",
        attributes=attributes(disposition=fear["category"]),
        value=fear["count"],
        source_id=fear["source_url"].map(sources),
    )
    draft.observe(file, "ofo_dispositions", "cbp_custody_pages", None, frame)
    refused = rows[rows["table"] == "ofo_title8_inadmissibles"]
    frame = months(refused["month"]).assign(
        place=refused["field_office"],
        component="OFO",
        legal_authority="title_8",
        value=refused["count"],
        source_id=refused["source_url"].map(sources),
    )
    draft.observe(file, "ofo_inadmissibles", "cbp_custody_pages", None, frame)


def _children(draft: Draft) -> None:
    file = "flows/us_unaccompanied_children_custody_daily.csv"
    rows = draft.read(file)
    day = pd.to_datetime(rows["date"])
    for measure, attribute, columns in (
        ("children_in_custody", "agency", {"uc_in_cbp_custody": "cbp", "uc_in_hhs_care": "hhs"}),
        (
            "children_custody_flows",
            "flow",
            {
                "uc_apprehended_into_cbp_custody": "apprehended_into_cbp_custody",
                "uc_transferred_out_of_cbp": "transferred_from_cbp_to_hhs",
                "uc_discharged_from_hhs": "discharged_from_hhs",
            },
        ),
    ):
        parts = [
            pd.DataFrame(
                {
                    "period_start": day,
                    "period_end": day,
                    "place": "USA",
                    "household": "unaccompanied_minor",
                    "attributes": attributes(**{attribute: [code] * len(rows)}),
                    "value": rows[column],
                }
            )
            for column, code in columns.items()
        ]
        draft.observe(file, measure, "hhs_daily", "hhs_cbp_children_daily", pd.concat(parts, ignore_index=True))
