#include "engine/quality/quality.h"

#include "engine/quality/checks.h"

namespace pratique {

namespace {

constexpr std::size_t most_examples = 5;

QualityCheck examine(const CheckRow& row, const Examined& examined) {
  QualityCheck check{row.id, row.asks, row.weight, 0, 0, row.mend, {}};
  if (row.ask != Ask::components) {
    check.examined = 1;
    check.passed = row.holds(examined, no_component) ? 1 : 0;
    return check;
  }
  check.examined = examined.components.size();
  for (const std::uint32_t component : examined.components) {
    if (row.holds(examined, component))
      ++check.passed;
    else if (check.examples.size() < most_examples)
      check.examples.push_back(label_of(examined.bill.components[component]));
  }
  return check;
}

// In integers, so that 100 is reached only when everything passes.
unsigned score_of(const std::vector<QualityCheck>& checks) {
  double sum = 0, weights = 0;
  bool all = true;
  for (const QualityCheck& check : checks) {
    all = all && check.ok();
    weights += check.weight;
    if (check.examined > 0)
      sum += check.weight * static_cast<double>(check.passed) / static_cast<double>(check.examined);
  }
  if (all) return 100;
  const auto score = static_cast<unsigned>(100 * sum / weights);
  return score < 100 ? score : 99;
}

}  // namespace

const QualityProfile* Quality::find(std::string_view profile) const {
  for (const QualityProfile& each : profiles)
    if (each.id == profile) return &each;
  return nullptr;
}

std::vector<std::string_view> quality_profiles() {
  std::vector<std::string_view> ids;
  for (const ProfileRow& row : profile_rows()) ids.push_back(row.id);
  return ids;
}

Quality quality_of(const Bill& bill) {
  const Examined examined(bill);
  Quality quality;
  quality.components = examined.components.size();
  for (const ProfileRow& row : profile_rows()) {
    QualityProfile profile{row.id, row.title, {}, 0};
    for (const CheckRow& check : row.checks) profile.checks.push_back(examine(check, examined));
    profile.score = score_of(profile.checks);
    quality.profiles.push_back(std::move(profile));
  }
  quality.score = quality.find("pratique")->score;
  return quality;
}

}  // namespace pratique
