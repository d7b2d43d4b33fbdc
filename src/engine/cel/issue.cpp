#include "engine/cel/issue.h"

#include <algorithm>

#include "base/text.h"

namespace pratique::cel {
namespace {

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::string place_of(std::string_view expression, std::uint32_t offset) {
  const auto [line, column] = position_of(expression, offset);
  return std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

Position position_of(std::string_view expression, std::uint32_t offset) {
  Position position;
  const auto end = std::min<std::size_t>(offset, expression.size());
  for (std::size_t i = 0; i < end; ++i) {
    if (expression[i] == '\n') {
      ++position.line;
      position.column = 1;
    } else if (starts_code_point(expression[i])) {
      ++position.column;
    }
  }
  return position;
}

std::string render(const Issue& issue, std::string_view expression) {
  constexpr std::size_t widest = 120, before = 60;
  std::string out = place_of(expression, issue.offset) + ": " + printable(issue.text);
  if (!issue.remedy.empty()) out.append("; ").append(printable(issue.remedy));
  const auto at = std::min<std::size_t>(issue.offset, expression.size());
  const auto newline = at == 0 ? std::string_view::npos : expression.rfind('\n', at - 1);
  auto start = newline == std::string_view::npos ? 0 : newline + 1;
  const auto end = std::min(expression.find('\n', at), expression.size());
  bool cut = false;
  if (at - start > before) {
    start = at - before;
    while (start < at && !starts_code_point(expression[start])) ++start;
    cut = true;
  }
  auto stop = std::min(end, start + widest);
  while (stop < end && !starts_code_point(expression[stop])) ++stop;
  const auto left = (cut ? "..." : "") + printable(expression.substr(start, at - start));
  const auto width = std::count_if(left.begin(), left.end(), starts_code_point);
  out.append("\n | ").append(left).append(printable(expression.substr(at, stop - at)));
  if (stop < end) out.append("...");
  return out.append("\n | ").append(static_cast<std::size_t>(width), ' ').append("^\n");
}

Error error_of(const Issue& issue, std::string_view expression) {
  return {issue.fault, issue.text, {place_of(expression, issue.offset)}, issue.remedy};
}

}  // namespace pratique::cel
