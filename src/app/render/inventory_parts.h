// What the renderers of the inventory's answers share. Private to render/.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "flow/holding.h"

namespace pratique {

std::string join_path(const std::vector<std::string>& path);  // "a > b"
nlohmann::ordered_json json_of(const RunningIn& running);
nlohmann::ordered_json json_of(const Running& running);  // its workloads
nlohmann::ordered_json json_of(const std::vector<LocateUnknown>& unknown);
nlohmann::ordered_json json_of(const Period& when,
                               KnownWhen known);  // what a question about another time says of itself
std::vector<std::string> texts_of(const std::vector<AccessScope>& scopes);  // what an answer is limited to
// "harbour/shop/cart (3 pods), harbour/shop/admin (1 pod) and 4 more"; "-" for nowhere.
std::string summary_of(const Running& running);
// Of many the first, and how many more; the ledger says how many there are.
std::vector<std::string> tell_unknown(const std::vector<LocateUnknown>& unknown, std::uint64_t all);
// The same of what failed: "failed: cart.json (bills/cart.json: not an SBOM)".
std::vector<std::string> tell_failed(const std::vector<LocateUnknown>& failed, std::uint64_t all);
std::string tell_page(std::uint64_t shown, std::uint64_t all, const std::string& next);

}  // namespace pratique
