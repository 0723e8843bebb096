#include "tests/unit/registry-node/test_node.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/check.h"
#include "registry-node/import/import_handler.h"
#include "registry-node/records/dates.h"
#include "registry-node/store/registry_schema.h"

namespace perdura::registry_node {
namespace {

std::unique_ptr<base::Database> Migrated(int32_t application_id,
                                         std::span<const base::Migration> migrations) {
  auto database = base::Database::OpenInMemory();
  PERDURA_CHECK(database.ok());
  PERDURA_CHECK(base::ApplyMigrations(**database, application_id, migrations).ok());
  return *std::move(database);
}

Vault OpenVault(Vault::Options options) {
  auto vault = Vault::Open(options);
  PERDURA_CHECK(vault.ok());
  return *std::move(vault);
}

void AddProduct(v1::Charter& charter, const char* id, v1::ProductClass product_class) {
  v1::Product& product = *charter.add_products();
  product.set_id(id);
  product.set_product_class(product_class);
}

v1::Attribute& AddAttribute(v1::Charter& charter, const char* id, v1::AttributeSource source) {
  v1::Attribute& attribute = *charter.add_attributes();
  attribute.set_id(id);
  attribute.set_source(source);
  attribute.set_may_filter(true);
  attribute.set_may_group(true);
  return attribute;
}

void AddCategories(v1::Attribute& attribute, const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    v1::Category& category = *attribute.add_categories();
    category.set_id(value);
    category.add_values(value);
  }
}

}  // namespace

CsvFiles CsvFiles::Empty() {
  CsvFiles files;
  files.text = {
      {"patients.csv", "record_number,family,given,birth_date,sex,country,region\n"},
      {"consents.csv", "record_number,scope,status,from,to\n"},
      {"conditions.csv",
       "record_number,condition_id,code_system,code,subtype,diagnosed,stage,risk_group,"
       "prior_lines,ecog,kps,hct_ci\n"},
      {"episodes.csv",
       "record_number,episode_id,condition_id,product,infused,enrolled,apheresis,laterality,"
       "intent,track,age_at_infusion\n"},
      {"infusions.csv", "episode_id,seq,day,dose,dose_unit,in_spec,conditioning,bridging\n"},
      {"visits.csv", "episode_id,contact,contact_type,alive,disease_assessed\n"},
      {"events.csv",
       "episode_id,type,onset,end,code_system,code,grade,serious,related,confirmed,cause\n"},
      {"coverage.csv", "record_number,payer,payer_class,plan,from,to,rank,reason_end\n"},
      {"responses.csv", "episode_id,day,scale,value,mrd,evidence\n"},
      {"measures.csv", "episode_id,day,code,value,unit,method,laterality\n"},
      {"transgene.csv", "episode_id,day,assay,value,unit,detected\n"},
      {"contracts.csv", "episode_id,contract,contract_version,payer_at_infusion,accepted\n"},
      {"tries.csv", "episode_id,slot,day,mode,outcome\n"},
  };
  return files;
}

CsvFiles CsvFiles::OnePatient() { return Empty().AddPatient(1); }

CsvFiles CsvFiles::EveryTable() {
  CsvFiles files = OnePatient();
  files.Add("coverage.csv", "p1,acme,commercial,gold,2019-01-01,2020-12-31,primary,job");
  files.Add("coverage.csv", "p1,state,medicaid,,2021-01-01,,primary,");
  files.Add("coverage.csv", "p1,acme,commercial,,2020-01-01,,secondary,");
  files.Add("responses.csv", "e1,2020-06-09,ball_nccn,CR,neg,marrow");
  files.Add("responses.csv", "e1,2020-09,ball_nccn,RELAPSE,pos,marrow");
  files.Add("measures.csv", "e1,2020-02-20,718-7,85,g/L,,");
  files.Add("measures.csv", "e1,2020-06-09,718-7,12.1,g/dL,,");
  files.Add("transgene.csv", "e1,2020-06-09,ddpcr,0.8,copies,true");
  files.Add("transgene.csv", "e1,2021-06-09,ddpcr,,,false");
  files.Add("contracts.csv", "e1,outcome-rebate,2,acme,2020-02-01");
  files.Add("tries.csv", "e1,y1,2021-05-01,phone,no_answer");
  files.Add("events.csv", "e1,relapse,2020-09-20,,,,,,,true,");
  return files;
}

CsvFiles& CsvFiles::AddPatient(int number) {
  const auto with = [&](absl::string_view row) {
    return absl::StrReplaceAll(row, {{"#", absl::StrCat(number)}});
  };
  Add("patients.csv", with("p#,,,,F,US,"));
  Add("consents.csv", with("p#,research,given,2020-01-01,"));
  Add("conditions.csv", with("p#,c#,perdura,acute-leukaemia,all,2019-05-02,,,2,1,90,3"));
  Add("episodes.csv", with("p#,e#,c#,allo-hct@1,2020-03-01,2020-03-01,,,,standard,34"));
  return Add("visits.csv", with("e#,2020-06-09,exam,true,true"));
}

CsvFiles& CsvFiles::Add(const std::string& file, absl::string_view row) {
  absl::StrAppend(&text[file], row, "\n");
  return *this;
}

CsvFiles& CsvFiles::Replace(const std::string& file, absl::string_view from, absl::string_view to) {
  EXPECT_TRUE(absl::StrContains(text[file], from)) << file << " lacks " << from;
  absl::StrReplaceAll({{from, to}}, &text[file]);
  return *this;
}

CsvFiles& CsvFiles::Remove(const std::string& file) {
  text.erase(file);
  return *this;
}

CsvFiles& CsvFiles::DropLast(const std::string& file) {
  std::string& lines = text[file];
  lines.pop_back();
  lines.erase(lines.rfind('\n') + 1);
  return *this;
}

v1::Charter SmallCharter() {
  v1::Charter charter;
  AddProduct(charter, "allo-hct@1", v1::HCT_ALLO);
  AddProduct(charter, "car-t@1", v1::CAR_T);
  AddProduct(charter, "aav@1", v1::AAV);
  AddProduct(charter, "test-canary@1", v1::CANARY);
  v1::Indication& leukaemia = *charter.add_indications();
  leukaemia.set_id("acute-leukaemia");
  leukaemia.add_scales("ball_nccn");
  for (const char* subtype : {"all", "aml-low", "aml-high"}) leukaemia.add_subtypes(subtype);
  AddCategories(AddAttribute(charter, "disease", v1::ATTRIBUTE_SUBTYPE),
                {"all", "aml-low", "aml-high"});
  AddCategories(AddAttribute(charter, "risk", v1::ATTRIBUTE_RISK_GROUP), {"low", "high"});
  v1::Attribute& age = AddAttribute(charter, "age", v1::ATTRIBUTE_AGE_AT_INFUSION);
  v1::Category& adult = *age.add_categories();
  adult.set_id("adult");
  adult.set_low(18);
  adult.set_high(120);
  return charter;
}

TestNode::TestNode(uint64_t seed)
    : random(seed),
      registry(Migrated(kRegistryApplicationId, FactMigrations())),
      vault_database(Migrated(kVaultApplicationId, VaultMigrations())),
      facts({.database = registry,
             .clock = clock,
             .newest_debited_cut_micros = [this]() -> absl::StatusOr<int64_t> {
               return newest_debited_cut;
             }}),
      vault(OpenVault({.database = vault_database, .clock = clock, .random = random})),
      tables(facts, clock) {}

v1::ImportResponse TestNode::Import(const CsvFiles& files, v1::ImportOptions options) {
  if (options.source_system().empty()) options.set_source_system("emr");
  std::vector<ImportFile> list;
  for (const auto& [name, bytes] : files.text) list.push_back({name, bytes});
  ImportHandler handler({.facts = facts, .vault = vault, .random = random});
  const auto response = handler.Run(list, options, charter, clock.Now());
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *response : v1::ImportResponse();
}

void TestNode::MustImport(const CsvFiles& files) {
  const v1::ImportResponse response = Import(files);
  EXPECT_TRUE(response.committed()) << response.ShortDebugString().substr(0, 2000);
}

std::vector<ExactExit> TestNode::Exits(const TableQuestion& question) {
  const auto exits = tables.Exits(question, ExactTableAccessForTest::Make());
  EXPECT_TRUE(exits.ok()) << exits.status();
  return exits.ok() ? *exits : std::vector<ExactExit>();
}

TableQuestion AskAll(absl::string_view rule) {
  TableQuestion question;
  question.rule_set = FindRuleSet(rule);
  PERDURA_CHECK(question.rule_set != nullptr);
  question.cutoff_day = Day("2026-06-30");
  question.known_at_micros = absl::ToUnixMicros(test_support::FakeClock().Now() + absl::Hours(24));
  question.scope = v1::RESEARCH;
  question.products = {"allo-hct@1", "car-t@1", "aav@1"};
  question.products_per_patient = 3;
  return question;
}

int64_t Day(absl::string_view iso) {
  const auto day = ParseDay(iso);
  PERDURA_CHECK(day.ok() && day->exact());
  return day->lo;
}

std::vector<std::string> Findings(const v1::ImportResponse& response, absl::string_view severity) {
  std::vector<std::string> found;
  for (const v1::Finding& finding : response.findings()) {
    if (finding.severity() != severity) continue;
    found.push_back(absl::StrCat(finding.file(), ":", finding.row(), ":", finding.field(), ":",
                                 finding.rule()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

int64_t RowsOf(SharedDatabase& database, const std::string& table) {
  absl::MutexLock lock(&database.mutex);
  auto count = database.db->Prepare("SELECT count(*) FROM " + table);
  PERDURA_CHECK(count.ok() && count->Step().ok());
  return *count->Int64At(0);
}

}  // namespace perdura::registry_node
