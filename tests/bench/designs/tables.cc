#include "tests/bench/designs/tables.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/bench/designs/release.h"
#include "tests/bench/designs/settings.h"

namespace perdura::bench {
namespace {

using statistics::Decoder;

constexpr double kFirstCause = 0.7;
constexpr double kCuredHazard = 0.002;
constexpr double kLongDropout = 0.004;
constexpr double kLungEpsilons[] = {0.5, 1, 2, 5};

Design Named(Design design, std::string name) {
  design.name = std::move(name);
  return design;
}

Design Smoothed(Design design) {
  design.decoder = Decoder::kSmoothedHazards;
  return Named(std::move(design), "default, smoothed hazards");
}

Design DefaultOn(const char* grid, const Setting& setting) {
  return DefaultDesign(GridNamed(grid), 1, PriorOf(setting));
}

void PrintRow(const std::string& name, const std::vector<std::string>& cells) {
  std::printf("| %s | %s |\n", name.c_str(), absl::StrJoin(cells, " | ").c_str());
  std::fflush(stdout);
}

void PrintHead(const std::string& title, const std::vector<std::string>& columns) {
  std::printf("\n**%s**\n\n", title.c_str());
  PrintRow("", columns);
  PrintRow("---", std::vector<std::string>(columns.size(), "---"));
}

std::string Signed(const Mean& mean) {
  return absl::StrFormat("%+.4f ± %.4f", mean.value, mean.error);
}

std::vector<std::string> SettingLabels() {
  std::vector<std::string> labels;
  for (const Setting& setting : kSettings) labels.push_back(Label(setting));
  return labels;
}

// Figures of the designs that `designs_of` gives, per setting.
template <typename DesignsOf>
std::vector<std::vector<Figures>> RunSettings(const DesignsOf& designs_of,
                                              privacy_design::CommitteeNoise committee, int runs,
                                              uint64_t seed) {
  std::vector<std::vector<Figures>> figures;
  for (const Setting& setting : kSettings) {
    const std::vector<Design> designs = designs_of(setting);
    std::vector<Trial> trials;
    for (const Design& design : designs) {
      trials.push_back({&design, {.epsilon = setting.epsilon, .committee = committee}});
    }
    figures.push_back(Compare(trials, PopulationOf(setting), setting.size, runs, seed));
  }
  return figures;
}

void PrintBias(const std::vector<Design>& designs,
               const std::vector<std::vector<Figures>>& figures) {
  PrintHead("Mean of released minus exact S(60)", SettingLabels());
  for (size_t i = 0; i < designs.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::vector<Figures>& of_setting : figures) {
      cells.push_back(Signed(of_setting[i].bias_last));
    }
    PrintRow(designs[i].name, cells);
  }
}

std::string Coverage(const Figures& figures) {
  return absl::StrFormat("%.3f (%.2f %.2f %.2f %.2f), %.3f; %.2f", figures.held_mean(),
                         figures.held[0], figures.held[1], figures.held[2], figures.held[3],
                         figures.rmst_held, figures.held_without_noise_mean());
}

// Of the designs from number `first` on.
void PrintCoverage(const std::vector<Design>& designs, size_t first,
                   const std::vector<std::vector<Figures>>& figures) {
  PrintHead(
      "Coverage of nominal 95 %: S, mean (months 3, 12, 36, 60), RMST; S without the noise term",
      SettingLabels());
  for (size_t i = first; i < designs.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::vector<Figures>& of_setting : figures) {
      cells.push_back(Coverage(of_setting[i]));
    }
    PrintRow(designs[i].name, cells);
  }
}

std::vector<Design> ProductDesigns(const Setting& setting) {
  return {DefaultOn("g15", setting), FlagshipDesign(GridNamed("g15"), 1)};
}

std::vector<Design> AllDesigns(const Setting& setting) {
  std::vector<Design> designs = UsualDesigns();
  for (Design& design : ProductDesigns(setting)) designs.push_back(std::move(design));
  return designs;
}

// A release of which several estimates are wanted.
struct EstimateCase {
  std::string label;  // of the reference table
  Population population;
  const char* grid;
  int causes;
  int size;
};

std::vector<EstimateCase> EstimateCases() {
  const Population cart = {.cohort = privacy_design::CartCohort()};
  const Population two_causes = {.cohort = cart.cohort, .first_cause = kFirstCause};
  Population fifteen_years = {.cohort = cart.cohort, .cured_hazard = kCuredHazard};
  fifteen_years.cohort.dropout = kLongDropout;
  return {{"CART;n=300;months=60;J=1", cart, "g15", 1, 300},
          {"CART;n=1000;months=60;J=1", cart, "g15", 1, 1000},
          {"CART;n=1000;months=60;J=2", two_causes, "g15", 2, 1000},
          {"CART;n=1000;months=180;J=1", fifteen_years, "g15y", 1, 1000}};
}

}  // namespace

Tables::Tables(Targets targets, int runs, uint64_t seed)
    : targets_(std::move(targets)), runs_(runs), seed_(seed) {}

std::string Tables::Cell(const Mean& figure, std::optional<double> target) {
  const std::string ours = absl::StrFormat("%.4f ± %.4f", figure.value, figure.error);
  if (!target.has_value()) return ours;
  ++judged_;
  const char* verdict = "";
  if (!Reaches(figure.value, *target)) {
    const bool worse = figure.value > *target;
    if (worse) ++missed_;
    verdict = worse ? " MISS" : " BETTER";
  }
  return absl::StrFormat("%s / %.4f%s", ours, *target, verdict);
}

void Tables::PrintErrors(std::span<const Design> designs,
                         const std::vector<std::vector<Figures>>& figures, const char* phi) {
  for (size_t i = 0; i < designs.size(); ++i) {
    std::vector<std::string> cells;
    for (size_t j = 0; j < figures.size(); ++j) {
      const std::string inputs =
          absl::StrCat("mechanism=", designs[i].name, ";phi=", phi, ";", Label(kSettings[j]));
      cells.push_back(
          Cell(figures[j][i].largest_error, targets_.Find("target_max_abs_dS", inputs)));
    }
    PrintRow(designs[i].name, cells);
  }
}

void Tables::PrintMechanisms() {
  const std::vector<Design> designs = AllDesigns(kSettings[0]);
  const auto figures = RunSettings(AllDesigns, kNoSurplus, runs_, seed_);
  PrintHead("Equal budget, phi = 1: mean of the largest error over months 1 to 60",
            SettingLabels());
  std::vector<std::string> exact;
  for (const Setting& setting : kSettings) {
    const std::string inputs =
        absl::StrCat("mechanism=exact KM against truth;phi=none;", Label(setting));
    exact.push_back(Cell(ExactAgainstTruth(PopulationOf(setting), setting.size, 60, runs_, seed_),
                         targets_.Find("target_max_abs_dS", inputs)));
  }
  PrintRow("exact KM against truth", exact);
  PrintErrors(designs, figures, "1");
  PrintBias(designs, figures);
  PrintCoverage(designs, designs.size() - 2, figures);
}

void Tables::PrintSurplus() {
  const std::vector<Design> designs = ProductDesigns(kSettings[0]);
  const auto figures = RunSettings(ProductDesigns, kFourStewards, runs_, seed_);
  PrintHead("The (4,2) committee, phi = 1.5: mean of the largest error over months 1 to 60",
            SettingLabels());
  PrintErrors(designs, figures, "1.5");
  PrintBias(designs, figures);
  PrintCoverage(designs, 0, figures);
}

void Tables::PrintReleases() {
  const int parts[] = {1, 2, 4, 6, 8, 12, 20, 40};
  std::vector<std::string> columns;
  for (const int k : parts) columns.push_back(absl::StrCat("k = ", k));
  PrintHead("k releases on one budget, phi = 1: largest error of each", columns);
  for (const Setting& setting : {Setting{"CART", 300, 2}, {"CART", 1000, 1}, {"GENE", 1000, 2}}) {
    const std::vector<Design> designs = ProductDesigns(setting);
    std::vector<Trial> trials;
    for (const Design& design : designs) {
      for (const int k : parts)
        trials.push_back({&design, {.epsilon = setting.epsilon, .parts = k}});
    }
    const auto figures = Compare(trials, PopulationOf(setting), setting.size, runs_, seed_);
    for (size_t i = 0; i < designs.size(); ++i) {
      std::vector<std::string> cells;
      for (size_t j = 0; j < std::size(parts); ++j) {
        cells.push_back(
            Cell(figures[i * std::size(parts) + j].largest_error,
                 targets_.Find(
                     "target_k_releases",
                     absl::StrFormat("%s %d;total eps=%g;k=%d;phi=1;%s", setting.cohort,
                                     setting.size, setting.epsilon, parts[j], designs[i].name))));
      }
      PrintRow(absl::StrCat(Label(setting), ", ", designs[i].name), cells);
    }
  }
}

void Tables::PrintEstimates() {
  PrintHead("Estimates of one release, phi = 1.5: mean absolute error (max: largest over months)",
            {"max", "RMST, months", "S(12)", "S(36)", "S(last)", "F_1(last)", "F_2(last)"});
  for (const EstimateCase& one : EstimateCases()) {
    const privacy::Grid grid = GridNamed(one.grid);
    const Design default_design = DefaultDesign(grid, one.causes, privacy_design::CurativePrior());
    const Design flagship = FlagshipDesign(grid, one.causes);
    const std::pair<const char*, Trial> trials[] = {
        {"flagship eps 1", {&flagship, {.epsilon = 1, .committee = kFourStewards}}},
        {"default rho(1)", {&default_design, {.epsilon = 1, .committee = kFourStewards}}},
        {"default rho(2)/20",
         {&default_design, {.epsilon = 2, .parts = 20, .committee = kFourStewards}}}};
    for (const auto& [name, trial] : trials) {
      const Figures figures = Compare({&trial, 1}, one.population, one.size, runs_, seed_).front();
      const auto cell = [&](const Mean& figure, const char* part) {
        return Cell(figure, targets_.Find("target_estimates",
                                          absl::StrCat(one.label, ";phi=1.5;", name), part));
      };
      std::vector<std::string> cells = {
          cell(figures.largest_error, "max"), cell(figures.error_rmst, "rmst_months"),
          cell(figures.error_12, "S12"), cell(figures.error_36, "S36"),
          cell(figures.error_last, "Slast")};
      if (one.causes == 2) {
        cells.push_back(cell(figures.error_incidence[0], "F1"));
        cells.push_back(cell(figures.error_incidence[1], "F2"));
      }
      cells.resize(7);
      PrintRow(absl::StrCat(one.label, ", ", name), cells);
    }
  }
}

void Tables::PrintDecoders() {
  PrintHead("Decoders of the default, phi = 1.5",
            {"largest error", "against cumulative PAVA", "bias of S(60)", "error of S(60)",
             "RMST error", "coverage (as above)", "width of 95 %"});
  struct DecoderCase {
    Setting setting;
    int parts;
  };
  constexpr DecoderCase kCases[] = {
      {{"CART", 300, 1}, 1},   {{"GENE", 300, 1}, 1},   {{"CART", 1000, 1}, 1},
      {{"GENE", 1000, 1}, 1},  {{"CART", 5000, 1}, 1},  {{"GENE", 5000, 1}, 1},
      {{"CART", 300, 2}, 20},  {{"GENE", 300, 2}, 20},  {{"CART", 1000, 2}, 20},
      {{"GENE", 1000, 2}, 20}, {{"CLIFF", 300, 1}, 1},  {{"EARLY", 300, 1}, 1},
      {{"CLIFF", 1000, 1}, 1}, {{"EARLY", 1000, 1}, 1}, {{"CLIFF", 300, 2}, 20},
      {{"EARLY", 300, 2}, 20}};
  for (const auto& [setting, parts] : kCases) {
    const std::vector<Design> designs = {DefaultOn("g15", setting),
                                         Smoothed(DefaultOn("g15", setting)),
                                         Named(DefaultOn("g10", setting), "default, g10"),
                                         Named(DefaultOn("g8", setting), "default, g8")};
    std::vector<Trial> trials;
    for (const Design& design : designs) {
      trials.push_back(
          {&design, {.epsilon = setting.epsilon, .parts = parts, .committee = kFourStewards}});
    }
    const auto figures = Compare(trials, PopulationOf(setting), setting.size, runs_, seed_);
    const double before = figures.front().largest_error.value;
    for (size_t i = 0; i < designs.size(); ++i) {
      const Figures& now = figures[i];
      PrintRow(absl::StrFormat("%s %d rho(%g)/%d, %s", setting.cohort, setting.size,
                               setting.epsilon, parts, designs[i].name),
               {Cell(now.largest_error, std::nullopt),
                absl::StrFormat("%+.1f %%", 100 * (now.largest_error.value / before - 1)),
                Signed(now.bias_last), Cell(now.error_last, std::nullopt),
                absl::StrFormat("%.3f", now.error_rmst.value), Coverage(now),
                absl::StrFormat("%.3f", now.mean_width)});
    }
  }
}

void Tables::PrintCohort(std::span<const Patient> patients) {
  const auto grid = privacy::Grid::Create({1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 21, 24, 28, 34});
  const Design flagship = FlagshipDesign(*grid, 1);
  std::vector<std::string> columns;
  for (const double epsilon : kLungEpsilons) {
    columns.push_back(absl::StrFormat("eps %g", epsilon));
  }
  PrintHead(absl::StrFormat("Flagship on a given cohort of %d: mean error over months",
                            static_cast<int>(patients.size())),
            columns);
  for (const auto& [phi, committee] : {std::pair{"1", kNoSurplus}, {"1.5", kFourStewards}}) {
    std::vector<std::string> cells;
    for (const double epsilon : kLungEpsilons) {
      const Trial trial = {&flagship, {.epsilon = epsilon, .committee = committee}};
      const Figures figures = CompareOn(patients, {&trial, 1}, runs_, seed_).front();
      cells.push_back(Cell(figures.mean_error,
                           targets_.Find("target_lung_mae",
                                         absl::StrFormat("flagship;eps=%g;phi=%s", epsilon, phi))));
    }
    PrintRow(absl::StrCat("phi = ", phi), cells);
  }
}

}  // namespace perdura::bench
