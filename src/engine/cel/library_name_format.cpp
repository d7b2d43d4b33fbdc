// Kubernetes' named formats: format.dns1123Label().validate("x") is optional.none(), or the list of what is wrong.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/cel/network.h"
#include "engine/cel/numbers.h"
#include "engine/cel/run.h"
#include "engine/cel/times.h"

namespace pratique::cel {
namespace {

using Arguments = std::span<const Value>;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || is_digit(c); }

bool is_label(std::string_view text, bool starts_with_letter) {
  return !text.empty() && text.size() <= 63 && is_lower_or_digit(text.front()) && is_lower_or_digit(text.back()) &&
         (!starts_with_letter || !is_digit(text.front())) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}
bool is_dns1123_label(std::string_view text) { return is_label(text, false); }
bool is_dns1035_label(std::string_view text) { return is_label(text, true); }
bool is_dns1123_subdomain(std::string_view text) {
  if (text.size() > 253) return false;
  const auto parts = split(text, '.');
  return std::all_of(parts.begin(), parts.end(), is_dns1123_label);
}
// For a name that the API server completes: a dash may end it.
std::string completed(std::string_view prefix) {
  return prefix.ends_with('-') ? std::string(prefix.substr(0, prefix.size() - 1)) + "a" : std::string(prefix);
}
bool is_dns1123_label_prefix(std::string_view text) { return is_dns1123_label(completed(text)); }
bool is_dns1123_subdomain_prefix(std::string_view text) { return is_dns1123_subdomain(completed(text)); }
bool is_dns1035_label_prefix(std::string_view text) { return is_dns1035_label(completed(text)); }

bool is_name_part(std::string_view text) {
  const auto edge = [](char c) { return is_alpha(c) || is_digit(c); };
  return !text.empty() && text.size() <= 63 && edge(text.front()) && edge(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return edge(c) || c == '-' || c == '_' || c == '.'; });
}
bool is_qualified_name(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return is_name_part(text);
  return is_dns1123_subdomain(text.substr(0, slash)) && is_name_part(text.substr(slash + 1));
}
bool is_label_value(std::string_view text) { return text.empty() || is_name_part(text); }
bool is_uri(std::string_view text) { return parse_url(text).has_value(); }
bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = lower(text[i]);
    if (dash ? c != '-' : !is_digit(c) && !(c >= 'a' && c <= 'f')) return false;
  }
  return true;
}
bool is_byte(std::string_view text) { return decode_base64(text).has_value() && text.size() % 4 == 0; }
bool is_date(std::string_view text) {
  return text.size() == 10 && parse_timestamp(std::string(text) + "T00:00:00Z").has_value();
}
bool is_datetime(std::string_view text) { return parse_timestamp(text).has_value(); }

struct Format {
  std::string_view name, function, rule;
  bool (*test)(std::string_view);
};
constexpr std::array<Format, 13> formats = {{
    {"dns1123Label", "format.dns1123Label() -> kubernetes.NamedFormat",
     "must be at most 63 lower case letters, digits or '-', with a letter or digit at both ends", is_dns1123_label},
    {"dns1123Subdomain", "format.dns1123Subdomain() -> kubernetes.NamedFormat",
     "must be at most 253 characters: DNS labels (RFC 1123) with dots between", is_dns1123_subdomain},
    {"dns1035Label", "format.dns1035Label() -> kubernetes.NamedFormat",
     "must be at most 63 lower case letters, digits or '-', beginning with a letter, ending with a letter or digit",
     is_dns1035_label},
    {"qualifiedName", "format.qualifiedName() -> kubernetes.NamedFormat",
     "must be a name of at most 63 letters, digits, '-', '_' or '.', with an optional DNS subdomain and '/' in front",
     is_qualified_name},
    {"dns1123LabelPrefix", "format.dns1123LabelPrefix() -> kubernetes.NamedFormat",
     "must be the beginning of a DNS label (RFC 1123)", is_dns1123_label_prefix},
    {"dns1123SubdomainPrefix", "format.dns1123SubdomainPrefix() -> kubernetes.NamedFormat",
     "must be the beginning of a DNS subdomain (RFC 1123)", is_dns1123_subdomain_prefix},
    {"dns1035LabelPrefix", "format.dns1035LabelPrefix() -> kubernetes.NamedFormat",
     "must be the beginning of a DNS label (RFC 1035)", is_dns1035_label_prefix},
    {"labelValue", "format.labelValue() -> kubernetes.NamedFormat",
     "must be empty or at most 63 letters, digits, '-', '_' or '.', with a letter or digit at both ends",
     is_label_value},
    {"uri", "format.uri() -> kubernetes.NamedFormat", "must be an absolute URI or an absolute path", is_uri},
    {"uuid", "format.uuid() -> kubernetes.NamedFormat", "must be a UUID", is_uuid},
    {"byte", "format.byte() -> kubernetes.NamedFormat", "must be base64", is_byte},
    {"date", "format.date() -> kubernetes.NamedFormat", "must be a date: 2006-01-02", is_date},
    {"datetime", "format.datetime() -> kubernetes.NamedFormat", "must be a time: 2006-01-02T15:04:05Z", is_datetime},
}};

class NamedFormat final : public Opaque {
 public:
  explicit NamedFormat(const Format& format) : format_(format) {}
  std::string_view type_name() const override { return "kubernetes.NamedFormat"; }
  bool equals(const Opaque& other) const override {
    return &format_ == &static_cast<const NamedFormat&>(other).format_;
  }
  std::string text() const override { return std::string(format_.name); }
  const Format& format() const { return format_; }

 private:
  const Format& format_;
};

Value boxed(Run& run, const Format& format) {
  auto* memory = run.room(sizeof(NamedFormat));
  return memory == nullptr ? run.stopped : Value::opaque(*new (memory) NamedFormat(format));
}

template <std::size_t place>
Value named(Run& run, Arguments) {
  return boxed(run, formats[place]);
}

Value find_named(Run& run, Arguments a) {
  if (!a[0].is(Kind::text)) return {};
  const auto* found =
      std::find_if(formats.begin(), formats.end(), [&](const Format& f) { return f.name == a[0].as_text(); });
  return found == formats.end() ? Value::optional(nullptr) : run.make_optional(boxed(run, *found));
}

Value validate(Run& run, Arguments a) {
  if (!a[0].is(Kind::opaque) || a[0].as_opaque().type_name() != "kubernetes.NamedFormat" || !a[1].is(Kind::text))
    return {};
  if (!run.charge(text_cost(a[1].as_text().size()))) return run.stopped;
  const auto& format = static_cast<const NamedFormat&>(a[0].as_opaque()).format();
  if (format.test(a[1].as_text())) return Value::optional(nullptr);
  const Value wrong[] = {Value::text(format.rule)};
  return run.make_optional(run.make_list(wrong));
}

template <std::size_t... places>
constexpr auto table(std::index_sequence<places...>) {
  return std::array<Definition, sizeof...(places) + 2>{
      {{formats[places].function, named<places>}...,
       {"format.named(string) -> optional_type(kubernetes.NamedFormat)", find_named},
       {"kubernetes.NamedFormat.validate(string) -> optional_type(list(string))", validate}}};
}
constexpr auto definitions = table(std::make_index_sequence<formats.size()>());

}  // namespace

std::span<const Definition> name_format_definitions() { return definitions; }

}  // namespace pratique::cel
