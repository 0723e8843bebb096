#include "cli/client.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "base/rpc/server_settings.h"
#include "base/rpc/status_conversion.h"
#include "base/rpc/tls.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "perdura/v1/evidence.grpc.pb.h"
#include "perdura/v1/registry.grpc.pb.h"

namespace perdura::cli {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(20);
constexpr absl::Duration kImportTimeout = absl::Minutes(30);
constexpr size_t kChunkBytes = 256 * 1024;

void SetTimeout(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

// A refusal as it is; a dead line with the next step.
absl::Status Explain(const grpc::Status& status, absl::string_view whom,
                     absl::string_view next_step) {
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty()) {
    return absl::UnavailableError(absl::StrCat("cannot reach ", whom, "; ", next_step));
  }
  return base::FromGrpcStatus(status);
}

absl::Status ExplainAggregator(const grpc::Status& status, const std::string& address) {
  return Explain(status, absl::StrCat("the aggregator at ", address),
                 "is it running, and does the certificate fit the charter's pin?");
}

absl::Status ExplainNode(const grpc::Status& status, const std::string& socket_path) {
  return Explain(status, absl::StrCat("the node at ", socket_path),
                 "is it running, is this its socket_path, and may you use it (allowed_uids, "
                 "allowed_gids of its configuration)?");
}

std::shared_ptr<grpc::Channel> NodeChannel(const std::string& socket_path) {
  return grpc::CreateCustomChannel(absl::StrCat("unix:", socket_path),
                                   grpc::InsecureChannelCredentials(), base::ClientArguments());
}

}  // namespace

void SilenceLibraryLogs() {
  gpr_set_log_function([](gpr_log_func_args*) {});
  google::protobuf::SetLogHandler(nullptr);
}

struct EvidenceClient::State {
  std::string address;
  std::unique_ptr<v1::EvidenceService::Stub> stub;

  // One unary call.
  template <typename Response, typename Call>
  absl::StatusOr<Response> Unary(Call call) {
    grpc::ClientContext context;
    SetTimeout(context, kCallTimeout);
    Response response;
    const grpc::Status status = call(&context, &response);
    if (!status.ok()) return ExplainAggregator(status, address);
    return response;
  }
};

EvidenceClient::EvidenceClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
EvidenceClient::~EvidenceClient() = default;

std::unique_ptr<EvidenceClient> EvidenceClient::Connect(const EvidenceTarget& target) {
  const base::TlsFiles files{target.tls_cert_file, target.tls_key_file, target.tls_ca_file};
  const auto credentials = target.aggregator_pin.empty()
                               ? base::FirstContactTlsClient(files, target.federation)
                               : base::PinnedTlsClient(files, target.aggregator_pin);
  auto state = std::make_unique<State>();
  state->address = target.address;
  state->stub = v1::EvidenceService::NewStub(
      grpc::CreateCustomChannel(target.address, credentials, base::ClientArguments()));
  return std::unique_ptr<EvidenceClient>(new EvidenceClient(std::move(state)));
}

absl::StatusOr<v1::DescribeResponse> EvidenceClient::Describe() {
  return state_->Unary<v1::DescribeResponse>([this](auto* context, auto* response) {
    return state_->stub->Describe(context, v1::DescribeRequest(), response);
  });
}

absl::StatusOr<v1::PreviewResponse> EvidenceClient::Preview(const v1::PreviewRequest& request) {
  return state_->Unary<v1::PreviewResponse>([&](auto* context, auto* response) {
    return state_->stub->Preview(context, request, response);
  });
}

absl::StatusOr<v1::Answer> EvidenceClient::Ask(
    const v1::AskRequest& request, absl::Duration timeout,
    const std::function<void(const v1::Progress&)>& progress) {
  grpc::ClientContext context;
  SetTimeout(context, timeout);
  const auto stream = state_->stub->Ask(&context, request);
  v1::AskResponse response;
  absl::StatusOr<v1::Answer> answer =
      absl::InternalError("the aggregator ended the stream without an answer");
  while (stream->Read(&response)) {
    if (response.has_progress()) progress(response.progress());
    if (response.has_answer()) answer = response.answer();
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return ExplainAggregator(status, state_->address);
  return answer;
}

absl::StatusOr<v1::ListReleasesResponse> EvidenceClient::ListReleases() {
  return state_->Unary<v1::ListReleasesResponse>([this](auto* context, auto* response) {
    return state_->stub->ListReleases(context, v1::ListReleasesRequest(), response);
  });
}

absl::StatusOr<v1::GetReleaseResponse> EvidenceClient::GetRelease(const std::string& release_id) {
  v1::GetReleaseRequest request;
  request.set_release_id(release_id);
  return state_->Unary<v1::GetReleaseResponse>([&](auto* context, auto* response) {
    return state_->stub->GetRelease(context, request, response);
  });
}

absl::StatusOr<v1::GetBudgetResponse> EvidenceClient::GetBudget() {
  return state_->Unary<v1::GetBudgetResponse>([this](auto* context, auto* response) {
    return state_->stub->GetBudget(context, v1::GetBudgetRequest(), response);
  });
}

absl::StatusOr<v1::ImportResponse> ImportRecords(const std::string& socket_path,
                                                 const v1::ImportOptions& options,
                                                 const std::vector<ImportFile>& files) {
  const auto stub = v1::RegistryService::NewStub(NodeChannel(socket_path));
  grpc::ClientContext context;
  SetTimeout(context, kImportTimeout);
  v1::ImportResponse response;
  const auto writer = stub->Import(&context, &response);
  v1::ImportRequest request;
  *request.mutable_options() = options;
  bool open = writer->Write(request);
  for (const ImportFile& file : files) {
    for (size_t offset = 0; open && (offset == 0 || offset < file.contents.size());
         offset += kChunkBytes) {
      v1::FileChunk& chunk = *request.mutable_chunk();
      chunk.set_file(file.name);
      chunk.set_starts_file(offset == 0);
      chunk.set_data(file.contents.substr(offset, kChunkBytes));
      open = writer->Write(request);
    }
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return ExplainNode(status, socket_path);
  return response;
}

absl::StatusOr<v1::GetStatusResponse> NodeStatus(const std::string& socket_path) {
  const auto stub = v1::RegistryService::NewStub(NodeChannel(socket_path));
  grpc::ClientContext context;
  SetTimeout(context, kCallTimeout);
  v1::GetStatusResponse response;
  const grpc::Status status = stub->GetStatus(&context, v1::GetStatusRequest(), &response);
  if (!status.ok()) return ExplainNode(status, socket_path);
  return response;
}

}  // namespace perdura::cli
