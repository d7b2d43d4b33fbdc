// FIRST's exploit prediction scores: CSV with a remark in front.
//
//   #model_version:v2025.03.14,score_date:2025-08-12T12:55:00Z
//   cve,epss,percentile
//   CVE-1999-0001,0.01297,0.78931
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"

namespace pratique {
namespace {

// Between 0 and 1.
std::optional<double> share_of(std::string_view text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 1)) return std::nullopt;
  return value;
}

std::string_view revision_in(std::string_view remark) {
  constexpr std::string_view mark = "score_date:";
  const auto start = remark.find(mark);
  return start == std::string_view::npos ? std::string_view() : split(remark.substr(start + mark.size()), ',').front();
}

}  // namespace

Result<void> read_epss(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  emit.document().source = "epss";
  std::size_t number = 0;
  for (std::string_view rest = input.bytes.view(); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (++number > input.limits.entries)
      return Error{Fault::limit, "more than " + with_commas(input.limits.entries) + " lines", {}, {}};
    if (line.starts_with('#')) emit.document().revision = revision_in(line);
    if (line.empty() || line.starts_with('#') || line.starts_with("cve,")) continue;
    const auto fields = split(line, ',');
    const auto score = fields.size() > 1 ? share_of(fields[1]) : std::nullopt;
    const auto percentile = fields.size() > 2 ? share_of(fields[2]) : std::nullopt;
    if (!is_cve(fields[0]) || !score || !percentile) {
      emit.set_aside("line " + std::to_string(number), "is no score: " + std::string(line.substr(0, 80)));
      continue;
    }
    Vulnerability note;
    note.id = fields[0];
    note.epss = Epss{*score, *percentile};
    emit.note(std::move(note), "epss");
  }
  return {};
}

}  // namespace pratique
