// merge_bills: joins components by their package URL, unites what is said of them, and puts the subjects under one
// root.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "engine/format/bill/builder.h"
#include "engine/format/format.h"

namespace pratique {

namespace {

using K = DetailKind;

// What a component has one of (of a hash: one for each algorithm); of everything else it may have more.
bool is_single(K kind) {
  switch (kind) {
    case K::hash:
    case K::declared_license:
    case K::concluded_license:
    case K::description:
    case K::copyright:
    case K::publisher:
    case K::supplier:
    case K::manufacturer:
    case K::mime_type:
    case K::file_name:
    case K::purpose:
    case K::completeness: return true;
    default: return false;
  }
}

bool has_subject(const Bill& bill) {
  const Subject& subject = bill.subject;
  return !subject.name.empty() || !subject.purl.empty() || subject.digest;
}

bool is_same(const Subject& a, const Subject& b) {
  if (a.digest && b.digest) return *a.digest == *b.digest;
  if (!a.purl.empty() && !b.purl.empty()) return a.purl == b.purl;
  return a.name == b.name && a.version == b.version;
}

class Merger {
 public:
  Merger(std::span<const Bill> bills, const std::string& name)
      : bills_(bills), builder_(Bytes::copy_of({}), BillFormat::unknown, {}) {
    for (const Bill& bill : bills) builder_.pool().adopt(bill.pool);
    const auto first = std::find_if(bills.begin(), bills.end(), has_subject);
    one_subject_ = first == bills.end() || std::all_of(bills.begin(), bills.end(), [&](const Bill& bill) {
                     return !has_subject(bill) || is_same(bill.subject, first->subject);
                   });
    Subject& subject = builder_.bill().subject;
    if (!one_subject_) {
      subject.name = name;
      subject.type = ComponentType::application;
    } else if (first != bills.end()) {
      subject = first->subject;
      subject.ref.clear();
      subject.listed = no_component;
      if (!first->subject.ref.empty()) builder_.set_ref(Bill::subject_index, builder_.keep(first->subject.ref));
    }
  }

  Result<MergedBill> merge() {
    for (bill_ = 0; bill_ < bills_.size(); ++bill_) take(bills_[bill_]);
    for (const Detail& detail : details_) builder_.detail(detail.of, detail.kind, detail.name, detail.value);
    PRATIQUE_TRY(Bill bill, builder_.finish([](std::uint64_t) { return std::string(); }));
    return MergedBill{std::move(bill), std::move(conflicts_)};
  }

 private:
  void take(const Bill& bill) {
    new_index_.assign(bill.components.size(), no_component);
    const std::uint32_t subject = take_subject(bill);
    const auto mapped = [&](std::uint32_t index) {
      return index == Bill::subject_index || index == bill.subject.listed ? subject : new_index_[index];
    };
    for (std::uint32_t i = 0; i < bill.components.size(); ++i) {
      if (i == bill.subject.listed) continue;
      const std::uint32_t parent = bill.components[i].parent;
      new_index_[i] = take_component(bill.components[i], parent == no_component ? parent : mapped(parent));
      unite(new_index_[i], bill.details_of(i));
    }
    for (const Edge& edge : bill.edges) {
      const std::uint32_t from = mapped(edge.from), to = mapped(edge.to);
      if (from != no_component && to < Bill::document_index) builder_.edge(from, to, edge.kind);
    }
    take_document(bill);
  }

  // Where the bill's subject went: the one subject, or a component that the new root depends on.
  std::uint32_t take_subject(const Bill& bill) {
    std::uint32_t index = Bill::subject_index;
    if (!one_subject_ && has_subject(bill)) {
      const Subject& subject = bill.subject;
      Component component;
      if (subject.listed != no_component) component = bill.components[subject.listed];
      component.ref = builder_.keep(subject.ref);
      component.name = builder_.keep(subject.name);
      const bool only_digest = subject.version.empty() && subject.purl.empty() && subject.digest;
      component.version = builder_.keep(only_digest ? subject.digest->text() : subject.version);
      component.purl = builder_.keep(subject.purl);
      component.type = subject.type;
      index = take_component(component, no_component);
      builder_.edge(Bill::subject_index, index, EdgeKind::depends_on);
    }
    unite(index, bill.details_of(Bill::subject_index));
    if (bill.subject.listed != no_component) unite(index, bill.details_of(bill.subject.listed));
    return index;
  }

  std::uint32_t take_component(const Component& component, std::uint32_t parent) {
    if (!component.purl.empty()) {
      const auto known = by_purl_.find(component.purl);
      if (known != by_purl_.end()) {
        join(known->second, component);
        return known->second;
      }
    }
    const bool in_subject = parent == Bill::subject_index;
    const std::uint32_t index = builder_.add(in_subject ? no_component : parent);
    Component& made = builder_.at(index);
    made = component;
    made.parent = in_subject ? no_component : parent;
    made.ref = {};
    if (!component.ref.empty() && builder_.find(component.ref) == no_component) builder_.set_ref(index, component.ref);
    builder_.close(index);
    if (!component.purl.empty()) by_purl_.emplace(component.purl, index);
    if (in_subject) builder_.edge(Bill::subject_index, index, EdgeKind::contains);
    return index;
  }

  // What the first bill says stands; what it leaves out comes from the next.
  void join(std::uint32_t index, const Component& other) {
    Component& kept = builder_.at(index);
    const auto text = [&](std::string_view field, std::string_view& own, std::string_view more) {
      if (own.empty())
        own = more;
      else if (!more.empty() && own != more)
        conflict(index, field, own, more);
    };
    text("group", kept.group, other.group);
    text("name", kept.name, other.name);
    text("version", kept.version, other.version);
    text("source", kept.source, other.source);
    if (kept.cpe.empty()) kept.cpe = other.cpe;
    if (kept.license.empty()) kept.license = other.license;
    if (kept.supplier.empty()) kept.supplier = other.supplier;
    if (kept.scope == Scope::unspecified)
      kept.scope = other.scope;
    else if (other.scope != Scope::unspecified && other.scope != kept.scope)
      conflict(index, "scope", name_of(kept.scope), name_of(other.scope));
    if (kept.type != other.type) conflict(index, "type", name_of(kept.type), name_of(other.type));
  }

  void conflict(std::uint32_t of, std::string_view field, std::string_view kept, std::string_view left_out) {
    const std::string label = of == Bill::subject_index ? "subject" : label_of(builder_.at(of));
    constexpr std::size_t longest = 100;
    conflicts_.push_back({label + ", " + std::string(field),
                          "'" + printable(kept.substr(0, longest)) + "' stands; bill " + std::to_string(bill_ + 1) +
                              " says '" + printable(left_out.substr(0, longest)) + "'"});
  }

  void unite(std::uint32_t of, std::span<const Detail> more) {
    std::vector<Detail> fresh;  // put in afterwards: what one bill says twice is no conflict
    for (Detail detail : more) {
      detail.of = of;
      if (details_.contains(detail)) continue;
      const bool by_name = detail.kind == K::hash || detail.kind == K::completeness;
      const auto rival = details_.lower_bound({of, detail.kind, by_name ? detail.name : std::string_view(), {}});
      const bool is_rival = rival != details_.end() && rival->of == of && rival->kind == detail.kind &&
                            (!by_name || rival->name == detail.name);
      if (is_single(detail.kind) && is_rival)
        conflict(of, name_of(detail.kind), rival->value, detail.value);
      else
        fresh.push_back(detail);
    }
    details_.insert(fresh.begin(), fresh.end());
  }

  void take_document(const Bill& bill) {
    Bill& made = builder_.bill();
    for (const Detail& detail : bill.details_of(Bill::document_index))
      if (detail.kind != K::completeness) details_.insert(detail);  // that a part is complete says nothing of the whole
    if (!bill.tool.empty() && (", " + made.tool + ", ").find(", " + bill.tool + ", ") == std::string::npos)
      made.tool += (made.tool.empty() ? "" : ", ") + bill.tool;
    if (distro_.empty() && !bill.distro.empty()) {
      distro_ = bill.distro;
      builder_.distro_is(distro_);
    } else if (!bill.distro.empty() && bill.distro != distro_) {
      conflicts_.push_back({"distro", "'" + printable(distro_) + "' stands; bill " + std::to_string(bill_ + 1) +
                                          " says '" + printable(bill.distro) + "'"});
    }
    for (const Rejected& rejected : bill.rejected)
      builder_.set_aside("bill " + std::to_string(bill_ + 1) + rejected.place, rejected.reason);
  }

  std::span<const Bill> bills_;
  BillBuilder builder_;
  bool one_subject_ = false;
  std::size_t bill_ = 0;  // the one being taken
  std::string distro_;
  std::vector<std::uint32_t> new_index_;
  std::unordered_map<std::string_view, std::uint32_t> by_purl_;
  std::set<Detail> details_;
  std::vector<Rejected> conflicts_;
};

}  // namespace

Result<MergedBill> merge_bills(std::span<const Bill> bills, const std::string& name) {
  return Merger(bills, name).merge();
}

}  // namespace pratique
