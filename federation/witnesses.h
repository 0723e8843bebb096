#ifndef PERDURA_FEDERATION_WITNESSES_H_
#define PERDURA_FEDERATION_WITNESSES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/charter.h"
#include "federation/log/checkpoint.h"
#include "federation/log/note_key.h"
#include "federation/log/witness.h"

namespace perdura::federation {

// The charter's log and cosign keys under the names by which notes refer to them: a log by its
// origin `<federation>/<party>/<generation>`, a witness by `<federation>/<steward>`.

// The generation of the log that counts, of each party that the authority has rebased; 1 for all
// others. Earlier ones are frozen: no key opens their notes any more.
using Generations = std::map<std::string, uint64_t, std::less<>>;
uint64_t GenerationOf(const Generations& generations, absl::string_view party);

log::LogOrigin OriginOf(absl::string_view federation, absl::string_view party,
                        const Generations& generations = {});
std::string WitnessName(absl::string_view federation, absl::string_view steward);

// Returns NotFound for a party without a log key.
absl::StatusOr<log::NoteKey> LogKeyOf(const Charter& charter, absl::string_view party,
                                      const Generations& generations);

// The key of a log of any generation. Returns NotFound also for another federation's origin.
absl::StatusOr<log::NoteKey> LogKeyOf(const Charter& charter, const log::LogOrigin& origin);

// The logs of all parties that have a key.
log::LogKeys LogKeysOf(const Charter& charter, const Generations& generations);

// A steward as a witness.
struct CharterWitness {
  std::string steward;
  log::NoteKey key;
};
// In steward order, without `party` itself: nobody witnesses its own log. Only stewards that have a
// cosign key.
std::vector<CharterWitness> WitnessesFor(const Charter& charter, absl::string_view party);
// The keys of all stewards, in order.
std::vector<log::NoteKey> CosignKeysOf(const Charter& charter);

// How many cosignatures the start of `party` needs: Q; for a steward the lower of Q and s - 1
// others.
int StartQuorum(const Charter& charter, absl::string_view party);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_WITNESSES_H_
