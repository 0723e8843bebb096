#ifndef PERDURA_QUERY_PLAN_H_
#define PERDURA_QUERY_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/charter.h"
#include "query/plan_charge.h"

namespace perdura::query {

// One clause of a cohort, or the grouping: an attribute of the charter and the ids of some of its
// categories, sorted.
struct AttributeClause {
  std::string attribute;
  std::vector<std::string> categories;
};

// What a person asks for, before defaults and canonical form. Empty fields take the charter's
// defaults.
struct PlanRequest {
  std::string endpoint;
  std::string cut;
  std::string grid;
  std::vector<std::string> products;    // empty: all the analyst may ask about, written out
  std::vector<AttributeClause> cohort;  // empty: everybody
  std::string group_by;                 // attribute id; empty: one group
  std::string role;
  v1::Compartment compartment = v1::COMPARTMENT_ADHOC;
  // 0: the charter's default charge, which only `adhoc` has; kCanaryUnits in `canary`.
  uint64_t charge_units = 0;
  bool cross_border = false;
};

// A validated question. Only Parse and Build make one, so nobody checks twice.
//
// Canonical text (protocols.md 1), one line: "perdura-plan/1" and then key=value in byte order of
// the keys:
//   charge=adhoc:<units>|flagship:<units>|canary:<units>  cohort=all | attr:cat,cat;attr:cat
//   cross_border=yes|no
//   cut=  endpoint=  grid=  groups=none | attr:cat,cat  index=first
//   mechanism=discrete-gaussian|discrete-laplace  products=id,id  scope=research  strategy=
// Tables that are not of events have grid=none. Compartment, mechanism and strategy belong together
// (plan_charge.h). Sets are sorted; versions
// are explicit. Equal questions print equal text, and the text is the key of the release store.
// Immutable.
class Plan final {
 public:
  // Accepts only canonical text. Returns InvalidArgument `plan_not_canonical` naming the key,
  // NotFound `unknown_name` for what the charter does not name (product, endpoint, grid, category,
  // cut, strategy), PermissionDenied `not_allowed` for an attribute that may not filter or group,
  // InvalidArgument `bad_canary` (query/canary.h).
  static absl::StatusOr<Plan> Parse(absl::string_view text, const federation::Charter& charter);
  // Fills defaults and prints. Same errors; also for a role without a scope. Error texts list what
  // is there to choose from.
  static absl::StatusOr<Plan> Build(const PlanRequest& request, const federation::Charter& charter);

  const std::string& text() const { return text_; }
  // SHA-256 of the text, 32 bytes.
  const std::string& hash() const { return hash_; }
  const PlanCharge& charge() const { return charge_; }
  // A test of the dealers over generated patients, which charges nothing.
  bool canary() const { return charge_.canary(); }
  const std::vector<AttributeClause>& cohort() const { return cohort_; }
  // Empty attribute: one group.
  const AttributeClause& groups() const { return groups_; }
  bool cross_border() const { return cross_border_; }
  const std::string& cut() const { return cut_; }
  const std::string& endpoint() const { return endpoint_; }
  const std::string& grid() const { return grid_; }
  const std::vector<std::string>& products() const { return products_; }
  v1::ConsentScope scope() const { return scope_; }
  const std::string& strategy() const { return strategy_; }
  // "cut endpoint scope products cohort": two rounds with the same key read the same patients
  // (KC7), whatever charge, grid or groups. Empty for a canary, which reads none.
  std::string overlap_key() const;

 private:
  Plan() = default;

  std::string text_, hash_;
  PlanCharge charge_;
  std::vector<AttributeClause> cohort_;
  AttributeClause groups_;
  bool cross_border_ = false;
  std::string cut_, endpoint_, grid_, strategy_;
  std::vector<std::string> products_;
  v1::ConsentScope scope_ = v1::CONSENT_SCOPE_UNSPECIFIED;
};

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PLAN_H_
