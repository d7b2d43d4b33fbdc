#include "model/cvss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/text.h"

namespace pratique {
namespace {

Error malformed(std::string_view metric, std::string text) {
  return Error{Fault::malformed, std::move(text), {std::string(metric)}, {}};
}

// The metrics of one vector. No vector has more than 50 of them, so they are searched one by one.
class Metrics {
 public:
  static Result<Metrics> parse(std::string_view text) {
    Metrics metrics;
    for (const std::string_view part : split(text, '/')) {
      const std::size_t colon = part.find(':');
      if (colon == std::string_view::npos || colon == 0 || colon + 1 == part.size())
        return malformed(part, "a metric is NAME:VALUE");
      const std::string_view name = part.substr(0, colon);
      if (!metrics.find(name).empty()) return malformed(name, "the metric is given twice");
      if (metrics.values_.size() == 50) return malformed(name, "more metrics than CVSS has");
      metrics.values_.emplace_back(name, part.substr(colon + 1));
    }
    return metrics;
  }

  std::string_view find(std::string_view name) const {
    for (const auto& [key, value] : values_)
      if (key == name) return value;
    return {};
  }

 private:
  std::vector<std::pair<std::string_view, std::string_view>> values_;
};

struct Weight {
  std::string_view value;
  double weight;
};

Result<double> weigh(const Metrics& metrics, std::string_view name, std::initializer_list<Weight> weights) {
  const std::string_view value = metrics.find(name);
  if (value.empty()) return malformed(name, "the metric is missing");
  for (const auto& weight : weights)
    if (weight.value == value) return weight.weight;
  return malformed(name, "the metric has no value '" + std::string(value) + "'");
}

Severity severity_of(double score, CvssVersion version) {
  if (version == CvssVersion::v2) return score < 4 ? Severity::low : score < 7 ? Severity::medium : Severity::high;
  if (score == 0) return Severity::none;
  if (score < 4) return Severity::low;
  if (score < 7) return Severity::medium;
  return score < 9 ? Severity::high : Severity::critical;
}

Result<double> score_v2(const Metrics& metrics) {
  PRATIQUE_TRY(const double av, weigh(metrics, "AV", {{"L", 0.395}, {"A", 0.646}, {"N", 1.0}}));
  PRATIQUE_TRY(const double ac, weigh(metrics, "AC", {{"H", 0.35}, {"M", 0.61}, {"L", 0.71}}));
  PRATIQUE_TRY(const double au, weigh(metrics, "Au", {{"M", 0.45}, {"S", 0.56}, {"N", 0.704}}));
  const std::initializer_list<Weight> impacts = {{"N", 0}, {"P", 0.275}, {"C", 0.660}};
  PRATIQUE_TRY(const double c, weigh(metrics, "C", impacts));
  PRATIQUE_TRY(const double i, weigh(metrics, "I", impacts));
  PRATIQUE_TRY(const double a, weigh(metrics, "A", impacts));
  const double impact = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
  const double exploitability = 20 * av * ac * au;
  const double base = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176);
  return std::round(base * 10) / 10;
}

// Version 3.1, appendix A: rounds up at the first decimal without being misled by floating point.
double round_up(double value) {
  const auto fine = static_cast<std::int64_t>(std::llround(value * 100000));
  return fine % 10000 == 0 ? static_cast<double>(fine) / 100000
                           : (std::floor(static_cast<double>(fine / 10000)) + 1) / 10;
}

Result<double> score_v3(const Metrics& metrics) {
  PRATIQUE_TRY(const double scope, weigh(metrics, "S", {{"U", 0}, {"C", 1}}));
  const bool changed = scope == 1;
  PRATIQUE_TRY(const double av, weigh(metrics, "AV", {{"N", 0.85}, {"A", 0.62}, {"L", 0.55}, {"P", 0.2}}));
  PRATIQUE_TRY(const double ac, weigh(metrics, "AC", {{"L", 0.77}, {"H", 0.44}}));
  PRATIQUE_TRY(const double pr,
               weigh(metrics, "PR", {{"N", 0.85}, {"L", changed ? 0.68 : 0.62}, {"H", changed ? 0.5 : 0.27}}));
  PRATIQUE_TRY(const double ui, weigh(metrics, "UI", {{"N", 0.85}, {"R", 0.62}}));
  const std::initializer_list<Weight> impacts = {{"H", 0.56}, {"L", 0.22}, {"N", 0}};
  PRATIQUE_TRY(const double c, weigh(metrics, "C", impacts));
  PRATIQUE_TRY(const double i, weigh(metrics, "I", impacts));
  PRATIQUE_TRY(const double a, weigh(metrics, "A", impacts));
  const double iss = 1 - (1 - c) * (1 - i) * (1 - a);
  const double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * std::pow(iss - 0.02, 15) : 6.42 * iss;
  if (impact <= 0) return 0.0;
  const double exploitability = 8.22 * av * ac * pr * ui;
  return round_up(std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0));
}

// Version 4.0: a vector falls into one of 270 macro vectors whose scores experts gave (table below, in tenths), and is
// moved inside it by its distance, metric by metric, from the most severe vector of its class.

// Rows: EQ1, EQ2, then EQ3 with EQ6 (00, 01, 10, 11, 21); columns: EQ4, EQ5.
constexpr std::uint8_t macro_scores[30][9] = {
    {100, 98, 95, 100, 93, 91, 93, 89, 81}, {99, 95, 92, 96, 87, 81, 90, 80, 68}, {98, 95, 90, 93, 89, 81, 88, 78, 69},
    {95, 92, 84, 92, 81, 65, 80, 70, 48},   {92, 82, 72, 79, 69, 50, 69, 55, 27}, {99, 95, 92, 95, 90, 84, 92, 82, 72},
    {97, 92, 85, 91, 83, 71, 81, 71, 53},   {95, 92, 85, 92, 80, 70, 84, 71, 50}, {93, 85, 73, 82, 72, 59, 70, 52, 30},
    {86, 75, 52, 71, 52, 29, 63, 29, 17},   {98, 94, 91, 94, 86, 77, 87, 74, 63}, {95, 87, 81, 89, 74, 64, 75, 63, 49},
    {94, 88, 76, 86, 74, 59, 72, 57, 52},   {89, 77, 67, 76, 58, 50, 57, 52, 25}, {83, 70, 54, 65, 58, 26, 53, 21, 13},
    {95, 88, 76, 90, 75, 61, 77, 68, 52},   {90, 76, 70, 77, 62, 53, 66, 59, 30}, {89, 76, 62, 74, 57, 47, 61, 57, 24},
    {78, 67, 58, 59, 57, 23, 52, 29, 16},   {71, 59, 30, 58, 26, 15, 23, 13, 6},  {93, 86, 75, 86, 74, 56, 70, 52, 40},
    {87, 72, 58, 74, 61, 34, 54, 40, 22},   {85, 74, 62, 72, 55, 46, 53, 34, 19}, {75, 55, 51, 57, 41, 19, 36, 19, 8},
    {64, 51, 20, 47, 21, 11, 24, 9, 4},     {88, 73, 60, 73, 59, 41, 54, 45, 20}, {75, 53, 50, 55, 40, 20, 43, 22, 11},
    {75, 58, 40, 61, 48, 20, 46, 17, 8},    {55, 45, 21, 51, 18, 9, 18, 7, 2},    {53, 24, 14, 24, 12, 5, 10, 3, 1},
};

constexpr int none = -1;

struct MacroVector {
  int eq1, eq2, eq3, eq4, eq5, eq6;
};

int row_36(const MacroVector& macro) { return macro.eq3 == 2 ? 4 : 2 * macro.eq3 + macro.eq6; }

// In tenths; `none` where there is no such macro vector.
int score_of(const MacroVector& macro) {
  if (macro.eq1 > 2 || macro.eq2 > 1 || macro.eq3 > 2 || macro.eq4 > 2 || macro.eq5 > 2 || macro.eq6 > 1) return none;
  if (macro.eq3 == 2 && macro.eq6 == 0) return none;
  return macro_scores[(macro.eq1 * 2 + macro.eq2) * 5 + row_36(macro)][macro.eq4 * 3 + macro.eq5];
}

struct Scale {
  std::string_view name;
  std::string_view values;  // from the most severe, a step of 0.1 each
};

constexpr std::array<Scale, 15> scales = {{
    {"AV", "NALP"},
    {"PR", "NLH"},
    {"UI", "NPA"},
    {"AC", "LH"},
    {"AT", "NP"},
    {"VC", "HLN"},
    {"VI", "HLN"},
    {"VA", "HLN"},
    {"SC", "SHLN"},
    {"SI", "SHLN"},
    {"SA", "SHLN"},
    {"CR", "HML"},
    {"IR", "HML"},
    {"AR", "HML"},
    {"E", "APU"},
}};
constexpr std::size_t first_optional = 11;  // what is not given counts as the worst

class Vector4 {
 public:
  static Result<Vector4> read(const Metrics& metrics) {
    Vector4 vector;
    for (std::size_t i = 0; i < scales.size(); ++i) {
      const Scale& scale = scales[i];
      std::string_view value = metrics.find("M" + std::string(scale.name));
      const bool modified = !value.empty() && value != "X";
      if (!modified) value = metrics.find(scale.name);
      if (i >= first_optional && (value.empty() || value == "X")) value = scale.values.substr(0, 1);
      if (value.empty()) return malformed(scale.name, "the metric is missing");
      // Safety is a value of the modified subsequent-system metrics alone.
      const bool allowed = value.size() == 1 && scale.values.find(value) != std::string_view::npos &&
                           (value != "S" || (modified && scale.name != "SC"));
      if (!allowed) return malformed(scale.name, "the metric has no value '" + std::string(value) + "'");
      vector.values_[i] = value.front();
    }
    return vector;
  }

  char at(std::string_view name) const { return values_[index_of(name)]; }

  // Steps from `other` ("AV:N/PR:L/UI:N") down to this vector; `none` when some metric is more severe than there.
  int steps_below(std::string_view other) const {
    int steps = 0;
    for (const std::string_view part : split(other, '/')) {
      const std::size_t i = index_of(part.substr(0, part.find(':')));
      const std::string_view order = scales[i].values;
      const int difference = static_cast<int>(order.find(values_[i])) - static_cast<int>(order.find(part.back()));
      if (difference < 0) return none;
      steps += difference;
    }
    return steps;
  }

  bool harmless() const {
    constexpr std::array<std::string_view, 6> impacts = {"VC", "VI", "VA", "SC", "SI", "SA"};
    return std::all_of(impacts.begin(), impacts.end(), [&](auto name) { return at(name) == 'N'; });
  }

  MacroVector macro() const {
    const bool network = at("AV") == 'N', anyone = at("PR") == 'N', alone = at("UI") == 'N';
    const bool vc = at("VC") == 'H', vi = at("VI") == 'H', va = at("VA") == 'H';
    const bool safety = at("SI") == 'S' || at("SA") == 'S';
    const bool beyond = at("SC") == 'H' || at("SI") == 'H' || at("SA") == 'H';
    const bool needed = (at("CR") == 'H' && vc) || (at("IR") == 'H' && vi) || (at("AR") == 'H' && va);
    return {.eq1 = network && anyone && alone                        ? 0
                   : (network || anyone || alone) && at("AV") != 'P' ? 1
                                                                     : 2,
            .eq2 = at("AC") == 'L' && at("AT") == 'N' ? 0 : 1,
            .eq3 = vc && vi         ? 0
                   : vc || vi || va ? 1
                                    : 2,
            .eq4 = safety   ? 0
                   : beyond ? 1
                            : 2,
            .eq5 = at("E") == 'A'   ? 0
                   : at("E") == 'P' ? 1
                                    : 2,
            .eq6 = needed ? 0 : 1};
  }

 private:
  static std::size_t index_of(std::string_view name) {
    std::size_t i = 0;
    while (i < scales.size() && scales[i].name != name) ++i;
    check(i < scales.size(), "a CVSS 4.0 metric");
    return i;
  }

  std::array<char, scales.size()> values_{};
};

// The most severe vectors of a class and how many steps deep the class is.
struct Class {
  int depth;
  std::array<std::string_view, 5> tops;  // the rest is empty
};

constexpr Class classes_1[3] = {{1, {"AV:N/PR:N/UI:N"}},
                                {4, {"AV:A/PR:N/UI:N", "AV:N/PR:L/UI:N", "AV:N/PR:N/UI:P"}},
                                {5, {"AV:P/PR:N/UI:N", "AV:A/PR:L/UI:P"}}};
constexpr Class classes_2[2] = {{1, {"AC:L/AT:N"}}, {2, {"AC:H/AT:N", "AC:L/AT:P"}}};
constexpr Class classes_36[5] = {
    {7, {"VC:H/VI:H/VA:H/CR:H/IR:H/AR:H"}},
    {6, {"VC:H/VI:H/VA:L/CR:M/IR:M/AR:H", "VC:H/VI:H/VA:H/CR:M/IR:M/AR:M"}},
    {8, {"VC:L/VI:H/VA:H/CR:H/IR:H/AR:H", "VC:H/VI:L/VA:H/CR:H/IR:H/AR:H"}},
    {8,
     {"VC:L/VI:H/VA:L/CR:H/IR:M/AR:H", "VC:L/VI:H/VA:H/CR:H/IR:M/AR:M", "VC:H/VI:L/VA:H/CR:M/IR:H/AR:M",
      "VC:H/VI:L/VA:L/CR:M/IR:H/AR:H", "VC:L/VI:L/VA:H/CR:H/IR:H/AR:M"}},
    {10, {"VC:L/VI:L/VA:L/CR:H/IR:H/AR:H"}}};
constexpr Class classes_4[3] = {{6, {"SC:H/SI:S/SA:S"}}, {5, {"SC:H/SI:H/SA:H"}}, {4, {"SC:L/SI:L/SA:L"}}};

// How far down in its class a vector lies, from 0 at the top.
double depth_in(const Class& of, const Vector4& vector) {
  for (const auto top : of.tops) {
    if (top.empty()) break;
    if (const int steps = vector.steps_below(top); steps != none) return static_cast<double>(steps) / of.depth;
  }
  return 0;
}

// The macro vector one level below in EQ3 and EQ6 taken together; the higher of two where both ways lead down.
int score_below_36(MacroVector macro) {
  const auto lowered = [&](int eq3, int eq6) {
    MacroVector lower = macro;
    lower.eq3 = eq3;
    lower.eq6 = eq6;
    return score_of(lower);
  };
  if (macro.eq3 == 0 && macro.eq6 == 0) return std::max(lowered(0, 1), lowered(1, 0));
  if (macro.eq3 == 1 && macro.eq6 == 0) return lowered(1, 1);
  return lowered(macro.eq3 + 1, 1);
}

Result<double> score_v4(const Metrics& metrics) {
  PRATIQUE_TRY(const Vector4 vector, Vector4::read(metrics));
  if (vector.harmless()) return 0.0;
  const MacroVector macro = vector.macro();
  const auto below = [&](int MacroVector::*level) {
    MacroVector lower = macro;
    ++(lower.*level);
    return score_of(lower);
  };
  const int score = score_of(macro);
  const std::array<std::pair<int, double>, 5> ways = {{
      {below(&MacroVector::eq1), depth_in(classes_1[macro.eq1], vector)},
      {below(&MacroVector::eq2), depth_in(classes_2[macro.eq2], vector)},
      {score_below_36(macro), depth_in(classes_36[row_36(macro)], vector)},
      {below(&MacroVector::eq4), depth_in(classes_4[macro.eq4], vector)},
      {below(&MacroVector::eq5), 0.0},
  }};
  double sum = 0;
  int count = 0;
  for (const auto& [lower, part] : ways) {
    if (lower == none) continue;
    sum += (score - lower) * part;
    ++count;
  }
  const double moved = std::clamp(score - (count == 0 ? 0 : sum / count), 0.0, 100.0);
  return std::floor(moved + 0.5 + 1e-5) / 10;
}

struct Form {
  std::string_view prefix;
  CvssVersion version;
  Result<double> (*score)(const Metrics&);
};

}  // namespace

Result<Cvss> parse_cvss(std::string_view vector) {
  constexpr std::array<Form, 4> forms = {{{"CVSS:3.1/", CvssVersion::v3_1, score_v3},
                                          {"CVSS:3.0/", CvssVersion::v3_0, score_v3},
                                          {"CVSS:4.0/", CvssVersion::v4_0, score_v4},
                                          {"", CvssVersion::v2, score_v2}}};
  if (vector.size() > 1000) return malformed("", "a CVSS vector is shorter than that");
  const auto form =
      std::find_if(forms.begin(), forms.end(), [&](const Form& f) { return vector.starts_with(f.prefix); });
  if (form->prefix.empty() && vector.starts_with("CVSS:")) return malformed("CVSS", "no version of CVSS that is known");
  vector.remove_prefix(form->prefix.size());
  PRATIQUE_TRY(const Metrics metrics, Metrics::parse(vector));
  PRATIQUE_TRY(const double score, form->score(metrics));
  return Cvss{form->version, score, severity_of(score, form->version)};
}

}  // namespace pratique
