#include "engine/format/advisory/linux_lists.h"

#include <algorithm>

#include "base/text.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

constexpr std::string_view first_commit = "1da177e4c3f4";  // of git's history: what came in with it may be older

// "v2.6.12-rc2 to unk" -> {"v2.6.12-rc2", ""}; nothing when it is a remark.
std::optional<std::pair<std::string_view, std::string_view>> span_of(std::string_view text) {
  const std::size_t to = text.find(" to ");
  if (to == std::string_view::npos) return std::nullopt;
  const auto known = [](std::string_view version) { return version == "unk" ? std::string_view() : version; };
  return std::pair(known(trim(text.substr(0, to))), known(trim(text.substr(to + 4))));
}

}  // namespace

Result<void> LinuxLists::read_cves(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  emit.document().source = "linux";
  std::size_t number = 0;
  for (const auto raw : split(input.bytes.view(), '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    const std::size_t colon = line.find(": ");
    const std::size_t open = line.rfind('(');
    if (colon == std::string_view::npos || !is_cve(line.substr(0, colon))) continue;
    if (spans_.size() == input.limits.entries)
      return Error{Fault::limit, "more than " + with_commas(input.limits.entries) + " lines", {}, {}};
    const auto span = open == std::string_view::npos || !line.ends_with(')')
                          ? std::nullopt
                          : span_of(line.substr(open + 1, line.size() - open - 2));
    if (!span) {
      emit.set_aside("line " + std::to_string(number), "tells no releases: " + std::string(line));
      continue;
    }
    const bool since_ever = line.substr(colon + 2).starts_with(first_commit);
    spans_[std::string(line.substr(0, colon))] = {.introduced = std::string(since_ever ? "0" : span->first),
                                                  .fixed = std::string(span->second),
                                                  .is_known = !span->first.empty() || !span->second.empty()};
  }
  return {};
}

Result<void> LinuxLists::read_stream_fixes(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  emit.document().source = "linux";
  TextPool pool;
  JsonReader reader(pool, input.limits);
  PRATIQUE_DO(reader.read(input.bytes, [&](JsonValue& root) {
    for (JsonObject cves = root.object(); cves.next();) {
      const std::string cve(cves.key());
      for (JsonObject branches = cves.value().object(); branches.next();)
        for (JsonObject fix = branches.value().object(); fix.next();)
          if (fix.key() == "fixed_version")
            if (const auto version = fix.value().text(); !version.empty()) fixes_[cve].emplace_back(version);
    }
  }));
  for (auto& part : reader.take_rejected()) emit.set_aside(std::move(part.place), std::move(part.reason));
  return {};
}

void LinuxLists::finish(AdvisoryEmitter& emit) {
  if (spans_.empty()) emit.set_aside("stream_fixes.json", "tells fixes only: CVEs.txt says what they mend");
  for (const auto& [cve, span] : spans_) {
    Advisory advisory;
    advisory.id = cve;
    advisory.source = "linux";
    std::vector<std::string_view> fixed;
    if (!span.fixed.empty()) fixed.push_back(span.fixed);
    if (const auto more = fixes_.find(cve); more != fixes_.end())
      fixed.insert(fixed.end(), more->second.begin(), more->second.end());
    auto range = vers_from_linux(span.introduced, fixed);
    if (!range) emit.set_aside(cve, range.error().text);
    if (range && (span.is_known || !fixed.empty())) {
      Affected affected;
      affected.package = linux_package;
      affected.ranges = {std::move(*range)};
      for (auto version : fixed) {
        if (version.starts_with('v')) version.remove_prefix(1);
        affected.fixed.emplace_back(version);
      }
      affected.state = fixed.empty() ? FixState::none : FixState::fixed;
      advisory.affected.push_back(std::move(affected));
    }
    emit.advisory(std::move(advisory));
  }
  spans_.clear();
  fixes_.clear();
}

}  // namespace pratique
