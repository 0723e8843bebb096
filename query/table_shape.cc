#include "query/table_shape.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "privacy/table_strategy.h"
#include "query/plan_charge.h"

namespace perdura::query {
namespace {

using privacy::Strategy;
using StrategyPtr = std::shared_ptr<const Strategy>;

// Of the tables that are measured cell by cell: large integers in `adhoc`, so that dealers draw
// such there too, and Delta_1 = 1 in `flagship`.
constexpr int kAdhocScale = 256;

absl::Status NoShape(absl::string_view why) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "layout_mismatch", why);
}

absl::StatusOr<StrategyPtr> Shared(absl::StatusOr<Strategy> strategy) {
  if (!strategy.ok()) return NoShape(strategy.status().message());
  return std::make_shared<const Strategy>(*std::move(strategy));
}

absl::StatusOr<StrategyPtr> Flat(int cells, const Plan& plan) {
  const bool flagship = plan.charge().compartment == v1::COMPARTMENT_FLAGSHIP;
  return Shared(Strategy::Identity(cells, flagship ? 1 : kAdhocScale));
}

// Of the charter, with as many columns as there are cells.
absl::StatusOr<StrategyPtr> Designed(const Strategy* strategy, int cells, absl::string_view what) {
  if (strategy == nullptr) {
    return NoShape(absl::StrCat("the charter has no strategy for the ", what));
  }
  if (strategy->columns() != cells) {
    return NoShape(absl::StrCat("the strategy for the ", what, " has other columns than cells"));
  }
  return std::make_shared<const Strategy>(*strategy);
}

absl::Status FillEvent(const Plan& plan, const federation::Charter& charter,
                       const v1::Endpoint& endpoint, TableShape& shape) {
  const privacy::Grid* grid = charter.FindGrid(plan.grid());
  if (grid == nullptr) return NoShape("the charter has not the plan's grid");
  const int exits = (endpoint.causes_size() + 1) * grid->bins();
  const bool flat = plan.strategy() == kIdentityStrategy;
  PERDURA_ASSIGN_OR_RETURN(
      shape.exit,
      flat ? Flat(exits, plan) : Designed(charter.FindStrategy(plan.strategy()), exits, "exits"));
  if (!endpoint.delayed_entry()) {
    shape.matrix = shape.exit;
    return absl::OkStatus();
  }
  const v1::Strategy* entry = charter.StrategyFor(plan.grid(), /*causes=*/0);
  PERDURA_ASSIGN_OR_RETURN(
      shape.entry, flat ? Flat(grid->bins(), plan)
                        : Designed(entry == nullptr ? nullptr : charter.FindStrategy(entry->id()),
                                   grid->bins(), "entries"));
  PERDURA_ASSIGN_OR_RETURN(shape.matrix,
                           Shared(privacy::DelayedEntryStrategy(*shape.exit, *shape.entry)));
  return absl::OkStatus();
}

absl::Status FillNamed(const Plan& plan, TableShape& shape) {
  PERDURA_ASSIGN_OR_RETURN(shape.matrix, Flat(static_cast<int>(shape.names.size()), plan));
  return absl::OkStatus();
}

absl::Status FillMoment(const Plan& plan, const v1::Endpoint& endpoint, TableShape& shape) {
  if (plan.charge().compartment != v1::COMPARTMENT_ADHOC) {
    return NoShape("moment tables are not offered in flagship");
  }
  shape.matrix =
      std::make_shared<const Strategy>(privacy::MomentStrategy(endpoint.moment().second_moment()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TableShape> ShapeOf(const Plan& plan, const federation::Charter& charter) {
  const v1::Endpoint* endpoint = charter.FindEndpoint(plan.endpoint());
  if (endpoint == nullptr) return NoShape("the charter has not the plan's endpoint");
  TableShape shape;
  shape.kind = endpoint->kind();
  switch (shape.kind) {
    case v1::TABLE_EVENT:
      PERDURA_RETURN_IF_ERROR(FillEvent(plan, charter, *endpoint, shape));
      return shape;
    case v1::TABLE_CATEGORY: {
      const auto& categories = endpoint->category().categories();
      shape.names = {categories.begin(), categories.end()};
      PERDURA_RETURN_IF_ERROR(FillNamed(plan, shape));
      return shape;
    }
    case v1::TABLE_FLAGS: {
      const v1::FlagTable& flags = endpoint->flags();
      if (flags.all()) shape.names.emplace_back(kAllFlag);
      shape.names.insert(shape.names.end(), flags.flags().begin(), flags.flags().end());
      shape.cap = static_cast<int>(flags.cap());
      PERDURA_RETURN_IF_ERROR(FillNamed(plan, shape));
      return shape;
    }
    case v1::TABLE_MOMENT:
      PERDURA_RETURN_IF_ERROR(FillMoment(plan, *endpoint, shape));
      return shape;
    default:
      return NoShape("a kind of table that this version does not know");
  }
}

}  // namespace perdura::query
