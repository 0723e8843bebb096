#include "registry-node/config.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/in_file.h"
#include "base/rpc/daemon.h"
#include "base/status_macros.h"

namespace perdura::registry_node {
namespace {

// host:port, with a port that can be dialled.
bool IsAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  return colon != std::string::npos && colon > 0 && text.find(' ') == std::string::npos &&
         absl::SimpleAtoi(text.substr(colon + 1), &port) && port > 0 && port <= 65535;
}

absl::Status CheckFields(const v1::NodeConfig& config) {
  const std::pair<absl::string_view, const std::string&> needed[] = {
      {"aggregator_address", config.aggregator_address()},
      {"data_dir", config.data_dir()},
      {"socket_path", config.socket_path()},
      {"sign_key_file", config.sign_key_file()},
      {"log_key_file", config.log_key_file()},
      {"tls_cert_file", config.tls_cert_file()},
      {"tls_key_file", config.tls_key_file()},
      {"tls_ca_file", config.tls_ca_file()},
      {"authority_pin_file", config.authority_pin_file()},
  };
  for (const auto& [field, value] : needed) {
    if (value.empty())
      return absl::InvalidArgumentError(absl::StrCat("config: ", field, " is needed"));
  }
  if (!base::IsName(config.id())) {
    return absl::InvalidArgumentError("config: id must be a name, [a-z0-9._-]{1,40}");
  }
  if (!IsAddress(config.aggregator_address())) {
    return absl::InvalidArgumentError("config: aggregator_address must be host:port");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::NodeConfig> LoadConfig(const std::string& path) {
  v1::NodeConfig config;
  PERDURA_RETURN_IF_ERROR(base::ReadConfigFile(path, config));
  const absl::Status fields = CheckFields(config);
  if (!fields.ok()) return base::InFile(path, fields);
  return config;
}

base::TlsFiles TlsFilesOf(const v1::NodeConfig& config) {
  return {.certificate_path = config.tls_cert_file(),
          .key_path = config.tls_key_file(),
          .ca_path = config.tls_ca_file()};
}

OwnCaps OwnCapsOf(const v1::NodeConfig& config) {
  return {.adhoc_units = config.own_cap_units(), .flagship_units = config.own_flagship_cap_units()};
}

}  // namespace perdura::registry_node
