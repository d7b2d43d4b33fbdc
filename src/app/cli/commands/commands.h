// The rows of the command table. One file a noun: its rows, and what each row does: read flags, call one flow, render,
// count.
#pragma once

#include <vector>

#include "app/cli/command.h"

namespace pratique {

using Commands = std::vector<Command>;

// In the order --help lists them.
Commands scan_commands();
Commands explain_commands();
Commands sbom_read_commands();  // sbom show, validate, quality, diff
Commands inventory_commands();  // where, vuln, artifact, coverage, top, diff
Commands ingest_commands();
Commands store_commands();
Commands admit_commands();
Commands policy_commands();
Commands serve_commands();
Commands agent_commands();
Commands access_commands();  // auth token, audit
Commands cel_commands();
Commands kernel_commands();
Commands sbom_write_commands();  // sbom convert, merge
Commands identity_commands();    // purl ..., version ...
Commands database_commands();
Commands meta_commands();  // config, completion, docs, version

// What several commands share.
// The first one is the default; where there is JSON there is YAML.
Option output_option(std::vector<std::string_view> formats);
Option allow_unknown_option();

}  // namespace pratique
