// SPDX tag-value (SPDX 2.3, clause 6 and following): lines "Tag: value"; a value between <text> and </text> may have
// many.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/format/bill/readers.h"
#include "engine/format/bill/spdx.h"

namespace pratique {

namespace {

struct Tag {
  std::string_view name;
  SpdxField field;
};

constexpr std::array<Tag, 16> package_tags = {{{"PackageVersion", SpdxField::version},
                                               {"PackageDownloadLocation", SpdxField::download_location},
                                               {"PackageLicenseConcluded", SpdxField::concluded_license},
                                               {"PackageLicenseDeclared", SpdxField::declared_license},
                                               {"PackageCopyrightText", SpdxField::copyright},
                                               {"PackageSupplier", SpdxField::supplier},
                                               {"PackageOriginator", SpdxField::originator},
                                               {"PackageHomePage", SpdxField::homepage},
                                               {"PackageFileName", SpdxField::file_name},
                                               {"PackageSourceInfo", SpdxField::source_info},
                                               {"PackageSummary", SpdxField::summary},
                                               {"PackageDescription", SpdxField::description},
                                               {"PackageComment", SpdxField::comment},
                                               {"PackageAttributionText", SpdxField::attribution},
                                               {"PrimaryPackagePurpose", SpdxField::purpose},
                                               {"SPDXID", SpdxField::id}}};

// "  SHA1:  85ed08 " -> {"SHA1", "85ed08"}
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  text = trim(text);
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {trim(text.substr(0, at)), trim(text.substr(at + 1))};
}

// Lines end with LF, CR LF or, as some tools of old write them, CR.
std::size_t line_end(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of("\r\n", at), text.size());
}

std::size_t next_line(std::string_view text, std::size_t end) { return end + (text.substr(end, 2) == "\r\n" ? 2 : 1); }

class TagValue {
 public:
  TagValue(BillBuilder& bill, SpdxBuilder& spdx, const Limits& limits) : bill_(bill), spdx_(spdx), limits_(limits) {}

  Result<void> read(std::string_view text) {
    for (std::size_t at = 0; at < text.size() && !bill_.full();) {
      const auto end = line_end(text, at);
      const std::string_view line = text.substr(at, end - at);
      at = next_line(text, end);
      line_ = ++next_line_;
      const auto colon = line.find(':');
      const std::string_view tag = trim(line.substr(0, colon));
      if (tag.empty() || tag.front() == '#') continue;
      if (colon == std::string_view::npos) {
        aside("not a tag and a value");
        continue;
      }
      std::string_view value = trim(line.substr(colon + 1));
      constexpr std::string_view open = "<text>", close = "</text>";
      if (value.starts_with(open)) {
        const auto start = static_cast<std::size_t>(value.data() - text.data()) + open.size();
        const auto closed = text.find(close, start);
        if (closed == std::string_view::npos)
          return Error{Fault::malformed, "a <text> that nothing closes", {place(line_)}, {}};
        value = text.substr(start, closed - start);
        next_line_ += static_cast<std::uint64_t>(std::count(value.begin(), value.end(), '\n'));
        at = next_line(text, line_end(text, closed));
      }
      if (value.size() > limits_.text) return Error{Fault::limit, "a value longer than the limit", {place(line_)}, {}};
      take(tag, value);
    }
    end_section();
    end_package();
    return {};
  }

  std::string_view version() const { return version_; }
  static std::string place(std::uint64_t line) { return "line " + std::to_string(line); }

 private:
  enum class Section : std::uint8_t { document, package, file, snippet, license };

  void aside(std::string reason) {
    if (!reason.empty()) bill_.set_aside(place(line_), std::move(reason));
  }

  void end_section() {
    if (section_ == Section::file) spdx_.file(file_id_, file_name_);
    if (section_ == Section::file && package_ != no_component && !file_id_.empty()) spdx_.has_file(package_, file_id_);
    if (section_ == Section::license)
      spdx_.extracted_license(license_id_, license_name_, license_text_, license_comment_);
    file_id_ = file_name_ = license_id_ = license_name_ = license_text_ = license_comment_ = {};
  }

  void end_package() {
    if (package_ == no_component) return;
    if (std::string reason = spdx_.close(package_); !reason.empty())
      bill_.set_aside(place(package_line_), std::move(reason));
    package_ = no_component;
  }

  // Tags that begin a section, or may stand in any.
  void take(std::string_view tag, std::string_view value) {
    if (tag == "PackageName") {
      begin(Section::package);
      end_package();
      package_ = spdx_.open();
      package_line_ = line_;
      aside(spdx_.text(package_, SpdxField::name, value));
    } else if (tag == "FileName") {
      begin(Section::file);
      file_name_ = value;
    } else if (tag == "SnippetSPDXID" || tag == "SnippetSPDXIdentifier") {
      begin(Section::snippet);
      spdx_.file(value, {});
    } else if (tag == "LicenseID") {
      begin(Section::license);
      license_id_ = value;
    } else if (tag == "Relationship") {
      relationship(value);
    } else if (tag == "Annotator") {
      annotated_ = annotation_ = {};
    } else if (tag == "SPDXREF" || tag == "AnnotationComment") {
      (tag == "SPDXREF" ? annotated_ : annotation_) = value;
      if (!annotated_.empty() && !annotation_.empty()) spdx_.annotate(annotated_, annotation_);
    } else if (section_ == Section::package) {
      package_tag(tag, value);
    } else if (section_ == Section::file) {
      if (tag == "SPDXID") file_id_ = value;
    } else if (section_ == Section::license) {
      if (tag == "ExtractedText") license_text_ = value;
      if (tag == "LicenseName") license_name_ = value;
      if (tag == "LicenseComment") license_comment_ = value;
    } else if (section_ == Section::document) {
      document_tag(tag, value);
    }
  }

  void begin(Section section) {
    end_section();
    if (section == Section::license || section == Section::snippet) end_package();
    section_ = section;
  }

  void package_tag(std::string_view tag, std::string_view value) {
    if (const Tag* known = row_named(package_tags, tag)) return aside(spdx_.text(package_, known->field, value));
    if (tag == "PackageChecksum") {
      const auto [algorithm, digits] = cut(value, ':');
      aside(bill_.hash(package_, algorithm, digits));
    } else if (tag == "ExternalRef") {
      const auto [category, rest] = cut(value, ' ');
      const auto [type, locator] = cut(rest, ' ');
      aside(spdx_.external_reference(package_, type, locator));
    } else if (tag == "PackageLicenseInfoFromFiles" && value != "NOASSERTION") {
      bill_.license(package_, DetailKind::observed_license, "expression", value);
    }
  }

  void document_tag(std::string_view tag, std::string_view value) {
    if (tag == "SPDXVersion")
      version_ = value;
    else if (tag == "DocumentName")
      spdx_.document_name(value);
    else if (tag == "DocumentNamespace")
      bill_.bill().serial = value;
    else if (tag == "Creator")
      spdx_.creator(value);
    else if (tag == "Created")
      aside(bill_.created(value));
  }

  void relationship(std::string_view value) {
    const auto [from, rest] = cut(value, ' ');
    const auto [type, to] = cut(rest, ' ');
    if (to.empty()) return aside("a relationship without both its elements and type");
    spdx_.relate(from, type, to, line_);
  }

  BillBuilder& bill_;
  SpdxBuilder& spdx_;
  const Limits& limits_;
  std::uint64_t line_ = 0, next_line_ = 0, package_line_ = 0;
  Section section_ = Section::document;
  std::uint32_t package_ = no_component;
  std::string_view version_, file_id_, file_name_, license_id_, license_name_, license_text_, license_comment_;
  std::string_view annotated_, annotation_;
};

}  // namespace

Result<Bill> read_spdx_tag_value(Bytes document, const Limits& limits) {
  if (!is_utf8(document.view()) || document.view().find('\0') != std::string_view::npos)
    return Error{Fault::malformed, "not a text in UTF-8", {}, {}};
  BillBuilder bill(std::move(document), BillFormat::spdx_tag_value, limits);
  SpdxBuilder spdx(bill);
  TagValue reader(bill, spdx, limits);
  PRATIQUE_DO(reader.read(bill.document().view()));
  PRATIQUE_DO(check_spdx_version(reader.version()));
  bill.bill().spec_version = reader.version().substr(std::string_view("SPDX-").size());
  return spdx.finish(TagValue::place);
}

}  // namespace pratique
