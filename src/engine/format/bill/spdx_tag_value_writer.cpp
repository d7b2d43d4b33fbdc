// SPDX tag-value, transcribed from its JSON: a member becomes a tag, an object a line or a block of tags.
#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"
#include "engine/format/bill/cyclonedx_writer.h"
#include "engine/format/bill/spdx_writer.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

struct Tag {
  std::string_view key, tag;
  bool many_lines = false;
};

constexpr std::array<Tag, 5> document_tags = {{{"spdxVersion", "SPDXVersion"},
                                               {"dataLicense", "DataLicense"},
                                               {"SPDXID", "SPDXID"},
                                               {"name", "DocumentName"},
                                               {"documentNamespace", "DocumentNamespace"}}};

constexpr std::array<Tag, 19> package_tags = {{{"name", "PackageName"},
                                               {"SPDXID", "SPDXID"},
                                               {"versionInfo", "PackageVersion"},
                                               {"packageFileName", "PackageFileName"},
                                               {"supplier", "PackageSupplier"},
                                               {"originator", "PackageOriginator"},
                                               {"downloadLocation", "PackageDownloadLocation"},
                                               {"homepage", "PackageHomePage"},
                                               {"sourceInfo", "PackageSourceInfo", true},
                                               {"licenseConcluded", "PackageLicenseConcluded"},
                                               {"licenseInfoFromFiles", "PackageLicenseInfoFromFiles"},
                                               {"licenseDeclared", "PackageLicenseDeclared"},
                                               {"copyrightText", "PackageCopyrightText", true},
                                               {"summary", "PackageSummary", true},
                                               {"description", "PackageDescription", true},
                                               {"comment", "PackageComment", true},
                                               {"attributionTexts", "PackageAttributionText", true},
                                               {"primaryPackagePurpose", "PrimaryPackagePurpose"},
                                               {"filesAnalyzed", "FilesAnalyzed"}}};

class TagWriter {
 public:
  explicit TagWriter(Losses& losses) : losses_(losses) {}

  std::string document(JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      const std::string key(top.key());
      if (key == "creationInfo")
        creation(top.value());
      else if (key == "packages")
        for (JsonArray list = top.value().array(); list.next();) package(list.value());
      else if (key == "hasExtractedLicensingInfos")
        for (JsonArray list = top.value().array(); list.next();) license(list.value());
      else if (key == "relationships")
        relationships(top.value());
      else if (key == "annotations")
        annotations(top.value(), "SPDXRef-DOCUMENT");
      else
        member(document_tags, key, top.value());
    }
    return std::move(out_);
  }

 private:
  // A value on its line. Readers trim it; a line break would end it.
  void line(std::string_view tag, std::string_view value) {
    std::string text(value);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    if (text != value || trim(text).size() != text.size() || text.starts_with("<text>"))
      losses_.add("text", Bill::document_index, value);
    out_.append(tag).append(": ").append(text).append("\n");
  }

  void lines(std::string_view tag, std::string_view value) {
    const bool is_plain = value == "NONE" || value == "NOASSERTION";
    if (is_plain) return line(tag, value);
    if (value.find("</text>") != std::string_view::npos) losses_.add("text", Bill::document_index, value);
    std::string text(value);
    for (auto at = text.find("</text>"); at != std::string::npos; at = text.find("</text>", at)) text.erase(at, 1);
    out_.append(tag).append(": <text>").append(text).append("</text>\n");
  }

  void member(std::span<const Tag> tags, std::string_view key, JsonValue& value) {
    const auto tag = std::find_if(tags.begin(), tags.end(), [&](const Tag& t) { return t.key == key; });
    check(tag != tags.end(), "every member that is written has its tag");
    const auto write = [&](std::string_view text) { tag->many_lines ? lines(tag->tag, text) : line(tag->tag, text); };
    if (value.kind() == JsonKind::array)
      for (JsonArray list = value.array(); list.next();) write(list.value().text());
    else if (value.kind() == JsonKind::boolean)
      write(*value.boolean() ? "true" : "false");
    else
      write(value.text());
  }

  void creation(JsonValue& value) {
    for (JsonObject info = value.object(); info.next();) {
      if (info.key() == "created") line("Created", info.value().text());
      if (info.key() != "creators") continue;
      for (JsonArray list = info.value().array(); list.next();) line("Creator", list.value().text());
    }
  }

  void package(JsonValue& value) {
    out_ += "\n";
    std::string id;
    for (JsonObject object = value.object(); object.next();) {
      const std::string key(object.key());
      if (key == "SPDXID") id = object.value().text();
      if (key == "checksums")
        for (JsonArray list = object.value().array(); list.next();) parts("PackageChecksum", list.value(), ": ");
      else if (key == "externalRefs")
        for (JsonArray list = object.value().array(); list.next();) parts("ExternalRef", list.value(), " ");
      else if (key == "annotations")
        annotations(object.value(), id);
      else if (key == "SPDXID")
        line("SPDXID", id);
      else
        member(package_tags, key, object.value());
    }
  }

  // The members' texts behind one tag.
  void parts(std::string_view tag, JsonValue& value, std::string_view separator) {
    std::string text;
    for (JsonObject object = value.object(); object.next();)
      text.append(text.empty() ? "" : separator).append(object.value().text());
    line(tag, text);
  }

  void license(JsonValue& value) {
    out_ += "\n";
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "licenseId") line("LicenseID", object.value().text());
      if (key == "extractedText") lines("ExtractedText", object.value().text());
      if (key == "name") line("LicenseName", object.value().text());
      if (key == "comment") lines("LicenseComment", object.value().text());
    }
  }

  void relationships(JsonValue& value) {
    out_ += "\n";
    for (JsonArray list = value.array(); list.next();) parts("Relationship", list.value(), " ");
  }

  void annotations(JsonValue& value, std::string_view of) {
    for (JsonArray list = value.array(); list.next();)
      for (JsonObject object = list.value().object(); object.next();) {
        const std::string_view key = object.key();
        if (key == "annotator") line("Annotator", object.value().text());
        if (key == "annotationDate") line("AnnotationDate", object.value().text());
        if (key == "annotationType") line("AnnotationType", object.value().text());
        if (key != "comment") continue;
        line("SPDXREF", of);
        lines("AnnotationComment", object.value().text());
      }
  }

  Losses& losses_;
  std::string out_;
};

}  // namespace

std::string spdx_tag_value_of(std::string_view json, Losses& losses) {
  std::string text;
  TextPool pool;
  const Bytes document = Bytes::copy_of(json);
  JsonReader reader(pool, own_document_limits);
  const auto read = reader.read(document, [&](JsonValue& root) { text = TagWriter(losses).document(root); });
  check(read.has_value(), "what the JSON writer wrote is JSON");
  return text;
}

}  // namespace pratique
