#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/charter_check.h"
#include "federation/charter_check_fields.h"

namespace perdura::federation {

using charter_check::Bad;
using charter_check::CheckUnique;
using charter_check::CheckVersioned;

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
    if (record.causes() > 8) return bad("causes: in [1, 8], or 0 for an entry margin");
    // The entry margin of tables with delayed entry: one column for each bin.
    const bool entry = record.causes() == 0;
    if (record.scale() != (entry ? 128 : 256)) return bad(entry ? "scale: 128" : "scale: 256");
    const uint32_t cells = (record.causes() + 1) * static_cast<uint32_t>(grid->second.bins());
    if (record.rows() != cells || record.columns() != cells) {
      return bad("rows and columns: (causes + 1) x bins");
    }
    std::vector<int16_t> entries;
    for (const int32_t value : record.entries()) {
      if (value < std::numeric_limits<int16_t>::min() ||
          value > std::numeric_limits<int16_t>::max()) {
        return bad("entries: each within 16 bits");
      }
      entries.push_back(static_cast<int16_t>(value));
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

}  // namespace perdura::federation
