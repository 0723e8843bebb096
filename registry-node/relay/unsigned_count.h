#ifndef PERDURA_REGISTRY_NODE_RELAY_UNSIGNED_COUNT_H_
#define PERDURA_REGISTRY_NODE_RELAY_UNSIGNED_COUNT_H_

#include <bit>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "base/logging.h"

namespace perdura::registry_node {

// Messages that nobody of the charter has signed. Whoever is on the wire can make any number of
// them, so they are counted and nothing of them is kept; the log tells of the 1st, 2nd, 4th, 8th.
// Thread-compatible.
class UnsignedCount final {
 public:
  // `event`: of the log line; must outlive the counter.
  explicit UnsignedCount(absl::string_view event) : event_(event) {}

  void Add() {
    ++count_;
    if (std::has_single_bit(count_)) base::LogWarning(event_, {{"count", count_}});
  }

 private:
  absl::string_view event_;
  uint64_t count_ = 0;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RELAY_UNSIGNED_COUNT_H_
