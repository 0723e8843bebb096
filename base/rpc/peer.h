#ifndef PERDURA_BASE_RPC_PEER_H_
#define PERDURA_BASE_RPC_PEER_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/rpc/tls.h"
#include "grpcpp/server_context.h"

namespace perdura::base {

// Who somebody is under the charter in force.
struct Party {
  std::string federation;
  std::string role;  // "member", "analyst" or "aggregator"
  std::string id;
};

// perdura://<federation>/<role>/<id>, the URI name of a certificate.
std::string PartyUri(const Party& party);

// The party that the charter in force pins to a key; nullopt for a key that it does not name.
using PartyOfPin = std::function<std::optional<Party>(absl::string_view pin)>;

// The caller of one RPC, by its certificate. A connection outlives both the certificate and the
// charter (trap TLS2), so every call asks again, and a long poll once more when it answers.
class Peer final {
 public:
  // Returns Unauthenticated `no_certificate` where TLS gave none.
  static absl::StatusOr<Peer> Of(const grpc::ServerContextBase& context);
  explicit Peer(CertificateFacts certificate) : certificate_(std::move(certificate)) {}

  // The caller's id. Returns Unauthenticated `certificate_expired`, `unknown_peer` (the key is not
  // pinned) or `wrong_identity` (the certificate names somebody else than the pin does);
  // PermissionDenied `wrong_role`.
  absl::StatusOr<std::string> IdInRole(absl::string_view role, const PartyOfPin& party_of,
                                       absl::Time now) const;

 private:
  CertificateFacts certificate_;
};

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_PEER_H_
