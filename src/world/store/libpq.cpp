#include "world/store/libpq.h"

#include <dlfcn.h>

namespace pratique {
namespace {

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

// The name carries the version of the interface, which has been 5 since 2006; pipelines are there since PostgreSQL 14.
Result<Libpq> load() {
  void* const library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    return Error{Fault::unavailable,
                 std::string("libpq cannot be loaded: ") + (why != nullptr ? why : "unknown"),
                 {},
                 "install libpq5, or keep the store in a file"};
  }
  Libpq pq;
  const bool whole =
      find(library, "PQconnectdbParams", pq.connect) && find(library, "PQfinish", pq.finish) &&
      find(library, "PQreset", pq.reset) && find(library, "PQstatus", pq.status) &&
      find(library, "PQerrorMessage", pq.error_message) &&
      find(library, "PQsetNoticeProcessor", pq.set_notice_processor) && find(library, "PQconninfoParse", pq.parse) &&
      find(library, "PQconninfoFree", pq.free_options) && find(library, "PQfreemem", pq.free_memory) &&
      find(library, "PQexec", pq.exec) && find(library, "PQprepare", pq.prepare) &&
      find(library, "PQexecPrepared", pq.exec_prepared) && find(library, "PQsendQueryPrepared", pq.send_prepared) &&
      find(library, "PQenterPipelineMode", pq.enter_pipeline) &&
      find(library, "PQexitPipelineMode", pq.exit_pipeline) && find(library, "PQpipelineSync", pq.pipeline_sync) &&
      find(library, "PQgetResult", pq.get_result) && find(library, "PQputCopyData", pq.put_copy_data) &&
      find(library, "PQputCopyEnd", pq.put_copy_end) && find(library, "PQresultStatus", pq.result_status) &&
      find(library, "PQresultErrorField", pq.error_field) && find(library, "PQntuples", pq.rows) &&
      find(library, "PQgetvalue", pq.value) && find(library, "PQgetlength", pq.length) &&
      find(library, "PQgetisnull", pq.is_null) && find(library, "PQclear", pq.clear);
  if (!whole) return Error{Fault::unavailable, "libpq is older than PostgreSQL 14", {}, "install a newer libpq5"};
  return pq;
}

}  // namespace

const Result<Libpq>& libpq() {
  static const Result<Libpq> loaded = load();
  return loaded;
}

}  // namespace pratique
