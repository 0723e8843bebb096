#include "query/layout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/planted_fault.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/envelope.h"
#include "query/plan_charge.h"

namespace perdura::query {
namespace {

// Keeps N^2 times the largest squared sensitivity, 2^42, within 64 bits.
constexpr uint32_t kMaxNodesPerPatient = 1024;

absl::Status LayoutMismatch(absl::string_view why) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "layout_mismatch", why);
}

std::string PrintKind(v1::TableKind kind) {
  switch (kind) {
    case v1::TABLE_CATEGORY:
      return "category";
    case v1::TABLE_FLAGS:
      return "flags";
    case v1::TABLE_MOMENT:
      return "moment";
    default:
      return "event";
  }
}

}  // namespace

absl::StatusOr<Layout> Layout::Create(const Plan& plan, const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(TableShape shape, ShapeOf(plan, charter));
  Layout layout(std::move(shape));
  layout.groups_ =
      plan.groups().attribute.empty() ? std::vector<std::string>{""} : plan.groups().categories;
  layout.flagship_ = plan.charge().compartment == v1::COMPARTMENT_FLAGSHIP;
  layout.flat_ = plan.strategy() == kIdentityStrategy;
  if (layout.shape_.kind == v1::TABLE_EVENT) {
    layout.grid_ = charter.FindGrid(plan.grid());
    layout.causes_ = charter.FindEndpoint(plan.endpoint())->causes_size();
  }
  layout.nodes_per_patient_ = charter.nodes_per_patient();
  if (layout.nodes_per_patient_ < 1 || layout.nodes_per_patient_ > kMaxNodesPerPatient) {
    return LayoutMismatch("nodes_per_patient must be from 1 to 1024");
  }
  const size_t most =
      std::min<size_t>(charter.proto().limits().max_rows(), privacy::kMaxStrategyRows);
  const size_t rows = layout.groups_.size() * static_cast<size_t>(layout.rows_per_group());
  if (rows > most) {
    return LayoutMismatch(absl::StrCat("the table has ", rows, " rows, the charter allows ", most,
                                       "; ask for fewer groups or a coarser grid"));
  }
  layout.text_ = layout.Text(plan);
  layout.hash_ = federation::PayloadId(layout.text_);
  return layout;
}

std::string Layout::Text(const Plan& plan) const {
  const std::string groups =
      plan.groups().attribute.empty()
          ? "none"
          : absl::StrCat(plan.groups().attribute, ":", absl::StrJoin(groups_, ","));
  return absl::StrCat(
      "perdura-layout/1 cap=", shape_.cap, " causes=", causes_,
      " entry=", shape_.entry == nullptr ? "no" : "yes",
      " grid=", grid_ == nullptr ? "none" : absl::StrJoin(grid_->knots(), ","), " groups=", groups,
      " kind=", PrintKind(shape_.kind), " l1=", l1(), " l2_squared=", l2_squared(),
      " matrix=", base::HexEncode(federation::PayloadId(shape_.matrix->canonical_bytes())),
      " names=", shape_.names.empty() ? "none" : absl::StrJoin(shape_.names, ","),
      " nodes_per_patient=", nodes_per_patient_, " not_evaluable=", not_evaluable_entry(),
      " rows=", rows());
}

uint64_t Layout::patient_bound() const {
  return std::max(shape_.matrix->max_abs(), static_cast<uint64_t>(not_evaluable_entry()));
}

uint64_t Layout::l2_squared() const {
  const uint64_t n = nodes_per_patient_;
  const auto entry = static_cast<uint64_t>(not_evaluable_entry());
  const bool understated = base::Planted(base::PlantedFault::kFlagSensitivityOfOne);
  const auto cap = static_cast<uint64_t>(understated ? 1 : shape_.cap);
  return std::max(cap * shape_.matrix->l2_squared(), entry * entry) * n * n;
}

uint64_t Layout::l1() const {
  const auto entry = static_cast<uint64_t>(not_evaluable_entry());
  const auto cap = static_cast<uint64_t>(shape_.cap);
  return std::max(cap * shape_.matrix->l1(), entry) * nodes_per_patient_;
}

int Layout::CellInGroup(int group, int cell) const {
  PERDURA_CHECK(group >= 0 && group < static_cast<int>(groups_.size()));
  PERDURA_CHECK(cell >= 0 && cell < cells_per_group());
  return group * cells_per_group() + cell;
}

int Layout::CellOf(int group, int bin, int cause, int entry) const {
  PERDURA_CHECK(bin >= 0 && bin < bins() && cause >= 0 && cause <= causes_);
  PERDURA_CHECK(entry == 0 || (shape_.entry != nullptr && entry > 0 && entry <= bins()));
  const int kind = cause == 0 ? causes_ : cause - 1;
  return CellInGroup(group, (entry * (causes_ + 1) + kind) * bins() + bin);
}

int Layout::NotEvaluableCell(int group) const { return CellInGroup(group, cells_per_group() - 1); }

std::vector<int64_t> Layout::Measure(std::span<const int64_t> cells) const {
  PERDURA_CHECK(cells.size() == static_cast<size_t>(this->cells()));
  const auto per_group = static_cast<size_t>(cells_per_group());
  std::vector<int64_t> measured;
  measured.reserve(static_cast<size_t>(rows()));
  for (size_t group = 0; group < groups_.size(); ++group) {
    const auto block = cells.subspan(group * per_group, per_group);
    const auto rows = shape_.matrix->Apply(block.first(per_group - 1));
    measured.insert(measured.end(), rows.begin(), rows.end());
    measured.push_back(not_evaluable_entry() * block.back());
  }
  return measured;
}

}  // namespace perdura::query
