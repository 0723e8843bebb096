#include "base/rpc/peer.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "grpc/grpc_security_constants.h"
#include "grpcpp/security/auth_context.h"

namespace perdura::base {
namespace {

absl::Status Unknown(absl::string_view reason, absl::string_view message) {
  return Refuse(absl::StatusCode::kUnauthenticated, reason, message);
}

}  // namespace

std::string PartyUri(const Party& party) {
  return absl::StrCat("perdura://", party.federation, "/", party.role, "/", party.id);
}

absl::StatusOr<Peer> Peer::Of(const grpc::ServerContextBase& context) {
  const auto auth = context.auth_context();
  std::vector<grpc::string_ref> pems;
  if (auth != nullptr) pems = auth->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pems.size() != 1) return Unknown("no_certificate", "a client certificate is needed");
  auto facts = ReadCertificate({pems[0].data(), pems[0].size()});
  if (!facts.ok()) return Unknown("no_certificate", "the client certificate cannot be read");
  return Peer(*std::move(facts));
}

absl::StatusOr<std::string> Peer::IdInRole(absl::string_view role, const PartyOfPin& party_of,
                                           absl::Time now) const {
  if (now >= certificate_.not_after) {
    return Unknown("certificate_expired", "the client certificate has expired; renew it");
  }
  const std::optional<Party> party = party_of(certificate_.pin);
  if (!party.has_value()) {
    return Unknown("unknown_peer", "the charter in force does not pin this key");
  }
  if (certificate_.uris.size() != 1 || certificate_.uris[0] != PartyUri(*party)) {
    return Unknown("wrong_identity", "the URI name of the certificate is not the pinned party's");
  }
  if (party->role != role) {
    return Refuse(absl::StatusCode::kPermissionDenied, "wrong_role",
                  absl::StrCat("this call is for the role ", role));
  }
  return party->id;
}

}  // namespace perdura::base
