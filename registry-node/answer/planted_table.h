#ifndef PERDURA_REGISTRY_NODE_ANSWER_PLANTED_TABLE_H_
#define PERDURA_REGISTRY_NODE_ANSWER_PLANTED_TABLE_H_

#include <cstdint>
#include <vector>

namespace perdura::registry_node {

// The faults of base/planted_fault.h that change or betray a node's exact table, for the audit.
// Does nothing outside test builds.
void PlantTableFaults(std::vector<int64_t>& cells);

// Whether all cells are zero. Tells of data: only for a planted fault.
bool IsEmpty(const std::vector<int64_t>& cells);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_PLANTED_TABLE_H_
