#ifndef PERDURA_TESTS_UNIT_PRIVACY_GRIDS_H_
#define PERDURA_TESTS_UNIT_PRIVACY_GRIDS_H_

#include "absl/strings/string_view.h"
#include "privacy/grid.h"

namespace perdura::privacy {

// The shipped grid of this name.
inline Grid ShippedGrid(absl::string_view name) {
  if (name == "g8") return *Grid::Create({1, 3, 6, 9, 12, 24, 36, 60});
  if (name == "g10") return *Grid::Create({1, 3, 6, 9, 12, 18, 24, 36, 48, 60});
  if (name == "g15") return *Grid::Create({1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 24, 30, 36, 48, 60});
  if (name == "g20") {
    return *Grid::Create({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 18, 21, 24, 30, 36, 48, 60});
  }
  return *Grid::Create(  // g15y
      {1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 24, 30, 36, 48, 60, 84, 108, 132, 156, 180});
}

}  // namespace perdura::privacy

#endif  // PERDURA_TESTS_UNIT_PRIVACY_GRIDS_H_
