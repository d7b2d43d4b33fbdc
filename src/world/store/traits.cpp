#include "world/store/traits.h"

#include <algorithm>

#include "base/text.h"
#include "model/cpe.h"
#include "model/license.h"

namespace pratique {
namespace {

constexpr std::size_t longest = 1000;  // bytes: what is longer nobody looks up, and no index takes

void add(Trait kind, std::string_view text, std::vector<TraitText>& traits) {
  std::string key = trait_text(kind, text);
  if (!key.empty() && key.size() <= longest) traits.push_back({kind, std::move(key)});
}

void add_licenses(std::string_view text, std::vector<TraitText>& traits) {
  if (text.empty()) return;
  const auto expression = parse_license(text);
  if (!expression) return add(Trait::license, text, traits);
  for (const auto& license : licenses_of(*expression)) add(Trait::license, license, traits);
}

}  // namespace

std::string trait_text(Trait kind, std::string_view text) {
  if (kind == Trait::hash) return lower(trim(text.substr(text.rfind(':') + 1)));
  if (kind != Trait::cpe) return lower(trim(text));
  const auto cpe = parse_cpe(text);
  std::string key = cpe ? render_cpe(*cpe) : lower(trim(text));
  while (key.ends_with(":*")) key.resize(key.size() - 2);
  return key;
}

std::vector<TraitText> traits_of(const Bill& bill, std::uint32_t index) {
  const Component& component = bill.components[index];
  std::vector<TraitText> traits;
  add_licenses(component.license, traits);
  add(Trait::cpe, component.cpe, traits);
  add(Trait::supplier, component.supplier, traits);
  for (const Detail& detail : bill.details_of(index)) {
    if (detail.kind == DetailKind::hash) add(Trait::hash, detail.value, traits);
    if (detail.kind == DetailKind::cpe) add(Trait::cpe, detail.value, traits);
    if (detail.kind == DetailKind::supplier || detail.kind == DetailKind::manufacturer ||
        detail.kind == DetailKind::publisher)
      add(Trait::supplier, detail.value, traits);
    if (detail.kind == DetailKind::declared_license || detail.kind == DetailKind::concluded_license)
      add_licenses(detail.value, traits);
  }
  std::sort(traits.begin(), traits.end());
  traits.erase(std::unique(traits.begin(), traits.end()), traits.end());
  return traits;
}

}  // namespace pratique
