#include "federation/log/entry.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "federation/log/entries.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/federation/log/test_log.h"
#include "tests/unit/federation/refusals.h"

namespace perdura::federation::log {
namespace {

const std::string kHash(64, 'a');
const std::string kNonce(32, 'b');

Entry Of(std::string kind, base::CanonicalObject fields) {
  return {.seq = 7,
          .time = 1'782'864'000'000'000,
          .kind = std::move(kind),
          .actor = "ohio",
          .fields = std::move(fields)};
}

Entry Reserved() {
  return Of("reserved", {{"attempt", uint64_t{1}},
                         {"charge", std::vector<std::string>{"adhoc:allo-hct@1:2026:96924905894"}},
                         {"manifest", kHash},
                         {"question", kNonce}});
}

std::vector<Entry> OneOfEachKind() {
  return {Reserved(),
          Of("debited", Reserved().fields),
          Of("refused", {{"manifest", kHash}, {"reason", "budget_exhausted"}}),
          Of("burnt", {{"manifest", kHash}, {"reason", "too_few_stewards"}}),
          Of("sent", {{"manifest", kHash}, {"contribution", kHash}}),
          Of("dealt", {{"manifest", kHash}}),
          Of("committed", {{"manifest", kHash}, {"commit", kHash}}),
          Of("summed", {{"manifest", kHash}, {"commit", kHash}}),
          Of("diagnosed", {{"manifest", kHash},
                           {"commit", kHash},
                           {"outcome", "suspects"},
                           {"suspects", std::vector<std::string>{"node:ohio", "steward:alfred"}}}),
          Of("released", {{"manifest", kHash}, {"commit", kHash}, {"release", kHash}}),
          Of("charter", {{"charter", kHash}, {"version", uint64_t{2}}}),
          Of("rebase", {{"rebase", kHash}}),
          Of("start", {{"nonce", kNonce}, {"config", kHash}, {"program", "0.1.0"}}),
          Of("restored", {{"size", uint64_t{40}}, {"root", kHash}}),
          Of("records", {{"detail", kHash}}),
          Of("export", {{"detail", kHash}}),
          Of("backup", {{"detail", kHash}}),
          Of("approval", {{"manifest", kHash}, {"outcome", "given"}}),
          Of("login", {{"outcome", "refused"}}),
          Of("link", {{"batch", kHash}}),
          Of("dkg", {{"key", "k1-2026"}, {"certificate", kHash}}),
          Of("reshare", {{"key", "k1-2026"}, {"certificate", kHash}}),
          Of("oprf", {{"key", "k1-2026"}, {"site", "ohio"}, {"size", uint64_t{6}}})};
}

TEST(LogEntryTest, PrintsOneLineOfCanonicalJson) {
  EXPECT_EQ(*PrintEntry(Reserved()),
            absl::StrCat(R"({"actor":"ohio","attempt":1,)",
                         R"("charge":["adhoc:allo-hct@1:2026:96924905894"],"kind":"reserved",)",
                         R"("manifest":")", kHash, R"(","question":")", kNonce,
                         R"(","seq":7,"time":1782864000000000})"));
}

TEST(LogEntryTest, EveryKindReadsBack) {
  const std::vector<Entry> entries = OneOfEachKind();
  EXPECT_EQ(entries.size(), 23U);
  for (const Entry& entry : entries) {
    ASSERT_OK_AND_ASSIGN(const std::string line, PrintEntry(entry));
    ASSERT_OK_AND_ASSIGN(const Entry again, ParseEntry(line));
    EXPECT_EQ(again, entry);
  }
}

TEST(LogEntryTest, NoMemberMayBeMissingOrTooMany) {
  for (const Entry& entry : OneOfEachKind()) {
    for (const auto& [name, value] : entry.fields) {
      Entry missing = entry;
      missing.fields.erase(name);
      EXPECT_THAT(PrintEntry(missing), IsRefused("malformed", "exactly")) << entry.kind;
    }
    Entry more = entry;
    more.fields["remark"] = "words";
    EXPECT_THAT(PrintEntry(more), IsRefused("malformed", "exactly")) << entry.kind;
  }
}

TEST(LogEntryTest, NoCommonMemberIsTakenTwice) {
  Entry entry = Reserved();
  entry.fields["seq"] = uint64_t{9};
  EXPECT_THAT(PrintEntry(entry), IsRefused("malformed", "exactly"));
}

TEST(LogEntryTest, UnknownKindIsRefused) {
  EXPECT_THAT(PrintEntry(Of("refunded", {{"manifest", kHash}})), IsRefused("malformed", "kind"));
  EXPECT_THAT(PrintEntry(Of("", {})), IsRefused("malformed", "kind"));
}

TEST(LogEntryTest, ValuesAreCheckedByTheirMember) {
  const auto with = [](const char* name, base::CanonicalValue value) {
    Entry entry = Reserved();
    entry.fields[name] = std::move(value);
    return PrintEntry(entry);
  };
  EXPECT_THAT(with("manifest", kHash.substr(1)), IsRefused("malformed", "manifest"));
  EXPECT_THAT(with("manifest", std::string(64, 'A')), IsRefused("malformed", "manifest"));
  EXPECT_THAT(with("manifest", uint64_t{1}), IsRefused("malformed", "manifest"));
  EXPECT_THAT(with("question", kHash), IsRefused("malformed", "question"));
  EXPECT_THAT(with("attempt", "1"), IsRefused("malformed", "attempt"));
  EXPECT_THAT(with("attempt", uint64_t{1} << 53), IsRefused("malformed", "attempt"));
  EXPECT_THAT(with("charge", std::vector<std::string>{"b", "a"}), IsRefused("malformed", "charge"));
  EXPECT_THAT(with("charge", std::vector<std::string>{"a", "a"}), IsRefused("malformed", "charge"));
  EXPECT_OK(with("charge", std::vector<std::string>{}));
  EXPECT_THAT(PrintEntry(Of("login", {{"outcome", "Not a word"}})),
              IsRefused("malformed", "outcome"));
}

TEST(LogEntryTest, ActorMustBeAName) {
  Entry entry = Reserved();
  entry.actor = "Maria Meier";
  EXPECT_THAT(PrintEntry(entry), IsRefused("malformed", "actor"));
}

TEST(LogEntryTest, TakesAtMost4096Bytes) {
  Entry entry = Reserved();
  std::vector<std::string> lines;
  for (int i = 100; i < 900; ++i) lines.push_back(absl::StrCat(i));
  entry.fields["charge"] = lines;
  EXPECT_THAT(PrintEntry(entry), IsRefused("malformed", "4096"));
  lines.resize(600);
  entry.fields["charge"] = lines;
  EXPECT_OK(PrintEntry(entry));
  EXPECT_THAT(ParseEntry(std::string(4097, ' ')), IsRefused("malformed", "4096"));
}

TEST(LogEntryTest, ParseFailsForWhatPrintsOtherwise) {
  const std::string line = *PrintEntry(EntryOf(1));
  ASSERT_OK(ParseEntry(line));
  std::string number_as_text = line;
  number_as_text.replace(number_as_text.find("\"seq\":0"), 7, "\"seq\":\"0\"");
  for (const std::string& bad :
       std::vector<std::string>{std::string(), std::string("{}"), line + "\n", " " + line,
                                line + line, number_as_text, line.substr(0, line.size() - 1)}) {
    EXPECT_THAT(ParseEntry(bad), IsRefused("malformed", "log entry")) << bad;
  }
}

TEST(LogEntryTest, ParseOfAnyChangedByteFailsOrGivesAnotherEntry) {
  const Entry entry = EntryOf(1);
  const std::string line = *PrintEntry(entry);
  for (size_t i = 0; i < line.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = line;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto parsed = ParseEntry(changed);
      if (parsed.ok()) {
        EXPECT_NE(*parsed, entry);
        EXPECT_EQ(*PrintEntry(*parsed), changed);
      }
    }
  }
}

// Or two clones that start at one moment would have one log, and both would be cosigned.
TEST(StartEntryTest, NoTwoStartsAreEqual) {
  test_support::SeededRandom random(1);
  const std::string config(32, 'c');
  const Entry one = StartEntry("ohio", 5, "0.1.0", config, random);
  const Entry other = StartEntry("ohio", 5, "0.1.0", config, random);
  EXPECT_NE(one.fields.at("nonce"), other.fields.at("nonce"));
}

}  // namespace
}  // namespace perdura::federation::log
