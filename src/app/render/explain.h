// A finding with all that proves it, and why an advisory gives none; for people and for programs (docs/reports.md).
#pragma once

#include <string>
#include <vector>

#include "app/render/table.h"
#include "flow/explain.h"

namespace pratique {

struct Explanation {
  ReportedFinding of;
  std::string generation;  // of the advisory database
  std::string differs;     // what came out when the comparison was run again, where that was something else; else empty
};

std::string render_explanation_table(const Explanation& explanation, const Look& look);
std::string render_explanation_json(const Explanation& explanation);

struct WhyNotReport {
  std::string artifact, generation;
  WhyNot answer;
  std::vector<Explanation> findings;  // where it is one
};

std::string render_why_not_table(const WhyNotReport& report, const Look& look);
std::string render_why_not_json(const WhyNotReport& report);

}  // namespace pratique
