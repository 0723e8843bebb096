#include "registry-node/store/registry_schema.h"

#include "registry-node/store/schema_columns.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kFacts =
    "-- A person at this node.\n"
    "CREATE TABLE patient (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("pseudonym") ", -- random; the vault alone knows whose\n"
    "sex TEXT NOT NULL CHECK(sex IN ('M', 'F', 'X', 'U')),\n"
    "birth_year INTEGER CHECK(birth_year BETWEEN 1850 AND 2200), -- null if unknown\n"
    "country TEXT NOT NULL CHECK(country GLOB '[A-Z][A-Z]'), -- ISO 3166-1 alpha-2\n"
    PERDURA_OPTIONAL_NAME("region") ", -- code, e.g. ISO 3166-2; never free text\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("patient")

    "-- What a person agreed to. No row means no.\n"
    "CREATE TABLE consent (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("pseudonym") ",\n"
    "scope TEXT NOT NULL CHECK(scope IN ('research', 'regulatory', 'payer_adjudication',\n"
    "  'secondary_use', 'cross_border', 'recontact')), -- for what\n"
    "status TEXT NOT NULL CHECK(status IN ('given', 'refused', 'withdrawn')),\n"
    PERDURA_DATE("from", "from when it holds") PERDURA_OPTIONAL_DATE("to", "last day it holds")
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("consent")

    "-- The disease that is treated, with what was known at infusion.\n"
    "CREATE TABLE condition (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("pseudonym") ",\n"
    PERDURA_NAME("code_system") ", -- perdura: the code is an id of the charter\n"
    PERDURA_NAME("code") ",\n"
    PERDURA_NAME("indication") ", -- id in the charter\n"
    PERDURA_OPTIONAL_NAME("subtype") ", -- subtype of the indication in the charter\n"
    PERDURA_DATE("dx", "diagnosis")
    PERDURA_OPTIONAL_NAME("stage") ",\n"
    PERDURA_OPTIONAL_NAME("risk_group") ",\n"
    "prior_lines INTEGER CHECK(prior_lines >= 0), -- lines of therapy before\n"
    "ecog INTEGER CHECK(ecog BETWEEN 0 AND 5), -- performance status\n"
    "kps INTEGER CHECK(kps BETWEEN 0 AND 100), -- Karnofsky score\n"
    "hct_ci INTEGER CHECK(hct_ci >= 0), -- comorbidity index\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("condition")

    "-- One treatment. Day 0 is its first infusion.\n"
    "CREATE TABLE episode (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("pseudonym") ",\n"
    PERDURA_ID("condition") ", -- record of the condition that it treats\n"
    PERDURA_NAME("product") ", -- id in the charter\n"
    "day0 INTEGER NOT NULL, -- exact day, days since 1970-01-01\n"
    PERDURA_DATE("enrolled", "when this registry learned of the patient") 
    PERDURA_OPTIONAL_DATE("apheresis", "collection of cells")
    "age_at_infusion INTEGER CHECK(age_at_infusion BETWEEN 0 AND 130), -- whole years\n"
    "laterality TEXT CHECK(laterality IN ('left', 'right', 'both')), -- eye or side\n"
    "intent TEXT CHECK(intent IN ('curative', 'disease_control', 'bridge')),\n"
    "scheme TEXT NOT NULL CHECK(scheme IN ('integrating', 'aav', 'standard')), -- schedule\n"
    "track TEXT NOT NULL CHECK(track IN ('15-year', 'standard', '100-day-only',\n"
    "  'no-follow-up')), -- how far the centre follows\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("episode")

    "-- One infusion of an episode.\n"
    "CREATE TABLE infusion (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("episode") ", -- record of the episode\n"
    "seq INTEGER NOT NULL CHECK(seq BETWEEN 1 AND 1000), -- 1 is day 0 of the episode\n"
    "day INTEGER NOT NULL, -- exact day, days since 1970-01-01\n"
    "dose TEXT CHECK(length(dose) BETWEEN 1 AND 30 AND dose NOT GLOB '*[^0-9.]*'), -- decimal\n"
    "dose_unit TEXT CHECK(dose_unit IN ('cells/kg', 'cells', 'vg/kg', 'vg')\n"
    "  AND (dose_unit IS NULL) = (dose IS NULL)),\n"
    "in_spec INTEGER CHECK(in_spec IN (0, 1)), -- product met its release specification\n"
    PERDURA_OPTIONAL_NAME("conditioning") ", -- code of the regimen\n"
    PERDURA_OPTIONAL_NAME("bridging") ", -- code of the regimen\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("infusion")

    "-- One contact with the patient and the period that it reports on.\n"
    "CREATE TABLE visit (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("episode") ", -- record of the episode\n"
    PERDURA_OPTIONAL_NAME("slot") ", -- slot of the schedule, null until it is assigned\n"
    PERDURA_DATE("contact", "the contact")
    "contact_type TEXT NOT NULL CHECK(contact_type IN ('exam', 'phone', 'registry_link',\n"
    "  'claims')),\n"
    "alive INTEGER NOT NULL CHECK(alive IN (0, 1)), -- known to be alive on that day\n"
    "period_from INTEGER NOT NULL, -- first day of the reporting period\n"
    "period_to INTEGER NOT NULL CHECK(period_to >= period_from), -- its last day\n"
    "disease_assessed INTEGER NOT NULL CHECK(disease_assessed IN (0, 1)),\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("visit")

    "-- What happened. Alive or dead is no column: it follows from the one death event.\n"
    "CREATE TABLE event (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("episode") ", -- record of the episode\n"
    "type TEXT NOT NULL CHECK(type IN ('relapse', 'progression', 'loss_of_response',\n"
    "  'loss_of_effect', 'death', 'new_treatment', 'subsequent_infusion', 'hct_after_ct',\n"
    "  'second_malignancy', 'lost_to_follow_up', 'withdrawn', 'crs', 'icans', 'iec_hs',\n"
    "  'infection', 'cytopenia', 'gvhd_acute', 'gvhd_chronic', 'hospitalisation', 'icu',\n"
    "  'ventilation', 'pregnancy', 'ae_other', 'engraftment_anc', 'engraftment_plt',\n"
    "  'transfusion', 'voc', 'acute_chest', 'bleed', 'factor_use', 'prophylaxis_resumed',\n"
    "  'inhibitor', 'motor_milestone_gained', 'motor_milestone_lost')),\n"
    PERDURA_DATE("onset", "when it began") PERDURA_OPTIONAL_DATE("end", "when it ended")
    PERDURA_OPTIONAL_NAME("code_system") ",\n"
    PERDURA_OPTIONAL_NAME("code") " CHECK((code IS NULL) = (code_system IS NULL)),\n"
    "grade INTEGER CHECK(grade BETWEEN 1 AND 5), -- on the scale of the type\n"
    "serious INTEGER CHECK(serious IN (0, 1)),\n"
    "related TEXT CHECK(related IN ('product', 'procedure', 'disease', 'unrelated', 'unknown')),\n"
    "confirmed INTEGER NOT NULL CHECK(confirmed IN (0, 1)), -- by a second finding\n"
    "cause TEXT CHECK(cause IS NULL\n"
    "  OR type = 'death' AND cause IN ('relapse_progression', 'toxicity', 'infection', 'gvhd',\n"
    "    'second_malignancy', 'organ_failure', 'cardiovascular', 'other', 'unknown')\n"
    "  OR type = 'lost_to_follow_up' AND cause IN ('moved', 'declined', 'unreachable',\n"
    "    'transferred')), -- of death, of loss\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("event")

    "-- What came in, one line for each import that was committed.\n"
    "CREATE TABLE import (\n"
    "row INTEGER PRIMARY KEY, -- order\n"
    "id TEXT NOT NULL UNIQUE CHECK(length(id) = 32), -- the actor of its rows\n"
    "recorded_at INTEGER NOT NULL, -- microseconds UTC, as on its rows\n"
    PERDURA_NAME("source_system") ", -- whose record numbers\n"
    "files_hash BLOB NOT NULL CHECK(length(files_hash) = 32), -- names and contents\n"
    "added INTEGER NOT NULL CHECK(added >= 0), -- new records\n"
    "changed INTEGER NOT NULL CHECK(changed >= 0), -- further versions\n"
    "same INTEGER NOT NULL CHECK(same >= 0) -- rows that said nothing new\n"
    ") STRICT;\n" PERDURA_NO_CHANGE("import");

constexpr absl::string_view kProductList =
    "-- Products that a patient was ever recorded with, for good. A product has the place in which\n"
    "-- it came first; a corrected product code adds a row and frees none.\n"
    "CREATE TABLE patient_product (\n"
    PERDURA_ID("pseudonym") ",\n"
    "place INTEGER NOT NULL CHECK(place >= 1), -- 1, 2, ... without a gap\n"
    PERDURA_NAME("product") ", -- id in the charter\n"
    "recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, of its episode\n"
    "PRIMARY KEY(pseudonym, place), UNIQUE(pseudonym, product)\n"
    ") STRICT, WITHOUT ROWID;\n" PERDURA_NO_CHANGE("patient_product")
    "CREATE TRIGGER patient_product_dense BEFORE INSERT ON patient_product\n"
    "WHEN NEW.place <> 1 + (SELECT count(*) FROM patient_product\n"
    "  WHERE pseudonym = NEW.pseudonym)\n"
    "BEGIN SELECT RAISE(ABORT, 'place gap'); END;\n"
    "-- Of the facts recorded before this table was: as they came, then by day of infusion.\n"
    "INSERT INTO patient_product (pseudonym, place, product, recorded_at)\n"
    "SELECT pseudonym, row_number() OVER (PARTITION BY pseudonym\n"
    "  ORDER BY recorded_at, day0, row) AS place, product, recorded_at\n"
    "FROM (SELECT pseudonym, product, recorded_at, day0, row, row_number() OVER (\n"
    "  PARTITION BY pseudonym, product ORDER BY recorded_at, day0, row) AS nth\n"
    "  FROM episode WHERE op = 'assert')\n"
    "WHERE nth = 1 ORDER BY pseudonym, place;\n";

constexpr absl::string_view kFollowUp =
    "-- How the disease answered, on a closed scale.\n"
    "CREATE TABLE response (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("episode") ", -- record of the episode\n"
    PERDURA_DATE("day", "the finding")
    "scale TEXT NOT NULL CHECK(scale IN ('lugano2014', 'imwg2016', 'ball_nccn', 'chop_intend',\n"
    "  'hfmse', 'motor_milestone', 'fst_log', 'mlmt_lux', 'eq5d5l', 'eq_vas')), -- with version\n"
    PERDURA_NAME("value") ", -- one of the scale\n"
    "mrd TEXT CHECK(mrd IN ('neg', 'pos', 'unknown')), -- minimal residual disease\n"
    "evidence TEXT NOT NULL CHECK(evidence IN ('imaging', 'marrow', 'lab', 'clinical',\n"
    "  'central')),\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("response")

    "-- One measured value, in the canonical unit of its code and as the source gave it.\n"
    "CREATE TABLE measure (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("episode") ", -- record of the episode\n"
    PERDURA_DATE("day", "the sample")
    PERDURA_NAME("code") ", -- LOINC, or a local id\n"
    PERDURA_DECIMAL("value", "NOT NULL") ", -- decimal number\n"
    PERDURA_NAME("unit") ", -- canonical unit of the code\n"
    PERDURA_DECIMAL("given_value", "NOT NULL") ",\n"
    PERDURA_NAME("given_unit") ",\n"
    PERDURA_OPTIONAL_NAME("method") ", -- code\n"
    "laterality TEXT CHECK(laterality IN ('left', 'right', 'both')), -- eye or side\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("measure")

    "-- Persistence of the transgene.\n"
    "CREATE TABLE transgene (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("episode") ", -- record of the episode\n"
    PERDURA_DATE("day", "the sample")
    PERDURA_NAME("assay") ", -- code of the assay\n"
    PERDURA_DECIMAL("value", "") ", -- decimal number, null where only found or not\n"
    PERDURA_OPTIONAL_NAME("unit") " CHECK((unit IS NULL) = (value IS NULL)),\n"
    "detected INTEGER NOT NULL CHECK(detected IN (0, 1)),\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("transgene")

    "-- A spell under one insurer.\n"
    "CREATE TABLE coverage (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("pseudonym") ",\n"
    PERDURA_NAME("payer") ", -- code of the insurer\n"
    "payer_class TEXT NOT NULL CHECK(payer_class IN ('commercial', 'medicaid', 'medicare',\n"
    "  'statutory', 'nhs', 'self', 'other')),\n"
    PERDURA_OPTIONAL_NAME("plan") ", -- code\n"
    "from_day INTEGER NOT NULL, -- exact, first day covered\n"
    "to_day INTEGER CHECK(to_day >= from_day), -- exact, last day; null while it lasts\n"
    "rank TEXT NOT NULL CHECK(rank IN ('primary', 'secondary')),\n"
    "reason_end TEXT CHECK(reason_end IN ('job', 'eligibility', 'age', 'death', 'moved',\n"
    "  'unknown')), CHECK(reason_end IS NULL OR to_day IS NOT NULL),\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("coverage")

    "-- The contract under which an episode is paid.\n"
    "CREATE TABLE contract_link (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("episode") ", -- record of the episode\n"
    PERDURA_NAME("contract") ", -- id of the contract\n"
    "contract_version INTEGER NOT NULL CHECK(contract_version >= 1),\n"
    PERDURA_NAME("payer_at_infusion") ", -- code of the insurer\n"
    "accepted_day INTEGER NOT NULL, -- exact\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("contract_link")

    "-- An attempt to reach a patient for a slot of the schedule.\n"
    "CREATE TABLE contact_try (\n" PERDURA_FACT_COLUMNS
    PERDURA_ID("episode") ", -- record of the episode\n"
    PERDURA_NAME("slot") ", -- of the schedule\n"
    PERDURA_DATE("day", "the attempt")
    "mode TEXT NOT NULL CHECK(mode IN ('phone', 'letter', 'email', 'registry_link',\n"
    "  'other_centre')),\n"
    "outcome TEXT NOT NULL CHECK(outcome IN ('reached', 'no_answer', 'moved', 'declined')),\n"
    PERDURA_FACT_CONSTRAINTS ") STRICT;\n" PERDURA_APPEND_ONLY("contact_try");

constexpr base::Migration kMigrations[] = {{1, kFacts}, {2, kProductList}, {3, kFollowUp}};

}  // namespace

const absl::string_view kFactSchema = kFacts;
const absl::string_view kProductListSchema = kProductList;
const absl::string_view kFollowUpSchema = kFollowUp;

std::span<const base::Migration> FactMigrations() { return kMigrations; }

}  // namespace perdura::registry_node
