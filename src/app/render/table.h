// Table: rows in aligned columns, as people read them on a terminal. Every cell is made printable first, so that
// nothing from a document reaches the terminal as a control sequence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pratique {

enum class Style : unsigned char { plain, bold, dim, red, yellow, green, magenta };

struct Cell {
  std::string text;
  Style style = Style::plain;
  Cell(std::string_view value, Style with = Style::plain) : text(value), style(with) {}
  Cell(const char* value) : text(value) {}
  Cell(const std::string& value) : text(value) {}
};

struct Look {
  bool color = false;   // ANSI colours around styled cells
  bool headers = true;  // the line of column names
};

struct Table {
  std::vector<std::string> columns;     // "NAME", "INSTALLED"
  std::vector<std::vector<Cell>> rows;  // as many cells as columns
};

// Two blanks between columns, none at the end of a line; empty for a table without rows.
std::string render_table(const Table& table, const Look& look);

// The text inside its colour, or as it is; not made printable.
std::string styled(std::string_view text, Style style, bool color);

// Columns a terminal needs for printable UTF-8 text; East Asian wide characters count as two.
std::size_t display_width(std::string_view text);

}  // namespace pratique
