// What the commands about the advisory database print.
#pragma once

#include <string>
#include <vector>

#include "app/render/table.h"
#include "flow/delta.h"
#include "flow/update.h"
#include "model/advisory.h"
#include "world/advisorydb/advisorydb.h"

namespace pratique {

std::string render_database_status_table(const AdvisoryDbStatus& status, const Look& look);
std::string render_database_status_json(const AdvisoryDbStatus& status);

std::string render_sources_table(const Look& look);
std::string render_sources_json();

// A row for each package that an advisory speaks of.
std::string render_advisories_table(const std::vector<Advisory>& advisories, const Look& look);
std::string render_advisories_json(const std::vector<Advisory>& advisories);

std::string render_delta_table(const Delta& delta, const Look& look);
std::string render_delta_json(const Delta& delta);

std::string render_update_table(const UpdateReport& report, const Look& look);

}  // namespace pratique
