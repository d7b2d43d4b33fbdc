#include "flow/scan.h"

#include "model/ecosystem.h"

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

Result<Bill> bill_of_package(std::string_view purl) {
  PRATIQUE_TRY(const Purl parts, parse_purl(purl));
  Bill bill;
  Component component;
  component.purl = bill.pool->keep(render_purl(parts));
  const bool is_whole_name = parts.name_space.empty() || is_distribution_type(parts.type);
  component.name = bill.pool->keep(is_whole_name ? parts.name : parts.name_space + "/" + parts.name);
  component.version = bill.pool->keep(parts.version);
  bill.components.push_back(component);
  return bill;
}

}  // namespace pratique
