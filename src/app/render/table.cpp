#include "app/render/table.h"

#include <algorithm>

#include "base/text.h"

namespace pratique {
namespace {

std::string_view code_of(Style style) {
  switch (style) {
    case Style::plain: return "";
    case Style::bold: return "1";
    case Style::dim: return "2";
    case Style::red: return "31";
    case Style::yellow: return "33";
    case Style::green: return "32";
    case Style::magenta: return "35";
  }
  return "";
}

bool is_wide(unsigned code) {
  return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
         (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
         (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x1F300 && code <= 0x1F9FF);
}

}  // namespace

std::string styled(std::string_view text, Style style, bool color) {
  if (!color || style == Style::plain) return std::string(text);
  return "\x1b[" + std::string(code_of(style)) + "m" + std::string(text) + "\x1b[0m";
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned code = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    width += is_wide(code) ? 2 : 1;
    i += length;
  }
  return width;
}

std::string render_table(const Table& table, const Look& look) {
  if (table.rows.empty()) return {};
  std::vector<std::size_t> width(table.columns.size(), 0);
  std::vector<std::vector<std::string>> text;
  text.reserve(table.rows.size());
  if (look.headers)
    for (std::size_t c = 0; c < width.size(); ++c) width[c] = display_width(table.columns[c]);
  for (const auto& row : table.rows) {
    auto& line = text.emplace_back();
    for (std::size_t c = 0; c < width.size(); ++c) {
      line.push_back(printable(row[c].text));
      width[c] = std::max(width[c], display_width(line.back()));
    }
  }

  std::string out;
  const auto put = [&](std::size_t column, std::string_view cell, Style style) {
    const bool last = column + 1 == width.size();
    out += styled(cell, style, look.color);
    if (!last) out.append(width[column] - display_width(cell) + 2, ' ');
  };
  const auto end_line = [&] {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
  };
  if (look.headers) {
    for (std::size_t c = 0; c < width.size(); ++c) put(c, table.columns[c], Style::bold);
    end_line();
  }
  for (std::size_t r = 0; r < text.size(); ++r) {
    for (std::size_t c = 0; c < width.size(); ++c) put(c, text[r][c], table.rows[r][c].style);
    end_line();
  }
  return out;
}

}  // namespace pratique
