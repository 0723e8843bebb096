#ifndef PERDURA_FEDERATION_PARTY_FOLDER_H_
#define PERDURA_FEDERATION_PARTY_FOLDER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter_chain.h"
#include "perdura/v1/envelope.pb.h"
#include "perdura/v1/rebase.pb.h"

// What the authority hands to a party as files. Nothing here is verified: the party's checks do.
namespace perdura::federation {

// The charters of `folder` (*.charter) by version. A file that is no charter is left out: it may
// still be being copied. An absent folder is empty.
std::map<uint64_t, v1::Envelope> ChartersIn(const std::string& folder);

// The rebases of `folder` (*.rebase), likewise, by name of their files.
std::vector<v1::RebaseFile> RebasesIn(const std::string& folder);

// Errors of base::ReadFile and ParseAuthorityPin; each names the file.
absl::StatusOr<AuthorityPin> ReadAuthorityPin(const std::string& path);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_PARTY_FOLDER_H_
