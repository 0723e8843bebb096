#include "query/canary.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/canonical_text.h"
#include "base/reason.h"
#include "federation/envelope.h"

namespace perdura::query {
namespace {

absl::Status BadCanary(absl::string_view key, absl::string_view why) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_canary",
                      absl::StrCat(key, ": ", why));
}

bool IsCanaryProduct(const std::string& product, const federation::Charter& charter) {
  return charter.FindProduct(product)->product_class() == v1::CANARY;
}

uint64_t FirstEightBytes(absl::string_view digest) {
  uint64_t number = 0;
  for (const char byte : digest.substr(0, 8)) number = (number << 8) | static_cast<uint8_t>(byte);
  return number;
}

}  // namespace

absl::Status CheckCanary(const Plan& plan, const federation::Charter& charter) {
  const auto& products = plan.products();
  const auto is_canary = [&](const std::string& product) {
    return IsCanaryProduct(product, charter);
  };
  if (!plan.canary()) {
    if (std::none_of(products.begin(), products.end(), is_canary)) return absl::OkStatus();
    return BadCanary("charge", "a canary product is asked for by `perdura canary`, at no charge");
  }
  if (products.size() != 1 || !is_canary(products.front())) {
    return BadCanary("products", "a canary round names exactly one product, of class canary");
  }
  if (plan.charge().units != kCanaryUnits) {
    return BadCanary("charge",
                     absl::StrCat("the noise of a canary round is canary:", kCanaryUnits));
  }
  if (!plan.cohort().empty()) return BadCanary("cohort", "must be `all` in a canary round");
  if (!plan.groups().attribute.empty()) {
    return BadCanary("groups", "must be `none` in a canary round");
  }
  if (charter.FindEndpoint(plan.endpoint())->kind() != v1::TABLE_EVENT) {
    return BadCanary("endpoint", "a canary round has an event table");
  }
  return absl::OkStatus();
}

std::vector<int64_t> CanaryCells(const Plan& plan, const Layout& layout,
                                 const federation::Charter& charter, absl::string_view member) {
  const uint32_t patients = charter.FindProduct(plan.products().front())->planned_patients();
  const std::string plan_hash = base::HexEncode(plan.hash());
  std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
  for (uint32_t i = 0; i < patients; ++i) {
    const std::string digest =
        federation::PayloadId(base::Text({"perdura/v1/canary", plan_hash, member, i}));
    ++cells[FirstEightBytes(digest) % cells.size()];
  }
  return cells;
}

}  // namespace perdura::query
