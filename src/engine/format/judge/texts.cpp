// What a text must look like, by what it is.
#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "engine/format/judge/rules.h"
#include "model/cpe.h"
#include "model/license.h"
#include "model/license_list.h"
#include "model/purl.h"

namespace pratique {

namespace {

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

// Whether the text has a pattern's shape: 'x' a lower hex digit, anything else itself.
bool fits(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (pattern[i] == 'x' ? !is_lower_hex(text[i]) : text[i] != pattern[i]) return false;
  return true;
}

constexpr std::string_view uuid = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool is_serial(std::string_view text, Syntax syntax) {
  if (fits(text, "urn:uuid:" + std::string(uuid))) return true;
  return syntax == Syntax::xml && fits(text, "{" + std::string(uuid) + "}");
}

// RFC 3987: an IRI or a relative reference, as far as its characters go.
bool is_uri(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c <= 0x20 || c == 0x7f || std::string_view("<>\"{}|\\^`").find(text[i]) != std::string_view::npos) return false;
    if (c == '%' && !(i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]))) return false;
  }
  return true;
}

bool is_mime(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(), [&](const char& c) {
    return &c == text.data() + slash || is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.';
  });
}

bool is_hash(std::string_view text) {
  const auto size = text.size();
  return (size == 32 || size == 40 || size == 64 || size == 96 || size == 128) &&
         std::all_of(text.begin(), text.end(), is_hex);
}

bool is_locale(std::string_view text) {
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() != 2 && text.size() != 5) return false;
  if (!is_small(text[0]) || !is_small(text[1])) return false;
  return text.size() == 2 || (text[2] == '-' && is_capital(text[3]) && is_capital(text[4]));
}

bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.find(' ') == std::string_view::npos;
}

bool is_date(std::string_view text) {
  return text.size() >= 10 && text.find('T') == std::string_view::npos && parse_time(text.substr(0, 10)).has_value();
}

// XML lets the offset away; JSON's date-time (RFC 3339) does not, and neither takes a date alone.
bool is_time(std::string_view text, Syntax syntax) {
  if (text.find_first_of("Tt ") == std::string_view::npos) return false;
  if (parse_time(text)) return true;
  return syntax == Syntax::xml && parse_time(std::string(text) + "Z").has_value();
}

bool is_cre(std::string_view text) {
  if (!text.starts_with("CRE:")) return false;
  const auto parts = split(text.substr(4), '-');
  return parts.size() == 2 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
         });
}

bool is_patent_number(std::string_view text) {
  const auto is_inner = [](char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("-/.() \t\n\r\f\v").find(c) != std::string_view::npos;
  };
  const auto is_outer = [](char c) { return is_alpha(c) || is_digit(c); };
  return text.size() >= 2 && text.size() <= 30 && is_outer(text.front()) && is_outer(text.back()) &&
         std::all_of(text.begin(), text.end(), is_inner);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

bool is_idstring(std::string_view text, std::string_view prefix) {
  return text.size() > prefix.size() && text.starts_with(prefix) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(prefix.size()), text.end(),
                     [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == '+'; });
}

bool is_spdx_link(std::string_view text) {
  if (text == "NONE" || text == "NOASSERTION" || is_idstring(text, "SPDXRef-")) return true;
  const auto colon = text.find(':');
  return text.starts_with("DocumentRef-") && colon != std::string_view::npos && colon > 12;
}

// SPDX 2.3, 6.9: "YYYY-MM-DDThh:mm:ssZ"
bool is_spdx_time(std::string_view text) {
  return text.size() == 20 && text[10] == 'T' && text.ends_with('Z') && parse_time(text).has_value();
}

bool is_party(std::string_view text) {
  for (const std::string_view kind : {"Person:", "Organization:"})
    if (text.starts_with(kind) && !trim(text.substr(kind.size())).empty()) return true;
  return false;
}

bool is_location(std::string_view text) {
  return text == "NONE" || text == "NOASSERTION" || (!text.empty() && is_uri(text));
}

bool is_checksum(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_hex); }

// "SHA1: 85ed0817af83a24ad8da68c2b5094de69833983c"
bool is_tag_checksum(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && is_checksum(trim(text.substr(colon + 1)));
}

// "SECURITY cpe23Type cpe:2.3:a:..."
bool is_tag_external(std::string_view text) {
  std::size_t words = 0;
  for (const std::string_view word : split(text, ' ')) words += word.empty() ? 0 : 1;
  return words >= 3;
}

std::string words_listed(const Words& words, unsigned version) {
  std::string text;
  std::size_t more = 0;
  for (const auto& [word, window] : words.all) {
    if (!window.holds(version)) continue;
    if (text.size() > 120) {
      ++more;
      continue;
    }
    text += (text.empty() ? "" : ", ") + std::string(word);
  }
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

Objection objection_to_word(std::string_view text, const Words& words, unsigned version) {
  std::vector<std::string_view> known;
  for (const auto& [word, window] : words.all) {
    if (window.holds(version)) {
      if (word == text) return {};
      known.push_back(word);
    } else if (word == text && window.since > version)
      return {"'" + printable(text) + "' came with version " + std::to_string(window.since / 10) + "." +
              std::to_string(window.since % 10)};
  }
  const std::string_view near = nearest(text, known);
  return {"'" + printable(text) + "' is none of the words allowed here" +
          (near.empty() ? ": " + words_listed(words, version) : "; '" + std::string(near) + "' is")};
}

Objection expected(bool holds, std::string_view text, std::string_view what) {
  if (holds) return {};
  const std::string_view shown = text.substr(0, 80);
  return {"'" + printable(shown) + (shown.size() < text.size() ? "..." : "") + "' is " + std::string(what)};
}

Objection doubted(Objection objection) {
  objection.is_doubt = true;
  return objection;
}

Objection objection_to_license(std::string_view text) {
  if (text == "NONE" || text == "NOASSERTION") return {};
  return doubted(expected(parse_license(text).has_value(), text, "no SPDX license expression"));
}

Objection objection_in_xml(std::string_view text, Basic basic) {
  if (basic == Basic::boolean)
    return expected(text == "true" || text == "false" || text == "1" || text == "0", text, "neither true nor false");
  char* end = nullptr;
  const std::string copy(text);
  const double number = std::strtod(copy.c_str(), &end);
  const bool is_number = !copy.empty() && *end == '\0' && copy.find_first_not_of("+-.0123456789") == std::string::npos;
  if (!is_number) return expected(false, text, "no number");
  return objection_to(number, basic);
}

}  // namespace

bool is_numeric(Basic basic) { return basic >= Basic::integer && basic <= Basic::share; }

Objection objection_to(double number, Basic basic) {
  if (basic != Basic::number && basic != Basic::share && std::floor(number) != number) return {"not a whole number"};
  switch (basic) {
    case Basic::positive: return number < 1 ? Objection{"less than 1"} : Objection{};
    case Basic::natural: return number < 0 ? Objection{"less than 0"} : Objection{};
    case Basic::to_six: return number < 0 || number > 6 ? Objection{"not between 0 and 6"} : Objection{};
    case Basic::share: return number < 0 || number > 1 ? Objection{"not between 0 and 1"} : Objection{};
    default: return {};
  }
}

Objection objection_to(std::string_view text, const What& what, Syntax syntax, unsigned version) {
  const bool is_xml = syntax == Syntax::xml;
  if (what.basic == Basic::words) return objection_to_word(text, *what.words, version);
  if (is_xml && what.basic != Basic::text) text = trim(text);
  if (is_xml && (is_numeric(what.basic) || what.basic == Basic::boolean)) return objection_in_xml(text, what.basic);
  switch (what.basic) {
    case Basic::time: return expected(is_time(text, syntax), text, "no date and time (RFC 3339)");
    case Basic::date: return expected(is_date(text), text, "no date (YYYY-MM-DD)");
    case Basic::uri: return expected(is_xml || is_uri(text), text, "no URI");
    case Basic::ref:
    case Basic::loose_ref:
    case Basic::link:
    case Basic::target: return text.empty() && version >= 15 ? Objection{"an empty reference"} : Objection{};
    case Basic::serial: return expected(is_serial(text, syntax), text, "no urn:uuid of lower-case hex digits");
    case Basic::mime: return expected(is_mime(text), text, "no media type");
    case Basic::hash: return expected(is_hash(text), text, "no hash of 32, 40, 64, 96 or 128 hex digits");
    case Basic::license_id:
      return expected(is_on_license_list(text), text, "not on the SPDX license list; give it as 'name'");
    case Basic::locale: return expected(is_locale(text), text, "no locale like en or en-US");
    case Basic::email: return expected(is_xml || is_email(text), text, "no e-mail address");
    case Basic::cpe: {
      Objection objection = expected(parse_cpe(text).has_value(), text, "no CPE");
      return is_xml ? objection : doubted(std::move(objection));
    }
    case Basic::purl: return doubted(expected(parse_purl(text).has_value(), text, "no package URL"));
    case Basic::version: return expected(characters(text) <= 1024, text, "longer than 1,024 characters");
    case Basic::range: return expected(!text.empty() && characters(text) <= 4096, text, "not of 1 to 4,096 characters");
    case Basic::cre: return expected(is_cre(text), text, "not of the form CRE:123-456");
    case Basic::patent_number: return expected(is_patent_number(text), text, "no patent number");
    case Basic::country:
      return expected(text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z', text,
                      "no country code of two capitals");
    case Basic::spdx_id:
      return expected(is_idstring(text, "SPDXRef-"), text, "not SPDXRef- and letters, digits, '.' or '-'");
    case Basic::spdx_link: return expected(is_spdx_link(text), text, "no reference to an element");
    case Basic::spdx_time: return expected(is_spdx_time(text), text, "not of the form YYYY-MM-DDThh:mm:ssZ");
    case Basic::spdx_actor:
      return expected(is_party(text) || text.starts_with("Tool:"), text,
                      "none of 'Tool: ', 'Person: ', 'Organization: '");
    case Basic::spdx_party:
      return expected(is_party(text) || text == "NOASSERTION", text,
                      "none of 'Person: ', 'Organization: ', NOASSERTION");
    case Basic::spdx_license: return objection_to_license(text);
    case Basic::location: return expected(is_location(text), text, "no URI, NONE or NOASSERTION");
    case Basic::license_ref: return expected(is_idstring(text, "LicenseRef-"), text, "not LicenseRef- and an id");
    case Basic::document_ref: return expected(is_idstring(text, "DocumentRef-"), text, "not DocumentRef- and an id");
    case Basic::checksum: return expected(is_checksum(text), text, "not of hex digits");
    case Basic::spdx3_version: return expected(text == "3.0.0" || text == "3.0.1", text, "neither 3.0.0 nor 3.0.1");
    case Basic::tag_checksum: return expected(is_tag_checksum(text), text, "not an algorithm, ':' and hex digits");
    case Basic::tag_external: return expected(is_tag_external(text), text, "not category, type and locator");
    case Basic::name_space:
      return expected(
          is_uri(text) && text.find(':') != std::string_view::npos && text.find('#') == std::string_view::npos, text,
          "no absolute URI without '#'");
    default: return {};
  }
}

}  // namespace pratique
