#include "tests/simulation/unique_cells.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "query/layout.h"
#include "query/plan.h"

namespace perdura::simulation {
namespace {

// A dealer's sigma is near its floor of 3, against 256 for one patient.
constexpr uint64_t kHugeCharge = uint64_t{1} << 51;

}  // namespace

std::map<std::string, CellTable::Function> UniqueCells(const v1::Charter& charter) {
  std::map<std::string, CellTable::Function> tables;
  for (const v1::Member& member : charter.members()) {
    if (std::find(member.roles().begin(), member.roles().end(), v1::MEMBER_ROLE_NODE) ==
        member.roles().end()) {
      continue;
    }
    tables[member.id()] = [cell = tables.size()](const query::Plan&, const query::Layout& layout) {
      std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
      cells[cell] = 1;
      return cells;
    };
  }
  return tables;
}

std::string ExactPlan(const federation::Charter& charter, int number) {
  query::PlanRequest request;
  request.endpoint = number % 2 == 0 ? "overall-survival" : "disease-free-survival";
  request.grid = "g8@1";
  request.role = "researcher";
  request.charge_units = kHugeCharge + static_cast<uint64_t>(number);
  const auto plan = query::Plan::Build(request, charter);
  PERDURA_CHECK(plan.ok());
  return plan->text();
}

std::vector<int64_t> CellsOf(const v1::Release& release, const federation::Charter& charter) {
  const auto plan = query::Plan::Parse(release.plan(), charter);
  PERDURA_CHECK(plan.ok());
  const auto layout = query::Layout::Create(*plan, charter);
  PERDURA_CHECK(layout.ok());
  // R is upper triangular: cells come back from the last one on.
  const privacy::Strategy& strategy = *layout->shape().exit;
  const int n = strategy.rows();
  std::vector<double> cells(static_cast<size_t>(n));
  for (int i = n - 1; i >= 0; --i) {
    auto rest = static_cast<double>(release.values(i));
    for (int j = i + 1; j < n; ++j) rest -= strategy.at(i, j) * cells[static_cast<size_t>(j)];
    cells[static_cast<size_t>(i)] = rest / strategy.at(i, i);
  }
  std::vector<int64_t> rounded;
  rounded.reserve(cells.size());
  for (const double cell : cells) rounded.push_back(std::llround(cell));
  return rounded;
}

}  // namespace perdura::simulation
