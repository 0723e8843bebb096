#include "tests/integration/loopback_federation.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/files.h"
#include "base/rpc/peer.h"
#include "base/rpc/server_settings.h"
#include "crypto/system_random.h"
#include "federation/envelope.h"
#include "federation/log/entries.h"
#include "federation/witnesses.h"
#include "grpcpp/create_channel.h"
#include "registry-node/log/party_log.h"
#include "registry-node/store/round_schema.h"

namespace perdura::integration {
namespace {

using test_support::TestFederation;
using test_support::TestOptions;

// Slots wide enough for a busy machine; a question takes about three seconds.
constexpr uint64_t kEpsilonOne = uint64_t{1} << 40;

query::PlanRequest EverybodysSurvival() {
  query::PlanRequest request;
  request.endpoint = "overall-survival";
  request.grid = "g8@1";
  request.role = "researcher";
  return request;
}

std::string TextOf(const query::PlanRequest& request, const federation::Charter& charter) {
  const auto plan = query::Plan::Build(request, charter);
  PERDURA_CHECK(plan.ok());
  return plan->text();
}

TestOptions RealTimeOptions(v1::Witness witness) {
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  TestOptions options;
  options.witness = witness;
  options.flagship_cap_units = kEpsilonOne;
  options.deal_ms = 600;
  options.upload_ms = 600;
  options.collect_ms = 800;
  options.commit_ms = 800;
  options.answer_ms = 200;
  options.w_ms = 200;
  options.grace_ms = 200;
  options.skew_ms = 100;
  options.valid_from = now - 3600;
  options.valid_until = now + 86400;
  return options;
}

std::unique_ptr<base::Database> InMemory() {
  auto database = base::Database::OpenInMemory();
  PERDURA_CHECK(database.ok());
  return *std::move(database);
}

std::vector<int64_t> OneCell(const query::Plan&, const query::Layout& layout) {
  std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
  cells[0] = 25;
  return cells;
}

federation::log::Entry StartOf(const std::string& party) {
  crypto::SystemRandom random;
  return federation::log::StartEntry(party, absl::ToUnixMicros(absl::Now()), "loopback",
                                     std::string(32, '\0'), random);
}

void StorageFailed(const absl::Status&) { PERDURA_CHECK(false); }

}  // namespace

// One member with its databases and its client.
struct LoopbackFederation::Party {
  Party(LoopbackFederation& home, const std::string& id)
      : registry(InMemory()),
        rounds(InMemory()),
        table(OneCell),
        log(OpenLog(home, id)),
        answers(registry, rounds, *log),
        steward(registry, rounds, *log),
        seal_keys(registry, rounds),
        party({.authority = home.federation_.pin,
               .sender = {id, home.federation_.member_key(id), random},
               .answers = answers,
               .steward = steward,
               .seal_keys = seal_keys,
               .tables = table,
               .log = *log,
               .cosign_key = &home.federation_.cosign_key(id),
               .save_charter =
                   [this](uint64_t version, const std::string& hash, const std::string& envelope) {
                     return log->SaveCharter(version, hash, envelope,
                                             absl::ToUnixMicros(absl::Now()));
                   },
               .started_at = absl::Now()}),
        client({.party = party,
                .clock = home.clock_,
                .aggregator_address = absl::StrCat("127.0.0.1:", home.port()),
                .federation = home.federation_.charter.federation(),
                .tls = home.tls(id),
                .charter_dir = "",
                .storage_failed = StorageFailed}) {
    {
      absl::MutexLock lock(&party.mutex);
      PERDURA_CHECK(party.member.Start({}, absl::Now()).ok());
    }
    client.Start();
  }

  // What a process does before it does anything else.
  std::unique_ptr<registry_node::PartyLog> OpenLog(LoopbackFederation& home,
                                                   const std::string& id) {
    {
      absl::MutexLock lock(&registry.mutex);
      PERDURA_CHECK(registry_node::MigrateRegistry(*registry.db).ok());
      absl::MutexLock rounds_lock(&rounds.mutex);
      PERDURA_CHECK(registry_node::MigrateRounds(*rounds.db).ok());
    }
    auto opened = registry_node::PartyLog::Open({.database = registry,
                                                 .origin = federation::OriginOf("test", id),
                                                 .key = home.federation_.log_key(id)});
    PERDURA_CHECK(opened.ok());
    PERDURA_CHECK((*opened)->Record(StartOf(id)).ok());
    return *std::move(opened);
  }

  registry_node::SharedDatabase registry;
  registry_node::SharedDatabase rounds;
  crypto::SystemRandom random;
  simulation::CellTable table;
  std::unique_ptr<registry_node::PartyLog> log;
  registry_node::SqliteAnswerStore answers;
  registry_node::SqliteStewardStore steward;
  registry_node::SqliteSealKeyStore seal_keys;
  registry_node::LockedMember party;
  registry_node::RelayClient client;
};

LoopbackFederation::LoopbackFederation(v1::Witness witness)
    : aggregator_ca_(folder_.path(), "aggregator"),
      member_ca_(folder_.path(), "member"),
      analyst_ca_(folder_.path(), "analyst"),
      federation_(TestFederation::Make(RealTimeOptions(witness))) {
  IssueCertificates();
  StartServer();
}

LoopbackFederation::~LoopbackFederation() {
  parties_.clear();
  listener_->Stop();
  core_->Drain();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
  core_->Stop();
}

void LoopbackFederation::IssueCertificates() {
  v1::Charter& charter = federation_.charter;
  const auto issue = [&](const test_support::TestCa& ca, const std::string& role,
                         const std::string& id, const std::string& trusted) {
    const std::string uri = base::PartyUri({charter.federation(), role, id});
    tls_[id] = ca.Issue(id, {.uri = uri, .key = keys_[id]}, trusted);
    return test_support::PinOf(tls_[id]);
  };
  std::string clients;
  for (const auto& ca : {member_ca_, analyst_ca_}) {
    clients += base::ReadFile(ca.ca_path(), 65536).value();
  }
  const std::string clients_path = folder_.File("clients-ca.pem");
  PERDURA_CHECK(base::WriteFileAtomic(clients_path, clients).ok());
  aggregator_pin_ = issue(aggregator_ca_, "aggregator", charter.aggregator().id(), clients_path);
  charter.mutable_aggregator()->set_tls_pin(aggregator_pin_);
  for (v1::Member& member : *charter.mutable_members()) {
    member.set_tls_pin(issue(member_ca_, "member", member.id(), aggregator_ca_.ca_path()));
  }
  for (v1::Analyst& analyst : *charter.mutable_analysts()) {
    analyst.set_tls_pin(issue(analyst_ca_, "analyst", analyst.id(), aggregator_ca_.ca_path()));
  }
}

void LoopbackFederation::StartServer() {
  database_ = InMemory();
  const std::string& id = federation_.charter.aggregator().id();
  auto store = aggregator::SqliteRoundStore::Create({.database = *database_,
                                                     .log_key = federation_.log_key(id),
                                                     .origin = federation::OriginOf("test", id)});
  PERDURA_CHECK(store.ok());
  store_ = *std::move(store);
  PERDURA_CHECK(store_->LogStart(StartOf(id)).ok());
  desk_ = std::make_unique<aggregator::RoundDesk>(
      aggregator::RoundDesk::Options{.authority = federation_.pin,
                                     .id = id,
                                     .key = federation_.aggregator_key(),
                                     .store = *store_});
  core_ = std::make_unique<aggregator::Core>(
      aggregator::Core::Options{.desk = *desk_,
                                .clock = clock_,
                                .charter_dir = folder_.path(),
                                .storage_failed = StorageFailed});
  relay_ = std::make_unique<aggregator::RelayService>(*core_, clock_);
  evidence_ = std::make_unique<aggregator::EvidenceService>(*core_);
  auto listener = base::Listener::BindTcp("127.0.0.1", 0);
  PERDURA_CHECK(listener.ok());
  listener_ = *std::move(listener);
  grpc::ServerBuilder builder;
  base::ApplyServerSettings(builder);
  builder.RegisterService(relay_.get());
  builder.RegisterService(evidence_.get());
  listener_->AddTo(builder, base::MutualTlsServer(tls_.at(id)));
  server_ = builder.BuildAndStart();
  PERDURA_CHECK(server_ != nullptr);
  PERDURA_CHECK(core_->Start().ok());
  listener_->Start();
}

void LoopbackFederation::PublishCharter() {
  PERDURA_CHECK(base::WriteFileAtomic(folder_.File("1.charter"),
                                      federation_.Sign(federation_.charter).SerializeAsString())
                    .ok());
  for (int i = 0; i < 500 && charter() == nullptr; ++i) absl::SleepFor(absl::Milliseconds(20));
  PERDURA_CHECK(charter() != nullptr);
}

std::shared_ptr<const federation::Charter> LoopbackFederation::charter() {
  std::shared_ptr<const federation::Charter> current;
  PERDURA_CHECK(core_
                    ->Read([&current](aggregator::RoundDesk& desk, absl::Time) {
                      current = desk.chain().current();
                      return absl::OkStatus();
                    })
                    .ok());
  return current;
}

void LoopbackFederation::StartMembers() {
  for (const v1::Member& member : federation_.charter.members()) {
    parties_.push_back(std::make_unique<Party>(*this, member.id()));
  }
}

std::shared_ptr<grpc::Channel> LoopbackFederation::Connect(const base::TlsFiles& files) const {
  return ConnectExpecting(files, aggregator_pin_);
}

std::shared_ptr<grpc::Channel> LoopbackFederation::ConnectExpecting(const base::TlsFiles& files,
                                                                    const std::string& pin) const {
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port()),
                                   base::PinnedTlsClient(files, pin), base::ClientArguments());
}

std::string LoopbackFederation::PlanText() { return TextOf(EverybodysSurvival(), *charter()); }

std::string LoopbackFederation::FlagshipPlanText() {
  query::PlanRequest request = EverybodysSurvival();
  request.compartment = v1::COMPARTMENT_FLAGSHIP;
  request.charge_units = kEpsilonOne;
  return TextOf(request, *charter());
}

v1::Envelope LoopbackFederation::MakeAsk(const std::string& plan) {
  v1::Ask ask;
  ask.set_charter_hash(charter()->hash());
  ask.set_analyst("payer-desk");
  ask.set_role("researcher");
  ask.set_question_id(std::string(15, 'q') + static_cast<char>(++questions_));
  ask.set_attempt(1);
  ask.set_plan(plan);
  ask.set_purpose("evidence");
  ask.set_max_charge(UINT64_MAX >> 1);
  ask.set_asked_at(absl::ToUnixMicros(absl::Now()));
  return federation::SignMessage(federation::MessageType::kAsk, ask,
                                 federation_.analyst_key("payer-desk"), "payer-desk");
}

}  // namespace perdura::integration
