#include "base/rpc/daemon.h"

#include <openssl/crypto.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/in_file.h"
#include "base/logging.h"
#include "base/status_macros.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace perdura::base {
namespace {

constexpr size_t kMaxConfigBytes = 64 * 1024;
constexpr mode_t kGroupAndOthers = 077;
// Keys are a few pages; 64 KiB is what the smallest usual limit gives.
constexpr size_t kLockedBytes = 64 * 1024;

// Keeps the first error, with its place.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (status_.ok()) {
      status_ = absl::InvalidArgumentError(
          absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message));
    }
  }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

// sodium_malloc goes on without a word where pages cannot be locked, so this is tried at start.
absl::Status CanLockMemory() {
  std::vector<char> trial(kLockedBytes);
  if (mlock(trial.data(), trial.size()) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "memory for keys cannot be locked: raise RLIMIT_MEMLOCK (`ulimit -l`, LimitMEMLOCK=) to at "
        "least ",
        kLockedBytes / 1024, " KiB"));
  }
  munlock(trial.data(), trial.size());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DaemonArguments> ParseArguments(int argc, char** argv) {
  DaemonArguments arguments;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument = argv[i];
    if (argument == "--help") {
      arguments.help = true;
    } else if (argument == "--check-config") {
      arguments.check_config = true;
    } else if (argument == "--init") {
      arguments.init = true;
    } else if (argument == "--config" && i + 1 < argc) {
      arguments.config_path = argv[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("unknown or incomplete option ", argument));
    }
  }
  if (!arguments.help && arguments.config_path.empty()) {
    return absl::InvalidArgumentError("--config FILE is needed");
  }
  if (arguments.init && arguments.check_config) {
    return absl::InvalidArgumentError("--init and --check-config exclude each other");
  }
  return arguments;
}

absl::Status ReadConfigFile(const std::string& path, google::protobuf::Message& config) {
  const auto text = ReadFile(path, kMaxConfigBytes);
  if (!text.ok()) return InFile(path, text.status());
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  if (parser.ParseFromString(*text, &config)) return absl::OkStatus();
  return InFile(path, errors.status().ok() ? absl::InvalidArgumentError("cannot be parsed")
                                           : errors.status());
}

absl::Status HardenProcess() {
  umask(077);
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return absl::ErrnoToStatus(errno, "RLIMIT_CORE");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return absl::ErrnoToStatus(errno, "PR_SET_DUMPABLE");
  return CanLockMemory();
}

absl::Status CheckFolder(absl::string_view field, const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("config: ", field, " is no folder"));
}

absl::Status MakePrivateFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return FsyncDirectory(DirectoryOf(path));
  if (errno != EEXIST) return absl::ErrnoToStatus(errno, "data folder");
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError("the data folder is no folder");
  }
  if ((info.st_mode & kGroupAndOthers) != 0) {
    return absl::FailedPreconditionError("the data folder must have mode 0700");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadSeedFile(const std::string& path, KeyKind kind) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return InFile(path, absl::ErrnoToStatus(errno, "key file"));
  if ((info.st_mode & kGroupAndOthers) != 0) {
    return InFile(path, absl::FailedPreconditionError("the key file must have mode 0600"));
  }
  auto text = ReadFile(path, kMaxKeyText);
  if (!text.ok()) return InFile(path, text.status());
  auto seed = ParseKey(kind, *text);
  OPENSSL_cleanse(text->data(), text->size());
  if (seed.ok()) return seed;
  return InFile(path, seed.status());
}

void ExitOnStorageFailure(const absl::Status& status) {
  LogError("storage.failed",
           {{"message", status.message()}, {"code", absl::StatusCodeToString(status.code())}});
  _exit(kExitStorage);
}

}  // namespace perdura::base
