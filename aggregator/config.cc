#include "aggregator/config.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/in_file.h"
#include "base/rpc/daemon.h"
#include "base/status_macros.h"

namespace perdura::aggregator {
namespace {

absl::Status CheckFields(const v1::AggregatorConfig& config) {
  const std::pair<absl::string_view, const std::string&> needed[] = {
      {"data_dir", config.data_dir()},
      {"sign_key_file", config.sign_key_file()},
      {"log_key_file", config.log_key_file()},
      {"tls_cert_file", config.tls_cert_file()},
      {"tls_key_file", config.tls_key_file()},
      {"tls_ca_file", config.tls_ca_file()},
      {"authority_pin_file", config.authority_pin_file()},
      {"charter_dir", config.charter_dir()},
  };
  for (const auto& [field, value] : needed) {
    if (value.empty())
      return absl::InvalidArgumentError(absl::StrCat("config: ", field, " is needed"));
  }
  if (!base::IsName(config.id())) {
    return absl::InvalidArgumentError("config: id must be a name, [a-z0-9._-]{1,40}");
  }
  if (config.listen_port() > 65535) {
    return absl::InvalidArgumentError("config: listen_port must be at most 65535");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::AggregatorConfig> LoadConfig(const std::string& path) {
  v1::AggregatorConfig config;
  PERDURA_RETURN_IF_ERROR(base::ReadConfigFile(path, config));
  const absl::Status fields = CheckFields(config);
  if (!fields.ok()) return base::InFile(path, fields);
  if (config.listen_address().empty()) config.set_listen_address("127.0.0.1");
  return config;
}

base::TlsFiles TlsFilesOf(const v1::AggregatorConfig& config) {
  return {.certificate_path = config.tls_cert_file(),
          .key_path = config.tls_key_file(),
          .ca_path = config.tls_ca_file()};
}

}  // namespace perdura::aggregator
