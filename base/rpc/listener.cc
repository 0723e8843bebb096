#include "base/rpc/listener.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "base/logging.h"
#include "base/status_macros.h"

namespace perdura::base {
namespace {

constexpr int kBacklog = 128;
constexpr int kPollMs = 100;
constexpr int kPerAddress = 8;
constexpr int kPerLoopbackAddress = 64;

// An address with its family, without the port.
struct Address {
  std::string bytes;
  bool loopback = false;
  bool operator==(const Address& other) const { return bytes == other.bytes; }
};

std::optional<Address> AddressOf(const sockaddr_storage& name) {
  if (name.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &name, sizeof v4);
    const uint32_t host = ntohl(v4.sin_addr.s_addr);
    return Address{{reinterpret_cast<const char*>(&v4.sin_addr), 4}, (host >> 24) == 127};
  }
  if (name.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &name, sizeof v6);
    return Address{{reinterpret_cast<const char*>(&v6.sin6_addr), 16},
                   IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0};
  }
  return std::nullopt;
}

int PortOf(const sockaddr_storage& name) {
  if (name.ss_family != AF_INET && name.ss_family != AF_INET6) return 0;
  sockaddr_in v4{};  // the port has one place in both
  std::memcpy(&v4, &name, sizeof v4);
  return ntohs(v4.sin_port);
}

std::optional<sockaddr_storage> NameOf(int fd, int (*get)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (get(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return std::nullopt;
  return name;
}

std::vector<int> OpenDescriptors() {
  std::vector<int> descriptors;
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return descriptors;
  while (const dirent* entry = readdir(folder)) {
    int fd = -1;
    if (absl::SimpleAtoi(entry->d_name, &fd)) descriptors.push_back(fd);
  }
  closedir(folder);
  return descriptors;
}

// Connections that came in at `port` from `address`. Counted afresh each time, because nobody tells
// us when gRPC closes one.
int CountFrom(const std::vector<int>& descriptors, const Address& address, int port) {
  return static_cast<int>(std::count_if(descriptors.begin(), descriptors.end(), [&](int fd) {
    const auto peer = NameOf(fd, getpeername);
    const auto own = NameOf(fd, getsockname);
    return peer.has_value() && own.has_value() && PortOf(*own) == port &&
           AddressOf(*peer) == address;
  }));
}

bool TooManyDescriptors(size_t open) {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) != 0 || open > limit.rlim_cur / 4;
}

bool HasGroup(int connection, const ucred& peer, const std::vector<gid_t>& allowed) {
  std::vector<gid_t> groups(256);
  auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
  if (getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0) size = 0;
  groups.resize(size / sizeof(gid_t));
  groups.push_back(peer.gid);
  return std::any_of(groups.begin(), groups.end(), [&allowed](gid_t group) {
    return std::find(allowed.begin(), allowed.end(), group) != allowed.end();
  });
}

absl::StatusOr<int> BoundSocket(const sockaddr* name, socklen_t size, int family) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, "socket");
  const int on = 1;
  if (family != AF_UNIX) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, name, size) != 0 || listen(fd, kBacklog) != 0) {
    const absl::Status status = absl::UnavailableError("the listen address cannot be bound");
    close(fd);
    return status;
  }
  return fd;
}

// Whether a process listens at this socket: one that does must not lose it.
bool IsServed(const sockaddr_un& name) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return true;
  const int code = connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  const bool nobody = code != 0 && (errno == ECONNREFUSED || errno == ENOENT);
  close(fd);
  return !nobody;
}

// Takes away the socket of an earlier run.
absl::Status RemoveOldSocket(const sockaddr_un& name) {
  struct stat old {};
  if (lstat(name.sun_path, &old) != 0) return absl::OkStatus();
  if (!S_ISSOCK(old.st_mode)) {
    return absl::FailedPreconditionError("the socket path is taken by another file");
  }
  if (IsServed(name)) {
    return absl::FailedPreconditionError("the socket path is taken by a running process");
  }
  unlink(name.sun_path);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::BindTcp(const std::string& host, int port) {
  if (port < 0 || port > 65535) return absl::InvalidArgumentError("port must be in [0, 65535]");
  sockaddr_storage name{};
  socklen_t size = 0;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<uint16_t>(port));
    size = sizeof v4;
    std::memcpy(&name, &v4, sizeof v4);
  } else if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<uint16_t>(port));
    size = sizeof v6;
    std::memcpy(&name, &v6, sizeof v6);
  } else {
    return absl::InvalidArgumentError("the listen address must be a numeric IPv4 or IPv6 address");
  }
  PERDURA_ASSIGN_OR_RETURN(const int fd,
                           BoundSocket(reinterpret_cast<sockaddr*>(&name), size, name.ss_family));
  const auto bound = NameOf(fd, getsockname);
  return std::unique_ptr<Listener>(new Listener(fd, bound.has_value() ? PortOf(*bound) : port));
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::BindUnix(const std::string& path,
                                                             Allowed allowed) {
  sockaddr_un name{};
  if (path.empty() || path.size() >= sizeof name.sun_path) {
    return absl::InvalidArgumentError("the socket path must have 1 to 107 bytes");
  }
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  PERDURA_RETURN_IF_ERROR(RemoveOldSocket(name));
  PERDURA_ASSIGN_OR_RETURN(const int fd,
                           BoundSocket(reinterpret_cast<sockaddr*>(&name), sizeof name, AF_UNIX));
  std::unique_ptr<Listener> listener(new Listener(fd, 0));
  listener->unix_ = true;
  listener->path_ = path;
  listener->allowed_ = std::move(allowed);
  if (chmod(path.c_str(), 0660) != 0) return absl::ErrnoToStatus(errno, "socket mode");
  return listener;
}

Listener::~Listener() {
  Stop();
  if (unix_) unlink(path_.c_str());
}

void Listener::AddTo(grpc::ServerBuilder& builder,
                     std::shared_ptr<grpc::ServerCredentials> credentials) {
  using Type = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
  acceptor_ =
      builder.experimental().AddExternalConnectionAcceptor(Type::FROM_FD, std::move(credentials));
}

void Listener::Start() {
  thread_ = std::thread([this] { AcceptLoop(); });
}

void Listener::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void Listener::AcceptLoop() {
  while (!stopping_) {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, kPollMs) <= 0) continue;
    const int connection = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection >= 0) {
      Take(connection);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      poll(nullptr, 0, kPollMs);  // the connection waits in the queue until descriptors are free
    }
  }
}

bool Listener::MayConnect(int connection) const {
  const std::vector<int> descriptors = OpenDescriptors();
  if (descriptors.empty() || TooManyDescriptors(descriptors.size())) return false;
  if (!unix_) {
    const auto peer = NameOf(connection, getpeername);
    const auto address = peer.has_value() ? AddressOf(*peer) : std::nullopt;
    if (!address.has_value()) return false;
    return CountFrom(descriptors, *address, port_) <=
           (address->loopback ? kPerLoopbackAddress : kPerAddress);
  }
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == geteuid() ||
         std::find(allowed_.uids.begin(), allowed_.uids.end(), peer.uid) != allowed_.uids.end() ||
         HasGroup(connection, peer, allowed_.gids);
}

void Listener::Take(int connection) {
  if (!MayConnect(connection)) {
    close(connection);
    return;
  }
  const int on = 1;
  if (!unix_) setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
  parameters.listener_fd = fd_;
  parameters.fd = connection;  // gRPC owns it from here
  acceptor_->HandleNewConnection(&parameters);
}

}  // namespace perdura::base
