#ifndef PERDURA_CLI_CLIENT_H_
#define PERDURA_CLI_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "perdura/v1/evidence.pb.h"
#include "perdura/v1/registry.pb.h"

namespace perdura::cli {

// Keeps what gRPC and protobuf would print off standard error: what a person can act on is in the
// error that a call returns.
void SilenceLibraryLogs();

// How an analyst reaches the aggregator.
struct EvidenceTarget {
  std::string address;
  std::string tls_cert_file;
  std::string tls_key_file;
  std::string tls_ca_file;
  std::string federation;
  // Pin of the aggregator's key from a charter that is held; empty for the first contact, over
  // which only charters may be believed.
  std::string aggregator_pin;
};

// EvidenceService over mutual TLS, without gRPC types. Errors carry the reason word of the refusal.
// Not thread-safe.
class EvidenceClient final {
 public:
  static std::unique_ptr<EvidenceClient> Connect(const EvidenceTarget& target);
  ~EvidenceClient();

  absl::StatusOr<v1::DescribeResponse> Describe();
  absl::StatusOr<v1::PreviewResponse> Preview(const v1::PreviewRequest& request);
  // Calls `progress` for every stage. `timeout` covers the whole question.
  absl::StatusOr<v1::Answer> Ask(const v1::AskRequest& request, absl::Duration timeout,
                                 const std::function<void(const v1::Progress&)>& progress);
  absl::StatusOr<v1::ListReleasesResponse> ListReleases();
  absl::StatusOr<v1::GetReleaseResponse> GetRelease(const std::string& release_id);
  absl::StatusOr<v1::GetBudgetResponse> GetBudget();

 private:
  struct State;
  explicit EvidenceClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct ImportFile {
  // "patients.csv" and so on.
  std::string name;
  std::string contents;
};

// RegistryService over a node's unix socket.
absl::StatusOr<v1::ImportResponse> ImportRecords(const std::string& socket_path,
                                                 const v1::ImportOptions& options,
                                                 const std::vector<ImportFile>& files);
absl::StatusOr<v1::GetStatusResponse> NodeStatus(const std::string& socket_path);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_CLIENT_H_
