#include "cli/commands/budget.h"
#include "cli/commands/describe.h"
#include "cli/options/arguments.h"

namespace perdura::cli {
namespace {

// Of a year's budget.
constexpr int kMostReleases = 1'000'000;

// What `preview` and `ask` share: the question.
void AddQuestionOptions(CLI::App& command, QuestionOptions& question) {
  command
      .add_option("--endpoint", question.endpoint,
                  "What is measured, e.g. overall-survival; `perdura describe` lists them")
      ->required();
  command.add_option("--cohort", question.cohort,
                     "attribute=category,category; several narrow the cohort");
  command.add_option("--by", question.by, "Attribute whose categories form the groups");
  command
      .add_option("--products", question.products,
                  "Product ids; default: all that you may ask about")
      ->delimiter(',');
  command.add_option("--cut", question.cut, "Data cut; default: the one that is open");
  command.add_option("--grid", question.grid, "Time grid; default: the charter's first");
  command
      .add_option("--law", question.law,
                  "Noise law and budget: default (discrete Gaussian, rho) or flagship (discrete\n"
                  "Laplace, pure epsilon; for a handful of releases a year)")
      ->check(CLI::IsMember({"default", "flagship"}));
  command.add_option("--charge", question.charge,
                     "Price under the default law: rho(2, 1e-6), units(n), or a fraction of the\n"
                     "default such as 1/4");
  command.add_option(
      "--epsilon", question.epsilon,
      "Price under the flagship law: 1/8, 1/4, 1/2, 3/4, 1, 3/2 or 2, times the rows\n"
      "that one patient changes (`perdura describe` lists the prices)");
  command.add_flag("--cross-border", question.cross_border,
                   "Count only consents that allow other countries");
  command
      .add_option("--expect-n", question.expect_n,
                  "Patients that you expect in one group, for the precision")
      ->check(CLI::PositiveNumber);
}

// What `ask` and `releases` share: how a result is shown and kept.
void AddResultOptions(CLI::App& command, QuestionOptions& question) {
  command
      .add_option("--landmarks", question.landmarks,
                  "Months at which survival is wanted besides the grid")
      ->delimiter(',');
  command
      .add_option(
          "--decoder", question.decoder,
          "How a noised table becomes a curve: plain, or smoothed (hazards change gradually:\n"
          "smaller errors in small cohorts, larger ones where hazards jump)")
      ->check(CLI::IsMember({"plain", "smoothed"}));
  command.add_option("--format", question.format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}));
  command.add_option("--out", question.out,
                     "Folder for the CSV files and the .release file; it is made");
}

void AddCanaryOptions(CLI::App& command, CanaryOptions& canary) {
  command
      .add_option("--endpoint", canary.endpoint,
                  "Event endpoint whose table is used, e.g. "
                  "overall-survival")
      ->required();
  command.add_option("--grid", canary.grid, "Time grid; default: the charter's first");
  command.add_option("--cut", canary.cut, "Data cut; default: the one that is open");
  command.add_option("--product", canary.product,
                     "Product of class canary; default: the charter's only one");
  command.add_option("--ask", canary.ask, "New rounds to run first; default: none")
      ->check(CLI::Range(0, 1000));
  command.add_option("--newest", canary.newest, "How many of the newest rounds are tested")
      ->check(CLI::Range(2, 200));
  command
      .add_option("--false-alarm", canary.false_alarm,
                  "Probability that a test of the right noise fails")
      ->check(CLI::Range(1e-9, 0.4));
  command.footer(
      "Finds faults, not malice: a dealer that lies can tell a canary round from a question.\n"
      "Nothing is charged. Exit code 1 where a check fails. docs/privacy/canary.md\n"
      "Example: perdura canary --endpoint overall-survival --ask 10");
}

}  // namespace

void AddAnalystCommands(CLI::App& app, Arguments& args) {
  QuestionOptions& question = args.question;
  // Also after the command's name.
  app.fallthrough();
  app.add_option("--home", question.home, "Folder with profile.txtpb of the analyst")
      ->envname("PERDURA_HOME");
  const auto add = [&](const char* name, const char* help, Work work) -> CLI::App& {
    CLI::App& command = *app.add_subcommand(name, help);
    command.callback([&args, work] { args.work = work; });
    return command;
  };
  add("describe", "What may be asked: endpoints, products, cuts, attributes, price",
      [&question] { return Describe(question.home); });
  CLI::App& releases =
      add("releases", "Releases that are open to you, newest first; with an id: one of them, free",
          [&args] {
            return args.release.empty() ? ListReleases(args.question.home)
                                        : ShowRelease(args.question, args.release);
          });
  CLI::Option& release = *releases.add_option("release", args.release, "Release id, 64 hex digits");
  AddResultOptions(releases, question);
  for (const char* name : {"--landmarks", "--decoder", "--format", "--out"}) {
    releases.get_option(name)->needs(&release);
  }
  add("budget", "What is spent and left, and your attempts",
      [&question] { return ShowBudget(question.home); });
  CLI::App& canary =
      add("canary", "Rounds over generated patients: is the stewards' noise what it should be?",
          [&args] {
            args.canary.home = args.question.home;
            return TestCanaries(args.canary);
          });
  AddCanaryOptions(canary, args.canary);
  CLI::App& preview = add("preview", "Price and predicted precision of a question; spends nothing",
                          [&args] { return PreviewQuestion(args.question, args.preview); });
  AddQuestionOptions(preview, question);
  preview
      .add_option("--releases-left", args.preview.releases_left,
                  "Releases that the year's budget must still serve, this one included;\n"
                  "default: as many as the default charge buys from its cap")
      ->check(CLI::Range(1, kMostReleases));
  preview.add_flag("--year-plan", args.preview.year_plan,
                   "Also how many releases the year's caps hold, by cohort size and law");
  preview
      .add_option(
          "--target-width", args.preview.target_width,
          "Instead of a price: the width that the 95 % interval of S at the last month (of\n"
          "a proportion, of a mean) shall have at most, such as 0.05; gives the smallest\n"
          "charge")
      ->check(CLI::PositiveNumber);
  preview.footer(
      "The noise on S and its part of the interval follow from the plan and the charter; no data "
      "are\n"
      "read. Without --expect-n the charter's planned numbers are used.");
  CLI::App& ask = add("ask", "Ask, wait, check the answer, and print it",
                      [&question] { return AskQuestion(question); });
  AddQuestionOptions(ask, question);
  ask.get_option("--endpoint")->required(false);
  ask.add_flag("--accept-noise", question.accept_noise,
               "Ask although the preview finds the answer too imprecise");
  ask.add_flag("--again", question.again,
               "Draw anew what a stored release answers: new noise, new charge");
  ask.add_option("--resume", question.resume,
                 "Question id of an earlier ask: send the same signed bytes again");
  AddResultOptions(ask, question);
  ask.footer(
      "A plan that was released already, or follows from a release (a coarser grid, a sum over "
      "groups),\n"
      "is answered from the store: the same bytes, price 0.\n"
      "A charge is never refunded. If the connection breaks, --resume sends the same question "
      "again,\n"
      "which costs nothing more.\n"
      "Example: perdura ask --endpoint overall-survival --cohort disease=aml --out results");
}

}  // namespace perdura::cli
