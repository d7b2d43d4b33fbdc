// What a bill says of a component beside who it is, as texts to look it up by. Private to the store.
#pragma once

#include <string>
#include <vector>

#include "model/bill.h"
#include "world/store/store.h"

namespace pratique {

struct TraitText {
  Trait kind = Trait::license;
  std::string text;
  auto operator<=>(const TraitText&) const = default;
};

// As it is looked up: lower case; of a CPE its 2.3 form without the wildcards at its end; of a hash its digits.
std::string trait_text(Trait kind, std::string_view text);

// Sorted and unique; of a licence expression each licence in it.
std::vector<TraitText> traits_of(const Bill& bill, std::uint32_t component);

}  // namespace pratique
