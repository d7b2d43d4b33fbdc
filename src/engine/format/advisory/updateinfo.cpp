// updateinfo.xml: the errata that repositories of rpms carry (createrepo's format): Amazon's, AlmaLinux', Rocky's,
// Fedora's, openSUSE's. Each notice lists the packages that mend it.
#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/platform.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/advisory/rpm_notice.h"
#include "engine/format/advisory/xml.h"

namespace pratique {
namespace {

class UpdateReader {
 public:
  explicit UpdateReader(AdvisoryEmitter& emit) : emit_(emit) {}

  XmlVisitor visitor() {
    return {.open = [this](std::string_view name, const XmlAttributes& attributes) { open(name, attributes); },
            .close = [this](std::string_view name, std::string_view text) { close(name, text); }};
  }

 private:
  void open(std::string_view name, const XmlAttributes& attributes) {
    if (name == "update") {
      notice_ = {};
      is_security_ = attributes.find("type") == "security";
    } else if (name == "issued") {
      notice_.issued = attributes.find("date");
    } else if (name == "updated") {
      notice_.updated = attributes.find("date");
    } else if (name == "reference") {
      if (const auto id = attributes.find("id"); is_cve(id)) notice_.cves.emplace_back(id);
      if (const auto type = attributes.find("type"); type == "self" || notice_.url.empty())
        notice_.url = attributes.find("href");
    } else if (name == "collection") {
      platform_.clear();
      module_.clear();
    } else if (name == "module") {
      module_ = std::string(attributes.find("name")) + ":" + std::string(attributes.find("stream"));
    } else if (name == "package") {
      notice_.packages.push_back({.name = std::string(attributes.find("name")),
                                  .epoch = std::string(attributes.find("epoch")),
                                  .version = std::string(attributes.find("version")),
                                  .release = std::string(attributes.find("release")),
                                  .module = module_,
                                  .platform = platform_});
      in_package_ = true;
    }
  }

  void close(std::string_view name, std::string_view text) {
    if (name == "package") in_package_ = false;
    if (in_package_) return;
    if (name == "id") notice_.id = text;
    if (name == "title") notice_.title = text;
    if (name == "severity") notice_.severity = text;
    if (name == "name") platform_ = text;
    if (name == "update" && is_security_) emit_notice(std::move(notice_), emit_);
  }

  AdvisoryEmitter& emit_;
  RpmNotice notice_;
  std::string module_, platform_;
  bool is_security_ = false, in_package_ = false;
};

}  // namespace

Result<void> read_updateinfo(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  UpdateReader reader(emit);
  return read_xml(input.bytes.view(), input.limits, reader.visitor());
}

}  // namespace pratique
