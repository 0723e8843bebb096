#ifndef PERDURA_FEDERATION_CHARTER_H_
#define PERDURA_FEDERATION_CHARTER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "crypto/quorum.h"
#include "perdura/v1/charter.pb.h"
#include "privacy/charge.h"
#include "privacy/grid.h"
#include "privacy/strategy.h"

namespace perdura::federation {

inline constexpr absl::string_view kSuite = "perdura-css-1/field64/hpke-20-1-3/ed25519/sha256";

// `witness` unset means required.
inline bool RequiresWitness(const v1::Charter& charter) {
  return charter.witness() != v1::WITNESS_NONE;
}

// A valid charter: what one signed payload says, checked against itself (CH3, CH5, CH6 and every
// reference and bound). Whether it may succeed another one, and who signed it, is CharterChain's.
//
// Look-ups return nullptr, nullopt or zero for what the charter does not name: unknown means no.
// Immutable, hence thread-safe. Shared as std::shared_ptr<const Charter>.
class Charter final {
 public:
  // `payload`: the signed bytes. Returns InvalidArgument or FailedPrecondition with the reason
  // words of CH3, CH5, CH6
  // (`unknown_suite`, `bad_committee`, `bad_strategy`, `bad_budget`, `bad_timing`, `malformed`)
  // naming the field.
  static absl::StatusOr<std::shared_ptr<const Charter>> Create(absl::string_view payload);

  const v1::Charter& proto() const { return proto_; }
  // SHA-256 of the payload.
  const std::string& hash() const { return hash_; }
  uint64_t version() const { return proto_.version(); }
  const crypto::Quorum& quorum() const { return quorum_; }

  const v1::Member* FindMember(absl::string_view id) const;
  const v1::Analyst* FindAnalyst(absl::string_view id) const;
  const v1::Product* FindProduct(absl::string_view id) const;
  const v1::Endpoint* FindEndpoint(absl::string_view id) const;
  const v1::Attribute* FindAttribute(absl::string_view id) const;
  const v1::DataCut* FindCut(absl::string_view id) const;
  const v1::Strategy* FindStrategyRecord(absl::string_view id) const;
  const privacy::Grid* FindGrid(absl::string_view id) const;
  const privacy::Strategy* FindStrategy(absl::string_view id) const;
  // The record of the first strategy for (grid, causes), or nullptr.
  const v1::Strategy* StrategyFor(absl::string_view grid, uint32_t causes) const;
  std::optional<v1::ConsentScope> ScopeOfRole(absl::string_view role) const;
  bool HasPurpose(absl::string_view purpose) const;

  bool MemberHasRole(absl::string_view id, v1::MemberRole role) const;
  // Steward index from 1, or 0.
  int StewardIndex(absl::string_view member) const;
  // Signing keys of all stewards, in order.
  const std::vector<std::string>& steward_keys() const { return steward_keys_; }
  // Members with the node role, in charter order.
  std::vector<std::string> NodeIds() const;
  // Distinct legal entities of `members`.
  int CountEntities(const std::vector<std::string>& members) const;
  // KC7: may the same patients be released with both contributor sets? Only if these are equal or
  // differ by at least min_entities legal entities; else their difference would show one hospital.
  // Both sorted.
  bool MayBothBeReleased(const std::vector<std::string>& one,
                         const std::vector<std::string>& other) const;

  // Cap of a line in units; 0 where none is set.
  uint64_t CapUnits(v1::Compartment compartment, absl::string_view product,
                    absl::string_view period) const;
  // Cap of an analyst on each line of a compartment; 0 where none is set.
  uint64_t AnalystCapUnits(absl::string_view analyst, v1::Compartment compartment) const;

  // Cap of all analysts together for a purpose on each line of a compartment; 0 where none is set.
  uint64_t PurposeCapUnits(absl::string_view purpose, v1::Compartment compartment) const;
  // Cap of a product over all its periods; nullopt where there is none.
  std::optional<uint64_t> LifetimeCapUnits(v1::Compartment compartment,
                                           absl::string_view product) const;
  // The planned release with this plan text, or nullptr.
  const v1::PlannedRelease* FindPlanned(absl::string_view plan) const;

  bool ValidAt(absl::Time now) const;
  // Does every charge have to be in a log that a quorum of stewards has cosigned?
  bool requires_witness() const { return RequiresWitness(proto_); }
  // >= 1.
  uint32_t nodes_per_patient() const { return proto_.pseudonyms().nodes_per_patient(); }

 private:
  Charter() = default;
  absl::Status Check();

  v1::Charter proto_;
  std::string hash_;
  crypto::Quorum quorum_;
  std::vector<std::string> steward_keys_;
  absl::flat_hash_map<std::string, privacy::Grid> grids_;
  absl::flat_hash_map<std::string, privacy::Strategy> strategies_;
};

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_CHARTER_H_
