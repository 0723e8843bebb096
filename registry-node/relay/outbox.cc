#include "registry-node/relay/outbox.h"

#include <algorithm>
#include <utility>

namespace perdura::registry_node {

std::vector<Outgoing> Outbox::TakeDue(absl::Time now) {
  std::vector<Outgoing> due;
  std::vector<Outgoing> later;
  for (Outgoing& outgoing : waiting_) {
    if (now >= outgoing.expires) continue;
    (outgoing.due <= now ? due : later).push_back(std::move(outgoing));
  }
  waiting_ = std::move(later);
  std::stable_sort(due.begin(), due.end(),
                   [](const Outgoing& a, const Outgoing& b) { return a.due < b.due; });
  return due;
}

void Outbox::Retry(Outgoing outgoing, absl::Time now) {
  do {
    outgoing.due += outgoing.retry_every;
  } while (outgoing.due <= now);
  Add(std::move(outgoing));
}

absl::Time Outbox::NextDue() const {
  absl::Time next = absl::InfiniteFuture();
  for (const Outgoing& outgoing : waiting_) next = std::min(next, outgoing.due);
  return next;
}

}  // namespace perdura::registry_node
