#include "engine/diff/diff.h"

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

#include "base/text.h"
#include "model/purl.h"

namespace pratique {

namespace {

struct Side {
  Told told;
  std::string package;  // the key; empty without a purl
  std::string bare;     // the name alone, in lower case, without group
  bool paired = false;
};

Told told(const Bill& bill, std::uint32_t index) {
  const Component& component = bill.components[index];
  Told result;
  result.name = std::string(component.group) + (component.group.empty() ? "" : "/") + std::string(component.name);
  result.version = component.version;
  result.purl = component.purl;
  result.license = component.license == "NOASSERTION" ? std::string_view() : component.license;
  result.supplier = component.supplier == "NOASSERTION" ? std::string_view() : component.supplier;
  result.scope = component.scope;
  result.type = component.type;
  for (const Detail& hash : bill.details_of(index, DetailKind::hash))
    result.hashes.push_back(std::string(hash.name) + ":" + std::string(hash.value));
  return result;
}

// Some tools list the layers of an image, named by their digest.
bool is_file_or_layer(const Component& component) {
  const std::string name(component.name);
  return component.type == ComponentType::file || parse_digest(name) || parse_digest("sha256:" + name);
}

std::vector<Side> sides_of(const Bill& bill, Files files, std::uint64_t& left_out) {
  std::vector<Side> sides;
  std::string scratch;
  for (std::uint32_t i = 0; i < bill.components.size(); ++i) {
    const Component& component = bill.components[i];
    if (i == bill.subject.listed) continue;
    if (files == Files::leave_out && component.purl.empty() && is_file_or_layer(component)) {
      ++left_out;
      continue;
    }
    Side side{told(bill, i), {}, {}, false};
    if (!component.purl.empty()) {
      side.package = package_of(component.purl, scratch);
      if (side.told.version.empty()) side.told.version = version_of(component.purl, scratch);
    }
    side.bare = lower(component.name);
    side.bare.erase(0, side.bare.rfind('/') + 1);
    sides.push_back(std::move(side));
  }
  return sides;
}

// Debian's "1:2.3" is "2.3" with an epoch that a purl may keep apart; Go writes "v1.2".
std::string_view plain_version(std::string_view version) {
  if (version.size() > 1 && version[0] == 'v' && is_digit(version[1])) version.remove_prefix(1);
  if (version.size() > 2 && is_digit(version[0]) && version[1] == ':') version.remove_prefix(2);
  return version;
}

class Pairing {
 public:
  Pairing(std::vector<Side> before, std::vector<Side> after) : before_(std::move(before)), after_(std::move(after)) {}

  // Pairs what has equal keys, in order; sides with an empty key stay.
  using Key = std::function<std::string(const Side&)>;
  using Take = std::function<void(Side&, Side&)>;
  void pair(const Key& key, const Take& take) { pair(key, key, take); }
  void pair(const Key& of_before, const Key& of_after, const Take& take) {
    auto left = keyed(before_, of_before), right = keyed(after_, of_after);
    auto l = left.begin();
    auto r = right.begin();
    while (l != left.end() && r != right.end()) {
      if (l->key < r->key) {
        ++l;
      } else if (r->key < l->key) {
        ++r;
      } else {
        l->side->paired = r->side->paired = true;
        take(*l->side, *r->side);
        ++l;
        ++r;
      }
    }
  }

  std::vector<Side>& before() { return before_; }
  std::vector<Side>& after() { return after_; }

 private:
  struct Keyed {
    std::string key;
    Side* side;
  };
  static std::vector<Keyed> keyed(std::vector<Side>& sides, const Key& key) {
    std::vector<Keyed> all;
    for (Side& side : sides)
      if (!side.paired)
        if (std::string text = key(side); !text.empty()) all.push_back({std::move(text), &side});
    std::sort(all.begin(), all.end(), [](const Keyed& a, const Keyed& b) {
      return std::tie(a.key, a.side->told.version, a.side->told.purl) <
             std::tie(b.key, b.side->told.version, b.side->told.purl);
    });
    return all;
  }

  std::vector<Side> before_, after_;
};

// What two tools say of one package in other words. What one does not say at all is no contradiction.
std::vector<std::string> told_differently(const Told& a, const Told& b) {
  const auto contradict = [](const auto& x, const auto& y) { return !x.empty() && !y.empty() && x != y; };
  std::vector<std::string> what;
  if (a.purl != b.purl) what.emplace_back("purl");
  if (a.name != b.name) what.emplace_back("name");
  if (a.type != b.type) what.emplace_back("type");
  if (contradict(a.license, b.license)) what.emplace_back("license");
  if (contradict(a.supplier, b.supplier)) what.emplace_back("supplier");
  const auto shares_algorithm = [&] {
    for (const std::string& x : a.hashes)
      for (const std::string& y : b.hashes)
        if (x.substr(0, x.find(':')) == y.substr(0, y.find(':')) && x != y) return true;
    return false;
  };
  if (shares_algorithm()) what.emplace_back("hashes");
  return what;
}

bool is_moved(const Told& a, const Told& b) {
  const auto plain = [](Scope scope) { return scope == Scope::unspecified ? Scope::required : scope; };
  return plain(a.scope) != plain(b.scope);
}

}  // namespace

std::string_view name_of(Change change) {
  constexpr std::array<std::string_view, 5> names = {"added", "removed", "changed", "moved", "retold"};
  return names[static_cast<std::size_t>(change)];
}

bool BillDifference::differs() const {
  return std::any_of(items.begin(), items.end(), [](const Difference& item) { return item.change != Change::retold; });
}

std::uint64_t BillDifference::count(Change change) const {
  return static_cast<std::uint64_t>(
      std::count_if(items.begin(), items.end(), [&](const Difference& item) { return item.change == change; }));
}

BillDifference difference_of(const Bill& before, const Bill& after, Files files) {
  BillDifference result;
  Pairing pairing(sides_of(before, files, result.files), sides_of(after, files, result.files));
  const auto same_version = [&](Side& a, Side& b) {
    auto what = told_differently(a.told, b.told);
    if (is_moved(a.told, b.told))
      result.items.push_back({Change::moved, a.told, b.told, {}});
    else if (what.empty())
      ++result.same;
    else
      result.items.push_back({Change::retold, a.told, b.told, std::move(what)});
  };
  const auto other_version = [&](Side& a, Side& b) { result.items.push_back({Change::changed, a.told, b.told, {}}); };
  const auto with_version = [](const std::string& key, const Side& side) {
    return key.empty() ? key : key + "@" + std::string(plain_version(side.told.version));
  };
  pairing.pair([](const Side& side) { return side.told.purl; }, same_version);
  pairing.pair([&](const Side& side) { return with_version(side.package, side); }, same_version);
  pairing.pair([](const Side& side) { return side.package; }, other_version);
  // By name: packages of one ecosystem under two namespaces, and those that one side has no purl for.
  const auto by_name = [&](const Side& side) { return with_version(side.bare, side); };
  const auto by_name_in_ecosystem = [&](const Side& side) {
    return side.package.empty() ? std::string() : std::string(type_of(side.told.purl)) + "/" + by_name(side);
  };
  const auto without_purl = [&](const Side& side) { return side.package.empty() ? by_name(side) : std::string(); };
  pairing.pair(by_name_in_ecosystem, same_version);
  pairing.pair(without_purl, by_name, same_version);
  pairing.pair(by_name, without_purl, same_version);
  pairing.pair([](const Side& side) { return side.package.empty() ? side.bare : std::string(); }, other_version);
  for (const Side& side : pairing.before())
    if (!side.paired) result.items.push_back({Change::removed, side.told, {}, {}});
  for (const Side& side : pairing.after())
    if (!side.paired) result.items.push_back({Change::added, {}, side.told, {}});
  std::sort(result.items.begin(), result.items.end(), [](const Difference& a, const Difference& b) {
    const Told& x = a.change == Change::added ? a.after : a.before;
    const Told& y = b.change == Change::added ? b.after : b.before;
    return std::tie(a.change, x.name, x.version, x.purl, a.after.version) <
           std::tie(b.change, y.name, y.version, y.purl, b.after.version);
  });
  return result;
}

}  // namespace pratique
