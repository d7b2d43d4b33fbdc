// BillPlan: a Bill seen the way every written format wants it, whatever it was read from: the subject apart,
// containment said once, tools as names, what may be left out because it follows from the rest. Losses: what could not
// be said. Private to format/.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/format/format.h"
#include "model/bill.h"

namespace pratique {

class Losses {
 public:
  explicit Losses(const Bill& bill) : bill_(bill) {}
  // One more of this kind: the name of a field, an EdgeKind or a DetailKind. The first one gives the example.
  void add(std::string_view what, std::uint32_t of, std::string_view value = {});
  std::vector<Loss> take() &&;  // by name

 private:
  const Bill& bill_;
  std::map<std::string_view, Loss> losses_;
};

// The subject or a component, with what else is said of it. Good for as long as the plan.
struct Node {
  std::uint32_t index = 0;  // of a component, or Bill::subject_index
  Component component;
  std::span<const Detail> details;  // sorted
  std::span<const Detail> all(DetailKind kind) const { return of_kind(details, kind); }
  std::string_view first(DetailKind kind) const { return all(kind).empty() ? std::string_view() : all(kind)[0].value; }
};

struct ToolOfBill {
  std::string_view vendor, name, version;
};

class BillPlan {
 public:
  BillPlan(const Bill& bill, Losses& losses, const WriteOptions& options);
  BillPlan(const BillPlan&) = delete;

  const Bill& bill() const { return bill_; }
  Losses& losses() const { return losses_; }
  const WriteOptions& options() const { return options_; }
  Time created() const;

  // Whether the bill is about something, rather than a list that has a name at most.
  bool has_subject() const { return has_subject_; }
  Node subject() const { return {Bill::subject_index, subject_, subject_details_}; }
  Node node(std::uint32_t index) const {
    return index == Bill::subject_index ? subject() : Node{index, bill_.components[index], bill_.details_of(index)};
  }
  // Every component but the one that is the subject.
  const std::vector<std::uint32_t>& components() const { return components_; }
  // Said about the document itself.
  std::span<const Detail> document(DetailKind kind) const { return bill_.details_of(Bill::document_index, kind); }
  std::vector<ToolOfBill> tools() const;

  // All relations; nesting is `contains`. Sorted. From the subject only where there is one, or `describes`.
  const std::vector<Edge>& edges() const { return edges_; }
  // The one thing each component is nested in, or no_component: no cycles, `deepest` levels at most. Every other
  // containment by a component is a loss; that the subject contains its components goes without saying.
  std::vector<std::uint32_t> nesting(std::size_t deepest) const;

  // What the document is about: the subject; else what it describes, else the components that nothing contains or
  // depends on, or all. Where there is only one, readers take it for the subject: a loss.
  std::vector<std::uint32_t> described() const;

  bool tells_distro() const;                  // whether a reader finds the distribution in components and package URLs
  bool tells_source(const Node& node) const;  // whether its package URL tells the source package
  std::string_view license_text(std::string_view license) const;  // of this name or LicenseRef, in any place

 private:
  void take_subject();
  void take_edges();

  const Bill& bill_;
  Losses& losses_;
  const WriteOptions& options_;
  bool has_subject_ = false;
  std::string subject_name_, subject_version_;
  Component subject_;
  std::vector<Detail> subject_details_;
  std::vector<std::uint32_t> components_;
  std::vector<Edge> edges_;
  std::unordered_map<std::string_view, std::string_view> license_texts_;
};

// Identifiers by which a document refers to its parts: the Bill's own where the format can say them, else new ones.
class NodeIds {
 public:
  struct Rule {
    std::function<bool(std::string_view ref)> is_good;
    std::function<std::string(const Node& node)> make;  // need not be unique
  };
  NodeIds(const BillPlan& plan, const Rule& rule);
  const std::string& of(std::uint32_t index) const {
    return ids_[index == Bill::subject_index ? ids_.size() - 1 : index];
  }
  std::string unique(std::string id);  // another one, for what is no node

 private:
  std::vector<std::string> ids_;  // of the components, then of the subject
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, std::size_t> counts_;
};

// Letters, digits, '.' and '-'; anything else becomes '-'.
std::string id_text(std::string_view text);

// A licence detail whose text is one identifier of SPDX's list, in its case.
bool is_listed(const Detail& license);
// Expressions joined by AND, brackets where they are needed.
std::string joined(const std::vector<std::string>& expressions);

}  // namespace pratique
