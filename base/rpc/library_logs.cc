#include "base/rpc/library_logs.h"

#include <string>

#include "absl/strings/match.h"
#include "base/logging.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"

namespace perdura::base {
namespace {

void FromGrpc(gpr_log_func_args* entry) {
  if (entry->severity == GPR_LOG_SEVERITY_DEBUG) return;
  // Logged for every connection that names the server otherwise than its certificate does. Clients
  // compare the pinned key, not the name.
  if (absl::StartsWith(entry->message, "No match found for server name")) return;
  if (entry->severity == GPR_LOG_SEVERITY_ERROR) {
    LogError("grpc", {{"message", entry->message}});
  } else {
    LogInfo("grpc", {{"message", entry->message}});
  }
}

void FromProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  if (level == google::protobuf::LOGLEVEL_INFO) return;
  LogWarning("protobuf", {{"message", message}});
}

}  // namespace

void CaptureLibraryLogs() {
  gpr_set_log_function(FromGrpc);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  google::protobuf::SetLogHandler(FromProtobuf);
}

}  // namespace perdura::base
