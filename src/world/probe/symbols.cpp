#include "world/probe/symbols.h"

#include "base/text.h"

namespace pratique {
namespace {

// Calls visit(line) for each.
template <class Visit>
void for_each_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool begins_function(std::string_view line) { return !line.empty() && line.front() != ' ' && line.front() != '\t'; }

std::string function_in(std::string_view line) {
  constexpr std::string_view lsm = "bpf_lsm_";
  const auto name = line.substr(0, line.find_first_of(" \t"));
  return std::string(name.starts_with(lsm) ? name.substr(lsm.size()) : name);
}

}  // namespace

std::map<std::string, std::string> parse_program_symbols(std::string_view text) {
  constexpr std::string_view start = "bpf_prog_";
  constexpr std::size_t digits = 16;
  std::map<std::string, std::string> tags;
  for_each_line(text, [&](std::string_view line) {
    if (!line.ends_with("[bpf]")) return;
    const auto at = line.find(start);
    if (at == std::string_view::npos) return;
    const auto symbol = line.substr(at, line.find_first_of(" \t", at) - at);
    const auto tag = symbol.substr(start.size(), digits);
    const bool whole = tag.size() == digits && tag.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
                       (symbol.size() == start.size() + digits || symbol[start.size() + digits] == '_');
    if (whole) tags.emplace(tag, symbol);
  });
  return tags;
}

std::set<std::string> parse_trampolines(std::string_view text) {
  std::set<std::string> functions;
  std::string_view last;  // what it calls may stand on a line of its own
  for_each_line(text, [&](std::string_view line) {
    if (begins_function(line)) last = line;
    if (!last.empty() && line.find("bpf_trampoline_") != std::string_view::npos) functions.insert(function_in(last));
  });
  return functions;
}

std::set<std::string> parse_traced_functions(std::string_view text) {
  std::set<std::string> functions;
  for_each_line(text, [&](std::string_view line) {
    if (begins_function(line)) functions.insert(function_in(line));
  });
  return functions;
}

}  // namespace pratique
