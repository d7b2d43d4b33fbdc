#include "flow/scan.h"

namespace pratique {

Result<Match> scan(const Bill& bill, const AdvisoryDb& db, CpeUse cpes) {
  PRATIQUE_TRY(const AdvisoryDb::Reader reader, db.reader());
  const AdvisoryData data{
      .each = [&](std::string_view package, std::string_view stream,
                  const AdvisoryData::Visit& visit) { return reader.each(package, stream, visit); },
      .advisory = [&](std::uint32_t number) { return reader.advisory(number); },
      .vulnerability = [&](std::string_view id) { return reader.vulnerability(id); },
      .covers = [&](std::string_view type, std::string_view stream) { return db.covers(type, stream); },
  };
  return match(bill, data, cpes);
}

}  // namespace pratique
