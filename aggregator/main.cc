// perdura-aggregator: relays between members, keeps the ledger, releases noised tables.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "aggregator/config.h"
#include "aggregator/core.h"
#include "aggregator/ledger/sqlite_round_store.h"
#include "aggregator/service.h"
#include "base/files.h"
#include "base/in_file.h"
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

namespace perdura::aggregator {
namespace {

// As the log and messages name it.
constexpr char kProgram[] = "perdura-aggregator";

constexpr char kHelp[] =
    "perdura-aggregator --config FILE [--check-config | --init]\n"
    "\n"
    "Relays between the members of a federation, keeps the ledger of charges and answers "
    "analysts.\n"
    "FILE is protobuf text; its fields are described in proto/perdura/v1/config.proto.\n"
    "  --check-config   read FILE and the files it names, then exit: 0, or 78 if something is "
    "wrong\n"
    "  --init           make the databases that data_dir lacks, then serve: for the first start\n"
    "Logs are JSON lines on standard error. SIGTERM: calls in flight finish, exit 0.\n";

absl::StatusOr<crypto::SigningKey> ReadSigningKey(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(std::string seed, base::ReadSeedFile(path, base::KeyKind::kSecretKey));
  return crypto::SigningKey::FromSeed(crypto::SecretBytes::TakeFrom(seed));
}

absl::Status CheckKeys(const v1::AggregatorConfig& config) {
  PERDURA_RETURN_IF_ERROR(ReadSigningKey(config.sign_key_file()).status());
  PERDURA_RETURN_IF_ERROR(ReadSigningKey(config.log_key_file()).status());
  PERDURA_RETURN_IF_ERROR(federation::ReadAuthorityPin(config.authority_pin_file()).status());
  return base::CheckTlsFiles(TlsFilesOf(config));
}

absl::Status CheckFiles(const v1::AggregatorConfig& config) {
  PERDURA_RETURN_IF_ERROR(base::CheckFolder("data_dir", config.data_dir()));
  PERDURA_RETURN_IF_ERROR(base::CheckFolder("charter_dir", config.charter_dir()));
  return CheckKeys(config);
}

absl::StatusOr<std::unique_ptr<base::Database>> OpenDatabase(const std::string& data_dir,
                                                             bool init) {
  if (!init) PERDURA_RETURN_IF_ERROR(base::CheckFolder("data_dir", data_dir));
  PERDURA_RETURN_IF_ERROR(base::MakePrivateFolder(data_dir));
  auto opened = base::Database::Open(
      {.path = absl::StrCat(data_dir, "/aggregator.db"), .create = init, .exclusive = true});
  if (absl::IsNotFound(opened.status())) {
    return absl::NotFoundError("data_dir has no aggregator.db; --init makes a new one");
  }
  return opened;
}

absl::Status LogStart(RoundStore& store, const v1::AggregatorConfig& config, absl::Time now) {
  crypto::SystemRandom random;
  return store.LogStart(federation::log::StartEntry(config.id(), absl::ToUnixMicros(now), kProgram,
                                                    crypto::Sha256(config.SerializeAsString()),
                                                    random));
}

absl::Status Serve(const v1::AggregatorConfig& config, Core& core, const base::Clock& clock) {
  PERDURA_ASSIGN_OR_RETURN(
      const auto listener,
      base::Listener::BindTcp(config.listen_address(), static_cast<int>(config.listen_port())));
  RelayService relay(core, clock);
  EvidenceService evidence(core);
  grpc::ServerBuilder builder;
  base::ApplyServerSettings(builder);
  builder.RegisterService(&relay);
  builder.RegisterService(&evidence);
  listener->AddTo(builder, base::MutualTlsServer(TlsFilesOf(config)));
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::InternalError("the gRPC server did not start");
  PERDURA_RETURN_IF_ERROR(core.Start());
  if (!config.port_file().empty()) {
    PERDURA_RETURN_IF_ERROR(
        base::WriteFileAtomic(config.port_file(), absl::StrCat(listener->port(), "\n")));
  }
  listener->Start();
  base::LogInfo("serving", {{"id", config.id()}, {"port", listener->port()}});

  const int signal = base::WaitForShutdownSignal();
  base::LogInfo("stopping", {{"signal", signal}});
  listener->Stop();
  core.Drain();
  server->Shutdown(absl::ToChronoTime(absl::Now() + base::kDrainLimit));
  core.Stop();
  return absl::OkStatus();
}

absl::Status Run(const v1::AggregatorConfig& config, bool init) {
  PERDURA_RETURN_IF_ERROR(crypto::Init());
  PERDURA_RETURN_IF_ERROR(CheckKeys(config));
  PERDURA_ASSIGN_OR_RETURN(const auto database, OpenDatabase(config.data_dir(), init));
  PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey key, ReadSigningKey(config.sign_key_file()));
  PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey log_key, ReadSigningKey(config.log_key_file()));
  PERDURA_ASSIGN_OR_RETURN(federation::AuthorityPin authority,
                           federation::ReadAuthorityPin(config.authority_pin_file()));
  PERDURA_ASSIGN_OR_RETURN(
      const auto store, SqliteRoundStore::Create(
                            {.database = *database,
                             .log_key = log_key,
                             .origin = federation::OriginOf(authority.federation, config.id())}));
  const base::SystemClock clock;
  PERDURA_RETURN_IF_ERROR(LogStart(*store, config, clock.Now()));
  RoundDesk desk(
      {.authority = std::move(authority), .id = config.id(), .key = key, .store = *store});
  Core core(
      {.desk = desk,
       .clock = clock,
       .charter_dir = config.charter_dir(),
       .storage_failed = [](const absl::Status& status) { base::ExitOnStorageFailure(status); }});
  return Serve(config, core, clock);
}

int Main(int argc, char** argv) {
  v1::AggregatorConfig config;
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
}  // namespace perdura::aggregator

int main(int argc, char** argv) { return perdura::aggregator::Main(argc, argv); }
