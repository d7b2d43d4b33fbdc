#include "engine/format/bill/builder.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"
#include "engine/format/bill/subject.h"
#include "model/license.h"
#include "model/purl.h"

namespace pratique {

// ---- RefTable

namespace {

std::uint32_t hash_of(std::string_view text) {
  const std::size_t hash = std::hash<std::string_view>{}(text);
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

}  // namespace

std::size_t RefTable::slot_of(std::uint32_t hash, std::string_view text) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].index != none && (slots_[at].hash != hash || text_of_(slots_[at].index) != text))
    at = (at + 1) & mask;
  return at;
}

std::uint32_t RefTable::find(std::string_view text) const {
  return slots_.empty() ? none : slots_[slot_of(hash_of(text), text)].index;
}

std::array<std::uint32_t, RefTable::batch> RefTable::find_each(std::span<const std::string_view> texts) const {
  check(texts.size() <= batch, "more texts than a batch");
  std::array<std::uint32_t, batch> found;
  found.fill(none);
  if (slots_.empty()) return found;
  const std::size_t mask = slots_.size() - 1;
  std::array<std::uint32_t, batch> hashes{};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    hashes[i] = hash_of(texts[i]);
    __builtin_prefetch(&slots_[hashes[i] & mask]);
  }
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (const std::uint32_t index = slots_[hashes[i] & mask].index; index != none)
      __builtin_prefetch(text_of_(index).data());
  for (std::size_t i = 0; i < texts.size(); ++i) found[i] = slots_[slot_of(hashes[i], texts[i])].index;
  return found;
}

std::uint32_t RefTable::insert(std::string_view text, std::uint32_t index) {
  if (2 * (used_ + 1) > slots_.size()) grow();
  const std::uint32_t hash = hash_of(text);
  Slot& slot = slots_[slot_of(hash, text)];
  if (slot.index != none) return slot.index;
  slot = {hash, index};
  ++used_;
  return none;
}

void RefTable::grow() {
  std::vector<Slot> old(std::max<std::size_t>(64, 2 * slots_.size()));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.index == none) continue;
    std::size_t at = slot.hash & (slots_.size() - 1);
    while (slots_[at].index != none) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

// ---- BillBuilder

BillBuilder::BillBuilder(Bytes document, BillFormat format, const Limits& limits)
    : limits_(limits),
      document_(std::make_shared<const Bytes>(std::move(document))),
      refs_([this](std::uint32_t index) -> std::string_view {
        if (index == Bill::subject_index) return bill_.subject.ref;
        return index < bill_.components.size() ? bill_.components[index].ref : std::string_view();  // it was dropped
      }) {
  bill_.format = format;
  bill_.pool->adopt(document_);
}

// Grows by what the part of the document read so far foretells, so that a large table is copied while it is small.
template <class T>
void BillBuilder::make_room(std::vector<T>& table, std::string_view at) {
  constexpr std::size_t small = 4096;
  if (table.size() < table.capacity()) return;
  const std::string_view text = document_->view();
  const auto done = static_cast<std::size_t>(at.data() - text.data());
  if (table.size() < small || at.empty() || done >= text.size() || done == 0) return;
  const double share = static_cast<double>(done) / static_cast<double>(text.size());
  table.reserve(table.size() +
                static_cast<std::size_t>(static_cast<double>(table.size()) * std::min(1.1 / share - 1, 32.0)) + small);
}

std::uint32_t BillBuilder::add(std::uint32_t parent) {
  const auto index = static_cast<std::uint32_t>(bill_.components.size());
  make_room(bill_.components, index == 0 ? std::string_view() : bill_.components.back().name);
  bill_.components.emplace_back().parent = parent;
  open_.push_back(bill_.details.size());
  return index;
}

std::string BillBuilder::close(std::uint32_t index) {
  auto& details = bill_.details;
  const auto begin = details.begin() + static_cast<std::ptrdiff_t>(open_.back());
  open_.pop_back();
  Component& component = at(index);
  if (component.name.empty() && !component.purl.empty()) component.name = keep(name_of(component.purl, scratch_));
  if (component.name.empty() && index + 1 == bill_.components.size()) {
    details.erase(begin, details.end());
    bill_.components.pop_back();
    if (bill_.subject.listed == index) bill_.subject.listed = no_component;
    return "no name and no package URL";
  }
  std::sort(begin, details.end());
  details.erase(std::unique(begin, details.end()), details.end());
  const auto own_end =
      std::upper_bound(begin, details.end(), index, [](auto of, const Detail& d) { return of < d.of; });
  join_licenses(component, {begin, own_end});
  component.source = trim(component.source);
  distro_of(component.purl);
  if (component.source.empty() && component.purl.find('?') != std::string_view::npos)
    component.source = keep(source_package(qualifier_of(component.purl, "upstream", scratch_)));
  return component.name.empty() ? "no name and no package URL; it stays to hold what is nested in it" : "";
}

// "MIT AND (GPL-2.0 OR BSD-3-Clause)" of what was concluded, else of what was declared.
void BillBuilder::join_licenses(Component& component, std::span<const Detail> details) {
  for (const DetailKind kind : {DetailKind::concluded_license, DetailKind::declared_license}) {
    const auto licenses = of_kind(details, kind);
    const auto is_none = [](const Detail& license) { return license.value == "NONE"; };
    if (licenses.empty() || std::all_of(licenses.begin(), licenses.end(), is_none)) continue;
    if (licenses.size() == 1) {
      component.license = licenses.front().value;
      return;
    }
    std::string text;
    for (const Detail& license : licenses) {
      const bool bracket = license.value.find(" OR ") != std::string_view::npos;
      if (!text.empty()) text += " AND ";
      text.append(bracket ? "(" : "").append(license.value).append(bracket ? ")" : "");
    }
    component.license = keep(text);
    return;
  }
}

void BillBuilder::join_licenses(std::uint32_t index) {
  at(index).license = {};
  join_licenses(at(index), bill_.details_of(index));
}

std::string BillBuilder::set_ref(std::uint32_t index, std::string_view ref) {
  if (ref.empty()) return {};
  const bool is_subject = index == Bill::subject_index;
  const std::uint32_t known = refs_.insert(ref, index);
  if (known != no_component && !is_subject && known != Bill::subject_index)
    return "the reference '" + printable(ref) + "' is given twice";
  if (is_subject)
    bill_.subject.ref = ref;
  else
    at(index).ref = ref;
  if (known != no_component && known != index) bill_.subject.listed = is_subject ? known : index;
  return {};
}

std::string BillBuilder::set_purl(std::uint32_t index, std::string_view written) {
  if (written.empty()) return {};
  const auto canonical = canonical_purl(written, scratch_);
  if (!canonical) return "not a package URL: " + canonical.error().text;
  if (index == Bill::subject_index)
    bill_.subject.purl = *canonical;
  else
    at(index).purl = canonical->data() == written.data() ? *canonical : keep(*canonical);
  return {};
}

std::string BillBuilder::hash(std::uint32_t of, std::string_view algorithm, std::string_view digits) {
  const std::string_view known = hash_algorithm(algorithm);
  if (known.empty()) return "unknown hash algorithm '" + printable(algorithm) + "'";
  const bool upper = std::any_of(digits.begin(), digits.end(), [](char c) { return c >= 'A' && c <= 'F'; });
  const std::string_view hex = upper ? keep(lower(digits)) : digits;
  const std::size_t length = hex_digits_of(known);
  if (hex.empty() || hex.find_first_not_of("0123456789abcdef") != std::string_view::npos ||
      (length != 0 && hex.size() != length))
    return "not a " + std::string(known) + " hash";
  detail(of, DetailKind::hash, known, hex);
  return {};
}

void BillBuilder::license(std::uint32_t of, DetailKind kind, std::string_view what, std::string_view text) {
  if (what == "expression") {
    const auto [seen, is_new] = is_expression_.try_emplace(text, true);
    if (is_new) seen->second = parse_license(text).has_value();
    if (!seen->second) what = "name";
  }
  detail(of, kind, what, text);
}

void BillBuilder::detail(std::uint32_t of, DetailKind kind, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  auto& table = of >= Bill::document_index ? details_aside_ : bill_.details;
  make_room(table, value);
  table.push_back({of, kind, name, value});
}

void BillBuilder::distro(std::string_view id, std::string_view version) {
  if (id.empty() || distro_told_) return;
  distro_told_ = true;
  bill_.distro = std::string(id) + (version.empty() ? "" : "-") + std::string(version);
}

void BillBuilder::distro_of(std::string_view purl) {
  if (bill_.distro.empty() && purl.find('?') != std::string_view::npos)
    bill_.distro = qualifier_of(purl, "distro", scratch_);
}

void BillBuilder::distro_is(std::string_view distro) {
  distro_told_ = true;
  bill_.distro = distro;
}

void BillBuilder::tool(std::string_view vendor, std::string_view name, std::string_view version) {
  if (name.empty()) return;
  const std::string full = std::string(name) + (version.empty() ? "" : " ") + std::string(version);
  bill_.tool += (bill_.tool.empty() ? "" : ", ") + full;
  detail(Bill::document_index, DetailKind::tool, version,
         vendor.empty() ? name : keep(std::string(vendor) + " " + std::string(name)));
}

std::string BillBuilder::created(std::string_view time) {
  if (time.empty()) return {};
  auto parsed = parse_time(time);
  if (!parsed) return "not a time: " + parsed.error().text;
  bill_.created = *parsed;
  return {};
}

std::uint32_t BillBuilder::find(std::string_view ref) const { return refs_.find(ref); }

void BillBuilder::edge(std::uint32_t from, std::uint32_t to, EdgeKind kind) {
  if (from == to || to == Bill::subject_index) return;  // that a part leads back to the whole says nothing
  bill_.edges.push_back({from, to, kind});
}

void BillBuilder::relate(std::string_view from, std::string_view to, EdgeKind kind, std::uint64_t place) {
  relations_.push_back({from, to, kind, place});
  if (2 * (relations_.size() - unknown_) == RefTable::batch) settle(unknown_);
}

// Of the relations from `first` on those whose ends are known become edges; the others stay.
void BillBuilder::settle(std::size_t first) {
  unknown_ = first;
  std::array<std::string_view, RefTable::batch> refs;
  for (std::size_t begin = first; begin < relations_.size(); begin += RefTable::batch / 2) {
    const std::size_t count = std::min(relations_.size() - begin, RefTable::batch / 2);
    for (std::size_t i = 0; i < count; ++i) {
      refs[2 * i] = relations_[begin + i].from;
      refs[2 * i + 1] = relations_[begin + i].to;
    }
    const auto found = refs_.find_each({refs.data(), 2 * count});
    for (std::size_t i = 0; i < count; ++i) {
      const Relation& relation = relations_[begin + i];
      if (found[2 * i] == no_component || found[2 * i + 1] == no_component) {
        relations_[unknown_++] = relation;
        continue;
      }
      make_room(bill_.edges, relation.to);
      edge(found[2 * i], found[2 * i + 1], relation.kind);
    }
  }
  relations_.resize(unknown_);
}

void BillBuilder::subject_is(std::uint32_t index) {
  const Component& component = at(index);
  Subject& subject = bill_.subject;
  subject.listed = index;
  subject.ref = component.ref;
  subject.name = component.name;
  subject.version = component.version;
  subject.purl = component.purl;
  subject.type = component.type;
}

void BillBuilder::set_aside(std::string place, std::string reason) {
  constexpr std::size_t most = 10'000;
  if (bill_.rejected.size() < most)
    bill_.rejected.push_back({std::move(place), std::move(reason)});
  else
    ++more_rejected_;
}

void BillBuilder::set_aside(std::vector<Rejected> more) {
  std::move(more.begin(), more.end(), std::back_inserter(bill_.rejected));
}

void BillBuilder::complete(std::string_view ref, std::string_view what, std::string_view aggregate,
                           std::uint64_t place) {
  completeness_.push_back({ref, what, aggregate, place});
}

void BillBuilder::missing(std::string_view ref, std::string place) {
  if (known_.contains(ref)) return;
  Missing& entry = missing_[ref];
  if (entry.times++ == 0) entry.place = std::move(place);
}

void BillBuilder::resolve(const std::function<std::string(std::uint64_t)>& place_of) {
  settle(0);
  for (const Relation& relation : relations_)
    missing(find(relation.from) == no_component ? relation.from : relation.to, place_of(relation.place));
  for (const Completeness& entry : completeness_) {
    const std::uint32_t of = find(entry.ref);
    if (of == no_component)
      missing(entry.ref, place_of(entry.place));
    else
      detail(of, DetailKind::completeness, entry.what, entry.aggregate);
  }
  for (auto& [ref, entry] : missing_) {
    const std::string often = entry.times > 1 ? " (" + with_commas(entry.times) + " times)" : "";
    set_aside(std::move(entry.place), "refers to '" + printable(ref) + "', which the document does not have" + often);
  }
  const std::uint32_t listed = bill_.subject.listed;
  if (listed == no_component) return;
  for (Edge& edge : bill_.edges)
    if (edge.from == listed) edge.from = Bill::subject_index;
  std::erase_if(bill_.edges, [&](const Edge& edge) { return edge.to == listed; });
}

namespace {

template <class T>
void sort_unique(std::vector<T>& table) {
  if (!std::is_sorted(table.begin(), table.end())) std::sort(table.begin(), table.end());
  table.erase(std::unique(table.begin(), table.end()), table.end());
}

}  // namespace

void BillBuilder::sort_tables() {
  sort_unique(bill_.edges);
  sort_unique(bill_.details);
  sort_unique(details_aside_);
  bill_.details.insert(bill_.details.end(), details_aside_.begin(), details_aside_.end());
}

Result<Bill> BillBuilder::finish(const std::function<std::string(std::uint64_t)>& place_of,
                                 std::span<const std::string_view> hints) {
  if (full()) return Error{Fault::limit, "more than " + with_commas(limits_.entries) + " components", {}, {}};
  resolve(place_of);
  if (more_rejected_ > 0) bill_.rejected.push_back({"", "and " + with_commas(more_rejected_) + " more"});
  sort_tables();
  identify_subject(bill_, hints);
  return std::move(bill_);
}

// ---- names

namespace {

// Whether they are one name but for case, '-' and '_'.
bool same_algorithm(std::string_view a, std::string_view b) {
  const auto next = [](std::string_view& text) {
    while (!text.empty() && (text.front() == '-' || text.front() == '_')) text.remove_prefix(1);
    const char c = text.empty() ? '\0' : lower(text.front());
    text.remove_prefix(text.empty() ? 0 : 1);
    return c;
  };
  while (true) {
    const char x = next(a), y = next(b);
    if (x != y) return false;
    if (x == '\0') return true;
  }
}

}  // namespace

std::string_view hash_algorithm(std::string_view name) {
  struct Row {
    std::string_view spdx, cyclonedx;
  };
  constexpr std::array<Row, 19> rows = {{{"SHA1", "SHA-1"},
                                         {"SHA256", "SHA-256"},
                                         {"SHA512", "SHA-512"},
                                         {"MD5", "MD5"},
                                         {"SHA384", "SHA-384"},
                                         {"SHA224", "SHA-224"},
                                         {"SHA3_256", "SHA3-256"},
                                         {"SHA3_384", "SHA3-384"},
                                         {"SHA3_512", "SHA3-512"},
                                         {"BLAKE2b-256", "BLAKE2b-256"},
                                         {"BLAKE2b-384", "BLAKE2b-384"},
                                         {"BLAKE2b-512", "BLAKE2b-512"},
                                         {"BLAKE3", "BLAKE3"},
                                         {"MD2", "MD2"},
                                         {"MD4", "MD4"},
                                         {"MD6", "MD6"},
                                         {"ADLER32", "ADLER32"},
                                         {"STREEBOG256", "Streebog-256"},
                                         {"STREEBOG512", "Streebog-512"}}};
  for (const Row& row : rows)
    if (name == row.spdx || name == row.cyclonedx) return row.cyclonedx;
  for (const Row& row : rows)  // "sha256", "sha3_256", "blake2b256": as it comes
    if (same_algorithm(name, row.cyclonedx)) return row.cyclonedx;
  return {};
}

std::string source_package(std::string_view upstream) {
  for (const std::string_view ending : {".src.rpm", ".nosrc.rpm"}) {
    if (!upstream.ends_with(ending)) continue;
    upstream.remove_suffix(ending.size());
    const auto release = upstream.rfind('-');
    const auto version = release == std::string_view::npos ? release : upstream.rfind('-', release - 1);
    if (version == std::string_view::npos || version == 0) return std::string(upstream);
    return std::string(upstream.substr(0, version)) + " " + std::string(upstream.substr(version + 1));
  }
  const auto at = upstream.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::string(upstream);
  return std::string(upstream.substr(0, at)) + " " + std::string(upstream.substr(at + 1));
}

std::size_t hex_digits_of(std::string_view algorithm) {
  if (algorithm == "MD5" || algorithm == "MD2" || algorithm == "MD4") return 32;
  if (algorithm == "SHA-1") return 40;
  if (algorithm == "ADLER32") return 8;
  for (const auto& [bits, digits] : {std::pair{"224", 56}, {"256", 64}, {"384", 96}, {"512", 128}})
    if (algorithm.ends_with(bits)) return static_cast<std::size_t>(digits);
  return 0;
}

}  // namespace pratique
