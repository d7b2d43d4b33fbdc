// `sbom show`: one bill as a tree, a table, JSON, or the paths to packages. `sbom validate`: documents judged.
#pragma once

#include <string>
#include <vector>

#include "app/render/table.h"
#include "engine/format/format.h"
#include "model/bill.h"

namespace pratique {

// A tree of the shortest ways from the subject, each component once. `deepest` levels are drawn, 0 draws all.
std::string render_bill_tree(const Bill& bill, std::size_t deepest, const Look& look);
std::string render_bill_table(const Bill& bill, const Look& look);
// What is in `only` when it is given, else everything.
std::string render_bill_json(const Bill& bill, const std::vector<std::uint32_t>* only = nullptr);
// Every way to each of the components, a line each.
std::string render_bill_paths(const Bill& bill, const std::vector<std::uint32_t>& components, const Look& look);

// A document judged, or why nobody could.
struct Judged {
  std::string target;
  BillJudgement judgement;
  std::string failed;  // empty when it was judged
  bool valid() const { return failed.empty() && judgement.errors.empty(); }
};
// `alike`: how many complaints that differ only in numbers of their places are listed before the rest is counted; 0
// lists all.
constexpr std::size_t judged_alike = 3;
std::string render_judged_table(const std::vector<Judged>& all, std::size_t alike, const Look& look);
std::string render_judged_json(const std::vector<Judged>& all);

}  // namespace pratique
