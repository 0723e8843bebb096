#ifndef PERDURA_BASE_RPC_LISTENER_H_
#define PERDURA_BASE_RPC_LISTENER_H_

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_builder.h"

namespace perdura::base {

// Our own accept loop in front of a gRPC server. The one of gRPC 1.51 stops accepting for good
// after more connections than RLIMIT_NOFILE (trap G1, CVE-2023-4785), so AddListeningPort is never
// used on TCP.
//
//   PERDURA_ASSIGN_OR_RETURN(auto listener, Listener::BindTcp("127.0.0.1", 0));
//   listener->AddTo(builder, credentials);
//   auto server = builder.BuildAndStart();   // nobody can connect yet
//   listener->Start();                       // serving
//   ...
//   listener->Stop();                        // before server->Shutdown()
//
// A connection is closed at once above RLIMIT_NOFILE / 4 open descriptors of the process, and above
// 8 (loopback: 64, since a demo federation shares one address) from one address. Thread-compatible.
class Listener final {
 public:
  // `host`: a numeric address. Port 0 takes a free one. Returns InvalidArgument for another host,
  // Unavailable where the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<Listener>> BindTcp(const std::string& host, int port);

  // Who may connect to a unix socket. The process's own user always may.
  struct Allowed {
    std::vector<uid_t> uids;
    std::vector<gid_t> gids;  // primary or supplementary group of the peer
  };
  // Socket file with mode 0660; a socket left by an earlier run is replaced, one that a
  // process listens at and any other file is not: FailedPrecondition.
  static absl::StatusOr<std::unique_ptr<Listener>> BindUnix(const std::string& path,
                                                            Allowed allowed);

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // The bound port; 0 for a unix socket.
  int port() const { return port_; }

  // Before BuildAndStart(). Unix sockets take grpc::InsecureServerCredentials().
  void AddTo(grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials);
  // After BuildAndStart().
  void Start();
  // No connection is taken once it returns. Idempotent.
  void Stop();

 private:
  Listener(int fd, int port) : fd_(fd), port_(port) {}
  void AcceptLoop();
  void Take(int connection);
  bool MayConnect(int connection) const;

  int fd_;
  int port_;
  bool unix_ = false;
  std::string path_;
  Allowed allowed_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_LISTENER_H_
