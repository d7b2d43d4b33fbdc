#include "world/store/libpq.h"

#include "base/library.h"

namespace pratique {
namespace {

// The name carries the version of the interface, which has been 5 since 2006; pipelines are there since PostgreSQL 14.
Result<Libpq> load() {
  PRATIQUE_TRY(const auto library, SharedLibrary::load("libpq.so.5", "install libpq5, or keep the store in a file"));
  Libpq pq;
  const bool whole =
      library.find("PQconnectdbParams", pq.connect) && library.find("PQfinish", pq.finish) &&
      library.find("PQreset", pq.reset) && library.find("PQstatus", pq.status) &&
      library.find("PQerrorMessage", pq.error_message) &&
      library.find("PQsetNoticeProcessor", pq.set_notice_processor) && library.find("PQconninfoParse", pq.parse) &&
      library.find("PQconninfoFree", pq.free_options) && library.find("PQfreemem", pq.free_memory) &&
      library.find("PQexec", pq.exec) && library.find("PQprepare", pq.prepare) &&
      library.find("PQexecPrepared", pq.exec_prepared) && library.find("PQsendQueryPrepared", pq.send_prepared) &&
      library.find("PQenterPipelineMode", pq.enter_pipeline) && library.find("PQexitPipelineMode", pq.exit_pipeline) &&
      library.find("PQpipelineSync", pq.pipeline_sync) && library.find("PQgetResult", pq.get_result) &&
      library.find("PQputCopyData", pq.put_copy_data) && library.find("PQputCopyEnd", pq.put_copy_end) &&
      library.find("PQresultStatus", pq.result_status) && library.find("PQresultErrorField", pq.error_field) &&
      library.find("PQntuples", pq.rows) && library.find("PQgetvalue", pq.value) &&
      library.find("PQgetlength", pq.length) && library.find("PQgetisnull", pq.is_null) &&
      library.find("PQclear", pq.clear);
  if (!whole) return Error{Fault::unavailable, "libpq is older than PostgreSQL 14", {}, "install a newer libpq5"};
  return pq;
}

}  // namespace

const Result<Libpq>& libpq() {
  static const Result<Libpq> loaded = load();
  return loaded;
}

}  // namespace pratique
