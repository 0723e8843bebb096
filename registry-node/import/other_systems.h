#ifndef PERDURA_REGISTRY_NODE_IMPORT_OTHER_SYSTEMS_H_
#define PERDURA_REGISTRY_NODE_IMPORT_OTHER_SYSTEMS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "registry-node/import/import_report.h"
#include "registry-node/import/row_mapper.h"
#include "registry-node/store/vault_store.h"

namespace perdura::registry_node {

// Record numbers are compared within one source system, so a mistyped name of it would count every
// patient twice. Both guards stand against that.

// Returns InvalidArgument naming the known systems if the vault has people and none of `system`,
// unless `new_system` says that this is meant; the errors of the vault.
absl::Status CheckSystem(Vault& vault, absl::string_view system, bool new_system);

// A patient of the files with the family name, given name and birth date of somebody of another
// system breaks DUPLICATE. Not found: people whose names or birth date one of the two leaves out or
// spells in another way. Returns the errors of the vault.
absl::Status CheckNobodyElsewhere(Vault& vault, absl::string_view system, const Drafts& drafts,
                                  ImportReport& report);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_OTHER_SYSTEMS_H_
