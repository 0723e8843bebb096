#ifndef PERDURA_REGISTRY_NODE_SERVICE_H_
#define PERDURA_REGISTRY_NODE_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "federation/charter.h"
#include "perdura/v1/registry.grpc.pb.h"
#include "registry-node/answer/own_caps.h"
#include "registry-node/client.h"
#include "registry-node/import/import_handler.h"
#include "registry-node/log/party_log.h"
#include "registry-node/store/shared_database.h"

namespace perdura::registry_node {

// What centre staff call over the unix socket; the listener has judged who may connect. It
// translates, the handlers decide. A call without a deadline is refused. Thread-safe; all
// references must outlive the service and its server.
class NodeService final : public v1::RegistryService::Service {
 public:
  struct Options {
    std::string member;
    LockedMember& party;
    SharedDatabase& registry;
    PartyLog& log;  // in `registry`
    ImportHandler& import;
    const base::Clock& clock;
    OwnCaps own_caps = {};
  };

  explicit NodeService(Options options) : options_(std::move(options)) {}

  // At most 20 files, each at most 64 MiB, 256 MiB together. One import at a time; others wait.
  grpc::Status Import(grpc::ServerContext* context, grpc::ServerReader<v1::ImportRequest>* reader,
                      v1::ImportResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest* request,
                         v1::GetStatusResponse* response) override;

 private:
  std::shared_ptr<const federation::Charter> CharterInForce();
  absl::StatusOr<v1::ImportResponse> RunImport(grpc::ServerContext& context,
                                               grpc::ServerReader<v1::ImportRequest>& reader);
  absl::StatusOr<v1::GetStatusResponse> Status();

  Options options_;
  absl::Mutex import_mutex_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_SERVICE_H_
