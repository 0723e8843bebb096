#ifndef PERDURA_REGISTRY_NODE_DERIVE_TABLE_CELLS_H_
#define PERDURA_REGISTRY_NODE_DERIVE_TABLE_CELLS_H_

#include <vector>

#include "query/layout.h"
#include "registry-node/derive/placement.h"
#include "registry-node/derive/table_question.h"

namespace perdura::registry_node {

// The cells of one placed patient, by the endpoint's kind of table. Never empty but for a flag
// table without a row `all`; one cell but for flags.
//
//   event     the bin of the exit; an exit after the last knot is censored in the last bin. With an
//             entry axis a late entry is in its bin; without one it is not evaluable, since
//             counting it from day 0 would add time in which nobody could die.
//   category  status@1, in this order: not yet due at C -> the last category; exit by relapse or
//             death up to the landmark -> second or third; seen at or after the landmark -> first;
//             else missing, the fourth. Late entries are not evaluable.
//   flags     `all` if there is such a row, then each flag whose event began in (0, window] months
//             after infusion and by C, in the charter's order, as many as the cap allows.
//   moment    the step of the clamped value; an unknown one is not evaluable.
std::vector<int> CellsOf(const Placement& placement, const TableQuestion& question,
                         const query::Layout& layout);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_TABLE_CELLS_H_
