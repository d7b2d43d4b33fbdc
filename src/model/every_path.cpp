#include "model/every_path.h"

#include <algorithm>

namespace pratique {

namespace {

// Backwards from the component, depth first, over the edges that lead to it and the components it is nested in.
class Walk {
 public:
  Walk(const Bill& bill, std::size_t most) : most_(most), into_(bill.components.size()), on_path_(into_.size(), false) {
    for (const Edge& edge : bill.edges) {
      if (edge.to >= into_.size()) continue;
      if (edge.from == Bill::subject_index && edge.kind == EdgeKind::depends_on)
        into_[edge.to].push_back(edge.from);
      else if (edge.from < into_.size() && edge.from != edge.to)
        into_[edge.to].push_back(edge.from);
    }
    for (std::uint32_t i = 0; i < into_.size(); ++i) {
      if (bill.components[i].parent != no_component) into_[i].push_back(bill.components[i].parent);
      std::sort(into_[i].begin(), into_[i].end());
      into_[i].erase(std::unique(into_[i].begin(), into_[i].end()), into_[i].end());
    }
  }

  EveryPath from(std::uint32_t component) {
    visit(component);
    std::stable_sort(found_.paths.begin(), found_.paths.end(),
                     [](const auto& a, const auto& b) { return a.size() < b.size(); });
    return std::move(found_);
  }

 private:
  struct Step {
    std::uint32_t at;
    std::size_t next = 0;
  };

  void visit(std::uint32_t component) {
    std::vector<Step> path = {{component}};
    on_path_[component] = true;
    while (!path.empty()) {
      Step& step = path.back();
      const auto& into = into_[step.at];
      if (step.next == into.size()) {
        if (into.empty()) keep(path);  // nothing leads here: it hangs on the subject
        on_path_[step.at] = false;
        path.pop_back();
        continue;
      }
      if (steps_left_-- == 0 || found_.paths.size() > most_) break;
      const std::uint32_t before = into[step.next++];
      if (before == Bill::subject_index) {
        keep(path);
      } else if (!on_path_[before]) {
        on_path_[before] = true;
        path.push_back({before});
      }
    }
    found_.more = !path.empty();
    if (found_.paths.size() > most_) found_.paths.resize(most_);
  }

  void keep(const std::vector<Step>& path) {
    std::vector<std::uint32_t> steps;
    for (auto step = path.rbegin(); step != path.rend(); ++step) steps.push_back(step->at);
    found_.paths.push_back(std::move(steps));
  }

  std::size_t most_;
  std::size_t steps_left_ = 1'000'000;
  std::vector<std::vector<std::uint32_t>> into_;
  std::vector<bool> on_path_;
  EveryPath found_;
};

}  // namespace

EveryPath every_path(const Bill& bill, std::uint32_t component, std::size_t most) {
  EveryPath found = Walk(bill, most).from(component);
  if (found.paths.empty()) found.paths.push_back({component});  // only a cycle leads there
  return found;
}

}  // namespace pratique
