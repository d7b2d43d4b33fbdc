// What each command of the table does. One file a noun; every one reads flags, calls one flow, renders, and counts.
#pragma once

#include "app/cli/command.h"

namespace pratique {

Result<int> run_scan(const Invocation&, Console&);
Result<int> run_ingest(const Invocation&, Console&);
Result<int> run_where(const Invocation&, Console&);
Result<int> run_db_build(const Invocation&, Console&);
Result<int> run_db_status(const Invocation&, Console&);
Result<int> run_admit(const Invocation&, Console&);
Result<int> run_serve(const Invocation&, Console&);
Result<int> run_kernel_list(const Invocation&, Console&);
Result<int> run_config_show(const Invocation&, Console&);
Result<int> run_completion(const Invocation&, Console&);
Result<int> run_docs(const Invocation&, Console&);
Result<int> run_version(const Invocation&, Console&);

}  // namespace pratique
