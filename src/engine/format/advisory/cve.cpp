// The CVE list's records (CVE JSON 5.0 to 5.2) and what CISA's vulnrichment adds to them as a container of its own:
// CVSS vectors and SSVC decision points for every CVE; whom it affects for the Linux kernel, whose own records are the
// best there are, and by CPE.
//
// The names of vendors and products that other records give are nobody's package names, so they match nothing here.
#include <algorithm>

#include "base/text.h"
#include "engine/format/advisory/cpe_configurations.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/linux_lists.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/json.h"
#include "engine/version/version.h"

namespace pratique {
namespace {

// affected[].versions[]: from `version` up to one of the two ends, or that version alone.
struct VersionRange {
  std::string version, less, less_or_equal, type;
  bool affected = true;
};

struct Product {
  std::string vendor, name;
  bool affected_by_default = false;
  std::vector<VersionRange> versions;
};

VersionRange read_version(JsonValue& value) {
  VersionRange range;
  for (JsonObject object = value.object(); object.next();) {
    const std::string_view key = object.key();
    if (key == "version") range.version = object.value().text();
    if (key == "lessThan") range.less = object.value().text();
    if (key == "lessThanOrEqual") range.less_or_equal = object.value().text();
    if (key == "versionType") range.type = object.value().text();
    if (key == "status") range.affected = object.value().text() == "affected";
  }
  return range;
}

Product read_product(JsonValue& value) {
  Product product;
  for (JsonObject object = value.object(); object.next();) {
    const std::string_view key = object.key();
    if (key == "vendor") product.vendor = object.value().text();
    if (key == "product") product.name = object.value().text();
    if (key == "defaultStatus") product.affected_by_default = object.value().text() == "affected";
    if (key == "versions")
      for (JsonArray list = object.value().array(); list.next_object();)
        product.versions.push_back(read_version(list.value()));
  }
  return product;
}

// "5.4.*": all of the branch. The first version of the next one is its first candidate.
std::string end_of_branch(std::string_view wildcard) {
  const std::string_view branch = wildcard.substr(0, wildcard.size() - 2);
  const auto dot = branch.rfind('.');
  const auto last = parse_unsigned(branch.substr(dot == std::string_view::npos ? 0 : dot + 1));
  if (!last) return {};
  const std::string next = std::to_string(*last + 1);
  return (dot == std::string_view::npos ? next : std::string(branch.substr(0, dot + 1)) + next) + "-rc1";
}

Result<Vers> range_of(const VersionRange& range) {
  const bool since_ever = range.version == "0" || range.version.empty();
  Vers vers{Scheme::linux, false, {}};
  if (range.less.empty() && range.less_or_equal.empty()) {
    if (range.version == "*") return Vers{Scheme::linux, true, {}};
    vers.constraints = {{Comparator::equal, range.version}};
    return vers;
  }
  if (!since_ever) vers.constraints.push_back({Comparator::greater_equal, range.version});
  if (range.less_or_equal.ends_with(".*")) {
    const std::string end = end_of_branch(range.less_or_equal);
    if (end.empty()) return Error{Fault::malformed, "'" + range.less_or_equal + "' is no branch", {}, {}};
    vers.constraints.push_back({Comparator::less, end});
  } else if (!range.less.empty() && range.less != "*") {
    vers.constraints.push_back({Comparator::less, range.less});
  } else if (range.less_or_equal != "*" && range.less != "*") {
    vers.constraints.push_back({Comparator::less_equal, range.less_or_equal});
  }
  if (vers.constraints.empty()) vers.any = true;
  return vers;
}

// The first entry that holds a version says its status (the schema's "versions"), so they are laid over one another
// from the last to the first. A fix is where an entry that is not affected begins.
Result<Affected> kernel_of(const Product& product) {
  Affected affected;
  affected.package = linux_package;
  Vers all{Scheme::linux, product.affected_by_default, {}};
  for (auto entry = product.versions.rbegin(); entry != product.versions.rend(); ++entry) {
    PRATIQUE_TRY(Vers one, range_of(*entry));
    // In the kernel's own records the release that brought the fault stands alone and means everything from there.
    if (entry->affected && product.affected_by_default && one.constraints.size() == 1 &&
        one.constraints.front().comparator == Comparator::equal)
      continue;
    PRATIQUE_TRY(all, entry->affected ? union_of(all, one) : intersection_of(all, complement_of(one)));
  }
  for (const auto& entry : product.versions) {
    if (!entry.affected && entry.version != "0" && !entry.version.empty()) affected.fixed.push_back(entry.version);
    if (entry.affected && !entry.less.empty() && entry.less != "*") affected.fixed.push_back(entry.less);
  }
  affected.state = affected.fixed.empty() ? FixState::none : FixState::fixed;
  affected.ranges = {std::move(all)};
  return affected;
}

class CveReader {
 public:
  CveReader(AdvisoryEmitter& emit, const Limits& limits) : emit_(emit), reader_(pool_, limits) {}

  Result<void> read(const Bytes& document) {
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) {
      for (JsonObject top = root.object(); top.next();) {
        if (top.key() == "cveMetadata") read_metadata(top.value());
        if (top.key() == "containers") read_containers(top.value());
      }
    }));
    if (!is_cve(advisory_.id)) return Error{Fault::malformed, "'" + advisory_.id + "' is no CVE", {"cveMetadata"}, {}};
    for (auto& part : reader_.take_rejected()) emit_.set_aside(std::move(part.place), std::move(part.reason));
    finish();
    return {};
  }

 private:
  void read_metadata(JsonValue& value) {
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "cveId") advisory_.id = object.value().text();
      if (key == "state") rejected_ = object.value().text() == "REJECTED";
      if (key == "datePublished") advisory_.published = time_of(object.value());
      if (key == "dateUpdated") advisory_.modified = time_of(object.value());
    }
  }

  void read_containers(JsonValue& value) {
    for (JsonObject containers = value.object(); containers.next();) {
      if (containers.key() == "cna") read_container(containers.value(), true);
      if (containers.key() == "adp")
        for (JsonArray list = containers.value().array(); list.next_object();) read_container(list.value(), false);
    }
  }

  void read_container(JsonValue& value, bool own) {
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "title" && own) note_.summary = object.value().text();
      if (key == "descriptions" && own) read_descriptions(object.value());
      if (key == "metrics") read_metrics(object.value());
      if (key == "affected" && own)
        for (JsonArray list = object.value().array(); list.next_object();)
          take(read_product(list.value()), list.value());
      if (key == "cpeApplicability") {
        auto affected = read_cpe_configurations(object.value());
        by_cpe_.insert(by_cpe_.end(), affected.begin(), affected.end());
      }
    }
  }

  void read_descriptions(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();)
      for (JsonObject one = list.value().object(); one.next();)
        if (one.key() == "value" && description_.empty()) description_ = one.value().text();
  }

  void read_metrics(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();)
      for (JsonObject metric = list.value().object(); metric.next();) {
        if (metric.key().starts_with("cvssV")) {
          for (JsonObject data = metric.value().object(); data.next();)
            if (data.key() == "vectorString" && !add_vector(note_.ratings, data.value().text()))
              data.value().set_aside("is no CVSS vector");
        } else if (metric.key() == "other") {
          read_other(metric.value());
        }
      }
  }

  // {"type": "ssvc", "content": {"options": [{"Exploitation": "active"}, ...]}}
  void read_other(JsonValue& value) {
    Ssvc ssvc;
    std::string_view type;
    for (JsonObject other = value.object(); other.next();) {
      if (other.key() == "type") type = other.value().text();
      if (other.key() != "content" || other.value().kind() != JsonKind::object) continue;
      for (JsonObject content = other.value().object(); content.next();) {
        if (content.key() != "options" || content.value().kind() != JsonKind::array) continue;
        for (JsonArray options = content.value().array(); options.next_object();)
          for (JsonObject option = options.value().object(); option.next();) {
            if (option.key() == "Exploitation") ssvc.exploitation = option.value().text();
            if (option.key() == "Automatable") ssvc.automatable = option.value().text();
            if (option.key() == "Technical Impact") ssvc.technical_impact = option.value().text();
          }
      }
    }
    if (type == "ssvc") note_.ssvc = ssvc;
  }

  void take(Product&& product, JsonValue& value) {
    const bool is_kernel =
        equal_ignoring_case(product.vendor, "linux") &&
        (equal_ignoring_case(product.name, "linux") || equal_ignoring_case(product.name, "linux kernel"));
    if (!is_kernel) return;
    std::erase_if(product.versions, [](const VersionRange& range) { return range.type == "git"; });
    if (product.versions.empty()) return;  // of commits only
    auto affected = kernel_of(product);
    if (!affected) return value.set_aside(affected.error().text);
    advisory_.affected.push_back(std::move(*affected));
  }

  void finish() {
    note_.id = advisory_.id;
    note_.url = "https://www.cve.org/CVERecord?id=" + advisory_.id;
    if (note_.summary.empty()) note_.summary = first_sentence(description_);
    advisory_.url = note_.url;
    advisory_.summary = note_.summary;
    if (rejected_) advisory_.withdrawn = advisory_.modified ? advisory_.modified : advisory_.published;
    const bool is_kernel = !advisory_.affected.empty();
    advisory_.source = is_kernel ? "linux" : "cve";
    emit_.document().source = advisory_.source;
    if (!rejected_) emit_.note(std::move(note_), "cve");
    if (!is_kernel) advisory_.affected = std::move(by_cpe_);
    if (!advisory_.affected.empty() || rejected_) emit_.advisory(std::move(advisory_));
  }

  AdvisoryEmitter& emit_;
  TextPool pool_;
  JsonReader reader_;
  Advisory advisory_;
  Vulnerability note_;
  std::string_view description_;
  std::vector<Affected> by_cpe_;
  bool rejected_ = false;
};

}  // namespace

Result<void> read_cve(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  return CveReader(emit, input.limits).read(input.bytes);
}

}  // namespace pratique
