#include <optional>

#include "base/text.h"
#include "engine/format/decode.h"
#include "engine/format/format.h"
#include "engine/format/json.h"
#include "engine/format/readers.h"

namespace pratique {

namespace {

enum class Shape { nothing_known, cyclonedx, spdx };

// Looks at the outermost keys only, and only until they tell.
Result<Shape> shape_of_json(const Bytes& document, const Limits& limits) {
  Shape shape = Shape::nothing_known;
  TextPool pool;
  JsonReader reader(pool, limits);
  PRATIQUE_DO(reader.read(document, [&](JsonValue& root) {
    if (root.kind() != JsonKind::object) return;
    for (JsonObject top = root.object(); shape == Shape::nothing_known && top.next();) {
      if (top.key() == "bomFormat" && top.value().kind() == JsonKind::string && top.value().text() == "CycloneDX")
        shape = Shape::cyclonedx;
      else if (top.key() == "spdxVersion" && top.value().kind() == JsonKind::string)
        shape = Shape::spdx;
    }
  }));
  return shape;
}

}  // namespace

Result<Bill> read_bill(Bytes raw, const Limits& limits) {
  if (raw.size() > limits.bytes) return Error{Fault::limit, "larger than " + human_bytes(limits.bytes), {}, {}};
  PRATIQUE_TRY(Bytes document, decode(std::move(raw), limits));
  PRATIQUE_TRY(const Shape shape, shape_of_json(document, limits));
  switch (shape) {
    case Shape::cyclonedx: return read_cyclonedx_json(std::move(document), limits);
    case Shape::spdx: return read_spdx_json(std::move(document), limits);
    case Shape::nothing_known: break;
  }
  return Error{Fault::malformed, "JSON, but not an SBOM: neither bomFormat nor spdxVersion says what it is", {}, {}};
}

}  // namespace pratique
