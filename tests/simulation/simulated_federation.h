#ifndef PERDURA_TESTS_SIMULATION_SIMULATED_FEDERATION_H_
#define PERDURA_TESTS_SIMULATION_SIMULATED_FEDERATION_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aggregator/ledger/sqlite_round_store.h"
#include "aggregator/rounds/round_desk.h"
#include "base/sqlite/database.h"
#include "registry-node/log/party_log.h"
#include "registry-node/relay/member.h"
#include "registry-node/store/shared_database.h"
#include "registry-node/store/sqlite_answer_store.h"
#include "registry-node/store/sqlite_seal_key_store.h"
#include "registry-node/store/sqlite_steward_store.h"
#include "tests/simulation/database_copy.h"
#include "tests/support/seeded_random.h"
#include "tests/support/test_charter.h"

namespace perdura::simulation {

// A node's table, without patients behind it: exact cells for each plan. Tests only.
class CellTable final : public registry_node::TableSource {
 public:
  using Function = std::function<std::vector<int64_t>(const query::Plan&, const query::Layout&)>;
  explicit CellTable(Function cells) : cells_(std::move(cells)) {}
  const Function& cells() const { return cells_; }
  absl::StatusOr<std::vector<int64_t>> Cells(const query::Plan& plan, const query::Layout& layout,
                                             const federation::Charter&,
                                             registry_node::ExactTableAccess) override {
    return cells_(plan, layout);
  }

 private:
  Function cells_;
};

// What the network and the machines do to the federation. Chances per message or step, in parts of
// 1000.
struct Faults {
  int drop_request = 0;
  int drop_response = 0;
  int duplicate = 0;
  int max_delay_ms = 2;
  // A crash of a random party, at a random moment of a question.
  int crash = 0;
  int restart_after_ms = 30;
};

// Messages of one kind that a member posted for one round.
struct SentKey {
  std::string member;
  registry_node::OutgoingKind kind;
  std::string manifest_hash;
  auto operator<=>(const SentKey&) const = default;
};

// The whole federation in one thread under a seeded clock: the same desk, members, ledgers and
// stores as the daemons', with queues for a network. A crash drops everything that is not in a
// database. The same seed gives the same run. Not private: seeded randomness.
class SimulatedFederation final {
 public:
  // `tables`: one function for each member with the node role, by member id. A member without one
  // contributes zeros.
  SimulatedFederation(test_support::TestFederation federation, uint64_t seed, Faults faults,
                      std::map<std::string, CellTable::Function> tables);

  // Lets the members poll and announce their seal-keys.
  void Settle();
  // Asks and runs until the answer or the end of the attempt. `limit`: simulated time.
  absl::StatusOr<v1::Answer> Ask(const v1::Envelope& ask, absl::Duration limit = absl::Seconds(30));
  // A signed ask for a plan by the first analyst, with a fresh question id.
  v1::Envelope MakeAsk(const std::string& plan, const std::string& repeat_of = "");

  void Stop(const std::string& member);
  void StartMember(const std::string& member);
  // A member's own policy, from its next start on.
  void SetOwnCaps(const std::string& member, registry_node::OwnCaps caps) {
    parties_.at(member)->own_caps = caps;
  }
  bool IsUp(const std::string& member) const { return parties_.at(member)->member != nullptr; }
  // Loses everything a stopped member knew: a new machine.
  void Forget(const std::string& member);
  // A member's registry.db, or the aggregator's database, as it is now.
  DatabaseCopy CopyOf(const std::string& member) { return DatabaseCopy(registry(member)); }
  DatabaseCopy CopyOfDesk() { return DatabaseCopy(*desk_database_); }
  // Starts a stopped member on a copy of its registry.db, with an empty rounds.db, which is in no
  // backup; the aggregator on a copy of its database. The copy must outlive the federation.
  void RestoreMember(const std::string& member, const DatabaseCopy& copy);
  void RestoreDesk(const DatabaseCopy& copy);
  void CrashDesk();
  // Moves the clock without anything happening in between.
  void Jump(absl::Time to) { now_ = to; }
  uint64_t VersionAt(const std::string& member) const {
    return parties_.at(member)->member->chain().version();
  }
  void RunFor(absl::Duration duration);
  // A hand on the wire: changes what the aggregator answers to a member's poll, and what a member
  // posts.
  void TamperPolls(std::function<void(const std::string& member, v1::PollResponse&)> tamper) {
    tamper_poll_ = std::move(tamper);
  }
  void TamperPosts(std::function<void(const std::string& member, v1::PostRequest&)> tamper) {
    tamper_post_ = std::move(tamper);
  }

  aggregator::RoundDesk& desk() { return *desk_; }
  registry_node::Member& member(const std::string& id) { return *parties_.at(id)->member; }
  aggregator::RoundStore& store() { return *store_; }
  registry_node::SqliteAnswerStore& answers(const std::string& member) {
    return *parties_.at(member)->answers;
  }
  base::Database& registry(const std::string& member) { return *parties_.at(member)->registry.db; }
  registry_node::SealKeyStore& seal_keys(const std::string& member) {
    return parties_.at(member)->seal_keys;
  }
  registry_node::PairSecrets& secrets(const std::string& member) {
    return parties_.at(member)->secrets;
  }
  registry_node::PartyLog& log(const std::string& member) { return *parties_.at(member)->log; }
  const test_support::TestFederation& federation() const { return federation_; }
  std::shared_ptr<const federation::Charter> charter() const { return desk_->chain().current(); }
  absl::Time now() const { return now_; }
  // Every message that any member posted for a round, but refusals: to show that a retry has the
  // same bytes.
  const std::map<SentKey, std::set<std::string>>& sent() const { return sent_; }
  int crashes() const { return crashes_; }
  // What an eavesdropper on every connection sees, one line for each message: simulated time,
  // party, kind, bytes, status.
  const std::vector<std::string>& traffic() const { return traffic_; }
  base::Database& desk_database() { return *desk_database_; }

 private:
  struct Party {
    Party(std::string id, std::unique_ptr<base::Database> registry_db,
          std::unique_ptr<base::Database> rounds_db, uint64_t seed, CellTable::Function cells);
    std::string id;
    registry_node::SharedDatabase registry;
    registry_node::SharedDatabase rounds;
    test_support::SeededRandom random;
    CellTable table;
    // Made anew with each run.
    std::unique_ptr<registry_node::PartyLog> log;
    std::unique_ptr<registry_node::SqliteAnswerStore> answers;
    std::unique_ptr<registry_node::SqliteStewardStore> steward;
    registry_node::SqliteSealKeyStore seal_keys;
    // Under `hpke_mode` PSK.
    registry_node::PairSecrets secrets;
    registry_node::OwnCaps own_caps;
    std::unique_ptr<registry_node::Member> member;
    // Messages to an earlier run of a party are lost.
    int run = 0;
  };
  struct Event {
    absl::Time at;
    uint64_t order;
    std::function<void()> act;
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void After(absl::Duration delay, std::function<void()> act);
  absl::Duration Delay();
  bool Chance(int per_mille) { return static_cast<int>(dice_.Below(1000)) < per_mille; }
  void StartDesk();
  void OpenLog(Party& party);
  federation::log::Entry StartOf(const std::string& party);
  const crypto::SigningKey* CosignKeyOf(const std::string& id) const;
  void Poll(Party& party);
  void DeliverPoll(Party& party, int run, const v1::PollResponse& response);
  void Pump(Party& party);
  void PostOne(Party& party, const registry_node::Outgoing& outgoing);
  void MaybeCrash();
  void Step();
  void Check(const absl::Status& status) const;
  void See(const Party& party, absl::string_view kind, size_t bytes, const absl::Status& status);

  test_support::TestFederation federation_;
  Faults faults_;
  test_support::SeededRandom dice_;
  absl::Time now_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  uint64_t order_ = 0;
  std::unique_ptr<base::Database> desk_database_;
  std::unique_ptr<aggregator::SqliteRoundStore> store_;
  std::unique_ptr<aggregator::RoundDesk> desk_;
  std::map<std::string, std::unique_ptr<Party>> parties_;
  std::vector<std::unique_ptr<Party>> forgotten_;
  std::map<SentKey, std::set<std::string>> sent_;
  std::vector<std::string> traffic_;
  std::function<void(const std::string&, v1::PollResponse&)> tamper_poll_;
  std::function<void(const std::string&, v1::PostRequest&)> tamper_post_;
  bool asking_ = false;
  int crashes_ = 0;
};

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_SIMULATED_FEDERATION_H_
