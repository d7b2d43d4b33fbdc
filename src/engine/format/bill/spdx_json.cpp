#include "engine/format/bill/readers.h"
#include "engine/format/bill/spdx.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

constexpr std::uint64_t describes_list = std::uint64_t{1} << 63;  // documentDescribes, not relationships

std::string place_text(std::uint64_t number) {
  if (number & describes_list) return "/documentDescribes/" + std::to_string(number & ~describes_list);
  return "/relationships/" + std::to_string(number);
}

class SpdxJson {
 public:
  SpdxJson(BillBuilder& bill, SpdxBuilder& spdx, JsonReader& reader) : spdx_(spdx), bill_(bill), reader_(reader) {}

  void document(JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      const std::string_view key = top.key();
      JsonValue& value = top.value();
      if (key == "packages")
        packages(value);
      else if (key == "files")
        files(value);
      else if (key == "relationships")
        relationships(value);
      else if (key == "spdxVersion")
        version_ = value.text();
      else if (key == "name")
        spdx_.document_name(value.text());
      else if (key == "documentNamespace")
        bill_.bill().serial = value.text();
      else if (key == "creationInfo")
        creation(value);
      else if (key == "documentDescribes")
        described(value);
      else if (key == "hasExtractedLicensingInfos")
        extracted_licenses(value);
      else if (key == "snippets")
        snippets(value);
      else if (key == "annotations")
        annotations(value, Bill::document_index);
    }
  }
  std::string_view version() const { return version_; }

 private:
  void aside(JsonValue& value, std::string reason) {
    if (!reason.empty()) value.set_aside(std::move(reason));
  }

  void packages(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      const std::uint32_t index = spdx_.open();
      for (JsonObject package = list.value().object(); package.next();) member(index, package.key(), package.value());
      aside(list.value(), spdx_.close(index));
      if (bill_.full()) return reader_.fail({Fault::limit, "more packages than the limit", {list.value().place()}, {}});
    }
  }

  void member(std::uint32_t index, std::string_view key, JsonValue& value) {
    const SpdxField field = spdx_field(key);
    if (field != SpdxField::unknown)
      aside(value, spdx_.text(index, field, value.text()));
    else if (key == "externalRefs")
      external_references(value, index);
    else if (key == "checksums")
      checksums(value, index);
    else if (key == "hasFiles")
      for (JsonArray list = value.array(); list.next();) spdx_.has_file(index, list.value().text());
    else if (key == "attributionTexts")
      for (JsonArray list = value.array(); list.next();) spdx_.text(index, SpdxField::attribution, list.value().text());
    else if (key == "annotations")
      annotations(value, index);
    else if (key == "licenseInfoFromFiles")
      observed_licenses(value, index);
  }

  void external_references(JsonValue& value, std::uint32_t index) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view type, locator;
      for (JsonObject reference = list.value().object(); reference.next();) {
        if (reference.key() == "referenceType")
          type = reference.value().text();
        else if (reference.key() == "referenceLocator")
          locator = reference.value().text();
      }
      aside(list.value(), spdx_.external_reference(index, type, locator));
    }
  }

  void checksums(JsonValue& value, std::uint32_t index) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view algorithm, digits;
      for (JsonObject checksum = list.value().object(); checksum.next();) {
        if (checksum.key() == "algorithm")
          algorithm = checksum.value().text();
        else if (checksum.key() == "checksumValue")
          digits = checksum.value().text();
      }
      aside(list.value(), bill_.hash(index, algorithm, digits));
    }
  }

  void annotations(JsonValue& value, std::uint32_t index) {
    for (JsonArray list = value.array(); list.next_object();)
      for (JsonObject annotation = list.value().object(); annotation.next();)
        if (annotation.key() == "comment") take_annotation(bill_, index, annotation.value().text());
  }

  void observed_licenses(JsonValue& value, std::uint32_t index) {
    for (JsonArray list = value.array(); list.next();) {
      const std::string_view text = list.value().text();
      if (text != "NOASSERTION") bill_.license(index, DetailKind::observed_license, "expression", text);
    }
  }

  void files(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view id, name;
      for (JsonObject file = list.value().object(); file.next();) {
        if (file.key() == "SPDXID")
          id = file.value().text();
        else if (file.key() == "fileName")
          name = file.value().text();
      }
      if (id.empty()) list.value().set_aside("a file without SPDXID");
      spdx_.file(id, name);
    }
  }

  void snippets(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();)
      for (JsonObject snippet = list.value().object(); snippet.next();)
        if (snippet.key() == "SPDXID") spdx_.file(snippet.value().text(), {});
  }

  void relationships(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view from, type, to;
      for (JsonObject relationship = list.value().object(); relationship.next();) {
        const std::string_view key = relationship.key();
        if (key == "spdxElementId")
          from = relationship.value().text();
        else if (key == "relationshipType")
          type = relationship.value().text();
        else if (key == "relatedSpdxElement")
          to = relationship.value().text();
      }
      if (from.empty() || type.empty() || to.empty())
        list.value().set_aside("a relationship without both its elements and type");
      else
        spdx_.relate(from, type, to, list.index());
    }
  }

  void described(JsonValue& value) {
    for (JsonArray list = value.array(); list.next();)
      spdx_.describes(list.value().text(), describes_list | list.index());
  }

  void creation(JsonValue& value) {
    for (JsonObject info = value.object(); info.next();) {
      if (info.key() == "created")
        aside(info.value(), bill_.created(info.value().text()));
      else if (info.key() == "creators")
        for (JsonArray list = info.value().array(); list.next();) spdx_.creator(list.value().text());
    }
  }

  void extracted_licenses(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view id, name, text, comment;
      for (JsonObject license = list.value().object(); license.next();) {
        const std::string_view key = license.key();
        if (key == "licenseId")
          id = license.value().text();
        else if (key == "name")
          name = license.value().text();
        else if (key == "extractedText")
          text = license.value().text();
        else if (key == "comment")
          comment = license.value().text();
      }
      spdx_.extracted_license(id, name, text, comment);
    }
  }

  SpdxBuilder& spdx_;
  BillBuilder& bill_;
  JsonReader& reader_;
  std::string_view version_;
};

}  // namespace

Result<Bill> read_spdx(Bytes document, BillFormat format, const Limits& limits) {
  BillBuilder bill(std::move(document), format, limits);
  SpdxBuilder spdx(bill);
  JsonReader reader(bill.pool(), limits);
  SpdxJson json(bill, spdx, reader);
  PRATIQUE_DO(reader.read(bill.document(), [&](JsonValue& root) { json.document(root); }));
  PRATIQUE_DO(check_spdx_version(json.version()));
  bill.bill().spec_version = json.version().substr(std::string_view("SPDX-").size());
  bill.set_aside(reader.take_rejected());
  return spdx.finish(place_text);
}

Result<Bill> read_spdx_json(Bytes document, const Limits& limits) {
  return read_spdx(std::move(document), BillFormat::spdx_json, limits);
}

}  // namespace pratique
