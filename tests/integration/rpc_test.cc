// base/rpc without the federation: status conversion, accept loop, configuration and key files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "aggregator/config.h"
#include "base/canonical_text.h"
#include "base/files.h"
#include "base/key_text.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/rpc/daemon.h"
#include "base/rpc/listener.h"
#include "base/rpc/server_settings.h"
#include "base/rpc/status_conversion.h"
#include "grpcpp/create_channel.h"
#include "perdura/v1/config.pb.h"
#include "perdura/v1/registry.grpc.pb.h"
#include "registry-node/config.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::integration {
namespace {

using test_support::IsOk;
using test_support::StatusIs;
using test_support::TempFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatusConversionTest, EveryCodeComesBack) {
  for (int code = 1; code <= 16; ++code) {
    const auto status = base::Refuse(static_cast<absl::StatusCode>(code), "some_word", "a hint");
    const absl::Status back = base::FromGrpcStatus(base::ToGrpcStatus(status));
    EXPECT_EQ(back, status) << code;
  }
}

TEST(StatusConversionTest, UnknownCodesBecomeUnknown) {
  const grpc::Status odd(static_cast<grpc::StatusCode>(20), "x");
  EXPECT_THAT(base::FromGrpcStatus(odd), StatusIs(absl::StatusCode::kUnknown));
  const absl::Status strange(static_cast<absl::StatusCode>(77), "x");
  EXPECT_EQ(base::ToGrpcStatus(strange).error_code(), grpc::StatusCode::UNKNOWN);
}

TEST(StatusConversionTest, RefusalCarriesReasonAndHintAsText) {
  const auto status = base::ToGrpcStatus(
      base::Refuse(absl::StatusCode::kResourceExhausted, "budget_exhausted", "ask less"));
  EXPECT_EQ(status.error_details(), base::Text({"budget_exhausted", "ask less"}));
}

TEST(StatusConversionTest, LineFeedsAndControlCharactersBecomeSpaces) {
  const auto status = base::ToGrpcStatus(
      base::Refuse(absl::StatusCode::kNotFound, "unknown_name", "two\nlines\x01\xff"));
  EXPECT_EQ(status.error_details(), base::Text({"unknown_name", "two lines  "}));
}

TEST(StatusConversionTest, InternalLeavesWithoutItsText) {
  std::vector<std::string> lines;
  const auto before = base::SetLogSink([&](absl::string_view line) { lines.emplace_back(line); });
  const auto status = base::ToGrpcStatus(absl::InternalError("SELECT secret"));
  base::SetLogSink(before);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(), Not(HasSubstr("SELECT")));
  EXPECT_TRUE(status.error_details().empty());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr("SELECT secret"));
}

// The smallest service there is.
class Echo final : public v1::RegistryService::Service {
  grpc::Status GetStatus(grpc::ServerContext*, const v1::GetStatusRequest*,
                         v1::GetStatusResponse* response) override {
    response->set_member("here");
    return grpc::Status::OK;
  }
};

absl::Status Call(const std::string& address) {
  const auto stub = v1::RegistryService::NewStub(grpc::CreateCustomChannel(
      address, grpc::InsecureChannelCredentials(), base::ClientArguments()));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  v1::GetStatusResponse response;
  return base::FromGrpcStatus(stub->GetStatus(&context, {}, &response));
}

class ListenerTest : public ::testing::Test {
 protected:
  void Serve(absl::StatusOr<std::unique_ptr<base::Listener>> bound) {
    ASSERT_THAT(bound, IsOk());
    listener_ = *std::move(bound);
    grpc::ServerBuilder builder;
    base::ApplyServerSettings(builder);
    builder.RegisterService(&echo_);
    listener_->AddTo(builder, grpc::InsecureServerCredentials());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    listener_->Start();
  }
  void TearDown() override {
    if (listener_ != nullptr) listener_->Stop();
    if (server_ != nullptr) server_->Shutdown(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
  }
  int Dial() const {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(static_cast<uint16_t>(listener_->port()));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    return fd;
  }
  std::string Address() const { return "127.0.0.1:" + std::to_string(listener_->port()); }

  Echo echo_;
  std::unique_ptr<base::Listener> listener_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(ListenerTest, FreePortServesCalls) {
  Serve(base::Listener::BindTcp("127.0.0.1", 0));
  EXPECT_GT(listener_->port(), 0);
  EXPECT_THAT(Call(Address()), IsOk());
}

TEST_F(ListenerTest, FloodIsCutAtTheLimitAndServiceGoesOn) {
  Serve(base::Listener::BindTcp("127.0.0.1", 0));
  std::vector<int> flood;
  for (int i = 0; i < 100; ++i) flood.push_back(Dial());
  // The connections beyond the limit are closed by the server: reading from them ends.
  int closed = 0;
  absl::SleepFor(absl::Milliseconds(500));
  for (const int fd : flood) {
    char byte = 0;
    const ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) ++closed;
  }
  EXPECT_EQ(closed, 36);
  for (const int fd : flood) close(fd);
  absl::SleepFor(absl::Milliseconds(500));
  EXPECT_THAT(Call(Address()), IsOk());
}

TEST_F(ListenerTest, PortInUseIsUnavailable) {
  Serve(base::Listener::BindTcp("127.0.0.1", 0));
  EXPECT_THAT(base::Listener::BindTcp("127.0.0.1", listener_->port()),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ListenerTest, HostNamesAreRefused) {
  EXPECT_THAT(base::Listener::BindTcp("localhost", 0),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ListenerTest, UnixSocketServesItsOwnUserWithMode0660) {
  const TempFolder folder;
  Serve(base::Listener::BindUnix(folder.File("s"), {}));
  struct stat info {};
  ASSERT_EQ(stat(folder.File("s").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0660u);
  EXPECT_THAT(Call("unix:" + folder.File("s")), IsOk());
}

TEST_F(ListenerTest, SocketOfAnEarlierRunIsReplaced) {
  const TempFolder folder;
  const int old = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, folder.File("s").c_str(), sizeof name.sun_path - 1);
  ASSERT_EQ(bind(old, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  close(old);
  Serve(base::Listener::BindUnix(folder.File("s"), {}));
  EXPECT_THAT(Call("unix:" + folder.File("s")), IsOk());
}

TEST_F(ListenerTest, SocketOfARunningProcessIsKept) {
  const TempFolder folder;
  Serve(base::Listener::BindUnix(folder.File("s"), {}));
  EXPECT_THAT(base::Listener::BindUnix(folder.File("s"), {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("running process")));
  EXPECT_THAT(Call("unix:" + folder.File("s")), IsOk());
}

TEST_F(ListenerTest, OtherFileAtTheSocketPathIsKept) {
  const TempFolder folder;
  std::ofstream(folder.File("s")) << "data";
  EXPECT_THAT(base::Listener::BindUnix(folder.File("s"), {}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(base::ReadFile(folder.File("s"), 10), test_support::IsOkAndHolds("data"));
}

class ConfigTest : public ::testing::Test {
 protected:
  absl::Status Load(const std::string& text) {
    std::ofstream(folder_.File("c")) << text;
    return registry_node::LoadConfig(folder_.File("c")).status();
  }
  static constexpr char kGood[] =
      "id: 'ohio' aggregator_address: 'a:1' data_dir: 'd' socket_path: 's' sign_key_file: 'k'\n"
      "tls_cert_file: 'c' tls_key_file: 'k' tls_ca_file: 'a' authority_pin_file: 'p' log_key_file: "
      "'l'\n";
  TempFolder folder_;
};

TEST_F(ConfigTest, GoodFileLoads) { EXPECT_THAT(Load(kGood), IsOk()); }

TEST_F(ConfigTest, AggregatorAddressNeedsAPort) {
  EXPECT_THAT(Load(absl::StrReplaceAll(kGood, {{"'a:1'", "'not an address'"}})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("host:port")));
}

TEST_F(ConfigTest, UnknownFieldIsAnErrorWithItsPlace) {
  EXPECT_THAT(Load(std::string(kGood) + "  colour: 'red'\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/c: line 3, column ")));
}

TEST_F(ConfigTest, RepeatedFieldIsAnError) {
  EXPECT_THAT(Load(std::string(kGood) + "id: 'alfred'\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/c: line 3, column ")));
}

TEST_F(ConfigTest, MissingFieldIsNamed) {
  EXPECT_THAT(Load("id: 'ohio' aggregator_address: 'a:1'"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("data_dir")));
}

TEST_F(ConfigTest, IdMustBeAName) {
  std::string text = kGood;
  text.replace(text.find("ohio"), 4, "Ohio");
  EXPECT_THAT(Load(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("id")));
}

TEST_F(ConfigTest, AggregatorPortIsBounded) {
  std::ofstream(folder_.File("a"))
      << "id: 'a' listen_port: 65536 data_dir: 'd' sign_key_file: 'k' tls_cert_file: 'c' "
         "tls_key_file: 'k' tls_ca_file: 'a' authority_pin_file: 'p' charter_dir: 'c' "
         "log_key_file: 'l'";
  EXPECT_THAT(aggregator::LoadConfig(folder_.File("a")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("listen_port")));
}

const std::string kSeedText = base::PrintKey(base::KeyKind::kSecretKey, std::string(32, '\xaa'));

TEST(SeedFileTest, KeyTextIsRead) {
  const TempFolder folder;
  ASSERT_OK(base::WriteFileAtomic(folder.File("k"), kSeedText));
  EXPECT_THAT(base::ReadSeedFile(folder.File("k"), base::KeyKind::kSecretKey),
              test_support::IsOkAndHolds(std::string(32, '\xaa')));
}

TEST(SeedFileTest, FileThatOthersMayReadIsRefused) {
  const TempFolder folder;
  ASSERT_OK(base::WriteFileAtomic(folder.File("k"), kSeedText, 0640));
  EXPECT_THAT(base::ReadSeedFile(folder.File("k"), base::KeyKind::kSecretKey),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(folder.File("k"))));
}

TEST(SeedFileTest, PublicKeyIsNoSeed) {
  const TempFolder folder;
  ASSERT_OK(base::WriteFileAtomic(
      folder.File("k"), base::PrintKey(base::KeyKind::kPublicKey, std::string(32, '\xaa'))));
  EXPECT_THAT(base::ReadSeedFile(folder.File("k"), base::KeyKind::kSecretKey),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(folder.File("k")), Not(HasSubstr("aaa")))));
}

TEST(SeedFileTest, MissingFileIsNamed) {
  EXPECT_THAT(base::ReadSeedFile("no/such/key", base::KeyKind::kSecretKey),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/key")));
}

TEST(ArgumentsTest, OptionsAreRead) {
  char name[] = "x", config[] = "--config", file[] = "f", check[] = "--check-config";
  char* argv[] = {name, config, file, check};
  ASSERT_OK_AND_ASSIGN(const auto arguments, base::ParseArguments(4, argv));
  EXPECT_EQ(arguments.config_path, "f");
  EXPECT_TRUE(arguments.check_config);
}

TEST(ArgumentsTest, FirstStartIsNoCheck) {
  char name[] = "x", config[] = "--config", file[] = "f", init[] = "--init";
  char check[] = "--check-config";
  char* argv[] = {name, config, file, init, check};
  ASSERT_OK_AND_ASSIGN(const auto arguments, base::ParseArguments(4, argv));
  EXPECT_TRUE(arguments.init);
  EXPECT_THAT(base::ParseArguments(5, argv), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FolderTest, ConfiguredFolderMustBeThere) {
  const TempFolder folder;
  EXPECT_OK(base::CheckFolder("data_dir", folder.path()));
  EXPECT_THAT(base::CheckFolder("data_dir", folder.File("mistyped")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("data_dir")));
}

TEST(ArgumentsTest, UnknownOptionIsNamed) {
  char name[] = "x", odd[] = "--verbose";
  char* argv[] = {name, odd};
  EXPECT_THAT(base::ParseArguments(2, argv),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--verbose")));
}

// In a process of its own, as an ordinary user: root may lock what it wants.
[[noreturn]] void StartWithoutLockedMemory() {
  const rlimit none{0, 0};
  if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) std::_Exit(2);
  if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) std::_Exit(2);
  const absl::Status status = base::HardenProcess();
  std::_Exit(absl::StrContains(status.message(), "RLIMIT_MEMLOCK") ? 0 : 1);
}

TEST(DaemonDeathTest, StartIsRefusedIfMemoryCannotBeLocked) {
  EXPECT_EXIT(StartWithoutLockedMemory(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace perdura::integration
