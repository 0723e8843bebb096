#ifndef PERDURA_TESTS_INTEGRATION_LOOPBACK_FEDERATION_H_
#define PERDURA_TESTS_INTEGRATION_LOOPBACK_FEDERATION_H_

#include <memory>
#include <string>
#include <vector>

#include "aggregator/core.h"
#include "aggregator/ledger/sqlite_round_store.h"
#include "aggregator/service.h"
#include "base/rpc/listener.h"
#include "grpcpp/channel.h"
#include "grpcpp/server.h"
#include "registry-node/client.h"
#include "tests/integration/test_tls.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_charter.h"

namespace perdura::integration {

// An aggregator and four members in one process, over real sockets and mutual TLS, with the
// daemons' own service, core and client code. Databases in memory; each member holds 25 patients in
// the first cell of every table. Tests only.
class LoopbackFederation final {
 public:
  explicit LoopbackFederation(v1::Witness witness = v1::WITNESS_NONE);
  ~LoopbackFederation();

  // Lets the members poll. Without it only the aggregator serves.
  void StartMembers();
  void DrainCore() { core_->Drain(); }

  // Publishes charter 1 through the aggregator's folder and waits until it is in force there.
  void PublishCharter();

  int port() const { return listener_->port(); }
  const test_support::TestFederation& federation() const { return federation_; }
  std::shared_ptr<const federation::Charter> charter();

  // TLS of the parties, by id.
  const base::TlsFiles& tls(const std::string& id) const { return tls_.at(id); }
  const std::string& aggregator_pin() const { return aggregator_pin_; }
  const test_support::TestCa& member_ca() const { return member_ca_; }
  const test_support::TestCa& analyst_ca() const { return analyst_ca_; }
  const test_support::TestCa& aggregator_ca() const { return aggregator_ca_; }
  const std::string& folder() const { return folder_.path(); }
  test_support::TestKeyPair member_key(const std::string& id) const { return keys_.at(id); }

  // A channel as a daemon makes it, presenting `files` and expecting the aggregator's pin.
  std::shared_ptr<grpc::Channel> Connect(const base::TlsFiles& files) const;
  std::shared_ptr<grpc::Channel> ConnectExpecting(const base::TlsFiles& files,
                                                  const std::string& pin) const;

  // A signed ask of payer-desk with a fresh question id.
  v1::Envelope MakeAsk(const std::string& plan);
  std::string PlanText();
  // The same under the flagship law, epsilon 1.
  std::string FlagshipPlanText();

 private:
  struct Party;
  void StartServer();
  void IssueCertificates();

  test_support::TempFolder folder_;
  test_support::TestCa aggregator_ca_;
  test_support::TestCa member_ca_;
  test_support::TestCa analyst_ca_;
  test_support::TestFederation federation_;
  std::map<std::string, test_support::TestKeyPair> keys_;
  std::map<std::string, base::TlsFiles> tls_;
  std::string aggregator_pin_;
  base::SystemClock clock_;
  uint8_t questions_ = 0;

  std::unique_ptr<base::Database> database_;
  std::unique_ptr<aggregator::SqliteRoundStore> store_;
  std::unique_ptr<aggregator::RoundDesk> desk_;
  std::unique_ptr<aggregator::Core> core_;
  std::unique_ptr<aggregator::RelayService> relay_;
  std::unique_ptr<aggregator::EvidenceService> evidence_;
  std::unique_ptr<base::Listener> listener_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::unique_ptr<Party>> parties_;
};

}  // namespace perdura::integration

#endif  // PERDURA_TESTS_INTEGRATION_LOOPBACK_FEDERATION_H_
