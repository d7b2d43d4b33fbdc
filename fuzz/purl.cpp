// Package URLs, CPE names and licence expressions: the first byte chooses. Beyond not crashing, what each promises:
// canonical text is a fixed point, parts and text carry the same, a name equals itself, a licence satisfies itself.
#include "model/purl.h"

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "model/cpe.h"
#include "model/license.h"

namespace {

using namespace pratique;

void try_purl(std::string_view text) {
  std::string scratch, other;
  const auto canonical = canonical_purl(text, scratch);
  const auto purl = parse_purl(text);
  check(canonical.has_value() == purl.has_value(), "both readers agree");
  if (!purl) return;
  const std::string once(*canonical);
  check(render_purl(*purl) == once, "render(parse(t)) == canonical(t)");
  const auto again = canonical_purl(once, other);
  check(again && again->data() == once.data(), "canonical text is its own canonical text");
  check(name_of(once, other) == purl->name, "name_of agrees");
  check(version_of(once, other) == purl->version, "version_of agrees");
  check(type_of(once) == purl->type, "type_of agrees");
  check(package_of(once, other) == purl->package(), "package_of agrees");
  for (const auto& [key, value] : purl->qualifiers)
    check(qualifier_of(once, key, other) == value, "qualifier_of agrees");
  const auto rebuilt = canonical_purl(*purl);
  check(rebuilt && *rebuilt == *purl, "parts are canonical");
  check(matches(*purl, *rebuilt), "a purl matches itself");
  check(doubt_about(once).size() < 4096, "a doubt is one sentence");
}

void try_cpe(std::string_view text) {
  const auto cpe = parse_cpe(text);
  if (!cpe) return;
  const auto formatted = parse_cpe(render_cpe(*cpe));
  check(formatted && *formatted == *cpe, "the formatted string carries the name");
  const auto uri = parse_cpe(render_cpe_uri(*cpe));
  check(uri && *uri == *cpe, "the URI carries the name");
  const auto relation = compare(*cpe, *cpe);
  check(relation == CpeRelation::equal || relation == CpeRelation::undefined, "a name equals itself");
  check(compare(Cpe{}, *cpe) != CpeRelation::disjoint, "ANY excludes nothing");
}

void try_license(std::string_view text) {
  const auto license = parse_license(text);
  if (!license) return;
  const auto again = parse_license(render_license(*license));
  check(again && *again == *license, "parse(render(e)) == e");
  const auto own = parse_license_set(licenses_of(*license));
  check(own && satisfies(*license, *own), "an expression is satisfied by its own licenses");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0: try_purl(text); break;
    case 1: try_cpe(text); break;
    default: try_license(text);
  }
  return 0;
}
