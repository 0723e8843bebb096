#ifndef PERDURA_BASE_RPC_TLS_H_
#define PERDURA_BASE_RPC_TLS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"

namespace perdura::base {

// PEM files of one party: its chain, its private key, and the CAs that it accepts of others.
struct TlsFiles {
  std::string certificate_path;
  std::string key_path;
  std::string ca_path;
};

// What we read of a peer's certificate.
struct CertificateFacts {
  std::string pin;                // SHA-256 of the subject public key info, 32 bytes
  std::vector<std::string> uris;  // URI names of the subject alternative name
  absl::Time not_after;
};

// The first certificate of a PEM text. Returns InvalidArgument if it cannot be read.
absl::StatusOr<CertificateFacts> ReadCertificate(absl::string_view pem);

// SHA-256 of the subject public key info of a certificate, 32 bytes: what a charter pins.
absl::StatusOr<std::string> SpkiPin(absl::string_view pem);

// Checks that the files can be read and that key and certificate belong together (trap TLS1).
// Errors name the file.
absl::Status CheckTlsFiles(const TlsFiles& files);

// Client certificates are demanded and verified against the CAs. Files are read again every few
// seconds, so a renewed certificate needs no restart. Identity is judged for each call
// (base/rpc/peer.h).
std::shared_ptr<grpc::ServerCredentials> MutualTlsServer(const TlsFiles& files);

// Presents the own certificate. The server's chain must end in a CA of `files`, and the pin of its
// key must be `server_pin`, checked before any request is sent. Names of hosts are not compared:
// the pin says more.
std::shared_ptr<grpc::ChannelCredentials> PinnedTlsClient(const TlsFiles& files,
                                                          std::string server_pin);

// For the first contact, when no charter is held that would pin a key: the chain must end in a CA
// of `files` and the certificate name an aggregator of `federation`. Only charters may be believed
// over such a channel, because the authority's keys sign them.
std::shared_ptr<grpc::ChannelCredentials> FirstContactTlsClient(const TlsFiles& files,
                                                                absl::string_view federation);

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_TLS_H_
