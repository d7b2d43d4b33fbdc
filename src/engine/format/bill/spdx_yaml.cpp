// SPDX YAML: the shape SPDX has in JSON, written in YAML.
#include <algorithm>

#include "engine/format/bill/readers.h"
#include "engine/format/yaml.h"

namespace pratique {

Result<Bill> read_spdx_yaml(Bytes document, const Limits& limits) {
  PRATIQUE_TRY(std::string json, json_of_yaml(document.view(), limits));
  document = Bytes();  // the JSON replaces it
  Limits for_json = limits;
  for_json.bytes = std::max(limits.bytes, json.size());
  return read_spdx(Bytes::copy_of(json), BillFormat::spdx_yaml, for_json);
}

}  // namespace pratique
