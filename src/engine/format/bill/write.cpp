// write_bill: chooses the writer, and gives a document without a serial number one that comes from its content.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "engine/format/bill/cyclonedx_writer.h"
#include "engine/format/bill/plan.h"
#include "engine/format/bill/spdx_writer.h"

namespace pratique {

namespace {

struct Target {
  BillFormat format;
  std::string_view version;  // the one that most tools read first
};

constexpr std::array<Target, 10> targets = {{{BillFormat::cyclonedx_json, "1.6"},
                                             {BillFormat::cyclonedx_json, "1.7"},
                                             {BillFormat::cyclonedx_xml, "1.6"},
                                             {BillFormat::cyclonedx_xml, "1.7"},
                                             {BillFormat::cyclonedx_protobuf, "1.6"},
                                             {BillFormat::cyclonedx_protobuf, "1.7"},
                                             {BillFormat::spdx_json, "2.3"},
                                             {BillFormat::spdx_tag_value, "2.3"},
                                             {BillFormat::spdx3_json, "3.0.1"},
                                             {BillFormat::purls, ""}}};

const Target* target_of(BillFormat format, std::string_view version) {
  const auto found = std::find_if(targets.begin(), targets.end(), [&](const Target& target) {
    return target.format == format && (version.empty() || version == target.version);
  });
  return found == targets.end() ? nullptr : &*found;
}

std::string write_purls(const BillPlan& plan) {
  std::set<std::string_view> purls;
  for (const Component& component : plan.bill().components)
    if (!component.purl.empty()) purls.insert(component.purl);
  std::string text;
  for (const std::string_view purl : purls) text.append(purl).append("\n");
  for (std::uint32_t i = 0; i < plan.bill().components.size(); ++i)
    if (plan.bill().components[i].purl.empty()) plan.losses().add("component without a package URL", i);
  return text;
}

std::string write_as(const BillPlan& plan, const Target& target, std::string_view serial) {
  constexpr auto compact = JsonLayout::compact, indented = JsonLayout::indented;
  switch (target.format) {
    case BillFormat::cyclonedx_json: return write_cyclonedx_json(plan, target.version, serial, indented) + "\n";
    case BillFormat::cyclonedx_xml:
      return cyclonedx_xml_of(write_cyclonedx_json(plan, target.version, serial, compact), plan.losses());
    case BillFormat::cyclonedx_protobuf:
      return cyclonedx_protobuf_of(write_cyclonedx_json(plan, target.version, serial, compact));
    case BillFormat::spdx_json: return write_spdx_json(plan, serial, indented) + "\n";
    case BillFormat::spdx_tag_value: return spdx_tag_value_of(write_spdx_json(plan, serial, compact), plan.losses());
    case BillFormat::spdx3_json: return write_spdx3_json(plan, serial, indented) + "\n";
    default: return write_purls(plan);
  }
}

bool can_say_serial(const Bill& bill, BillFormat format) {
  const bool is_cyclonedx = format <= BillFormat::cyclonedx_protobuf;
  return is_cyclonedx ? is_cyclonedx_serial(bill.serial) : is_spdx_namespace(bill.serial);
}

// A UUID of version 8 (RFC 9562, section 5.8): the content decides all of it but version and variant.
std::string serial_of(std::string_view content) {
  std::string hex(sha256_of(content).hex().substr(0, 32));
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) +
         "-" + hex.substr(20);
}

}  // namespace

Result<Written> write_bill(const Bill& bill, BillFormat format, const WriteOptions& options) {
  const Target* target = target_of(format, options.version);
  if (target == nullptr)
    return Error{Fault::unsupported,
                 std::string(name_of(format)) + " " + printable(options.version) + " is not written",
                 {},
                 "see docs/formats.md for the formats and versions that are"};
  std::string serial;
  if (format != BillFormat::purls && !can_say_serial(bill, format)) {
    Losses losses(bill);
    serial = serial_of(write_as(BillPlan(bill, losses, options), *target, {}));
  }
  Losses losses(bill);
  std::string bytes = write_as(BillPlan(bill, losses, options), *target, serial);
  return Written{std::move(bytes), std::move(losses).take()};
}

Result<BillTarget> bill_target_named(std::string_view text) {
  const auto at = std::min(text.find('@'), text.size());
  const std::string_view name = text.substr(0, at), version = text.substr(std::min(at + 1, text.size()));
  std::string all;
  for (const Target& target : targets) {
    const bool same_version = at == text.size() || version == target.version;
    if (name == name_of(target.format) && same_version) return BillTarget{target.format, std::string(version)};
    all.append(all.empty() ? "" : ", ").append(name_of(target.format));
    if (!target.version.empty()) all.append("@").append(target.version);
  }
  return Error{Fault::usage, "no bill is written as '" + printable(text) + "'", {}, "one of " + all};
}

}  // namespace pratique
