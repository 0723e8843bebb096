#include "registry-node/answer/planted_table.h"

#include <algorithm>
#include <numeric>

#include "base/logging.h"
#include "base/planted_fault.h"

namespace perdura::registry_node {

using base::Planted;
using base::PlantedFault;

bool IsEmpty(const std::vector<int64_t>& cells) {
  return std::all_of(cells.begin(), cells.end(), [](int64_t count) { return count == 0; });
}

void PlantTableFaults(std::vector<int64_t>& cells) {
  if (Planted(PlantedFault::kClippedCells)) {
    for (int64_t& count : cells) count = std::min<int64_t>(count, 1);
  }
  if (Planted(PlantedFault::kTwoCells)) {
    for (size_t cell = cells.size() - 1; cell > 0; --cell) cells[cell] += cells[cell - 1];
  }
  if (Planted(PlantedFault::kGridFromData)) {
    const auto first = std::find_if(cells.begin(), cells.end(), [](int64_t n) { return n != 0; });
    if (first != cells.end()) std::rotate(cells.begin(), first, cells.end());
  }
  if (Planted(PlantedFault::kExactCountInLog)) {
    base::LogInfo("table.built",
                  {{"patients", std::accumulate(cells.begin(), cells.end(), int64_t{0})}});
  }
}

}  // namespace perdura::registry_node
