// secdb: what Alpine, Wolfi and Chainguard publish for each repository: packages, and under each fixed version what it
// mends. In JSON, and in YAML as Alpine wrote it once.
//
//   {"distroversion": "v3.19", "reponame": "main", "packages": [{"pkg": {"name": "curl", "secfixes": {"8.5.0-r0":
//   ["CVE-1"]}}}]}
//
// "0" for a version says that the package never was affected. An entry may carry several names ("CVE-2016-9932
// XSA-200") and, of those without a CVE, any other word.
#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/json.h"
#include "engine/format/yaml.h"
#include "model/ecosystem.h"
#include "model/source.h"

namespace pratique {
namespace {

struct Repository {
  std::string vendor;     // "alpine"
  std::string stream;     // "alpine:v3.19"
  std::string id_prefix;  // "ALPINE-"
};

// Wolfi and Chainguard name neither themselves nor a release: their URLs do.
Result<Repository> repository_of(std::string_view release, std::string_view url, std::string_view repository) {
  std::string vendor = "alpine";
  for (const std::string_view other : {"wolfi", "chainguard", "minimos"})
    if (url.find(other) != std::string_view::npos || repository.find(other) != std::string_view::npos) vendor = other;
  if (url.find("cgr.dev") != std::string_view::npos) vendor = "chainguard";
  PRATIQUE_TRY(std::string stream, stream_of_release("apk", vendor, vendor == "alpine" ? release : vendor));
  std::string prefix;
  for (const char c : vendor) prefix += static_cast<char>(c - 'a' + 'A');
  return Repository{vendor, std::move(stream), prefix + "-"};
}

class SecdbReader {
 public:
  SecdbReader(AdvisoryEmitter& emit, const Limits& limits) : emit_(emit), reader_(pool_, limits) {}

  Result<void> read(const Bytes& document) {
    std::string_view release, url, name;
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) {
      for (JsonObject top = root.object(); top.next();) {
        if (top.key() == "distroversion") release = top.value().text();
        if (top.key() == "urlprefix") url = top.value().text();
        if (top.key() == "reponame") name = top.value().text();
        if (top.key() == "packages")
          for (JsonArray packages = top.value().array(); packages.next_object();) read_package(packages.value());
      }
    }));
    PRATIQUE_TRY(const Repository repository, repository_of(release, url, name));
    for (const Fix& fix : fixes_) emit_fix(repository, fix);
    for (auto& part : reader_.take_rejected()) emit_.set_aside(std::move(part.place), std::move(part.reason));
    return {};
  }

 private:
  struct Fix {
    std::string_view package, version, names;
    std::string place;
  };

  void read_package(JsonValue& value) {
    std::string_view name;
    const std::size_t first = fixes_.size();
    for (JsonObject outer = value.object(); outer.next();) {
      if (outer.key() != "pkg") continue;
      for (JsonObject package = outer.value().object(); package.next();) {
        if (package.key() == "name") name = package.value().text();
        if (package.key() == "secfixes") read_fixes(package.value());
      }
    }
    if (name.empty() && fixes_.size() > first) {
      value.set_aside("a package without a name");
      fixes_.resize(first);
    }
    for (std::size_t i = first; i < fixes_.size(); ++i) fixes_[i].package = name;
  }

  void read_fixes(JsonValue& value) {
    for (JsonObject versions = value.object(); versions.next();) {
      const std::string_view version = pool_.keep(versions.key());
      if (versions.value().is_null()) continue;
      for (JsonArray names = versions.value().array(); names.next();)
        if (const auto text = names.value().text(); !trim(text).empty())
          fixes_.push_back({{}, version, trim(text), names.value().place()});
    }
  }

  void emit_fix(const Repository& repository, const Fix& fix) {
    const auto name = package_of_distribution("apk", repository.vendor, fix.package);
    if (!name) return emit_.set_aside(fix.place, name.error().text);
    std::vector<std::string> cves, others;
    for (const auto word : split(fix.names, ' '))
      if (!word.empty()) (is_cve(word) ? cves : others).emplace_back(word);
    for (const auto& cve : cves) emit_one(repository, fix, *name, cve, others);
    if (cves.empty()) emit_one(repository, fix, *name, others.front(), {});
  }

  void emit_one(const Repository& repository, const Fix& fix, const std::string& package, const std::string& id,
                const std::vector<std::string>& related) {
    Advisory advisory;
    advisory.id = repository.id_prefix + id;
    advisory.source = repository.vendor;
    if (is_cve(id)) advisory.upstream = {id};
    advisory.related = related;
    advisory.affected = {fix.version == "0" ? never_affected(package, repository.stream)
                                            : affected_below(package, repository.stream, Scheme::apk, fix.version)};
    emit_.part(std::move(advisory));
  }

  AdvisoryEmitter& emit_;
  TextPool pool_;
  JsonReader reader_;
  std::vector<Fix> fixes_;
};

}  // namespace

Result<void> read_secdb(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  return SecdbReader(emit, input.limits).read(input.bytes);
}

Result<void> read_secdb_yaml(const AdvisoryInput& input, AdvisoryEmitter& emit) {
  PRATIQUE_TRY(const std::string text, json_of_yaml(input.bytes.view(), input.limits));
  const Bytes json = Bytes::copy_of(text);
  return read_secdb({json, input.name, input.limits}, emit);
}

}  // namespace pratique
