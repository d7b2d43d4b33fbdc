// Debian (Policy 5.6.12, deb-version(7)): [epoch:]upstream[-revision], compared as dpkg does. opam took the same order.
//
// Fallback for what the grammar forbids: an epoch that is no number is part of the upstream version; bytes that are
// neither letters nor digits come after the letters.
#include "engine/version/order.h"

namespace pratique {
namespace {

struct Deb {
  std::string_view epoch;
  std::string_view upstream;
  std::string_view revision;
};

Deb read_deb(std::string_view text) {
  Deb version;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos && all_digits(text.substr(0, colon))) {
    version.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const std::size_t hyphen = text.rfind('-');
  version.upstream = text.substr(0, hyphen);
  if (hyphen != std::string_view::npos) version.revision = text.substr(hyphen + 1);
  return version;
}

// '~' before the end, the end (and a digit, where the number begins) before letters, letters before all else.
int rank_of(std::string_view text) {
  if (text.empty() || digit(text.front())) return 0;
  const auto c = static_cast<unsigned char>(text.front());
  if (c == '~') return -1;
  return alpha(text.front()) ? c : c + 256;
}

// A row of words and numbers in turn; the missing number is zero.
std::strong_ordering compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    for (int left = rank_of(a), right = rank_of(b); left != 0 || right != 0; left = rank_of(a), right = rank_of(b)) {
      if (left != right) return left <=> right;
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    if (const auto order = compare_digits(take_digits(a), take_digits(b)); order != 0) return order;
  }
  return std::strong_ordering::equal;
}

}  // namespace

std::strong_ordering compare_deb(std::string_view a, std::string_view b) {
  const Deb left = read_deb(a);
  const Deb right = read_deb(b);
  if (const auto order = compare_digits(left.epoch, right.epoch); order != 0) return order;
  if (const auto order = compare_part(left.upstream, right.upstream); order != 0) return order;
  return compare_part(left.revision, right.revision);
}

bool is_deb(std::string_view text) {
  const std::size_t colon = text.find(':');
  const bool has_epoch = colon != std::string_view::npos;
  if (has_epoch && !all_digits(text.substr(0, colon))) return false;
  if (has_epoch) text.remove_prefix(colon + 1);
  if (const std::size_t hyphen = text.rfind('-'); hyphen != std::string_view::npos) {
    const std::string_view revision = text.substr(hyphen + 1);
    if (revision.empty() || !all_of(revision, [](char c) { return alnum(c) || c == '+' || c == '.' || c == '~'; }))
      return false;
    text = text.substr(0, hyphen);
  }
  return !text.empty() && digit(text.front()) && all_of(text, [&](char c) {
    return alnum(c) || c == '.' || c == '+' || c == '-' || c == '~' || (has_epoch && c == ':');
  });
}

}  // namespace pratique
