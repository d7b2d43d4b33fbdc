#include "app/render/report_parts.h"

#include <algorithm>
#include <cstdio>

#include "base/digest.h"
#include "base/text.h"
#include "model/purl.h"

namespace pratique {
namespace {

// RFC 3986, section 2: unreserved and what may stand in a path as it is.
}  // namespace

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f%%", share * 100);
  return text;
}

std::string_view safe_url(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return {};
  constexpr std::string_view allowed = "-._~/?#[]@!$&*+,;=:%";
  const bool plain = std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alpha(c) || is_digit(c) || allowed.find(c) != std::string_view::npos;
  });
  return plain && text.size() <= 2000 ? text : std::string_view();
}

std::string uri_of_path(std::string_view path) {
  return (path.starts_with('/') ? "file://" : "") + percent_encoded(path, "-._~/!$&'()*+,;=@");
}

std::string purl_of(const Finding& finding) {
  if (!finding.purl.empty()) return finding.purl;
  const auto purl = canonical_purl({.type = "generic",
                                    .name_space = {},
                                    .name = finding.name,
                                    .version = finding.version,
                                    .qualifiers = {},
                                    .subpath = {}});
  return purl ? render_purl(*purl) : "pkg:generic/unnamed";
}

std::string sentence_of(const Finding& finding) {
  std::string text = finding.name + " " + finding.version + " is affected by " + finding.id + " (" +
                     std::string(name_of(finding.severity)) + ")";
  text += finding.fixed.empty() ? "; no version mends it" : "; fixed in " + finding.fixed.front();
  if (finding.path.size() > 1) text += "; by way of " + joined_path(finding.path);
  if (finding.is_doubtful()) text += "; doubtful: " + finding.proof.doubt;
  return printable(text);
}

std::string markdown_of(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (std::string_view("&<>|\\`*_[]()~@#!$:").find(c) != std::string_view::npos)
      safe += "&#" + std::to_string(static_cast<int>(c)) + ";";
    else
      safe += c;
  }
  return safe;
}

std::string uuid_of(std::string_view text) {
  std::string hex(sha256_of(text).hex().substr(0, 32));
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<std::size_t>(hex[16]) % 4];
  for (const std::size_t place : {20, 16, 12, 8}) hex.insert(place, "-");
  return hex;
}

}  // namespace pratique
