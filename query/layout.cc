#include "query/layout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/reason.h"
#include "federation/envelope.h"

namespace perdura::query {
namespace {

// Keeps N^2 times the largest squared sensitivity, 2^42, within 64 bits.
constexpr uint32_t kMaxNodesPerPatient = 1024;

absl::Status LayoutMismatch(absl::string_view why) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "layout_mismatch", why);
}

// The strategy that the plan names; nullptr if the charter has none of that name, or if a flat
// table would have too many cells.
std::shared_ptr<const privacy::Strategy> StrategyOf(const Plan& plan,
                                                    const federation::Charter& charter, int cells) {
  if (plan.strategy() == kIdentityStrategy) {
    auto identity = privacy::Strategy::Identity(cells, /*scale=*/1);
    if (!identity.ok()) return nullptr;
    return std::make_shared<const privacy::Strategy>(*std::move(identity));
  }
  const privacy::Strategy* strategy = charter.FindStrategy(plan.strategy());
  if (strategy == nullptr) return nullptr;
  return std::make_shared<const privacy::Strategy>(*strategy);
}

}  // namespace

absl::StatusOr<Layout> Layout::Create(const Plan& plan, const federation::Charter& charter) {
  Layout layout;
  layout.grid_ = charter.FindGrid(plan.grid());
  const v1::Endpoint* endpoint = charter.FindEndpoint(plan.endpoint());
  if (layout.grid_ == nullptr || endpoint == nullptr) {
    return LayoutMismatch("the plan is not one of this charter");
  }
  layout.groups_ =
      plan.groups().attribute.empty() ? std::vector<std::string>{""} : plan.groups().categories;
  layout.bins_ = layout.grid_->bins();
  layout.causes_ = endpoint->causes_size();
  layout.flat_ = plan.strategy() == kIdentityStrategy;
  layout.strategy_ = StrategyOf(plan, charter, (layout.causes_ + 1) * layout.bins_);
  if (layout.strategy_ == nullptr) return LayoutMismatch("the charter has not the plan's strategy");
  layout.nodes_per_patient_ = charter.nodes_per_patient();
  if (layout.nodes_per_patient_ < 1 || layout.nodes_per_patient_ > kMaxNodesPerPatient) {
    return LayoutMismatch("nodes_per_patient must be from 1 to 1024");
  }
  if (layout.causes_ < 1 || layout.strategy_->columns() != (layout.causes_ + 1) * layout.bins_) {
    return LayoutMismatch(
        absl::StrCat("strategy ", plan.strategy(), " has not one column for each cause and bin"));
  }
  const size_t most =
      std::min<size_t>(charter.proto().limits().max_rows(), privacy::kMaxStrategyRows);
  const size_t rows = layout.groups_.size() * static_cast<size_t>(layout.rows_per_group());
  if (rows > most) {
    return LayoutMismatch(absl::StrCat("the table has ", rows, " rows, the charter allows ", most,
                                       "; ask for fewer groups or a coarser grid"));
  }
  const std::string groups =
      plan.groups().attribute.empty()
          ? "none"
          : absl::StrCat(plan.groups().attribute, ":", absl::StrJoin(layout.groups_, ","));
  layout.text_ = absl::StrCat(
      "perdura-layout/1 causes=", layout.causes_,
      " grid=", absl::StrJoin(layout.grid_->knots(), ","), " groups=", groups, " l1=", layout.l1(),
      " l2_squared=", layout.l2_squared(), " nodes_per_patient=", layout.nodes_per_patient_,
      " not_evaluable=", layout.not_evaluable_entry(), " order=group,cause,bin rows=", rows,
      " strategy=", base::HexEncode(federation::PayloadId(layout.strategy_->canonical_bytes())));
  layout.hash_ = federation::PayloadId(layout.text_);
  return layout;
}

int Layout::cells() const { return static_cast<int>(groups_.size()) * ((causes_ + 1) * bins_ + 1); }

int Layout::rows() const { return static_cast<int>(groups_.size()) * rows_per_group(); }

int Layout::rows_per_group() const { return strategy_->rows() + 1; }

uint64_t Layout::patient_bound() const {
  return std::max(strategy_->max_abs(), static_cast<uint64_t>(not_evaluable_entry()));
}

uint64_t Layout::l2_squared() const {
  const uint64_t n = nodes_per_patient_;
  const uint64_t entry = static_cast<uint64_t>(not_evaluable_entry());
  return std::max(strategy_->l2_squared(), entry * entry) * n * n;
}

uint64_t Layout::l1() const {
  const uint64_t entry = static_cast<uint64_t>(not_evaluable_entry());
  return std::max(strategy_->l1(), entry) * nodes_per_patient_;
}

int Layout::CellOf(int group, int bin, int cause) const {
  PERDURA_CHECK(group >= 0 && group < static_cast<int>(groups_.size()));
  PERDURA_CHECK(bin >= 0 && bin < bins_ && cause >= 0 && cause <= causes_);
  const int kind = cause == 0 ? causes_ : cause - 1;
  return group * ((causes_ + 1) * bins_ + 1) + kind * bins_ + bin;
}

int Layout::NotEvaluableCell(int group) const {
  PERDURA_CHECK(group >= 0 && group < static_cast<int>(groups_.size()));
  return (group + 1) * ((causes_ + 1) * bins_ + 1) - 1;
}

std::vector<int64_t> Layout::Measure(std::span<const int64_t> cells) const {
  PERDURA_CHECK(cells.size() == static_cast<size_t>(this->cells()));
  const size_t per_group = cells.size() / groups_.size();
  std::vector<int64_t> measured;
  measured.reserve(static_cast<size_t>(rows()));
  for (size_t group = 0; group < groups_.size(); ++group) {
    const auto block = cells.subspan(group * per_group, per_group);
    const auto rows = strategy_->Apply(block.first(per_group - 1));
    measured.insert(measured.end(), rows.begin(), rows.end());
    measured.push_back(not_evaluable_entry() * block.back());
  }
  return measured;
}

}  // namespace perdura::query
