#ifndef PERDURA_FEDERATION_CHARTER_CHAIN_H_
#define PERDURA_FEDERATION_CHARTER_CHAIN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "federation/charter.h"
#include "perdura/v1/envelope.pb.h"

namespace perdura::federation {

// What a party pins at installation: who may sign the first charter.
struct AuthorityPin {
  std::string federation;
  // k.
  int threshold = 0;
  // Ed25519 public keys, 32 bytes each.
  std::vector<std::string> keys;
};

// Text form of a pin: text("perdura/authority/v1", federation, k, hex key, ...).
std::string PrintAuthorityPin(const AuthorityPin& pin);
absl::StatusOr<AuthorityPin> ParseAuthorityPin(absl::string_view text);

// What a party checks of a charter beyond Charter::Create, with what federation/ does not know.
using CharterRule = std::function<absl::Status(const Charter&)>;

// A charter under which a round may stand here.
struct RoundCharter {
  std::shared_ptr<const Charter> charter;
  // Is it the one in force, or the one before?
  bool in_force = true;
  // CharterChain::EndOf().
  absl::Time ends_at = absl::InfiniteFuture();
};

// The charters that a party holds, from version 1 to the one in force. (version, hash) never goes
// down. Pure: the owner persists an accepted envelope before it acts on it. Thread-compatible.
class CharterChain final {
 public:
  // `rule`: none for readers of what parties have accepted before.
  explicit CharterChain(AuthorityPin pin, CharterRule rule = nullptr)
      : pin_(std::move(pin)), rule_(std::move(rule)) {}

  // Checks CH1 (k distinct keys of the charter in force; the pin's for version 1), CH2 (federation,
  // version + 1, previous hash; validity against `now` unless `replay`), Charter::Create, the
  // checkpoints of CH5 (charter_checkpoints.h), the rule, and CH4 (no name changes its meaning, no
  // cut its (C, K, period), no closed cut opens, no key appears twice). Accepting the charter in
  // force again is OK and changes nothing. Returns Unauthenticated `bad_signature`;
  // FailedPrecondition `charter_old`, `charter_fork`, `charter_expired`, `charter_gap` (a version
  // between is missing), `name_redefined`, `cut_reopened`, `key_reused`; and the errors of
  // Charter::Create and of the rule. `replay`: from this party's own storage at start; validity is
  // not judged.
  absl::Status Accept(const v1::Envelope& envelope, absl::Time now, bool replay = false);

  // nullptr before the first charter.
  std::shared_ptr<const Charter> current() const;
  std::shared_ptr<const Charter> previous() const;
  // A round ends under the charter it began with: the one in force, or the one before for rounds
  // that were opened before the switch. nullopt for any other hash.
  std::optional<RoundCharter> OfRound(absl::string_view hash) const;
  // When a charter held ceases, or ceased, to be in force: the earlier of its valid_until and, if
  // that is held, the valid_from of its successor. Nothing dated at it or later belongs to it.
  absl::Time EndOf(const Charter& charter) const;
  // Any charter held, by hash; nullptr if unknown.
  std::shared_ptr<const Charter> ByHash(absl::string_view hash) const;
  // By version; nullptr beyond the newest, and for 0.
  std::shared_ptr<const Charter> ByVersion(uint64_t version) const {
    return version == 0 || version > charters_.size() ? nullptr : charters_[version - 1];
  }
  uint64_t version() const { return charters_.size(); }
  // As they came, version 1 first.
  const std::vector<v1::Envelope>& envelopes() const { return envelopes_; }
  const std::vector<std::shared_ptr<const Charter>>& charters() const { return charters_; }

 private:
  AuthorityPin pin_;
  CharterRule rule_;
  std::vector<std::shared_ptr<const Charter>> charters_;
  std::vector<v1::Envelope> envelopes_;
};

// Compartment, product, period.
using BudgetLine = std::tuple<v1::Compartment, std::string, std::string>;

// The largest cap that any of `charters` gives a line: what may have been spent on it at most.
std::map<BudgetLine, uint64_t> LargestCaps(
    const std::vector<std::shared_ptr<const Charter>>& charters);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_CHARTER_CHAIN_H_
