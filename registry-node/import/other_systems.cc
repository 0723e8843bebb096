#include "registry-node/import/other_systems.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace perdura::registry_node {

absl::Status CheckSystem(Vault& vault, absl::string_view system, bool new_system) {
  if (new_system) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const std::vector<std::string> known, vault.Systems());
  if (known.empty() || std::find(known.begin(), known.end(), system) != known.end()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "source_system ", system, " has no patients here; known: ", absl::StrJoin(known, ", "),
      ". Under another name every patient counts again; --new-system takes it"));
}

absl::Status CheckNobodyElsewhere(Vault& vault, absl::string_view system, const Drafts& drafts,
                                  ImportReport& report) {
  PERDURA_ASSIGN_OR_RETURN(const std::vector<Identity> others, vault.PeopleElsewhere(system));
  absl::flat_hash_set<std::tuple<absl::string_view, absl::string_view, absl::string_view>> persons;
  for (const Identity& other : others) {
    persons.emplace(other.family, other.given, other.birth_date);
  }
  for (const auto& draft : drafts.rows.patients) {
    const Identity& identity = drafts.identities.at(draft.patient);
    if (identity.family.empty() || identity.given.empty() || identity.birth_date.empty()) continue;
    if (!persons.contains({identity.family, identity.given, identity.birth_date})) continue;
    report.Error(draft.place, draft.patient, "family", "DUPLICATE", "",
                 "a person with this name and birth date is known from another source system; one "
                 "person is one patient");
  }
  return absl::OkStatus();
}

}  // namespace perdura::registry_node
