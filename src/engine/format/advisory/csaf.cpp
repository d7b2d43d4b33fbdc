// CSAF 2.0 and 2.1 as vendors of distributions publish it: Red Hat's VEX files (one vulnerability each), SUSE's and
// Oracle's notices. Only packages of a distribution's own releases count: what else a vendor sells (container images,
// products with a longer life) is passed over.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/platform.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/advisory/rpm_notice.h"
#include "engine/format/json.h"
#include "engine/format/vex/csaf_products.h"
#include "engine/version/version.h"
#include "model/ecosystem.h"
#include "model/purl.h"
#include "model/source.h"

namespace pratique {
namespace {

struct Remediation {
  std::string category, details;
  std::vector<std::string> products;
};

struct Issue {
  std::string cve, title;
  std::vector<Rating> ratings;
  std::map<std::string, std::vector<std::string>> status;  // "fixed" -> product ids
  std::vector<Remediation> remediations;
  std::map<std::string, std::string> flags;  // product id -> why it is not affected
};

// Who a product id is, where it is a distribution's package.
struct Member {
  std::string package, version, module;
  Platform platform;
  bool is_source = false;
};

std::string epoch_of(const Purl& purl) {
  const std::string_view epoch = purl.qualifier("epoch");
  return epoch.empty() || epoch == "0" || purl.version.find(':') != std::string::npos ? "" : std::string(epoch) + ":";
}

// "nodejs:18:8080020230906:63b34585" -> "nodejs:18".
std::string module_stream(std::string_view text) {
  const auto parts = split(text, ':');
  return parts.size() < 2 ? std::string() : std::string(parts[0]) + ":" + std::string(parts[1]);
}

// "red_hat_enterprise_linux_8:nodejs:18/nodejs": the module of what has no fix.
std::string module_in_id(std::string_view id) {
  const auto slash = id.rfind('/');
  if (slash == std::string_view::npos) return {};
  const auto parts = split(id.substr(0, slash), ':');
  return parts.size() < 3 ? std::string()
                          : std::string(parts[parts.size() - 2]) + ":" + std::string(parts[parts.size() - 1]);
}

std::optional<Member> by_purl(const CsafProduct& part, const Platform& platform) {
  const auto purl = parse_purl(part.purl);
  if (!purl || purl->type != platform.type) return std::nullopt;
  const auto key = package_of_distribution(platform.type, platform.vendor, purl->name);
  if (!key) return std::nullopt;
  Member member{*key, epoch_of(*purl) + purl->version, module_stream(purl->qualifier("rpmmod")), platform,
                purl->qualifier("arch") == "src"};
  if (purl->version.empty()) member.version.clear();
  return member;
}

// Without a purl the name is the file's: "openssl-3-3.0.8-150500.5.20.1.x86_64", or the package's alone.
std::optional<Member> by_name(const CsafProduct& part, const Platform& platform) {
  const bool is_source = part.name.ends_with(".src") || part.name.ends_with(".src.rpm");
  const auto package = rpm_package_of(part.name);
  const auto key = package_of_distribution(platform.type, platform.vendor, package ? package->name : part.name);
  if (!key || is_source) return std::nullopt;
  Member member{*key, {}, {}, platform, false};
  if (package)
    member.version = (package->epoch.empty() ? "" : package->epoch + ":") + package->version + "-" + package->release;
  return member;
}

class CsafReader {
 public:
  CsafReader(AdvisoryEmitter& emit, const Limits& limits) : emit_(emit), reader_(pool_, limits) {}

  Result<void> read(const Bytes& document) {
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) {
      for (JsonObject top = root.object(); top.next();) {
        if (top.key() == "document") read_document(top.value());
        if (top.key() == "product_tree") products_.read(top.value());
        if (top.key() == "vulnerabilities")
          for (JsonArray list = top.value().array(); list.next_object();) read_issue(list.value());
      }
    }));
    for (auto& part : reader_.take_rejected()) emit_.set_aside(std::move(part.place), std::move(part.reason));
    if (document_.id.empty()) return Error{Fault::malformed, "has no id", {"/document/tracking"}, {}};
    is_vex_ ? emit_issues() : emit_notice();
    return {};
  }

 private:
  void read_document(JsonValue& value) {
    for (JsonObject document = value.object(); document.next();) {
      const std::string_view key = document.key();
      if (key == "category") is_vex_ = document.value().text() == "csaf_vex";
      if (key == "title") document_.summary = first_sentence(document.value().text());
      if (key == "tracking") read_tracking(document.value());
      if (key == "aggregate_severity")
        for (JsonObject severity = document.value().object(); severity.next();)
          if (severity.key() == "text") severity_ = severity.value().text();
      if (key == "publisher")
        for (JsonObject publisher = document.value().object(); publisher.next();)
          if (publisher.key() == "namespace") publisher_ = publisher.value().text();
      if (key == "references") read_references(document.value());
    }
  }

  void read_tracking(JsonValue& value) {
    for (JsonObject tracking = value.object(); tracking.next();) {
      if (tracking.key() == "id") document_.id = tracking.value().text();
      if (tracking.key() == "initial_release_date") document_.published = time_of(tracking.value());
      if (tracking.key() == "current_release_date") document_.modified = time_of(tracking.value());
    }
  }

  void read_references(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view url, category;
      for (JsonObject reference = list.value().object(); reference.next();) {
        if (reference.key() == "url") url = reference.value().text();
        if (reference.key() == "category") category = reference.value().text();
      }
      // The first of its own that is for people.
      if (document_.url.empty() || (category == "self" && document_.url.ends_with(".json"))) document_.url = url;
    }
  }

  void read_issue(JsonValue& value) {
    Issue issue;
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "cve") issue.cve = object.value().text();
      if (key == "title") issue.title = object.value().text();
      if (key == "scores") read_scores(object.value(), issue);
      if (key == "metrics")  // 2.1
        for (JsonArray list = object.value().array(); list.next_object();)
          for (JsonObject metric = list.value().object(); metric.next();)
            if (metric.key() == "content") read_vectors(metric.value(), issue);
      if (key == "product_status")
        for (JsonObject status = object.value().object(); status.next();)
          issue.status[std::string(status.key())] = texts_of(status.value());
      if (key == "remediations") read_remediations(object.value(), issue);
      if (key == "threats") read_threats(object.value(), issue);
      if (key == "flags") read_flags(object.value(), issue);
    }
    issues_.push_back(std::move(issue));
  }

  static void read_vectors(JsonValue& value, Issue& issue) {
    for (JsonObject score = value.object(); score.next();)
      if (score.key().starts_with("cvss_v"))
        for (JsonObject cvss = score.value().object(); cvss.next();)
          if (cvss.key() == "vectorString" && !add_vector(issue.ratings, cvss.value().text()))
            cvss.value().set_aside("is no CVSS vector");
  }

  static void read_scores(JsonValue& value, Issue& issue) {
    for (JsonArray list = value.array(); list.next_object();) read_vectors(list.value(), issue);
  }

  static void read_threats(JsonValue& value, Issue& issue) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view category, details;
      for (JsonObject threat = list.value().object(); threat.next();) {
        if (threat.key() == "category") category = threat.value().text();
        if (threat.key() == "details") details = threat.value().text();
      }
      if (category == "impact") add_word(issue.ratings, details);
    }
  }

  // The ids themselves and those of the groups.
  std::vector<std::string> read_products(JsonObject& object) {
    if (object.key() == "product_ids") return texts_of(object.value());
    std::vector<std::string> ids;
    if (object.key() == "group_ids")
      for (const auto& group : texts_of(object.value()))
        if (const auto* const members = products_.find_group(group))
          ids.insert(ids.end(), members->begin(), members->end());
    return ids;
  }

  void read_remediations(JsonValue& value, Issue& issue) {
    for (JsonArray list = value.array(); list.next_object();) {
      Remediation remediation;
      for (JsonObject object = list.value().object(); object.next();) {
        if (object.key() == "category") remediation.category = object.value().text();
        if (object.key() == "details") remediation.details = object.value().text();
        for (auto& id : read_products(object)) remediation.products.push_back(std::move(id));
      }
      issue.remediations.push_back(std::move(remediation));
    }
  }

  void read_flags(JsonValue& value, Issue& issue) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string label;
      std::vector<std::string> ids;
      for (JsonObject object = list.value().object(); object.next();) {
        if (object.key() == "label") label = object.value().text();
        for (auto& id : read_products(object)) ids.push_back(std::move(id));
      }
      for (const auto& id : ids) issue.flags[id] = label;
    }
  }

  std::optional<Member> member_of(const std::string& id) const {
    const auto [part, whole] = products_.resolve(id);
    if (part == nullptr || whole == nullptr) return std::nullopt;
    auto platform = platform_of_cpe(whole->cpe);
    if (!platform && whole->cpe.empty()) platform = platform_named(whole->name);
    if (!platform) return std::nullopt;
    auto member = part->purl.empty() ? by_name(*part, *platform) : by_purl(*part, *platform);
    if (member && member->module.empty()) member->module = module_in_id(id);
    return member;
  }

  static FixState state_of(const Issue& issue, const std::string& id) {
    FixState state = FixState::none;
    for (const auto& remediation : issue.remediations) {
      if (std::find(remediation.products.begin(), remediation.products.end(), id) == remediation.products.end())
        continue;
      if (remediation.category == "no_fix_planned") return FixState::wont_fix;
      if (remediation.category != "none_available") continue;
      if (lower(remediation.details).find("defer") != std::string::npos) state = FixState::deferred;
    }
    return state;
  }

  using Key = std::array<std::string, 4>;  // package, stream, module, state
  using ByPackage = std::map<Key, Affected>;

  static void add(ByPackage& all, const Member& member, Affected affected) {
    affected.module = member.module;
    const auto [place, is_new] = all.try_emplace(
        {affected.package, affected.stream, affected.module, std::string(name_of(affected.state))}, affected);
    if (is_new || affected.fixed.empty()) return;
    // Several builds of one package: the lowest mends it.
    if (compare_versions(Scheme::rpm, affected.fixed.front(), place->second.fixed.front()).order < 0)
      place->second = std::move(affected);
  }

  void collect(const Issue& issue, ByPackage& all) const {
    for (const auto& [status, ids] : issue.status)
      for (const auto& id : ids) {
        const auto member = member_of(id);
        if (!member) continue;
        const auto& [package, version, module, platform, is_source] = *member;
        if (status == "fixed" || status == "first_fixed" || status == "recommended") {
          if (!is_source && !version.empty())
            add(all, *member, affected_below(package, platform.stream, scheme_of_purl_type(platform.type), version));
        } else if (status == "known_affected" || status == "under_investigation") {
          Affected affected = affected_below(package, platform.stream, scheme_of_purl_type(platform.type), {});
          affected.state = status == "known_affected" ? state_of(issue, id) : FixState::under_investigation;
          add(all, *member, std::move(affected));
        } else if (status == "known_not_affected") {
          const auto flag = issue.flags.find(id);
          add(all, *member, never_affected(package, platform.stream, flag == issue.flags.end() ? "" : flag->second));
        }
      }
  }

  std::string source() const {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> publishers = {
        {{"redhat.com", "redhat"}, {"suse.com", "suse"}, {"oracle.com", "oracle"}}};
    for (const auto& [name, source] : publishers)
      if (publisher_.find(name) != std::string::npos) return std::string(source);
    return std::string(source_of_id(document_.id));
  }

  void give(Advisory&& advisory, ByPackage&& all) {
    for (auto& [key, affected] : all) advisory.affected.push_back(std::move(affected));
    if (!advisory.affected.empty()) emit_.part(std::move(advisory));
  }

  // Each vulnerability of a VEX document is an advisory of its own.
  void emit_issues() {
    for (auto& issue : issues_) {
      if (!is_cve(issue.cve)) {
        emit_.set_aside("/vulnerabilities", "'" + issue.title + "' has no CVE");
        continue;
      }
      Advisory advisory = document_;
      advisory.source = source();
      std::string prefix;
      for (const char c : advisory.source) prefix += static_cast<char>(c - 'a' + 'A');
      advisory.id = prefix + "-" + issue.cve;
      advisory.upstream = {issue.cve};
      if (!issue.title.empty()) advisory.summary = first_sentence(issue.title);
      advisory.ratings = std::move(issue.ratings);
      add_word(advisory.ratings, severity_);
      ByPackage all;
      collect(issue, all);
      give(std::move(advisory), std::move(all));
    }
  }

  void emit_notice() {
    Advisory advisory = document_;
    advisory.source = source();
    std::set<std::string> cves;
    ByPackage all;
    for (const auto& issue : issues_) {
      if (is_cve(issue.cve)) cves.insert(issue.cve);
      collect(issue, all);
    }
    advisory.upstream.assign(cves.begin(), cves.end());
    if (issues_.size() == 1) advisory.ratings = std::move(issues_.front().ratings);
    add_word(advisory.ratings, severity_);
    give(std::move(advisory), std::move(all));
  }

  AdvisoryEmitter& emit_;
  TextPool pool_;
  JsonReader reader_;
  Advisory document_;
  std::string publisher_, severity_;
  bool is_vex_ = false;
  CsafProducts products_;
  std::vector<Issue> issues_;
};

}  // namespace

Result<void> read_csaf(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  return CsafReader(emit, input.limits).read(input.bytes);
}

}  // namespace pratique
