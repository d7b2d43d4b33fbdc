#include "engine/format/bill/plan.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/format/bill/builder.h"
#include "engine/format/bill/subject.h"
#include "model/license.h"
#include "model/license_list.h"
#include "model/purl.h"

namespace pratique {

// ---- Losses

void Losses::add(std::string_view what, std::uint32_t of, std::string_view value) {
  Loss& loss = losses_[what];
  if (loss.count++ > 0) return;
  loss.what = what;
  if (of == Bill::document_index)
    loss.example = "document";
  else if (of == Bill::subject_index)
    loss.example = "subject";
  else
    loss.example = label_of(bill_.components[of]);
  constexpr std::size_t longest = 200;
  if (!value.empty()) loss.example += ": " + printable(value.substr(0, longest));
}

std::vector<Loss> Losses::take() && {
  std::vector<Loss> list;
  for (auto& [what, loss] : losses_) list.push_back(std::move(loss));
  return list;
}

// ---- BillPlan

BillPlan::BillPlan(const Bill& bill, Losses& losses, const WriteOptions& options)
    : bill_(bill), losses_(losses), options_(options) {
  take_subject();
  take_edges();
  for (std::uint32_t i = 0; i < bill.components.size(); ++i)
    if (i != bill.subject.listed) components_.push_back(i);
  for (const Detail& detail : bill.details) {
    if (detail.kind != DetailKind::license_text) continue;
    const auto [known, is_new] = license_texts_.emplace(detail.name, detail.value);
    if (!is_new && known->second != detail.value) losses.add(name_of(detail.kind), detail.of, detail.name);
  }
  if (!bill.wrapping.empty()) losses.add("wrapping", Bill::document_index, bill.wrapping);
}

Time BillPlan::created() const { return bill_.created ? *bill_.created : options_.now; }

// The digest stands in the purl, or as version, or as "name@digest": where readers look for it.
void BillPlan::take_subject() {
  const Subject& subject = bill_.subject;
  const bool is_listed = subject.listed != no_component;
  if (is_listed) subject_ = bill_.components[subject.listed];
  std::string scratch;
  subject_name_ = subject.name;
  subject_version_ = subject.version;
  if (subject.digest && version_of(subject.purl, scratch) != subject.digest->text()) {
    if (subject_version_.empty())
      subject_version_ = subject.digest->text();
    else
      subject_name_ += "@" + subject.digest->text();
  }
  subject_.ref = subject.ref;
  subject_.group = {};
  subject_.name = subject_name_;
  subject_.version = subject_version_;
  subject_.purl = subject.purl;
  subject_.type = subject.type;
  subject_.parent = no_component;
  const auto details = bill_.details_of(Bill::subject_index);
  subject_details_.assign(details.begin(), details.end());
  if (is_listed)
    for (Detail detail : bill_.details_of(subject.listed)) {
      detail.of = Bill::subject_index;
      subject_details_.push_back(detail);
    }
  std::sort(subject_details_.begin(), subject_details_.end());
  if (subject_.cpe.empty()) subject_.cpe = this->subject().first(DetailKind::cpe);
  const auto from_subject = [](EdgeKind kind) {
    return [kind](const Edge& e) {
      return e.from == Bill::subject_index && (e.kind == EdgeKind::describes) == (kind == EdgeKind::describes);
    };
  };
  const auto any = [&](EdgeKind kind) {
    return std::any_of(bill_.edges.begin(), bill_.edges.end(), from_subject(kind));
  };
  has_subject_ = is_listed || !subject.ref.empty() || !subject.version.empty() || !subject.purl.empty() ||
                 subject.digest || subject.type != ComponentType::other || !subject_details_.empty() ||
                 any(EdgeKind::contains) || (!subject.name.empty() && !any(EdgeKind::describes));
}

void BillPlan::take_edges() {
  edges_ = bill_.edges;
  const std::uint32_t listed = bill_.subject.listed;
  for (std::uint32_t i = 0; i < bill_.components.size(); ++i) {
    const std::uint32_t parent = bill_.components[i].parent;
    if (parent == no_component || i == listed) continue;
    edges_.push_back({parent == listed ? Bill::subject_index : parent, i, EdgeKind::contains});
  }
  std::sort(edges_.begin(), edges_.end());
  edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
}

std::vector<std::uint32_t> BillPlan::nesting(std::size_t deepest) const {
  const std::uint32_t listed = bill_.subject.listed;
  std::vector<std::uint32_t> in(bill_.components.size(), no_component);
  for (std::uint32_t i = 0; i < in.size(); ++i)
    if (bill_.components[i].parent != listed) in[i] = bill_.components[i].parent;
  // Whether `child` may go into `container`: no circle, and not too deep below it.
  std::vector<std::uint32_t> height(in.size(), 0);  // levels below, as far as they are known
  for (std::uint32_t i = static_cast<std::uint32_t>(in.size()); i-- > 0;)
    if (in[i] != no_component) height[in[i]] = std::max(height[in[i]], height[i] + 1);
  const auto fits = [&](std::uint32_t container, std::uint32_t child) {
    std::size_t levels = height[child] + 1;
    for (std::uint32_t at = container; at != no_component; at = in[at])
      if (at == child || ++levels > deepest) return false;
    return true;
  };
  for (std::uint32_t i = 0; i < in.size(); ++i) {
    const std::uint32_t parent = std::exchange(in[i], no_component);
    if (parent == no_component) continue;
    if (fits(parent, i))
      in[i] = parent;
    else
      losses_.add(name_of(EdgeKind::contains), i);
  }
  for (const Edge& edge : edges_) {
    if (edge.kind != EdgeKind::contains || edge.from == Bill::subject_index || in[edge.to] == edge.from) continue;
    if (in[edge.to] == no_component && bill_.components[edge.to].parent == no_component && fits(edge.from, edge.to)) {
      in[edge.to] = edge.from;
      std::uint32_t below = edge.to;
      for (std::uint32_t at = edge.from; at != no_component && height[at] <= height[below]; below = at, at = in[at])
        height[at] = height[below] + 1;
    } else if (bill_.components[edge.to].parent != edge.from) {
      losses_.add(name_of(EdgeKind::contains), edge.to);
    }
  }
  return in;
}

std::vector<std::uint32_t> BillPlan::described() const {
  if (has_subject_) return {Bill::subject_index};
  std::vector<std::uint32_t> described;
  std::vector<bool> below(bill_.components.size(), false);
  for (const Edge& edge : edges_) {
    below[edge.to] = true;
    if (edge.from == Bill::subject_index && edge.kind == EdgeKind::describes) described.push_back(edge.to);
  }
  if (described.empty())
    for (const std::uint32_t i : components_)
      if (!below[i]) described.push_back(i);
  if (described.size() < 2) described = components_;  // a single one would be taken for the subject
  if (described.size() == 1) losses_.add("subject", described.front());
  return described;
}

namespace {

// The tool that `list` ("syft 1.2, trivy 0.5") begins with, if it is this one; its vendor may stand before its name.
std::optional<ToolOfBill> tool_at(std::string_view list, const Detail& detail) {
  for (std::size_t start = 0;;) {
    const std::string_view name = detail.value.substr(start);
    std::string full = std::string(name) + (detail.name.empty() ? "" : " ") + std::string(detail.name);
    if (list == full || list.starts_with(full + ", "))
      return ToolOfBill{detail.value.substr(0, start == 0 ? 0 : start - 1), name, detail.name};
    const auto blank = detail.value.find(' ', start);
    if (blank == std::string_view::npos) return std::nullopt;
    start = blank + 1;
  }
}

}  // namespace

// Bill::tool has them in order as "name version", the details with their vendors.
std::vector<ToolOfBill> BillPlan::tools() const {
  const auto details = document(DetailKind::tool);
  constexpr std::size_t few = 64;
  std::vector<ToolOfBill> tools;
  std::vector<bool> used(details.size(), false);
  for (std::string_view list = bill_.tool; !list.empty() && details.size() <= few;) {
    std::optional<ToolOfBill> tool;
    for (std::size_t i = 0; i < details.size() && !tool; ++i) {
      if (used[i]) continue;
      tool = tool_at(list, details[i]);
      used[i] = tool.has_value();
    }
    auto length = std::min(list.find(", "), list.size());
    if (tool) length = tool->name.size() + tool->version.size() + (tool->version.empty() ? 0 : 1);
    tools.push_back(tool.value_or(ToolOfBill{{}, list.substr(0, length), {}}));
    list.remove_prefix(std::min(length + 2, list.size()));
  }
  for (std::size_t i = 0; i < details.size(); ++i)
    if (!used[i]) tools.push_back({{}, details[i].value, details[i].name});
  return tools;
}

bool BillPlan::tells_distro() const {
  std::string scratch;
  bool by_component = false, by_purl = false, same = true;
  const auto system = [&](const Component& component) {
    if (component.type != ComponentType::operating_system || component.name.empty()) return;
    by_component = true;
    const std::string text =
        std::string(component.name) + (component.version.empty() ? "" : "-") + std::string(component.version);
    same = same && text == bill_.distro;
  };
  if (has_subject_) system(subject_);
  for (const Component& component : bill_.components) system(component);
  if (by_component) return same;
  const auto qualifier = [&](std::string_view purl) {
    const std::string_view distro = qualifier_of(purl, "distro", scratch);
    by_purl = by_purl || !distro.empty();
    same = same && (distro.empty() || distro == bill_.distro);
  };
  if (has_subject_) qualifier(subject_.purl);
  for (const Component& component : bill_.components) qualifier(component.purl);
  return by_purl ? same : bill_.distro.empty();
}

bool BillPlan::tells_source(const Node& node) const {
  std::string scratch;
  return node.component.source == source_package(qualifier_of(node.component.purl, "upstream", scratch));
}

std::string_view BillPlan::license_text(std::string_view license) const {
  const auto found = license_texts_.find(license);
  return found == license_texts_.end() ? std::string_view() : found->second;
}

// ---- NodeIds

NodeIds::NodeIds(const BillPlan& plan, const Rule& rule) : ids_(plan.bill().components.size() + 1) {
  std::vector<std::uint32_t> rest;
  const auto take = [&](std::uint32_t index) {
    const std::string_view ref = plan.node(index).component.ref;
    if (!ref.empty() && rule.is_good(ref) && taken_.insert(std::string(ref)).second)
      ids_[index == Bill::subject_index ? ids_.size() - 1 : index] = ref;
    else
      rest.push_back(index);
  };
  if (plan.has_subject()) take(Bill::subject_index);
  for (const std::uint32_t index : plan.components()) take(index);
  for (const std::uint32_t index : rest) {
    const Node node = plan.node(index);
    if (!node.component.ref.empty()) plan.losses().add("ref", index, node.component.ref);
    ids_[index == Bill::subject_index ? ids_.size() - 1 : index] = unique(rule.make(node));
  }
}

std::string NodeIds::unique(std::string id) {
  if (taken_.insert(id).second) return id;
  std::size_t& count = counts_[id];
  std::string numbered;
  do numbered = id + "-" + std::to_string(++count + 1);
  while (!taken_.insert(numbered).second);
  return numbered;
}

// ---- texts

std::string id_text(std::string_view text) {
  std::string id(text);
  for (char& c : id)
    if (!is_alpha(c) && !is_digit(c) && c != '.') c = '-';
  return id;
}

bool is_listed(const Detail& license) {
  return !license.value.empty() && listed_license(license.value) == license.value;
}

std::string joined(const std::vector<std::string>& expressions) {
  if (expressions.size() == 1) return expressions.front();
  std::string text;
  for (const std::string& expression : expressions) {
    const bool bracket = expression.find(" OR ") != std::string::npos || expression.find(" or ") != std::string::npos;
    if (!text.empty()) text += " AND ";
    text.append(bracket ? "(" : "").append(expression).append(bracket ? ")" : "");
  }
  return text;
}

}  // namespace pratique
