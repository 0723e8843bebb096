// perdura-node: a centre's registry node, and its steward where the charter says so.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/logging.h"
#include "base/rpc/daemon.h"
#include "base/rpc/listener.h"
#include "base/rpc/run_daemon.h"
#include "base/rpc/server_settings.h"
#include "base/rpc/shutdown.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/system_random.h"
#include "federation/log/entries.h"
#include "federation/party_folder.h"
#include "federation/witnesses.h"
#include "registry-node/client.h"
#include "registry-node/config.h"
#include "registry-node/node_files.h"
#include "registry-node/service.h"

namespace perdura::registry_node {
namespace {

// As the log and messages name it.
constexpr char kProgram[] = "perdura-node";

constexpr char kHelp[] =
    "perdura-node --config FILE [--check-config | --init]\n"
    "\n"
    "Keeps a centre's records, answers the questions that the charter allows and, for a steward,\n"
    "deals noise and sums shares. It dials out to the aggregator; staff reach it by a unix "
    "socket.\n"
    "FILE is protobuf text; its fields are described in proto/perdura/v1/config.proto.\n"
    "  --check-config   read FILE and the files it names, then exit: 0, or 78 if something is "
    "wrong\n"
    "  --init           make the databases that data_dir lacks, then serve: for the first start\n"
    "Logs are JSON lines on standard error. SIGTERM: calls in flight finish, exit 0.\n";

// The cosign key; nothing for a member that has none.
absl::StatusOr<std::optional<crypto::SigningKey>> ReadOptionalKey(const std::string& path) {
  if (path.empty()) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(crypto::SigningKey key, ReadSigningKey(path));
  return key;
}

// Serves staff and the federation until a signal comes.
absl::Status Serve(const v1::NodeConfig& config, RelayClient& client, NodeService& service) {
  base::Listener::Allowed allowed{
      .uids = {config.allowed_uids().begin(), config.allowed_uids().end()},
      .gids = {config.allowed_gids().begin(), config.allowed_gids().end()}};
  PERDURA_ASSIGN_OR_RETURN(const auto listener,
                           base::Listener::BindUnix(config.socket_path(), std::move(allowed)));
  grpc::ServerBuilder builder;
  base::ApplyServerSettings(builder);
  builder.RegisterService(&service);
  listener->AddTo(builder, grpc::InsecureServerCredentials());
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::InternalError("the gRPC server did not start");
  client.Start();
  listener->Start();
  base::LogInfo("serving", {{"id", config.id()}});

  const int signal = base::WaitForShutdownSignal();
  base::LogInfo("stopping", {{"signal", signal}});
  listener->Stop();
  client.Stop();
  server->Shutdown(absl::ToChronoTime(absl::Now() + base::kDrainLimit));
  return absl::OkStatus();
}

absl::Status Run(const v1::NodeConfig& config, bool init) {
  PERDURA_RETURN_IF_ERROR(crypto::Init());
  PERDURA_RETURN_IF_ERROR(base::CheckTlsFiles(TlsFilesOf(config)));
  PERDURA_ASSIGN_OR_RETURN(federation::AuthorityPin authority,
                           federation::ReadAuthorityPin(config.authority_pin_file()));
  PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey key, ReadSigningKey(config.sign_key_file()));
  PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey log_key, ReadSigningKey(config.log_key_file()));
  PERDURA_ASSIGN_OR_RETURN(const auto cosign_key, ReadOptionalKey(config.cosign_key_file()));
  PERDURA_ASSIGN_OR_RETURN(const PairSecrets secrets, ReadPairSecrets(config.psk_dir()));
  const base::SystemClock clock;
  crypto::SystemRandom round_random;   // under the member's lock
  crypto::SystemRandom record_random;  // under the import lock
  PERDURA_ASSIGN_OR_RETURN(
      const auto files,
      NodeFiles::Open({.data_dir = config.data_dir(),
                       .create = init,
                       .origin = federation::OriginOf(authority.federation, config.id()),
                       .log_key = log_key,
                       .clock = clock,
                       .random = record_random}));
  PERDURA_RETURN_IF_ERROR(files->log().Record(
      federation::log::StartEntry(config.id(), absl::ToUnixMicros(clock.Now()), kProgram,
                                  crypto::Sha256(config.SerializeAsString()), round_random)));
  PERDURA_ASSIGN_OR_RETURN(const auto charters, files->Charters());

  const std::string federation = authority.federation;
  LockedMember party(
      {.authority = std::move(authority),
       .sender = {.member = config.id(), .key = key, .random = round_random, .secrets = &secrets},
       .answers = files->answers(),
       .steward = files->steward(),
       .seal_keys = files->seal_keys(),
       .tables = files->tables(),
       .log = files->log(),
       .cosign_key = cosign_key.has_value() ? &*cosign_key : nullptr,
       .save_charter =
           [&files, &clock](uint64_t version, const std::string& hash,
                            const std::string& envelope) {
             return files->log().SaveCharter(version, hash, envelope,
                                             absl::ToUnixMicros(clock.Now()));
           },
       .started_at = clock.Now(),
       .own_caps = OwnCapsOf(config),
       .paused = config.paused()});
  {
    absl::MutexLock lock(&party.mutex);
    PERDURA_RETURN_IF_ERROR(party.member.Start(charters, clock.Now()));
  }
  RelayClient client(
      {.party = party,
       .clock = clock,
       .aggregator_address = config.aggregator_address(),
       .federation = federation,
       .tls = TlsFilesOf(config),
       .charter_dir = config.charter_dir(),
       .storage_failed = [](const absl::Status& status) { base::ExitOnStorageFailure(status); }});
  NodeService service({.member = config.id(),
                       .party = party,
                       .registry = files->registry(),
                       .log = files->log(),
                       .import = files->import(),
                       .clock = clock,
                       .own_caps = OwnCapsOf(config)});
  return Serve(config, client, service);
}

absl::Status CheckFiles(const v1::NodeConfig& config) {
  PERDURA_RETURN_IF_ERROR(crypto::Init());
  PERDURA_RETURN_IF_ERROR(base::CheckFolder("data_dir", config.data_dir()));
  if (!config.charter_dir().empty()) {
    PERDURA_RETURN_IF_ERROR(base::CheckFolder("charter_dir", config.charter_dir()));
  }
  PERDURA_RETURN_IF_ERROR(ReadSigningKey(config.sign_key_file()).status());
  PERDURA_RETURN_IF_ERROR(ReadSigningKey(config.log_key_file()).status());
  PERDURA_RETURN_IF_ERROR(ReadOptionalKey(config.cosign_key_file()).status());
  PERDURA_RETURN_IF_ERROR(federation::ReadAuthorityPin(config.authority_pin_file()).status());
  PERDURA_RETURN_IF_ERROR(ReadPairSecrets(config.psk_dir()).status());
  return base::CheckTlsFiles(TlsFilesOf(config));
}

int Main(int argc, char** argv) {
  v1::NodeConfig config;
  const auto load = [&config](const std::string& path) -> absl::Status {
    PERDURA_ASSIGN_OR_RETURN(config, LoadConfig(path));
    return absl::OkStatus();
  };
  return base::RunDaemon({.name = kProgram,
                          .help = kHelp,
                          .load = load,
                          .check = [&config] { return CheckFiles(config); },
                          .run = [&config](bool init) { return Run(config, init); }},
                         argc, argv);
}

}  // namespace
}  // namespace perdura::registry_node

int main(int argc, char** argv) { return perdura::registry_node::Main(argc, argv); }
