#include "base/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace perdura::base {
namespace {

constexpr size_t kMaxFolderFiles = 1000;

absl::Status ErrnoStatus(absl::string_view what) { return absl::ErrnoToStatus(errno, what); }

// A file descriptor that is closed at the end of its scope.
class Descriptor final {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    Close().IgnoreError();
  }  // nothing was written, or an error is already on its way

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  absl::Status Close() {
    const int fd = std::exchange(fd_, -1);
    if (fd >= 0 && ::close(fd) != 0) return ErrnoStatus("cannot close a file");
    return absl::OkStatus();
  }

 private:
  int fd_;
};

absl::Status WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("cannot write a file");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

// Reads to the end of the file, but never more than `max_bytes` + 1 bytes.
absl::StatusOr<std::string> ReadUpTo(int fd, size_t max_bytes) {
  std::string contents;
  char block[16384];
  while (contents.size() <= max_bytes) {
    const ssize_t got = ::read(fd, block, sizeof(block));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("cannot read a file");
    if (got == 0) return contents;
    contents.append(block, static_cast<size_t>(got));
  }
  return absl::InvalidArgumentError("a file is larger than allowed");
}

absl::Status WriteAndSync(Descriptor& file, absl::string_view contents, mode_t mode) {
  if (::fchmod(file.get(), mode) != 0) return ErrnoStatus("cannot set the mode of a file");
  PERDURA_RETURN_IF_ERROR(WriteAll(file.get(), contents));
  if (::fsync(file.get()) != 0) return ErrnoStatus("cannot sync a file");
  return file.Close();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  // Without O_NONBLOCK a pipe under this name would hang the open.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.ok()) return ErrnoStatus("cannot open a file");
  struct stat facts;
  if (::fstat(file.get(), &facts) != 0) return ErrnoStatus("cannot look at a file");
  if (!S_ISREG(facts.st_mode)) return absl::InvalidArgumentError("not a regular file");
  return ReadUpTo(file.get(), max_bytes);
}

absl::Status WriteFileAtomic(const std::string& path, absl::string_view contents, mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.ok()) return ErrnoStatus("cannot create a file");
  absl::Status status = WriteAndSync(file, contents, mode);
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    status = ErrnoStatus("cannot rename a file");
  }
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  return FsyncDirectory(DirectoryOf(path));
}

absl::Status FsyncDirectory(const std::string& directory) {
  Descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok()) return ErrnoStatus("cannot open a folder");
  if (::fsync(folder.get()) != 0) return ErrnoStatus("cannot sync a folder");
  return folder.Close();
}

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::StatusOr<bool> FileExists(const std::string& path) {
  struct stat facts;
  if (::lstat(path.c_str(), &facts) == 0) return true;
  if (errno == ENOENT) return false;
  return ErrnoStatus("cannot look at a file");
}

absl::StatusOr<std::vector<std::string>> FileNames(const std::string& folder,
                                                   absl::string_view suffix) {
  std::vector<std::string> names;
  DIR* stream = opendir(folder.c_str());
  if (stream == nullptr) return absl::ErrnoToStatus(errno, "folder");
  while (const dirent* entry = readdir(stream)) {
    if (absl::EndsWith(entry->d_name, suffix) && names.size() < kMaxFolderFiles) {
      names.emplace_back(entry->d_name);
    }
  }
  closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> ReadFolder(const std::string& folder, absl::string_view suffix,
                                    size_t max_bytes) {
  const auto names = FileNames(folder, suffix);
  if (!names.ok()) return {};
  std::vector<std::string> contents;
  for (const std::string& name : *names) {
    auto bytes = ReadFile(absl::StrCat(folder, "/", name), max_bytes);
    if (bytes.ok()) contents.push_back(*std::move(bytes));
  }
  return contents;
}

}  // namespace perdura::base
