// Debian's security team's own lists (security-tracker.debian.org, data/): notices (DSA/list, DLA/list) and what CPE a
// source package goes by (CPE/list).
//
//   [29 Mar 2023] DSA-5380-1 xorg-server - security update
//           {CVE-2023-1393}
//           [bullseye] - xorg-server 2:1.20.11-1+deb11u6
#include <array>

#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "model/cpe.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

// "29 Mar 2023".
std::optional<Time> date_of(std::string_view text) {
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto parts = split(text, ' ');
  if (parts.size() != 3) return std::nullopt;
  for (std::size_t i = 0; i < months.size(); ++i) {
    if (parts[1] != months[i]) continue;
    const std::string month = std::to_string(i + 1), day(parts[0]);
    return time_of(std::string(parts[2]) + "-" + (month.size() < 2 ? "0" : "") + month + "-" +
                   (day.size() < 2 ? "0" : "") + day);
  }
  return std::nullopt;
}

// What stands in place of a version.
struct Remark {
  std::string_view text;
  FixState state;
};
constexpr std::array<Remark, 9> remarks = {{{"<not-affected>", FixState::not_affected},
                                            {"<unfixed>", FixState::none},
                                            {"<removed>", FixState::none},
                                            {"<no-dsa>", FixState::deferred},
                                            {"<postponed>", FixState::deferred},
                                            {"<ignored>", FixState::wont_fix},
                                            {"<end-of-life>", FixState::wont_fix},
                                            {"<undetermined>", FixState::under_investigation},
                                            {"<itp>", FixState::not_affected}}};

Result<Affected> affected_in(std::string_view release, std::string_view package, std::string_view version) {
  PRATIQUE_TRY(std::string stream, stream_of_release("deb", "debian", release));
  PRATIQUE_TRY(std::string key, package_of_distribution("deb", "debian", package));
  if (!version.starts_with('<')) return affected_below(std::move(key), std::move(stream), Scheme::deb, version);
  for (const auto& [text, state] : remarks) {
    if (text != version) continue;
    if (state == FixState::not_affected) return never_affected(std::move(key), std::move(stream));
    Affected affected = affected_below(std::move(key), std::move(stream), Scheme::deb, {});
    affected.state = state;
    return affected;
  }
  return Error{Fault::malformed, "'" + std::string(version) + "' is no version", {}, {}};
}

class NoticeReader {
 public:
  explicit NoticeReader(AdvisoryEmitter& emit) : emit_(emit) {}

  void read(std::string_view text) {
    for (const auto raw : split(text, '\n')) {
      ++line_;
      const bool inside = raw.starts_with('\t') || raw.starts_with(' ');
      const std::string_view line = trim(raw);
      if (line.empty() || line.starts_with("NOTE:")) continue;
      if (!inside)
        begin(line);
      else if (line.starts_with('{') && line.ends_with('}'))
        for (const auto name : split(line.substr(1, line.size() - 2), ' ')) take_name(name);
      else if (line.starts_with('['))
        take_release(line);
    }
    close();
  }

 private:
  void set_aside(std::string reason) { emit_.set_aside("line " + std::to_string(line_), std::move(reason)); }

  // "[29 Mar 2023] DSA-5380-1 xorg-server - security update"
  void begin(std::string_view line) {
    close();
    const std::size_t end = line.find(']');
    const std::size_t dash = line.find(" - ");
    if (!line.starts_with('[') || end == std::string_view::npos)
      return set_aside("no date in front: " + std::string(line));
    std::string_view rest = trim(line.substr(end + 1));
    const std::size_t blank = rest.find(' ');
    notice_.emplace();
    notice_->id = rest.substr(0, blank);
    notice_->source = "debian";
    notice_->published = date_of(line.substr(1, end - 1));
    notice_->modified = notice_->published;
    if (blank != std::string_view::npos) notice_->summary = trim(rest.substr(blank));
    is_security_ = dash != std::string_view::npos && line.substr(dash).find("security") != std::string_view::npos;
    if (!notice_->published) set_aside("'" + std::string(line.substr(1, end - 1)) + "' is no date");
  }

  void take_name(std::string_view name) {
    if (notice_ && is_cve(name)) notice_->upstream.emplace_back(name);
  }

  // "[bullseye] - xorg-server 2:1.20.11-1+deb11u6"
  void take_release(std::string_view line) {
    const std::size_t end = line.find(']');
    if (!notice_ || end == std::string_view::npos) return set_aside("belongs to no notice: " + std::string(line));
    std::string_view rest = trim(line.substr(end + 1));
    if (rest.starts_with("- ")) rest = trim(rest.substr(2));
    const auto words = split(rest, ' ');
    if (words.size() < 2) return set_aside("a package without a version: " + std::string(line));
    auto affected = affected_in(line.substr(1, end - 1), words[0], words[1]);
    if (!affected) return set_aside(affected.error().text + ": " + std::string(line));
    notice_->affected.push_back(std::move(*affected));
  }

  // What mends a regression of an earlier notice and names no vulnerability is none itself.
  void close() {
    if (!notice_) return;
    if (notice_->upstream.empty() && !is_security_) add_word(notice_->ratings, "none");
    emit_.part(std::move(*notice_));
    notice_.reset();
  }

  AdvisoryEmitter& emit_;
  std::size_t line_ = 0;
  std::optional<Advisory> notice_;
  bool is_security_ = false;
};

}  // namespace

Result<void> read_debian_notices(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  NoticeReader(emit).read(input.bytes.view());
  return {};
}

// "acl;cpe:/a:xfs:acl"
Result<void> read_debian_cpes(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  emit.document().source = "debian";
  std::size_t number = 0;
  for (const auto raw : split(input.bytes.view(), '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t semicolon = line.find(';');
    const auto package = package_of_distribution("deb", "debian", line.substr(0, semicolon));
    const auto cpe = parse_cpe(semicolon == std::string_view::npos ? "" : line.substr(semicolon + 1));
    if (!package || !cpe)
      emit.set_aside("line " + std::to_string(number), "no package with a CPE: " + std::string(line));
    else
      emit.cpe(*package, render_cpe(*cpe));
  }
  return {};
}

}  // namespace pratique
