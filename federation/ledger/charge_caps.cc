// What is spent of a line, and whether a charge fits. Another part of ChargeLedger.

#include "absl/strings/str_cat.h"
#include "base/planted_fault.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/ledger/charge_ledger.h"

namespace perdura::federation {
namespace {

using base::Blob;
using base::Statement;

// One cap of a line and what stands against it.
struct Limit {
  absl::string_view reason;
  // Completes "what is left ...".
  absl::string_view whose;
  uint64_t cap = 0;
  uint64_t spent = 0;
  uint64_t set_aside = 0;
};

absl::Status CheckLimit(const ChargeLine& line, const Limit& limit) {
  // No wrap: line.units <= kMaxChargeUnits, spent and set_aside are sums within 63 and 62 bits.
  const uint64_t taken = limit.spent + limit.set_aside;
  if (taken + line.units <= limit.cap) return absl::OkStatus();
  return base::Refuse(
      absl::StatusCode::kResourceExhausted, limit.reason,
      absl::StrCat("the charge of ", line.units, " units on product ", line.product, ", period ",
                   line.period, " exceeds what is left ", limit.whose, ": ",
                   taken < limit.cap ? limit.cap - taken : 0, " of ", limit.cap, " units",
                   limit.set_aside == 0
                       ? ""
                       : absl::StrCat(" (", limit.set_aside, " are set aside for planned tables)"),
                   "; ask at a lower charge or wait for the next period"));
}

}  // namespace

absl::StatusOr<uint64_t> ChargeLedger::Sum(absl::string_view where,
                                           std::initializer_list<base::SqlValue> values) {
  // A constant; with a refund planted, burnt attempts count nothing.
  const absl::string_view counted =
      base::Planted(base::PlantedFault::kRefund) ? " AND state != 'burnt'" : "";
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare(absl::StrCat("SELECT COALESCE(SUM(units), 0) FROM charge_line"
                                     " JOIN attempt ON attempt.id = charge_line.attempt WHERE ",
                                     where, counted)));
  PERDURA_RETURN_IF_ERROR(rows.Bind(values));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return absl::InternalError("a sum gave no row");
  PERDURA_ASSIGN_OR_RETURN(const int64_t units, rows.Int64At(0));
  return static_cast<uint64_t>(units);
}

absl::StatusOr<uint64_t> ChargeLedger::Spent(const ChargeLine& line) {
  return Sum("compartment = ?1 AND product = ?2 AND period = ?3",
             {static_cast<int64_t>(line.compartment), line.product, line.period});
}

absl::StatusOr<uint64_t> ChargeLedger::LifetimeSpent(v1::Compartment compartment,
                                                     absl::string_view product) {
  return Sum("compartment = ?1 AND product = ?2", {static_cast<int64_t>(compartment), product});
}

absl::StatusOr<bool> ChargeLedger::IsCharged(absl::string_view plan_hash) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT 1 FROM attempt WHERE plan_hash = ?1 LIMIT 1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{plan_hash}}));
  return rows.Step();
}

absl::StatusOr<LineUse> ChargeLedger::UseOf(const ChargeOrigin& origin, const CappedLine& capped) {
  const ChargeLine& line = capped.line;
  const auto compartment = static_cast<int64_t>(line.compartment);
  LineUse use;
  PERDURA_ASSIGN_OR_RETURN(use.spent, Spent(line));
  PERDURA_ASSIGN_OR_RETURN(use.analyst_spent,
                           Sum("compartment = ?1 AND product = ?2 AND period = ?3 AND analyst = ?4",
                               {compartment, line.product, line.period, origin.analyst}));
  PERDURA_ASSIGN_OR_RETURN(
      use.purpose_spent,
      Sum("compartment = ?1 AND product = ?2 AND period = ?3 AND charge_line.attempt IN"
          " (SELECT attempt FROM attempt_purpose WHERE purpose = ?4)",
          {compartment, line.product, line.period, origin.purpose}));
  PERDURA_ASSIGN_OR_RETURN(use.lifetime_spent, LifetimeSpent(line.compartment, line.product));
  for (const PlannedCharge& planned : capped.planned) {
    if (planned.plan_hash == origin.plan_hash) continue;
    PERDURA_ASSIGN_OR_RETURN(const bool charged, IsCharged(planned.plan_hash));
    if (charged) continue;
    use.lifetime_set_aside += planned.units;
    if (planned.period == line.period) use.set_aside += planned.units;
  }
  return use;
}

absl::Status ChargeLedger::CheckLine(const ChargeOrigin& origin, const CappedLine& capped) {
  const ChargeLine& line = capped.line;
  if (line.units == 0) return absl::InvalidArgumentError("charge: units must be above 0");
  if (line.units > kMaxChargeUnits) {
    return base::Refuse(absl::StatusCode::kResourceExhausted, "budget_exhausted",
                        "the charge is larger than any budget, above 2^58 units");
  }
  PERDURA_ASSIGN_OR_RETURN(const LineUse use, UseOf(origin, capped));
  PERDURA_RETURN_IF_ERROR(CheckLimit(line, {.reason = "analyst_cap",
                                            .whose = "to this analyst",
                                            .cap = capped.analyst_cap_units,
                                            .spent = use.analyst_spent}));
  PERDURA_RETURN_IF_ERROR(CheckLimit(line, {.reason = "purpose_cap",
                                            .whose = "for this purpose",
                                            .cap = capped.purpose_cap_units,
                                            .spent = use.purpose_spent}));
  PERDURA_RETURN_IF_ERROR(CheckLimit(line, {.reason = "budget_exhausted",
                                            .whose = "to everybody",
                                            .cap = capped.cap_units,
                                            .spent = use.spent,
                                            .set_aside = use.set_aside}));
  if (!capped.lifetime_cap_units.has_value()) return absl::OkStatus();
  return CheckLimit(line, {.reason = "lifetime_cap",
                           .whose = "over all periods",
                           .cap = *capped.lifetime_cap_units,
                           .spent = use.lifetime_spent,
                           .set_aside = use.lifetime_set_aside});
}

absl::Status ChargeLedger::CheckCaps(const ChargeOrigin& origin,
                                     const std::vector<CappedLine>& lines) {
  if (lines.empty()) return absl::InvalidArgumentError("a charge needs at least one line");
  for (const CappedLine& capped : lines) {
    PERDURA_RETURN_IF_ERROR(CheckLine(origin, capped));
  }
  return absl::OkStatus();
}

}  // namespace perdura::federation
