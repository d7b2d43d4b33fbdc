#include "flow/delta.h"

#include <algorithm>

#include "base/text.h"
#include "engine/version/version.h"
#include "world/file/file.h"

namespace pratique {
namespace {

// The file: a head line and a line for each touched package, tabs between fields; the stream of a language is empty.
//
//   pratique-delta 1 BEFORE AFTER ADDED REMOVED CHANGED
//   pkg:deb/debian/curl	debian:12	vers:deb/<7.88.1-10+deb12u4
constexpr std::string_view head = "pratique-delta 1";
constexpr std::size_t most_bytes = std::size_t{1} << 30;

// What a generation says of one package at a time.
class Sayings {
 public:
  static Result<Sayings> of(const AdvisoryDb& db) {
    PRATIQUE_TRY(AdvisoryDb::Reader reader, db.reader());
    PRATIQUE_TRY(auto packages, reader.packages());
    return Sayings(std::move(reader), std::move(packages));
  }

  using Package = AdvisoryDb::Reader::PackageInStream;
  const std::vector<Package>& packages() const { return packages_; }

  Result<std::vector<Statement>> about(const Package& where) const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> places;
    PRATIQUE_DO(reader_.each(where.package, where.stream,
                             [&](const AffectedView& view) { places.emplace_back(view.advisory, view.position); }));
    std::vector<Statement> statements;
    for (const auto& [number, position] : places) {
      PRATIQUE_TRY(Advisory advisory, reader_.advisory(number));
      if (position >= advisory.affected.size())
        return Error{Fault::malformed, "the database has no such entry in " + advisory.id, {}, {}};
      PRATIQUE_TRY(auto notes, notes_on(advisory));
      statements.push_back(
          {advisory.id, advisory.source, std::move(advisory.affected[position]), advisory.ratings, std::move(notes)});
    }
    return statements;
  }

 private:
  // What is known of the vulnerabilities that it is about.
  Result<std::vector<Vulnerability>> notes_on(const Advisory& advisory) const {
    std::vector<std::string_view> names{advisory.id};
    names.insert(names.end(), advisory.aliases.begin(), advisory.aliases.end());
    names.insert(names.end(), advisory.upstream.begin(), advisory.upstream.end());
    std::vector<Vulnerability> notes;
    for (const std::string_view name : names) {
      PRATIQUE_TRY(auto note, reader_.vulnerability(name));
      if (note) notes.push_back(std::move(*note));
    }
    return notes;
  }

  Sayings(AdvisoryDb::Reader reader, std::vector<Package> packages)
      : reader_(std::move(reader)), packages_(std::move(packages)) {}
  AdvisoryDb::Reader reader_;
  std::vector<Package> packages_;
};

Error malformed(std::string text, const std::string& path, std::size_t line) {
  return Error{Fault::malformed, std::move(text), {path, "line " + std::to_string(line)}, "build the database again"};
}

Result<Delta> parse_delta(std::string_view text, const std::string& path) {
  Delta delta;
  std::size_t number = 0;
  for (const auto line : split(text, '\n')) {
    if (++number == 1) {
      const auto words = split(line, ' ');
      if (!line.starts_with(head) || words.size() != 7) return malformed("is no delta", path, number);
      delta.before = words[2];
      delta.after = words[3];
      delta.added = parse_unsigned(words[4]).value_or(0);
      delta.removed = parse_unsigned(words[5]).value_or(0);
      delta.changed = parse_unsigned(words[6]).value_or(0);
      continue;
    }
    if (line.empty()) continue;
    const auto fields = split(line, '\t');
    auto range = fields.size() == 3 ? parse_vers(fields[2]) : Result<Vers>(Error{Fault::malformed, "", {}, {}});
    if (!range) return malformed("is no package with its range", path, number);
    delta.touched.push_back({std::string(fields[0]), std::string(fields[1]), std::move(*range)});
  }
  return delta;
}

}  // namespace

Result<Delta> delta_between(const AdvisoryDb& before, const AdvisoryDb& after) {
  PRATIQUE_TRY(const Sayings old, Sayings::of(before));
  PRATIQUE_TRY(const Sayings fresh, Sayings::of(after));
  Delta delta{before.status().generation, after.status().generation, 0, 0, 0, {}};
  auto left = old.packages().begin();
  auto right = fresh.packages().begin();
  while (left != old.packages().end() || right != fresh.packages().end()) {
    const bool in_old = left != old.packages().end() && (right == fresh.packages().end() || *left <= *right);
    const bool in_fresh = right != fresh.packages().end() && (left == old.packages().end() || *right <= *left);
    const auto& where = in_old ? *left : *right;
    std::vector<Statement> said, says;
    if (in_old) {
      PRATIQUE_TRY(said, old.about(where));
    }
    if (in_fresh) {
      PRATIQUE_TRY(says, fresh.about(where));
    }
    if (auto range = touched_between(said, says)) {
      ++(in_old && in_fresh ? delta.changed : in_old ? delta.removed : delta.added);
      delta.touched.push_back({where.package, where.stream, std::move(*range)});
    }
    if (in_old) ++left;
    if (in_fresh) ++right;
  }
  return delta;
}

std::string delta_path(const std::string& path) { return path + ".delta"; }

Result<void> save_delta(const Delta& delta, const std::string& path) {
  std::string text(head);
  text += " " + delta.before + " " + delta.after + " " + std::to_string(delta.added) + " " +
          std::to_string(delta.removed) + " " + std::to_string(delta.changed) + "\n";
  for (const auto& [package, stream, range] : delta.touched)
    text += package + "\t" + stream + "\t" + render_vers(range) + "\n";
  return replace_file(path, text);
}

Result<Delta> load_delta(const std::string& path) {
  PRATIQUE_TRY(const Bytes bytes, read_file(path, most_bytes));
  return parse_delta(bytes.view(), path);
}

}  // namespace pratique
