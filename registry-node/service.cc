#include "registry-node/service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/rpc/server_settings.h"
#include "base/rpc/status_conversion.h"
#include "base/status_macros.h"
#include "federation/ledger/charge_ledger.h"
#include "registry-node/answer/budget_status.h"

namespace perdura::registry_node {
namespace {

constexpr size_t kMaxFiles = 20;
constexpr size_t kMaxFileBytes = size_t{64} << 20;
constexpr size_t kMaxTotalBytes = size_t{256} << 20;
constexpr size_t kMaxFileName = 100;
constexpr int kQuestionsShown = 100;

absl::Status BadStream(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed", what);
}

// Puts the chunks of an import stream together, within the bounds.
class FileCollector final {
 public:
  absl::Status Add(const v1::FileChunk& chunk) {
    if (chunk.starts_file() || files_.empty() || files_.back().name != chunk.file()) {
      PERDURA_RETURN_IF_ERROR(StartFile(chunk.file()));
    }
    std::string& bytes = files_.back().bytes;
    total_ += chunk.data().size();
    if (bytes.size() + chunk.data().size() > kMaxFileBytes || total_ > kMaxTotalBytes) {
      return BadStream("a file may have 64 MiB, all together 256 MiB");
    }
    bytes += chunk.data();
    return absl::OkStatus();
  }
  const std::vector<ImportFile>& files() const { return files_; }

 private:
  absl::Status StartFile(const std::string& name) {
    if (name.empty() || !base::IsStrictUtf8(name, kMaxFileName)) {
      return BadStream("a file name must be 1 to 100 bytes of plain text");
    }
    if (files_.size() == kMaxFiles) return BadStream("an import takes at most 20 files");
    const bool known = std::any_of(files_.begin(), files_.end(),
                                   [&name](const ImportFile& file) { return file.name == name; });
    if (known) {
      return BadStream(absl::StrCat("two files are named ", name,
                                    ", or the chunks of one do not follow each "
                                    "other; import files of one name one by one"));
    }
    files_.push_back({.name = name, .bytes = ""});
    return absl::OkStatus();
  }

  std::vector<ImportFile> files_;
  size_t total_ = 0;
};

void AddQuestion(const federation::AttemptRecord& record, v1::GetStatusResponse& response) {
  v1::NodeQuestion& question = *response.add_questions();
  question.set_analyst(record.id.analyst);
  question.set_plan(record.plan);
  question.set_units(record.units);
  question.set_state(record.state);
  question.set_seen_at(record.debited_at);
}

}  // namespace

std::shared_ptr<const federation::Charter> NodeService::CharterInForce() {
  absl::MutexLock lock(&options_.party.mutex);
  return options_.party.member.chain().current();
}

grpc::Status NodeService::Import(grpc::ServerContext* context,
                                 grpc::ServerReader<v1::ImportRequest>* reader,
                                 v1::ImportResponse* response) {
  auto result = RunImport(*context, *reader);
  if (result.ok()) *response = *std::move(result);
  return base::ToGrpcStatus(result.status());
}

absl::StatusOr<v1::ImportResponse> NodeService::RunImport(
    grpc::ServerContext& context, grpc::ServerReader<v1::ImportRequest>& reader) {
  PERDURA_RETURN_IF_ERROR(base::CheckDeadline(context));
  v1::ImportRequest request;
  if (!reader.Read(&request) || !request.has_options()) {
    return BadStream("the first message of an import must be its options");
  }
  const v1::ImportOptions options = request.options();
  FileCollector collector;
  while (reader.Read(&request)) {
    if (!request.has_chunk()) return BadStream("after the options only chunks may come");
    PERDURA_RETURN_IF_ERROR(collector.Add(request.chunk()));
  }
  // A stream that broke off looks like one that ended.
  if (context.IsCancelled()) return absl::CancelledError("the caller has gone");
  const auto charter = CharterInForce();
  if (charter == nullptr) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "no_charter",
                        "this node holds no charter yet, so no product is known to it");
  }
  absl::MutexLock lock(&import_mutex_);
  return options_.import.Run(collector.files(), options, charter->proto(), options_.clock.Now());
}

grpc::Status NodeService::GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest*,
                                    v1::GetStatusResponse* response) {
  if (const absl::Status status = base::CheckDeadline(*context); !status.ok()) {
    return base::ToGrpcStatus(status);
  }
  auto result = Status();
  if (result.ok()) *response = *std::move(result);
  return base::ToGrpcStatus(result.status());
}

absl::StatusOr<v1::GetStatusResponse> NodeService::Status() {
  v1::GetStatusResponse response;
  response.set_member(options_.member);
  const auto [chain, not_answering] = [this] {
    absl::MutexLock lock(&options_.party.mutex);
    const Member& member = options_.party.member;
    return std::make_pair(member.chain(), base::ReasonOf(member.CheckStarted()));
  }();
  if (chain.current() == nullptr) return response;
  response.set_charter_version(chain.version());
  response.set_charter_hash(base::HexEncode(chain.current()->hash()));
  response.set_not_answering(not_answering);
  absl::MutexLock lock(&options_.registry.mutex);
  PERDURA_ASSIGN_OR_RETURN(const uint64_t entries, options_.log.own().Size());
  response.set_log_entries(entries);
  federation::ChargeLedger ledger(*options_.registry.db);
  PERDURA_RETURN_IF_ERROR(AddBudgetStatus(ledger, chain, options_.own_caps, response));
  PERDURA_ASSIGN_OR_RETURN(const auto attempts, ledger.Attempts("", kQuestionsShown));
  for (const federation::AttemptRecord& record : attempts) AddQuestion(record, response);
  return response;
}

}  // namespace perdura::registry_node
