// CSV for spreadsheets (RFC 4180, but lines end with LF as everything here). The surprise: a cell that a spreadsheet
// would run as a formula gets an apostrophe in front (OWASP, "CSV Injection").
#pragma once

#include <span>
#include <string>

namespace pratique {

std::string render_csv_line(std::span<const std::string> cells);

}  // namespace pratique
