#ifndef PERDURA_CLI_SESSION_H_
#define PERDURA_CLI_SESSION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/client.h"
#include "crypto/sign.h"
#include "federation/charter_chain.h"
#include "perdura/v1/profile.pb.h"
#include "query/planned_releases.h"

namespace perdura::cli {

// An analyst at work: profile, keys, the charters that it holds, and a connection.
//
// Charters are kept in the home folder (charters/N.charter) and checked against the pinned
// authority keys each time; the aggregator is then known by the pin of the charter in force. Newer
// charters are fetched and kept.
class Session final {
 public:
  // `home`: folder with profile.txtpb. Returns NotFound with the next step if there is none.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const std::string& home);

  const v1::AnalystProfile& profile() const { return profile_; }
  const federation::AuthorityPin& authority() const { return authority_; }
  const federation::Charter& charter() const { return *chain_.current(); }
  const crypto::SigningKey& key() const { return *key_; }
  EvidenceClient& client() { return *client_; }
  const std::string& home() const { return home_; }

 private:
  explicit Session(federation::AuthorityPin pin)
      : authority_(pin), chain_(std::move(pin), query::CheckPlannedReleases) {}
  absl::Status LoadCharters();
  absl::Status FetchCharters();
  absl::Status Take(const v1::DescribeResponse& response);
  void Connect();

  std::string home_;
  v1::AnalystProfile profile_;
  federation::AuthorityPin authority_;
  federation::CharterChain chain_;
  std::unique_ptr<crypto::SigningKey> key_;
  std::unique_ptr<EvidenceClient> client_;
};

}  // namespace perdura::cli

#endif  // PERDURA_CLI_SESSION_H_
