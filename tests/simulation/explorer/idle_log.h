#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_IDLE_LOG_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_IDLE_LOG_H_

#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "federation/witnesses.h"
#include "registry-node/log/member_heads.h"
#include "registry-node/log/party_log.h"
#include "tests/support/log_database.h"
#include "tests/support/test_charter.h"

namespace perdura::explorer {

// The log of a steward under `witness: none`, in memory: nobody looks at it.
class IdleLog final {
 public:
  explicit IdleLog(const std::string& steward)
      : key_(test_support::TestKey("idle log")), database_(test_support::LogDatabase()) {
    auto opened = registry_node::PartyLog::Open(
        {.database = database_, .origin = federation::OriginOf("test", steward), .key = key_});
    PERDURA_CHECK(opened.ok());
    log_ = *std::move(opened);
    heads_ = std::make_unique<registry_node::MemberHeads>(*log_);
  }
  registry_node::PartyLog& log() { return *log_; }
  registry_node::MemberHeads& heads() { return *heads_; }

 private:
  crypto::SigningKey key_;
  registry_node::SharedDatabase database_;
  std::unique_ptr<registry_node::PartyLog> log_;
  std::unique_ptr<registry_node::MemberHeads> heads_;
};

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_IDLE_LOG_H_
