#include "cli/session.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/in_file.h"
#include "base/rpc/daemon.h"
#include "base/rpc/tls.h"
#include "base/status_macros.h"
#include "cli/commands/evidence_files.h"
#include "cli/commands/key_files.h"
#include "cli/user_file.h"
#include "federation/party_folder.h"

namespace perdura::cli {
namespace {

constexpr size_t kCharterLimit = 512 * 1024;

std::string CharterPath(const std::string& home, uint64_t version) {
  return absl::StrCat(home, "/charters/", version, ".charter");
}

absl::StatusOr<v1::AnalystProfile> ReadProfile(const std::string& home) {
  if (home.empty()) {
    return absl::InvalidArgumentError(
        "which analyst? Name the folder that holds profile.txtpb with --home DIR or PERDURA_HOME");
  }
  const std::string path = absl::StrCat(home, "/profile.txtpb");
  v1::AnalystProfile profile;
  const absl::Status read = base::ReadConfigFile(path, profile);
  if (absl::IsNotFound(read)) {
    return absl::NotFoundError(
        absl::StrCat(path,
                     ": no analyst's profile; name its folder with --home or PERDURA_HOME (fields: "
                     "proto/perdura/v1/profile.proto)"));
  }
  PERDURA_RETURN_IF_ERROR(read);
  return profile;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const std::string& home) {
  PERDURA_ASSIGN_OR_RETURN(v1::AnalystProfile profile, ReadProfile(home));
  PERDURA_ASSIGN_OR_RETURN(federation::AuthorityPin pin,
                           federation::ReadAuthorityPin(profile.authority_pin_file()));
  std::unique_ptr<Session> session(new Session(std::move(pin)));
  session->home_ = home;
  session->profile_ = std::move(profile);
  PERDURA_ASSIGN_OR_RETURN(crypto::SigningKey key, ReadKeyFile(session->profile_.sign_key_file()));
  session->key_ = std::make_unique<crypto::SigningKey>(std::move(key));
  PERDURA_RETURN_IF_ERROR(
      base::CheckTlsFiles({session->profile_.tls_cert_file(), session->profile_.tls_key_file(),
                           session->profile_.tls_ca_file()}));
  PERDURA_RETURN_IF_ERROR(session->LoadCharters());
  PERDURA_RETURN_IF_ERROR(session->FetchCharters());
  return session;
}

absl::Status Session::LoadCharters() {
  ::mkdir(absl::StrCat(home_, "/charters").c_str(), 0700);
  for (uint64_t version = 1;; ++version) {
    const std::string path = CharterPath(home_, version);
    const auto bytes = ReadUserFile(path, kCharterLimit);
    // The end of what is held. A charter that is there and cannot be read is none: going on without
    // it would believe the aggregator under an older pin.
    if (absl::IsNotFound(bytes.status())) return absl::OkStatus();
    PERDURA_RETURN_IF_ERROR(bytes.status());
    v1::Envelope envelope;
    if (bytes->empty() || !envelope.ParseFromString(*bytes)) {
      return absl::DataLossError(absl::StrCat(path, ": is damaged; remove it and try again"));
    }
    PERDURA_RETURN_IF_ERROR(
        base::InFile(path, chain_.Accept(envelope, absl::Now(), /*replay=*/true)));
  }
}

void Session::Connect() {
  const auto charter = chain_.current();
  client_ = EvidenceClient::Connect(
      {.address = profile_.aggregator_address(),
       .tls_cert_file = profile_.tls_cert_file(),
       .tls_key_file = profile_.tls_key_file(),
       .tls_ca_file = profile_.tls_ca_file(),
       .federation = authority_.federation,
       .aggregator_pin = charter == nullptr ? "" : charter->proto().aggregator().tls_pin()});
}

absl::Status Session::FetchCharters() {
  const bool first_contact = chain_.current() == nullptr;
  Connect();
  PERDURA_ASSIGN_OR_RETURN(const v1::DescribeResponse response, client_->Describe());
  PERDURA_RETURN_IF_ERROR(Take(response));
  if (chain_.current() == nullptr) {
    return absl::FailedPreconditionError("the aggregator has no charter yet");
  }
  if (first_contact) Connect();
  return absl::OkStatus();
}

absl::Status Session::Take(const v1::DescribeResponse& response) {
  for (auto it = response.charters().rbegin(); it != response.charters().rend(); ++it) {
    federation::CharterChain trial = chain_;
    v1::Charter charter;
    if (!charter.ParseFromString(it->payload()) || charter.version() <= chain_.version()) continue;
    const bool last = std::next(it) == response.charters().rend();
    PERDURA_RETURN_IF_ERROR(trial.Accept(*it, absl::Now(), /*replay=*/!last));
    PERDURA_RETURN_IF_ERROR(
        WriteUserFile(CharterPath(home_, trial.version()), it->SerializeAsString()));
    chain_ = std::move(trial);
  }
  return absl::OkStatus();
}

}  // namespace perdura::cli
