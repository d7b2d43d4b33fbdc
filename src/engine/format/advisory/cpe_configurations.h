// Applicability as the NVD writes it, and the CVE list after it: nodes of CPEs with bounds, alone or together with what
// they need besides. Private to advisory/.
#pragma once

#include <string>
#include <vector>

#include "engine/format/advisory/emit.h"
#include "engine/format/json.h"

namespace pratique {

// One Affected for each product and for each set of others it needs: its ranges from all the nodes, in generic order.
// What a product needs together with it to be vulnerable are its companions; a platform it has to run on is told in the
// note. "-" for a version is no version and affects nobody; negated nodes are passed over. `value` is the array
// ("configurations", "cpeApplicability").
std::vector<Affected> read_cpe_configurations(JsonValue& value);

}  // namespace pratique
