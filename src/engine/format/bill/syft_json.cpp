// syft's own JSON (schema 1 to 16): artifacts, their relationships, the source and the distribution.
#include <array>

#include "base/text.h"
#include "engine/format/bill/builder.h"
#include "engine/format/bill/readers.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

std::string place_text(std::uint64_t number) { return "/artifactRelationships/" + std::to_string(number); }

class SyftJson {
 public:
  explicit SyftJson(BillBuilder& bill, JsonReader& reader) : bill_(bill), reader_(reader) {}

  void document(JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      const std::string_view key = top.key();
      if (key == "artifacts")
        artifacts(top.value());
      else if (key == "artifactRelationships")
        relationships(top.value());
      else if (key == "files")
        files(top.value());
      else if (key == "source")
        source(top.value());
      else if (key == "distro")
        distro(top.value());
      else if (key == "descriptor")
        descriptor(top.value());
      else if (key == "schema")
        bill_.bill().spec_version = member(top.value(), "version");
    }
  }

  // Files and the source may come behind the relationships that name them.
  void resolve() {
    for (const auto& [parent, child, place, contains] : contains_) {
      const auto file = files_.find(child);
      const std::uint32_t of = bill_.find(parent);
      if (file == files_.end()) {
        if (contains) bill_.relate(parent, child, EdgeKind::contains, place);
      } else if (of < Bill::document_index) {
        bill_.detail(of, DetailKind::location, {}, file->second);
      }
    }
  }

 private:
  void aside(JsonValue& value, std::string reason) {
    if (!reason.empty()) value.set_aside(std::move(reason));
  }

  static std::string_view member(JsonValue& value, std::string_view name) {
    std::string_view text;
    for (JsonObject object = value.object(); object.next();)
      if (object.key() == name) text = object.value().text();
    return text;
  }

  void artifacts(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      const std::uint32_t index = bill_.add();
      for (JsonObject artifact = list.value().object(); artifact.next();)
        field(index, artifact.key(), artifact.value());
      aside(list.value(), bill_.close(index));
      if (bill_.full())
        return reader_.fail({Fault::limit, "more artifacts than the limit", {list.value().place()}, {}});
    }
  }

  void field(std::uint32_t index, std::string_view key, JsonValue& value) {
    Component& component = bill_.at(index);
    if (key == "id")
      aside(value, bill_.set_ref(index, value.text()));
    else if (key == "name")
      component.name = value.text();
    else if (key == "version")
      component.version = value.text();
    else if (key == "purl")
      aside(value, bill_.set_purl(index, value.text()));
    else if (key == "cpes")
      cpes(value, index);
    else if (key == "licenses")
      licenses(value, index);
    else if (key == "locations")
      locations(value, index);
    else if (key == "metadata")
      metadata(value, index);
    else if (key == "type")
      bill_.detail(index, DetailKind::property, "syft:package:type", value.text());
    else if (key == "language")
      bill_.detail(index, DetailKind::property, "syft:package:language", value.text());
    else if (key == "foundBy")
      bill_.detail(index, DetailKind::property, "syft:package:foundBy", value.text());
  }

  void cpes(JsonValue& value, std::uint32_t index) {
    for (JsonArray list = value.array(); list.next();) {
      const std::string_view cpe =
          list.value().kind() == JsonKind::object ? member(list.value(), "cpe") : list.value().text();
      if (bill_.at(index).cpe.empty()) bill_.at(index).cpe = cpe;
      bill_.detail(index, DetailKind::cpe, {}, cpe);
    }
  }

  void licenses(JsonValue& value, std::uint32_t index) {
    for (JsonArray list = value.array(); list.next();) {
      if (list.value().kind() != JsonKind::object) {
        bill_.detail(index, DetailKind::declared_license, "name", list.value().text());
        continue;
      }
      std::string_view name, expression, type;
      for (JsonObject license = list.value().object(); license.next();) {
        if (license.key() == "value")
          name = license.value().text();
        else if (license.key() == "spdxExpression")
          expression = license.value().text();
        else if (license.key() == "type")
          type = license.value().text();
      }
      const DetailKind kind = type == "concluded" ? DetailKind::concluded_license : DetailKind::declared_license;
      bill_.license(index, kind, expression.empty() ? "name" : "expression", expression.empty() ? name : expression);
    }
  }

  void locations(JsonValue& value, std::uint32_t index) {
    for (JsonArray list = value.array(); list.next_object();)
      for (JsonObject location = list.value().object(); location.next();) {
        if (location.key() == "path")
          bill_.detail(index, DetailKind::location, {}, location.value().text());
        else if (location.key() == "layerID")
          bill_.detail(index, DetailKind::layer, {}, location.value().text());
      }
  }

  // What a package manager knows: the source package, by whatever name each catalogs it.
  void metadata(JsonValue& value, std::uint32_t index) {
    std::string_view name, version, rpm, maintainer;
    if (value.kind() != JsonKind::object) return;
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      const bool is_text = object.value().kind() == JsonKind::string;
      if (!is_text) continue;
      if (key == "source" || key == "originPackage")
        name = object.value().text();
      else if (key == "sourceVersion")
        version = object.value().text();
      else if (key == "sourceRpm")
        rpm = object.value().text();
      else if (key == "maintainer" || key == "vendor")
        maintainer = object.value().text();
    }
    Component& component = bill_.at(index);
    if (!rpm.empty())
      component.source = bill_.keep(source_package(rpm));
    else if (!name.empty() && !version.empty())
      component.source = bill_.keep(std::string(name) + " " + std::string(version));
    else if (!name.empty())
      component.source = name;
    component.supplier = maintainer;
    bill_.detail(index, DetailKind::supplier, {}, maintainer);
  }

  // "parent T child": contains and evident-by go down; a dependency-of is what its child depends on.
  void relationships(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view parent, child, type;
      for (JsonObject relationship = list.value().object(); relationship.next();) {
        if (relationship.key() == "parent")
          parent = relationship.value().text();
        else if (relationship.key() == "child")
          child = relationship.value().text();
        else if (relationship.key() == "type")
          type = relationship.value().text();
      }
      if (parent.empty() || child.empty())
        list.value().set_aside("a relationship without parent or child");
      else if (type == "dependency-of")
        bill_.relate(child, parent, EdgeKind::depends_on, list.index());
      else if (type == "contains" || type == "evident-by")
        contains_.push_back({parent, child, list.index(), type == "contains"});
    }
  }

  void files(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view id, path;
      for (JsonObject file = list.value().object(); file.next();) {
        if (file.key() == "id")
          id = file.value().text();
        else if (file.key() == "location")
          path = member(file.value(), "path");
      }
      if (!id.empty()) files_.emplace(id, path);
    }
  }

  void source(JsonValue& value) {
    Subject& subject = bill_.bill().subject;
    std::string_view name, version, type;
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "id")
        bill_.set_ref(Bill::subject_index, object.value().text());
      else if (key == "name")
        name = object.value().text();
      else if (key == "version")
        version = object.value().text();
      else if (key == "type")
        type = object.value().text();
      else if (key == "metadata" || key == "target")
        target(object.value());
    }
    if (subject.name.empty()) subject.name = name;
    if (subject.version.empty()) subject.version = version;
    if (type == "image")
      subject.type = ComponentType::container;
    else if (type == "file")
      subject.type = ComponentType::file;
  }

  void target(JsonValue& value) {
    Subject& subject = bill_.bill().subject;
    if (value.kind() == JsonKind::string) {
      subject.name = value.text();
      return;
    }
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "userInput")
        subject.name = object.value().text();
      else if (key == "path" && subject.name.empty())
        subject.name = object.value().text();
      else if (key == "repoDigests" && object.value().kind() == JsonKind::array)
        for (JsonArray list = object.value().array(); list.next();)
          bill_.detail(Bill::subject_index, DetailKind::property, "RepoDigest", list.value().text());
      else if (key == "manifestDigest")
        bill_.detail(Bill::subject_index, DetailKind::property, "manifestDigest", object.value().text());
      else if (key == "layers" && object.value().kind() == JsonKind::array)
        for (JsonArray list = object.value().array(); list.next_object();)
          bill_.detail(Bill::subject_index, DetailKind::layer, {}, member(list.value(), "digest"));
    }
  }

  void distro(JsonValue& value) {
    std::string_view id, version;
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "id" || (key == "name" && id.empty()))
        id = object.value().text();
      else if (key == "versionID" || (key == "version" && version.empty()))
        version = object.value().text();
    }
    bill_.distro(id, version);
  }

  void descriptor(JsonValue& value) {
    std::string_view name, version;
    for (JsonObject object = value.object(); object.next();) {
      if (object.key() == "name")
        name = object.value().text();
      else if (object.key() == "version")
        version = object.value().text();
      else if (object.key() == "timestamp")
        aside(object.value(), bill_.created(object.value().text()));
    }
    bill_.tool({}, name, version);
  }

  struct Contained {
    std::string_view parent, child;
    std::size_t place;
    bool contains;
  };

  BillBuilder& bill_;
  JsonReader& reader_;
  std::unordered_map<std::string_view, std::string_view> files_;
  std::vector<Contained> contains_;
};

}  // namespace

Result<Bill> read_syft_json(Bytes document, const Limits& limits) {
  BillBuilder bill(std::move(document), BillFormat::syft_json, limits);
  JsonReader reader(bill.pool(), limits);
  SyftJson json(bill, reader);
  PRATIQUE_DO(reader.read(bill.document(), [&](JsonValue& root) { json.document(root); }));
  json.resolve();
  bill.set_aside(reader.take_rejected());
  return bill.finish(place_text);
}

}  // namespace pratique
