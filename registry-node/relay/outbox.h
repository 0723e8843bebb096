#ifndef PERDURA_REGISTRY_NODE_RELAY_OUTBOX_H_
#define PERDURA_REGISTRY_NODE_RELAY_OUTBOX_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "perdura/v1/relay.pb.h"

namespace perdura::registry_node {

enum class OutgoingKind {
  kSealKey,
  kDeal,
  kUpload,
  kRefusal,
  kHave,
  kCommit,
  kPartialSum,
  kDiagnosis,
  kWitness
};

// A message that waits for its slot. What it carries was stored before it got here.
struct Outgoing {
  OutgoingKind kind = OutgoingKind::kRefusal;
  // What it belongs to.
  std::string manifest_hash;
  // First moment at which it may leave.
  absl::Time due;
  // Distance of further tries: the w of an upload, a short pause for the rest.
  absl::Duration retry_every;
  // Not sent at or after it.
  absl::Time expires;
  v1::PostRequest post;
};

// Messages by slot: a pure queue of one member. Thread-compatible.
class Outbox final {
 public:
  void Add(Outgoing outgoing) { waiting_.push_back(std::move(outgoing)); }

  // Removes and returns what may leave now, in order of `due`. What expired is dropped.
  std::vector<Outgoing> TakeDue(absl::Time now);

  // Puts a message that could not be delivered back for its next slot after `now`.
  void Retry(Outgoing outgoing, absl::Time now);

  // Earliest `due`; InfiniteFuture if nothing waits.
  absl::Time NextDue() const;

 private:
  std::vector<Outgoing> waiting_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RELAY_OUTBOX_H_
