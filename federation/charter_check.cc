#include "federation/charter_check.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/charter.h"

namespace perdura::federation {
namespace {

constexpr int64_t kMaxValiditySeconds = int64_t{100} * 86400;
constexpr size_t kKeyBytes = 32;
constexpr uint32_t kMostRows = 4096;
constexpr size_t kMaxText = 200;

absl::Status Bad(absl::string_view reason, absl::string_view text) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, reason, absl::StrCat("charter: ", text));
}
absl::Status NotSupported(absl::string_view text) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "not_supported",
                      absl::StrCat("charter: ", text, " is for a later version"));
}

absl::Status CheckName(absl::string_view field, absl::string_view name) {
  if (base::IsName(name)) return absl::OkStatus();
  return Bad("malformed", absl::StrCat(field, ": a name is [a-z0-9._-]{1,40}"));
}
absl::Status CheckVersioned(absl::string_view field, absl::string_view name) {
  if (base::IsVersionedName(name)) return absl::OkStatus();
  return Bad("malformed", absl::StrCat(field, ": a versioned name is name@n"));
}
absl::Status CheckKey(absl::string_view field, absl::string_view key,
                      std::set<std::string>& seen) {
  if (key.size() != kKeyBytes) return Bad("malformed", absl::StrCat(field, ": 32 bytes"));
  if (seen.insert(std::string(key)).second) return absl::OkStatus();
  return Bad("key_reused", absl::StrCat(field, ": this key stands twice in the charter"));
}

// Unique ids of one list.
template <typename Records>
absl::Status CheckUnique(absl::string_view field, const Records& records) {
  std::set<std::string> ids;
  for (const auto& record : records) {
    if (!ids.insert(record.id()).second) {
      return Bad("malformed", absl::StrCat(field, ": `", record.id(), "` stands twice"));
    }
  }
  return absl::OkStatus();
}

template <typename Records>
bool Has(const Records& records, absl::string_view id) {
  return std::any_of(records.begin(), records.end(),
                     [&](const auto& record) { return record.id() == id; });
}
bool HasWord(const google::protobuf::RepeatedPtrField<std::string>& words,
             absl::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

absl::Status CheckPseudonyms(const v1::Charter& charter) {
  const v1::Pseudonyms& pseudonyms = charter.pseudonyms();
  if (!pseudonyms.linkage_steward().empty()) return NotSupported("pseudonyms.linkage_steward");
  if (pseudonyms.nodes_per_patient() == 0 || pseudonyms.nodes_per_patient() > 100) {
    return Bad("bad_budget", "pseudonyms.nodes_per_patient must be in [1, 100]");
  }
  if (pseudonyms.nodes_per_patient() == 1 && !pseudonyms.sources_declared_disjoint()) {
    return Bad("bad_budget",
               "pseudonyms.nodes_per_patient = 1 needs sources_declared_disjoint: true");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCharterFrame(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckName("federation", charter.federation()));
  if (charter.version() == 0) return Bad("malformed", "version counts from 1");
  if (charter.previous_hash().size() != (charter.version() == 1 ? 0 : crypto::kDigestSize)) {
    return Bad("malformed", "previous_hash: empty in version 1, else 32 bytes");
  }
  const int64_t validity = charter.valid_until() - charter.valid_from();
  if (charter.valid_from() <= 0 || validity <= 0 || validity > kMaxValiditySeconds) {
    return Bad("malformed", "valid_until: after valid_from by at most 100 days");
  }
  if (charter.suite() != kSuite) return Bad("unknown_suite", "suite is not known");
  if (charter.hpke_mode() == v1::HPKE_MODE_PSK) return NotSupported("hpke_mode PSK");
  if (charter.hpke_mode() != v1::HPKE_MODE_BASE) return Bad("unknown_suite", "hpke_mode is unset");
  if (charter.witness() != v1::WITNESS_NONE) {
    return NotSupported("a witnessed log (witness unset or WITNESS_REQUIRED)");
  }
  if (charter.authority_keys_size() < 1 || charter.authority_keys_size() > 16 ||
      charter.authority_threshold() < 1 ||
      charter.authority_threshold() > static_cast<uint32_t>(charter.authority_keys_size())) {
    return Bad("malformed", "authority_threshold: in [1, number of authority_keys], at most 16");
  }
  return CheckPseudonyms(charter);
}

absl::Status CheckParties(const v1::Charter& charter) {
  std::set<std::string> keys;
  std::set<std::string> ids = {charter.aggregator().id()};
  for (const std::string& key : charter.authority_keys()) {
    PERDURA_RETURN_IF_ERROR(CheckKey("authority_keys", key, keys));
  }
  PERDURA_RETURN_IF_ERROR(CheckName("aggregator.id", charter.aggregator().id()));
  PERDURA_RETURN_IF_ERROR(CheckKey("aggregator.sign_key", charter.aggregator().sign_key(), keys));
  PERDURA_RETURN_IF_ERROR(CheckKey("aggregator.tls_pin", charter.aggregator().tls_pin(), keys));
  const auto check = [&](absl::string_view what, const auto& party) -> absl::Status {
    PERDURA_RETURN_IF_ERROR(CheckName(absl::StrCat(what, ".id"), party.id()));
    if (!ids.insert(party.id()).second) {
      return Bad("malformed", absl::StrCat(what, ".id: `", party.id(), "` stands twice"));
    }
    PERDURA_RETURN_IF_ERROR(
        CheckKey(absl::StrCat(what, " ", party.id(), ".sign_key"), party.sign_key(), keys));
    return CheckKey(absl::StrCat(what, " ", party.id(), ".tls_pin"), party.tls_pin(), keys);
  };
  for (const v1::Member& member : charter.members()) {
    PERDURA_RETURN_IF_ERROR(check("members", member));
    if (member.legal_entity().empty() || member.country().size() != 2 || member.roles().empty()) {
      return Bad("malformed", absl::StrCat("members ", member.id(),
                                           ": legal_entity, country (two letters) and roles are required"));
    }
    for (const int role : member.roles()) {
      if (role == v1::MEMBER_ROLE_LINKAGE) return NotSupported("members.roles LINKAGE");
      if (role != v1::MEMBER_ROLE_NODE && role != v1::MEMBER_ROLE_STEWARD) {
        return Bad("malformed", absl::StrCat("members ", member.id(), ": unknown role"));
      }
    }
  }
  for (const v1::Analyst& analyst : charter.analysts()) {
    PERDURA_RETURN_IF_ERROR(check("analysts", analyst));
    if (analyst.country().size() != 2) {
      return Bad("malformed", absl::StrCat("analysts ", analyst.id(), ".country: two letters"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<crypto::Quorum> CheckCommittee(const v1::Charter& charter) {
  const v1::Committee& committee = charter.committee();
  const auto quorum = crypto::Quorum::Create(committee.stewards_size(),
                                             static_cast<int>(committee.threshold()));
  if (!quorum.ok()) {
    return Bad("bad_committee", "committee: 2 <= threshold <= number of stewards <= 15");
  }
  if (committee.quorum() != static_cast<uint32_t>(quorum->q)) {
    return Bad("bad_committee", absl::StrCat("committee.quorum must be ", quorum->q));
  }
  if (committee.min_entities() < 3) return Bad("bad_committee", "committee.min_entities: at least 3");
  std::set<std::string> entities = {charter.aggregator().legal_entity()};
  for (const std::string& id : committee.stewards()) {
    const auto member = std::find_if(charter.members().begin(), charter.members().end(),
                                     [&](const v1::Member& one) { return one.id() == id; });
    if (member == charter.members().end() ||
        std::find(member->roles().begin(), member->roles().end(), v1::MEMBER_ROLE_STEWARD) ==
            member->roles().end()) {
      return Bad("bad_committee", absl::StrCat("committee.stewards: `", id, "` is no member with the role STEWARD"));
    }
    if (!entities.insert(member->legal_entity()).second) {
      return Bad("bad_committee",
                 "committee.stewards: distinct legal entities, none of them the aggregator's");
    }
  }
  return *quorum;
}

absl::StatusOr<absl::flat_hash_map<std::string, privacy::Grid>> CheckGrids(
    const v1::Charter& charter) {
  absl::flat_hash_map<std::string, privacy::Grid> grids;
  PERDURA_RETURN_IF_ERROR(CheckUnique("grids", charter.grids()));
  for (const v1::TimeGrid& record : charter.grids()) {
    PERDURA_RETURN_IF_ERROR(CheckVersioned("grids.id", record.id()));
    std::vector<int> knots;
    for (const uint32_t knot : record.knots()) {
      if (knot > 1200) return Bad("malformed", "grids.knots: at most 1200 months");
      knots.push_back(static_cast<int>(knot));
    }
    auto grid = privacy::Grid::Create(std::move(knots));
    if (!grid.ok()) {
      return Bad("malformed", absl::StrCat("grids ", record.id(), ": ", grid.status().message()));
    }
    grids.emplace(record.id(), *std::move(grid));
  }
  return grids;
}

std::string StrategyHash(const privacy::Strategy& strategy) {
  return crypto::Sha256(strategy.canonical_bytes());
}

absl::StatusOr<absl::flat_hash_map<std::string, privacy::Strategy>> CheckStrategies(
    const v1::Charter& charter, const absl::flat_hash_map<std::string, privacy::Grid>& grids) {
  absl::flat_hash_map<std::string, privacy::Strategy> strategies;
  PERDURA_RETURN_IF_ERROR(CheckUnique("strategies", charter.strategies()));
  for (const v1::Strategy& record : charter.strategies()) {
    PERDURA_RETURN_IF_ERROR(CheckVersioned("strategies.id", record.id()));
    const auto bad = [&record](absl::string_view what) {
      return Bad("bad_strategy", absl::StrCat("strategies ", record.id(), ": ", what));
    };
    const auto grid = grids.find(record.grid());
    if (grid == grids.end()) return bad("grid is not in the charter");
    if (record.causes() < 1 || record.causes() > 8) return bad("causes: in [1, 8]");
    if (record.scale() != 256) return bad("scale: 256");
    const uint32_t cells = (record.causes() + 1) * static_cast<uint32_t>(grid->second.bins());
    if (record.rows() != cells || record.columns() != cells) {
      return bad("rows and columns: (causes + 1) x bins");
    }
    std::vector<int16_t> entries;
    for (const int32_t entry : record.entries()) {
      if (entry < std::numeric_limits<int16_t>::min() || entry > std::numeric_limits<int16_t>::max()) {
        return bad("entries: each within 16 bits");
      }
      entries.push_back(static_cast<int16_t>(entry));
    }
    auto strategy = privacy::Strategy::Create(static_cast<int>(cells), static_cast<int>(cells),
                                              std::move(entries));
    if (!strategy.ok()) return bad(strategy.status().message());
    for (int i = 0; i < static_cast<int>(cells); ++i) {
      if (strategy->at(i, i) <= 0) return bad("entries: positive on the diagonal");
      for (int j = 0; j < i; ++j) {
        if (strategy->at(i, j) != 0) return bad("entries: upper triangular");
      }
    }
    if (strategy->l2_squared() != record.l2_squared() || strategy->l1() != record.l1()) {
      return bad("l2_squared and l1 are not those of the entries");
    }
    if (StrategyHash(*strategy) != record.sha256()) return bad("sha256 is not that of the entries");
    strategies.emplace(record.id(), *std::move(strategy));
  }
  return strategies;
}

namespace {

absl::Status CheckEndpoints(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("endpoints", charter.endpoints()));
  for (const v1::Endpoint& endpoint : charter.endpoints()) {
    PERDURA_RETURN_IF_ERROR(CheckVersioned("endpoints.id", endpoint.id()));
    const int causes = endpoint.rule_set() == "os@1" ? 1 : endpoint.rule_set() == "pfs@1" ? 2 : 0;
    if (causes == 0) {
      return Bad("malformed", absl::StrCat("endpoints ", endpoint.id(),
                                           ".rule_set: this version knows os@1 and pfs@1"));
    }
    if (endpoint.causes_size() != causes) {
      return Bad("malformed", absl::StrCat("endpoints ", endpoint.id(), ".causes: ",
                                           endpoint.rule_set(), " has ", causes));
    }
    for (const std::string& cause : endpoint.causes()) {
      PERDURA_RETURN_IF_ERROR(CheckName("endpoints.causes", cause));
    }
    if (endpoint.switches_size() > 0) return NotSupported("endpoints.switches");
  }
  return absl::OkStatus();
}

absl::Status CheckAttributes(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("attributes", charter.attributes()));
  for (const v1::Attribute& attribute : charter.attributes()) {
    PERDURA_RETURN_IF_ERROR(CheckName("attributes.id", attribute.id()));
    if (attribute.source() == v1::ATTRIBUTE_SOURCE_UNSPECIFIED ||
        !v1::AttributeSource_IsValid(attribute.source()) || attribute.categories().empty()) {
      return Bad("malformed",
                 absl::StrCat("attributes ", attribute.id(), ": source and categories are required"));
    }
    PERDURA_RETURN_IF_ERROR(
        CheckUnique(absl::StrCat("attributes ", attribute.id()), attribute.categories()));
    for (const v1::Category& category : attribute.categories()) {
      PERDURA_RETURN_IF_ERROR(CheckName("attributes.categories.id", category.id()));
      if (category.values().empty() && category.low() > category.high()) {
        return Bad("malformed", absl::StrCat("attributes ", attribute.id(), ".", category.id(), ": low exceeds high"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCuts(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("data_cuts", charter.data_cuts()));
  for (const v1::DataCut& cut : charter.data_cuts()) {
    PERDURA_RETURN_IF_ERROR(CheckVersioned("data_cuts.id", cut.id()));
    PERDURA_RETURN_IF_ERROR(CheckName("data_cuts.period", cut.period()));
    if (cut.known_at() < (cut.cutoff_day() + 1) * 86400) {
      return Bad("malformed", absl::StrCat("data_cuts ", cut.id(), ".known_at: not before the end of cutoff_day"));
    }
    if (cut.state() != v1::CUT_OPEN && cut.state() != v1::CUT_CLOSED) {
      return Bad("malformed", absl::StrCat("data_cuts ", cut.id(), ".state is unset"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAnalystRights(const v1::Charter& charter) {
  for (const v1::Analyst& analyst : charter.analysts()) {
    const auto unknown = [&analyst](absl::string_view field, absl::string_view name) {
      return Bad("malformed", absl::StrCat("analysts ", analyst.id(), ".", field, ": `", name,
                                           "` is not in the charter"));
    };
    for (const std::string& role : analyst.roles()) {
      if (std::none_of(charter.role_scopes().begin(), charter.role_scopes().end(),
                       [&](const v1::RoleScope& line) { return line.role() == role; })) {
        return unknown("roles", role);
      }
    }
    for (const std::string& purpose : analyst.purposes()) {
      if (!HasWord(charter.purposes(), purpose)) return unknown("purposes", purpose);
    }
    for (const std::string& product : analyst.products()) {
      if (!Has(charter.products(), product)) return unknown("products", product);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCatalogue(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckUnique("products", charter.products()));
  for (const v1::Product& product : charter.products()) {
    PERDURA_RETURN_IF_ERROR(CheckVersioned("products.id", product.id()));
    if (product.product_class() == v1::PRODUCT_CLASS_UNSPECIFIED ||
        !v1::ProductClass_IsValid(product.product_class())) {
      return Bad("malformed", absl::StrCat("products ", product.id(), ".product_class is unset"));
    }
    if (product.product_class() == v1::CANARY) return NotSupported("a canary product");
    if (product.display_name().size() > kMaxText) {
      return Bad("malformed", "products.display_name: at most 200 bytes");
    }
  }
  PERDURA_RETURN_IF_ERROR(CheckUnique("indications", charter.indications()));
  for (const v1::Indication& indication : charter.indications()) {
    PERDURA_RETURN_IF_ERROR(CheckName("indications.id", indication.id()));
    for (const std::string& subtype : indication.subtypes()) {
      PERDURA_RETURN_IF_ERROR(CheckName("indications.subtypes", subtype));
    }
  }
  for (const std::string& purpose : charter.purposes()) {
    PERDURA_RETURN_IF_ERROR(CheckName("purposes", purpose));
  }
  std::set<std::string> roles;
  for (const v1::RoleScope& line : charter.role_scopes()) {
    PERDURA_RETURN_IF_ERROR(CheckName("role_scopes.role", line.role()));
    if (!roles.insert(line.role()).second || line.scope() == v1::CONSENT_SCOPE_UNSPECIFIED ||
        !v1::ConsentScope_IsValid(line.scope())) {
      return Bad("malformed", "role_scopes: each role once, with a scope");
    }
  }
  PERDURA_RETURN_IF_ERROR(CheckEndpoints(charter));
  PERDURA_RETURN_IF_ERROR(CheckAttributes(charter));
  PERDURA_RETURN_IF_ERROR(CheckCuts(charter));
  return CheckAnalystRights(charter);
}

namespace {

// Sum of the M largest caps of each period.
std::map<std::string, uint64_t> GuaranteePerPeriod(const v1::Charter& charter) {
  std::map<std::string, std::vector<uint64_t>> caps;
  for (const v1::Budget& budget : charter.budgets()) {
    caps[budget.period()].push_back(budget.cap().units());
  }
  std::map<std::string, uint64_t> sums;
  for (auto& [period, units] : caps) {
    std::sort(units.rbegin(), units.rend());
    const size_t most = std::min<size_t>(units.size(), charter.products_per_patient());
    for (size_t i = 0; i < most; ++i) sums[period] += units[i];
  }
  return sums;
}

}  // namespace

absl::Status CheckBudgets(const v1::Charter& charter) {
  constexpr uint64_t kMostUnits = uint64_t{1} << 58;
  if (charter.products_per_patient() == 0) return Bad("bad_budget", "products_per_patient: at least 1");
  if (charter.products_size() > static_cast<int>(charter.products_per_patient())) {
    return Bad("bad_budget", "products: more than products_per_patient needs a later version");
  }
  if (charter.n_max() == 0 || charter.n_max() > 1'000'000'000) {
    return Bad("bad_budget", "n_max: in [1, 10^9]");
  }
  if (charter.default_charge().units() == 0 || charter.default_charge().units() > kMostUnits) {
    return Bad("bad_budget", "default_charge: in [1, 2^58] units");
  }
  std::set<std::tuple<int, std::string, std::string>> lines;
  uint64_t largest = 0;
  for (const v1::Budget& budget : charter.budgets()) {
    if (budget.compartment() == v1::COMPARTMENT_FLAGSHIP) return NotSupported("the flagship compartment");
    if (budget.compartment() != v1::COMPARTMENT_ADHOC) {
      return Bad("bad_budget", "budgets.compartment is unset");
    }
    if (!Has(charter.products(), budget.product())) {
      return Bad("bad_budget", "budgets.product is not in the charter");
    }
    PERDURA_RETURN_IF_ERROR(CheckName("budgets.period", budget.period()));
    if (budget.cap().units() > kMostUnits) return Bad("bad_budget", "budgets.cap: at most 2^58 units");
    if (!lines.emplace(budget.compartment(), budget.product(), budget.period()).second) {
      return Bad("bad_budget", "budgets: a line stands twice");
    }
    largest = std::max(largest, budget.cap().units());
  }
  for (const v1::Analyst& analyst : charter.analysts()) {
    for (const v1::AnalystCap& cap : analyst.caps()) {
      if (cap.compartment() != v1::COMPARTMENT_ADHOC || cap.cap().units() > largest) {
        return Bad("bad_budget", absl::StrCat("analysts ", analyst.id(),
                                              ".caps: within the caps of the compartment"));
      }
    }
  }
  for (const auto& [period, sum] : GuaranteePerPeriod(charter)) {
    const auto stated = std::find_if(
        charter.patient_guarantees().begin(), charter.patient_guarantees().end(),
        [&](const v1::PatientGuarantee& one) { return one.period() == period; });
    if (stated == charter.patient_guarantees().end() || stated->amount().units() < sum) {
      return Bad("bad_budget",
                 absl::StrCat("patient_guarantees: period ", period, " must state at least ", sum,
                              " units, the sum of the M largest product caps"));
    }
  }
  if (charter.lifetime_caps_size() > 0) return NotSupported("lifetime_caps");
  return absl::OkStatus();
}

absl::Status CheckLimits(const v1::Charter& charter) {
  const v1::Limits& limits = charter.limits();
  if (limits.max_rows() == 0 || limits.max_rows() > kMostRows) {
    return Bad("bad_timing", "limits.max_rows: in [1, 4096]");
  }
  if (limits.deal_ms() == 0 || limits.upload_ms() == 0 || limits.collect_ms() == 0 ||
      limits.commit_ms() == 0 || limits.answer_ms() == 0 || limits.w_ms() == 0 ||
      limits.ask_age_ms() == 0 || limits.online_window_ms() == 0 || limits.keep_shares_ms() == 0) {
    return Bad("bad_timing", "limits: every slot length, w, ask_age, online_window and keep_shares must be set");
  }
  constexpr uint32_t kLongest = 7u * 86400 * 1000;
  for (const uint32_t length : {limits.deal_ms(), limits.upload_ms(), limits.collect_ms(), limits.commit_ms(),
                                limits.answer_ms(), limits.w_ms(), limits.keep_shares_ms()}) {
    if (length > kLongest) return Bad("bad_timing", "limits: no length above 7 days");
  }
  if (limits.skew_ms() > 120'000) return Bad("bad_timing", "limits.skew_ms: at most 2 minutes");
  if (limits.deal_ms() + limits.upload_ms() <= limits.skew_ms()) {
    return Bad("bad_timing", "limits: deal_ms + upload_ms must exceed skew_ms");
  }
  if (limits.collect_ms() < limits.w_ms()) {
    return Bad("bad_timing", "limits.collect_ms: at least w_ms, or no upload slot is left");
  }
  if (limits.grace_ms() >= limits.commit_ms()) {
    return Bad("bad_timing", "limits.grace_ms: below commit_ms");
  }
  return absl::OkStatus();
}

}  // namespace perdura::federation
