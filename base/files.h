#ifndef PERDURA_BASE_FILES_H_
#define PERDURA_BASE_FILES_H_

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace perdura::base {

// Small whole files: keys, charters, configuration. Messages say what failed and never name the
// path.

// The contents of a regular file. Returns NotFound if there is none, InvalidArgument if it has more
// than `max_bytes` bytes or is no regular file, else the status of the errno.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

// Replaces `path` by a file with these contents and permission bits: temporary file in the same
// folder, fsync, rename, fsync of the folder. After OK the new contents survive a power loss; after
// an error or a crash the old file is whole. The default mode is for the owner only.
absl::Status WriteFileAtomic(const std::string& path, absl::string_view contents,
                             mode_t mode = 0600);

// Makes the names inside `directory` durable (trap DB3: SQLite ignores an error of this call).
absl::Status FsyncDirectory(const std::string& directory);

// The folder part of `path`: "." where it has none, "/" for files in the root.
std::string DirectoryOf(const std::string& path);

// False only where nothing with that name exists; errors of other kinds are returned.
absl::StatusOr<bool> FileExists(const std::string& path);

// Names of the files of `folder` that end in `suffix`, sorted, at most 1,000. Returns the status of
// the errno if the folder cannot be read.
absl::StatusOr<std::vector<std::string>> FileNames(const std::string& folder,
                                                   absl::string_view suffix);

// Contents of the files of `folder` whose names end in `suffix`, by name, at most 1,000 files and
// `max_bytes` each; a file that cannot be read is left out. An absent folder is empty.
std::vector<std::string> ReadFolder(const std::string& folder, absl::string_view suffix,
                                    size_t max_bytes);

}  // namespace perdura::base

#endif  // PERDURA_BASE_FILES_H_
