#include "app/render/csv.h"

#include <string_view>

namespace pratique {
namespace {

bool is_formula(std::string_view cell) {
  constexpr std::string_view beginnings = "=+-@\t\r";
  return !cell.empty() && beginnings.find(cell.front()) != std::string_view::npos;
}

}  // namespace

std::string render_csv_line(std::span<const std::string> cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != cells.data()) line.push_back(',');
    const bool formula = is_formula(cell);
    if (cell.find_first_of(",\"\r\n\t") == std::string::npos) {
      line.append(formula ? "'" : "").append(cell);
      continue;
    }
    line.append(formula ? "\"'" : "\"");
    for (const char c : cell) line.append(c == '"' ? 2 : 1, c);
    line.push_back('"');
  }
  return line.append("\n");
}

}  // namespace pratique
