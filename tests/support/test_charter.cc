#include "tests/support/test_charter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/secret_bytes.h"
#include "federation/charter.h"
#include "federation/envelope.h"
#include "privacy/design/strategy_design.h"

namespace perdura::test_support {
namespace {

constexpr int kAuthorities = 3;
constexpr std::array<std::pair<const char*, const char*>, 4> kHospitals = {
    {{"ohio", "Ohio State University"},
     {"alfred", "Alfred Hospital"},
     {"st-vincent", "St. Vincent's Hospital"},
     {"hahnemann", "Hahnemann University"}}};
constexpr int kHospitalCount = static_cast<int>(kHospitals.size());

std::vector<int> KnotsOf(absl::string_view grid) {
  if (grid == "g8@1") return {1, 3, 6, 9, 12, 24, 36, 60};
  return {1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 24, 30, 36, 48, 60};
}

struct Design {
  const char* id;
  const char* grid;
  uint32_t causes;
  v1::Prior prior;
};
constexpr std::array<Design, 6> kDesigns = {{{"curative-g8-j1@1", "g8@1", 1, v1::CURATIVE},
                                             {"curative-g8-j2@1", "g8@1", 2, v1::CURATIVE},
                                             {"curative-g15-j1@1", "g15@1", 1, v1::CURATIVE},
                                             {"curative-g15-j2@1", "g15@1", 2, v1::CURATIVE},
                                             {"durable-g15-j1@1", "g15@1", 1, v1::DURABLE},
                                             {"entry-g8@1", "g8@1", 0, v1::PRIOR_UNSPECIFIED}}};

v1::Strategy MakeStrategy(const Design& design) {
  const auto grid = privacy::Grid::Create(KnotsOf(design.grid));
  PERDURA_CHECK(grid.ok());
  const bool entry = design.causes == 0;
  const auto strategy = entry ? privacy_design::DesignEntryStrategy(*grid)
                              : privacy_design::DesignStrategy(
                                    *grid, static_cast<int>(design.causes),
                                    design.prior == v1::CURATIVE ? privacy_design::CurativePrior()
                                                                 : privacy_design::DurablePrior());
  PERDURA_CHECK(strategy.ok());
  v1::Strategy record;
  record.set_id(design.id);
  record.set_grid(design.grid);
  record.set_causes(design.causes);
  record.set_prior(design.prior);
  record.set_scale(entry ? 128 : 256);
  record.set_rows(static_cast<uint32_t>(strategy->rows()));
  record.set_columns(static_cast<uint32_t>(strategy->columns()));
  record.mutable_entries()->Add(strategy->entries().begin(), strategy->entries().end());
  record.set_l2_squared(strategy->l2_squared());
  record.set_l1(strategy->l1());
  record.set_sha256(crypto::Sha256(strategy->canonical_bytes()));
  return record;
}

// Designed once for each test binary.
const std::vector<v1::Strategy>& Strategies() {
  static const auto* const strategies = [] {
    auto* const made = new std::vector<v1::Strategy>();
    for (const Design& design : kDesigns) made->push_back(MakeStrategy(design));
    return made;
  }();
  return *strategies;
}

void AddMember(v1::Charter& charter, const std::string& id, const std::string& display_name,
               bool node, bool steward) {
  if (!node && !steward) return;
  v1::Member& member = *charter.add_members();
  member.set_id(id);
  member.set_display_name(display_name);
  member.set_legal_entity(display_name);
  member.set_country("US");
  if (node) member.add_roles(v1::MEMBER_ROLE_NODE);
  if (steward) {
    member.add_roles(v1::MEMBER_ROLE_STEWARD);
    charter.mutable_committee()->add_stewards(id);
  }
}

void AddParties(v1::Charter& charter, const TestOptions& options) {
  for (int i = 0; i < kHospitalCount; ++i) {
    const auto& [id, name] = kHospitals[static_cast<size_t>(i)];
    AddMember(charter, id, name, i < options.nodes, i < options.stewards);
  }
  for (int i = kHospitalCount + 1; i <= options.nodes; ++i) {
    AddMember(charter, absl::StrCat("node-", i), absl::StrCat("Centre ", i), true, false);
  }
  for (int i = kHospitalCount + 1; i <= options.stewards; ++i) {
    AddMember(charter, absl::StrCat("steward-", i), absl::StrCat("Steward ", i), false, true);
  }
  charter.mutable_aggregator()->set_id("aggregator");
  charter.mutable_aggregator()->set_legal_entity("Test Operations");
  v1::Committee& committee = *charter.mutable_committee();
  committee.set_threshold(static_cast<uint32_t>(options.threshold));
  committee.set_quorum(static_cast<uint32_t>((options.stewards + options.threshold - 1) / 2 + 1));
  committee.set_min_entities(3);
}

// Each compartment with a budget, and the cap of its lines.
std::vector<std::pair<v1::Compartment, uint64_t>> CapsOf(const TestOptions& options) {
  std::vector<std::pair<v1::Compartment, uint64_t>> caps = {
      {v1::COMPARTMENT_ADHOC, options.cap_units}};
  if (options.flagship_cap_units > 0) {
    caps.emplace_back(v1::COMPARTMENT_FLAGSHIP, options.flagship_cap_units);
  }
  return caps;
}

void AddProduct(v1::Charter& charter, const TestOptions& options, const char* id,
                v1::ProductClass product_class, uint32_t planned) {
  v1::Product& product = *charter.add_products();
  product.set_id(id);
  product.set_display_name(id);
  product.set_product_class(product_class);
  product.set_planned_patients(planned);
  if (product_class == v1::CANARY) return;
  for (const auto& [compartment, cap] : CapsOf(options)) {
    v1::Budget& budget = *charter.add_budgets();
    budget.set_compartment(compartment);
    budget.set_product(id);
    budget.set_period("2026");
    budget.mutable_cap()->set_units(cap);
  }
}

void AddBudgets(v1::Charter& charter, const TestOptions& options) {
  const uint32_t products = options.products == 0 ? options.products_per_patient : options.products;
  AddProduct(charter, options, "allo-hct@1", v1::HCT_ALLO, 137);
  if (products > 1) AddProduct(charter, options, "auto-hct@1", v1::HCT_AUTO, 100);
  if (products > 2) AddProduct(charter, options, "dli@1", v1::DLI, 50);
  if (options.canary_patients > 0) {
    AddProduct(charter, options, "canary@1", v1::CANARY, options.canary_patients);
  }
  charter.mutable_default_charge()->set_units(options.default_charge_units);
  charter.set_n_max(100'000);
  charter.set_products_per_patient(options.products_per_patient);
  charter.set_minimum_cohort(10);
  for (const auto& [compartment, cap] : CapsOf(options)) {
    v1::PatientGuarantee& guarantee = *charter.add_patient_guarantees();
    guarantee.set_compartment(compartment);
    guarantee.set_period("2026");
    guarantee.mutable_amount()->set_units(cap * options.products_per_patient);
  }
  charter.mutable_pseudonyms()->set_nodes_per_patient(options.nodes_per_patient);
  charter.mutable_pseudonyms()->set_sources_declared_disjoint(options.nodes_per_patient == 1);
}

void AddAnalyst(v1::Charter& charter, const TestOptions& options) {
  charter.add_purposes("evidence");
  v1::RoleScope& scope = *charter.add_role_scopes();
  scope.set_role("researcher");
  scope.set_scope(v1::RESEARCH);
  v1::Analyst& analyst = *charter.add_analysts();
  analyst.set_id("payer-desk");
  analyst.set_organisation("Test Payer");
  analyst.set_country("US");
  analyst.add_roles("researcher");
  analyst.set_key_holder(v1::KEY_HOLDER_CLIENT);
  for (const auto& [compartment, cap_units] : CapsOf(options)) {
    v1::AnalystCap& cap = *analyst.add_caps();
    cap.set_compartment(compartment);
    cap.mutable_cap()->set_units(cap_units);
    v1::PurposeCap& purpose = *charter.add_purpose_caps();
    purpose.set_purpose("evidence");
    purpose.set_compartment(compartment);
    purpose.mutable_cap()->set_units(cap_units);
  }
  analyst.add_purposes("evidence");
  for (const v1::Product& product : charter.products()) analyst.add_products(product.id());
}

v1::Endpoint& AddEndpoint(v1::Charter& charter, const char* id, v1::TableKind kind,
                          const char* rule_set) {
  v1::Endpoint& endpoint = *charter.add_endpoints();
  endpoint.set_id(id);
  endpoint.set_display_name(id);
  endpoint.set_kind(kind);
  endpoint.set_rule_set(rule_set);
  return endpoint;
}

// One of each kind that is not a plain event table.
void AddOtherTables(v1::Charter& charter) {
  v1::Endpoint& late = AddEndpoint(charter, "late-entry-survival@1", v1::TABLE_EVENT, "os@1");
  late.add_causes("death");
  late.set_delayed_entry(true);
  v1::CategoryTable& status =
      *AddEndpoint(charter, "status-12@1", v1::TABLE_CATEGORY, "status@1").mutable_category();
  for (const char* id : {"event-free", "relapse", "death-in-remission", "missing", "not-yet-due"}) {
    status.add_categories(id);
  }
  status.set_landmark_months(12);
  v1::FlagTable& safety =
      *AddEndpoint(charter, "safety-12@1", v1::TABLE_FLAGS, "events@1").mutable_flags();
  for (const char* id : {"gvhd_acute", "gvhd_chronic", "infection", "crs"}) safety.add_flags(id);
  safety.set_all(true);
  safety.set_cap(3);
  safety.set_window_months(12);
  v1::MomentTable& age =
      *AddEndpoint(charter, "age@1", v1::TABLE_MOMENT, "attribute@1").mutable_moment();
  age.set_attribute("age-band");
  age.set_low(0);
  age.set_high(100);
  age.set_second_moment(true);
}

void AddEndpoints(v1::Charter& charter) {
  v1::Endpoint& survival = *charter.add_endpoints();
  survival.set_id("overall-survival@1");
  survival.set_display_name("Overall survival");
  survival.set_kind(v1::TABLE_EVENT);
  survival.set_rule_set("os@1");
  survival.add_causes("death");
  v1::Endpoint& disease_free = *charter.add_endpoints();
  disease_free.set_id("disease-free-survival@1");
  disease_free.set_display_name("Disease-free survival");
  disease_free.set_kind(v1::TABLE_EVENT);
  disease_free.set_rule_set("pfs@1");
  disease_free.add_causes("relapse");
  disease_free.add_causes("death-in-remission");
  AddOtherTables(charter);
}

v1::Attribute& AddAttribute(v1::Charter& charter, const char* id, v1::AttributeSource source,
                            bool may_filter) {
  v1::Attribute& attribute = *charter.add_attributes();
  attribute.set_id(id);
  attribute.set_display_name(id);
  attribute.set_source(source);
  attribute.set_may_filter(may_filter);
  attribute.set_may_group(true);
  return attribute;
}

void AddCoded(v1::Attribute& attribute, const char* id, const char* value) {
  v1::Category& category = *attribute.add_categories();
  category.set_id(id);
  category.add_values(value);
}

void AddBand(v1::Attribute& attribute, const char* id, int64_t low, int64_t high) {
  v1::Category& category = *attribute.add_categories();
  category.set_id(id);
  category.set_low(low);
  category.set_high(high);
}

void AddCatalogue(v1::Charter& charter, const TestOptions& options) {
  v1::Indication& indication = *charter.add_indications();
  indication.set_id("acute-leukaemia");
  indication.set_display_name("Acute leukaemia");
  v1::Attribute& disease = AddAttribute(charter, "disease", v1::ATTRIBUTE_SUBTYPE, true);
  for (const char* subtype : {"all", "aml-low", "aml-high"}) {
    indication.add_subtypes(subtype);
    AddCoded(disease, subtype, subtype);
  }
  v1::Attribute& sex = AddAttribute(charter, "sex", v1::ATTRIBUTE_SEX, false);
  AddCoded(sex, "female", "F");
  AddCoded(sex, "male", "M");
  v1::Attribute& age = AddAttribute(charter, "age-band", v1::ATTRIBUTE_AGE_AT_INFUSION, true);
  AddBand(age, "under-20", 0, 19);
  AddBand(age, "20-39", 20, 39);
  AddBand(age, "40-plus", 40, 120);
  for (const char* id : {"g8@1", "g15@1"}) {
    v1::TimeGrid& grid = *charter.add_grids();
    grid.set_id(id);
    for (const int knot : KnotsOf(id)) grid.add_knots(static_cast<uint32_t>(knot));
  }
  charter.mutable_strategies()->Add(Strategies().begin(), Strategies().end());
  v1::DataCut& cut = *charter.add_data_cuts();
  cut.set_id("bmt@1");
  cut.set_cutoff_day(9131);
  cut.set_known_at(options.cut_known_at);
  cut.set_period("2026");
  cut.set_state(v1::CUT_OPEN);
}

void SetLimits(v1::Limits& limits, const TestOptions& options) {
  limits.set_max_rows(4096);
  limits.set_deal_ms(options.deal_ms);
  limits.set_upload_ms(options.upload_ms);
  limits.set_collect_ms(options.collect_ms);
  limits.set_commit_ms(options.commit_ms);
  limits.set_answer_ms(options.answer_ms);
  limits.set_w_ms(options.w_ms);
  limits.set_grace_ms(options.grace_ms);
  limits.set_skew_ms(options.skew_ms);
  limits.set_ask_age_ms(300'000);
  limits.set_online_window_ms(120'000);
  limits.set_keep_shares_ms(86'400'000);
}

v1::Charter MakeCharter(const TestOptions& options) {
  v1::Charter charter;
  charter.set_federation("test");
  charter.set_version(1);
  charter.set_valid_from(options.valid_from);
  charter.set_valid_until(options.valid_until);
  charter.set_suite(std::string(federation::kSuite));
  charter.set_hpke_mode(v1::HPKE_MODE_BASE);
  charter.set_authority_threshold(2);
  charter.set_witness(options.witness);
  AddParties(charter, options);
  AddBudgets(charter, options);
  AddAnalyst(charter, options);
  AddEndpoints(charter);
  AddCatalogue(charter, options);
  SetLimits(*charter.mutable_limits(), options);
  return charter;
}

}  // namespace

crypto::SigningKey TestKey(absl::string_view name) {
  const crypto::SecretBytes seed(TestSeed(name));
  auto key = crypto::SigningKey::FromSeed(seed);
  PERDURA_CHECK(key.ok());
  return *std::move(key);
}

std::string TestSeed(absl::string_view name) {
  return crypto::Sha256(absl::StrCat("perdura test key ", name));
}

std::string TestTlsPin(absl::string_view party) {
  return crypto::Sha256(absl::StrCat("perdura test certificate ", party));
}

TestFederation TestFederation::Make(const TestOptions& options) {
  TestFederation made;
  made.charter = MakeCharter(options);
  made.pin.federation = made.charter.federation();
  made.pin.threshold = static_cast<int>(made.charter.authority_threshold());
  for (int number = 1; number <= kAuthorities; ++number) {
    crypto::SigningKey key = TestKey(absl::StrCat("authority-", number));
    made.charter.add_authority_keys(key.public_key());
    made.pin.keys.push_back(key.public_key());
    made.keys_.emplace(absl::StrCat("authority-", number), std::move(key));
  }
  const auto give_keys = [&made](auto& party) {
    crypto::SigningKey key = TestKey(party.id());
    party.set_sign_key(key.public_key());
    party.set_tls_pin(TestTlsPin(party.id()));
    made.keys_.emplace(party.id(), std::move(key));
  };
  give_keys(*made.charter.mutable_aggregator());
  for (v1::Member& member : *made.charter.mutable_members()) give_keys(member);
  for (v1::Analyst& analyst : *made.charter.mutable_analysts()) give_keys(analyst);
  made.GiveLogKeys();
  return made;
}

void TestFederation::GiveLogKeys() {
  const bool required = federation::RequiresWitness(charter);
  const auto give = [&](const std::string& name) {
    const auto made = keys_.emplace(name, TestKey(name));
    return required ? made.first->second.public_key() : std::string();
  };
  const auto& stewards = charter.committee().stewards();
  charter.mutable_aggregator()->set_log_key(give("aggregator log"));
  for (v1::Member& member : *charter.mutable_members()) {
    member.set_log_key(give(absl::StrCat(member.id(), " log")));
    if (std::find(stewards.begin(), stewards.end(), member.id()) == stewards.end()) continue;
    member.set_cosign_key(give(absl::StrCat(member.id(), " cosign")));
  }
}

const crypto::SigningKey& TestFederation::log_key(absl::string_view id) const {
  return Key(absl::StrCat(id, " log"));
}

const crypto::SigningKey& TestFederation::cosign_key(absl::string_view id) const {
  return Key(absl::StrCat(id, " cosign"));
}

v1::Envelope TestFederation::Sign(const v1::Charter& signed_charter) const {
  return SignBy(signed_charter, {1, 2});
}

v1::Envelope TestFederation::SignBy(const v1::Charter& signed_charter,
                                    const std::vector<int>& authorities) const {
  PERDURA_CHECK(!authorities.empty());
  v1::Envelope envelope = federation::SignMessage(federation::MessageType::kCharter, signed_charter,
                                                  authority_key(authorities.front()),
                                                  absl::StrCat("authority-", authorities.front()));
  for (size_t i = 1; i < authorities.size(); ++i) {
    federation::AddSignature(envelope, authority_key(authorities[i]),
                             absl::StrCat("authority-", authorities[i]));
  }
  return envelope;
}

v1::Charter TestFederation::Next(const v1::Charter& before) {
  v1::Charter next = before;
  next.set_version(before.version() + 1);
  next.set_previous_hash(federation::PayloadId(
      federation::SignMessage(federation::MessageType::kCharter, before, TestKey("any"), "")
          .payload()));
  return next;
}

const crypto::SigningKey& TestFederation::authority_key(int number) const {
  return Key(absl::StrCat("authority-", number));
}

const crypto::SigningKey& TestFederation::Key(absl::string_view name) const {
  const auto found = keys_.find(name);
  PERDURA_CHECK(found != keys_.end());
  return found->second;
}

}  // namespace perdura::test_support
