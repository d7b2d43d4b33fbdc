// RustSec: Markdown with the advisory as TOML in front (rustsec/advisory-db, CONTRIBUTING.md). Affected is what is
// neither patched nor unaffected.
//
// Crates lie under crates/, the toolchain's own parts under rust/, where "cargo" and "std" are not the crates of that
// name.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>

#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/version/version.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

struct Parts {
  std::string_view toml, markdown;
};

Result<Parts> split_document(std::string_view text) {
  constexpr std::string_view open = "```toml", close = "\n```";
  text = trim(text);
  if (!text.starts_with(open)) return Error{Fault::malformed, "does not begin with ```toml", {}, {}};
  text.remove_prefix(open.size());
  const std::size_t end = text.find(close);
  if (end == std::string_view::npos) return Error{Fault::malformed, "the TOML in front has no end", {}, {}};
  return Parts{text.substr(0, end), text.substr(end + close.size())};
}

std::string text_at(const toml::table& table, std::string_view key) { return table[key].value_or(std::string()); }

std::vector<std::string> texts_at(const toml::table& table, std::string_view key) {
  std::vector<std::string> texts;
  if (const toml::array* const array = table[key].as_array())
    for (const auto& element : *array)
      if (auto text = element.value<std::string>(); text && !trim(*text).empty())
        texts.push_back(std::string(trim(*text)));
  return texts;
}

std::optional<Time> date_at(const toml::table& table, std::string_view key) {
  if (const auto text = table[key].value<std::string>()) return time_of(*text);
  if (const auto date = table[key].value<toml::date>())
    return std::chrono::sys_days(std::chrono::year(date->year) / date->month / date->day);
  return std::nullopt;
}

// What is mended or never was affected, as one set.
Result<Vers> unaffected_by(const std::vector<std::string>& patched, const std::vector<std::string>& unaffected) {
  Vers all{Scheme::cargo, false, {}};
  for (const auto* const list : {&patched, &unaffected})
    for (const auto& text : *list) {
      PRATIQUE_TRY(const Vers one, vers_from_native(Scheme::cargo, text));
      PRATIQUE_TRY(all, union_of(all, one));
    }
  return all;
}

// Where each range of what is patched begins: the versions that mend it.
std::vector<std::string> fixes_of(const std::vector<std::string>& patched) {
  std::vector<std::string> fixed;
  for (const auto& text : patched)
    if (const auto vers = vers_from_native(Scheme::cargo, text))
      for (const auto& [comparator, version] : vers->constraints)
        if (comparator == Comparator::greater_equal || comparator == Comparator::equal) fixed.push_back(version);
  return fixed;
}

std::string title_of(std::string_view markdown) {
  for (const auto raw : split(markdown, '\n')) {
    const std::string_view line = trim(raw);
    if (line.starts_with("# ")) return std::string(trim(line.substr(2)));
  }
  return first_sentence(markdown);
}

std::vector<std::string> functions_of(const toml::table& document) {
  std::vector<std::string> functions;
  if (const toml::table* const table = document["affected"]["functions"].as_table())
    for (const auto& [name, versions] : *table) functions.emplace_back(name.str());
  return functions;
}

Result<Affected> affected_of(const toml::table& document, const toml::table& advisory, std::string_view name) {
  const std::string crate = text_at(advisory, "package");
  if (crate.empty()) return Error{Fault::malformed, "names no package", {"advisory.package"}, {}};
  const toml::table* const versions = document["versions"].as_table();
  if (versions == nullptr) return Error{Fault::malformed, "has no [versions]", {}, {}};
  const bool toolchain = text_at(advisory, "collection") == "rust" || name.starts_with("rust/") ||
                         name.find("/rust/") != std::string_view::npos;
  Affected affected;
  if (toolchain) {
    affected.package = "pkg:generic/rust/" + crate;
  } else {
    PRATIQUE_TRY(const PackageName named, package_named("crates.io", crate));
    affected.package = named.package;
  }
  const auto patched = texts_at(*versions, "patched");
  auto unaffected = unaffected_by(patched, texts_at(*versions, "unaffected"));
  if (!unaffected) return std::move(unaffected).error().in("versions");
  affected.ranges = {complement_of(*unaffected)};
  affected.fixed = fixes_of(patched);
  affected.symbols = functions_of(document);
  affected.state = affected.fixed.empty() ? FixState::none : FixState::fixed;
  return affected;
}

}  // namespace

Result<void> read_rustsec(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  PRATIQUE_TRY(const Parts parts, split_document(input.bytes.view()));
  const toml::parse_result parsed = toml::parse(parts.toml);
  if (!parsed) {
    const auto& at = parsed.error().source().begin;
    return Error{Fault::malformed,
                 "not TOML: " + std::string(parsed.error().description()),
                 {"line " + std::to_string(at.line) + ", column " + std::to_string(at.column)},
                 {}};
  }
  const toml::table& document = parsed.table();
  const toml::table* const fields = document["advisory"].as_table();
  if (fields == nullptr) return Error{Fault::malformed, "has no [advisory]", {}, {}};
  Advisory advisory;
  advisory.id = text_at(*fields, "id");
  if (advisory.id.empty()) return Error{Fault::malformed, "has no id", {"advisory.id"}, {}};
  advisory.source = "rustsec";
  advisory.aliases = texts_at(*fields, "aliases");
  advisory.related = texts_at(*fields, "related");
  advisory.summary = title_of(parts.markdown);
  advisory.published = date_at(*fields, "date");
  advisory.modified = advisory.published;
  advisory.withdrawn = date_at(*fields, "withdrawn");
  advisory.url = text_at(*fields, "url");
  if (const std::string cvss = text_at(*fields, "cvss"); !cvss.empty() && !add_vector(advisory.ratings, cvss))
    emit.set_aside("advisory.cvss", "'" + cvss + "' is no CVSS vector");
  // A notice that nobody maintains a crate tells of no vulnerability.
  const std::string kind = text_at(*fields, "informational");
  if (advisory.ratings.empty() && (trim(kind) == "unmaintained" || trim(kind) == "notice"))
    add_word(advisory.ratings, "none");
  PRATIQUE_TRY(Affected affected, affected_of(document, *fields, input.name));
  affected.note = trim(kind);
  if (affected.ranges.front().any || !affected.ranges.front().constraints.empty())
    advisory.affected.push_back(std::move(affected));
  emit.advisory(std::move(advisory));
  return {};
}

}  // namespace pratique
