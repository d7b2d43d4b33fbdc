#include <array>

#include "base/text.h"
#include "engine/format/bill/cyclonedx.h"
#include "engine/format/bill/readers.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

using M = CdxMember;

std::string_view text_of_member(JsonValue& value, std::string_view key) {
  std::string_view text;
  for (JsonObject object = value.object(); object.next();)
    if (object.key() == key) text = object.value().text();
  return text;
}

// The numbers that relate() and complete() take: which list, its element, the element's list, that one's element.
enum PlaceOf : std::uint8_t { depends_on, provides, assemblies, composed_dependencies };
constexpr std::size_t no_element = 0x3fffffff;

std::uint64_t place_number(PlaceOf list, std::size_t outer, std::size_t inner) {
  return std::uint64_t{list} << 62 | (outer & 0xffffffff) << 30 | (inner & no_element);
}

std::string place_text(std::uint64_t number) {
  constexpr std::array<std::string_view, 4> lists = {"dependsOn", "provides", "assemblies", "dependencies"};
  const auto list = static_cast<std::size_t>(number >> 62);
  const std::size_t inner = number & no_element;
  std::string place = list < 2 ? "/dependencies/" : "/compositions/";
  place += std::to_string((number >> 30) & 0xffffffff);
  if (inner == no_element) return place + "/ref";
  return place + "/" + std::string(lists[list]) + "/" + std::to_string(inner);
}

class CdxJson {
 public:
  CdxJson(BillBuilder& builder, JsonReader& reader) : cdx_(builder), bill_(builder), reader_(reader) {}

  void document(JsonValue& root) {
    for (JsonObject top = root.object(); top.next();) {
      const std::string_view key = top.key();
      JsonValue& value = top.value();
      if (key == "components")
        components(value, no_component);
      else if (key == "dependencies")
        dependencies(value);
      else if (key == "metadata")
        metadata(value);
      else if (key == "specVersion")
        bill_.bill().spec_version = value.text();
      else if (key == "serialNumber")
        bill_.bill().serial = value.text();
      else if (key == "compositions")
        compositions(value);
      else if (key == "services")
        services(value);
      else if (key == "externalReferences")
        external_references(value, Bill::document_index);
      else if (key == "properties")
        document_properties(value);
    }
  }

 private:
  void aside(JsonValue& value, std::string reason) {
    if (!reason.empty()) value.set_aside(std::move(reason));
  }

  // Every component of one list. The list of the whole bill may be longer than memory wants: stop at the limit.
  void components(JsonValue& value, std::uint32_t parent) {
    for (JsonArray list = value.array(); list.next_object();) {
      CdxComponent component = cdx_.open(parent);
      members(list.value(), component);
      aside(list.value(), cdx_.close(component));
      if (bill_.full())
        return reader_.fail({Fault::limit, "more components than the limit", {list.value().place()}, {}});
    }
  }

  void members(JsonValue& value, CdxComponent& component) {
    for (JsonObject object = value.object(); object.next();) {
      const M member = cdx_member(object.key());
      if (member == M::unknown) continue;
      if (member <= M::publisher)
        aside(object.value(), cdx_.text(component, member, object.value().text()));
      else
        structured(component, member, object.value());
    }
  }

  void structured(CdxComponent& component, M member, JsonValue& value) {
    const std::uint32_t of = component.index;
    switch (member) {
      case M::hashes: return hashes(value, of);
      case M::licenses: return licenses(value, of, false);
      case M::properties: return properties(value, component);
      case M::external_references: return external_references(value, of);
      case M::components: return components(value, of);
      case M::supplier: return organization(value, of, DetailKind::supplier);
      case M::manufacturer: return organization(value, of, DetailKind::manufacturer);
      case M::authors: return authors(value, of);
      case M::evidence: return evidence(value, of);
      case M::swhid: return identifiers(value, of, "swhid");
      case M::omnibor_id: return identifiers(value, of, "omniborid");
      case M::swid: {
        for (JsonObject swid = value.object(); swid.next();)
          if (swid.key() == "tagId") bill_.detail(of, DetailKind::identifier, "swid", swid.value().text());
        return;
      }
      default: return;
    }
  }

  void hashes(JsonValue& value, std::uint32_t of) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view algorithm, content;
      for (JsonObject hash = list.value().object(); hash.next();) {
        if (hash.key() == "alg")
          algorithm = hash.value().text();
        else if (hash.key() == "content")
          content = hash.value().text();
      }
      aside(list.value(), bill_.hash(of, algorithm, content));
    }
  }

  struct License {
    std::string_view what, text, url, body, acknowledgement;
    bool encoded = false;
  };

  void license_object(JsonValue& value, License& license) {
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "id")
        license.what = "id", license.text = object.value().text();
      else if (key == "name" && license.what != "id")
        license.what = "name", license.text = object.value().text();
      else if (key == "url")
        license.url = object.value().text();
      else if (key == "acknowledgement")
        license.acknowledgement = object.value().text();
      else if (key == "text")
        for (JsonObject text = object.value().object(); text.next();) {
          if (text.key() == "content")
            license.body = text.value().text();
          else if (text.key() == "encoding")
            license.encoded = true;
        }
    }
  }

  void licenses(JsonValue& value, std::uint32_t of, bool observed) {
    for (JsonArray list = value.array(); list.next_object();) {
      License license;
      for (JsonObject choice = list.value().object(); choice.next();) {
        const std::string_view key = choice.key();
        if (key == "license")
          license_object(choice.value(), license);
        else if (key == "expression")
          license.what = "expression", license.text = choice.value().text();
        else if (key == "acknowledgement")
          license.acknowledgement = choice.value().text();
      }
      if (license.text.empty()) {
        list.value().set_aside("a licence without id, name or expression");
        continue;
      }
      const DetailKind kind = observed                                 ? DetailKind::observed_license
                              : license.acknowledgement == "concluded" ? DetailKind::concluded_license
                                                                       : DetailKind::declared_license;
      bill_.license(of, kind, license.what, license.text);
      if (!license.encoded) bill_.detail(of, DetailKind::license_text, license.text, license.body);
      bill_.detail(of, DetailKind::external_reference, "license", license.url);
    }
  }

  void named_value(JsonValue& value, std::string_view& name, std::string_view& text) {
    for (JsonObject object = value.object(); object.next();) {
      if (object.key() == "name")
        name = object.value().text();
      else if (object.key() == "value")
        text = object.value().text();
    }
  }

  void properties(JsonValue& value, CdxComponent& component) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view name, text;
      named_value(list.value(), name, text);
      cdx_.property(component, name, text);
    }
  }

  void document_properties(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view name, text;
      named_value(list.value(), name, text);
      cdx_.document_property(name, text);
    }
  }

  void external_references(JsonValue& value, std::uint32_t of) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view type, url;
      for (JsonObject reference = list.value().object(); reference.next();) {
        if (reference.key() == "type")
          type = reference.value().text();
        else if (reference.key() == "url")
          url = reference.value().text();
      }
      bill_.detail(of, DetailKind::external_reference, type, url);
    }
  }

  void organization(JsonValue& value, std::uint32_t of, DetailKind kind) {
    std::string_view name, url;
    for (JsonObject object = value.object(); object.next();) {
      if (object.key() == "name")
        name = object.value().text();
      else if (object.key() == "url")
        for (JsonArray urls = object.value().array(); urls.next();)
          if (url.empty()) url = urls.value().text();
    }
    cdx_.organization(of, kind, name, url);
  }

  void authors(JsonValue& value, std::uint32_t of) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view name, email;
      for (JsonObject contact = list.value().object(); contact.next();) {
        if (contact.key() == "name")
          name = contact.value().text();
        else if (contact.key() == "email")
          email = contact.value().text();
      }
      cdx_.author(of, name, email);
    }
  }

  void identifiers(JsonValue& value, std::uint32_t of, std::string_view kind) {
    for (JsonArray list = value.array(); list.next();)
      bill_.detail(of, DetailKind::identifier, kind, list.value().text());
  }

  void evidence(JsonValue& value, std::uint32_t of) {
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      if (key == "licenses")
        licenses(object.value(), of, true);
      else if (key == "occurrences")
        texts(object.value(), of, DetailKind::location, "location");
      else if (key == "copyright")
        texts(object.value(), of, DetailKind::copyright, "text");
    }
  }

  void texts(JsonValue& value, std::uint32_t of, DetailKind kind, std::string_view key) {
    for (JsonArray list = value.array(); list.next_object();)
      bill_.detail(of, kind, {}, text_of_member(list.value(), key));
  }

  void metadata(JsonValue& value) {
    for (JsonObject object = value.object(); object.next();) {
      const std::string_view key = object.key();
      JsonValue& member = object.value();
      if (key == "component") {
        CdxComponent subject = cdx_.open_subject();
        members(member, subject);
        aside(member, cdx_.close(subject));
      } else if (key == "timestamp")
        aside(member, bill_.created(member.text()));
      else if (key == "tools")
        tools(member);
      else if (key == "authors")
        authors(member, Bill::document_index);
      else if (key == "supplier")
        organization(member, Bill::document_index, DetailKind::supplier);
      else if (key == "manufacturer" || key == "manufacture")
        organization(member, Bill::document_index, DetailKind::manufacturer);
      else if (key == "licenses")
        licenses(member, Bill::document_index, false);
      else if (key == "properties")
        document_properties(member);
      else if (key == "lifecycles")
        lifecycles(member);
    }
  }

  void lifecycles(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();)
      for (JsonObject phase = list.value().object(); phase.next();)
        if (phase.key() == "phase" || phase.key() == "name")
          bill_.detail(Bill::document_index, DetailKind::lifecycle, {}, phase.value().text());
  }

  // A list of tools until 1.4, from 1.5 on components and services as well.
  void tools(JsonValue& value) {
    if (value.kind() == JsonKind::array) return tool_list(value);
    for (JsonObject object = value.object(); object.next();)
      if (object.key() == "components" || object.key() == "services") tool_list(object.value());
  }

  void tool_list(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view vendor, name, version;
      for (JsonObject tool = list.value().object(); tool.next();) {
        const std::string_view key = tool.key();
        if (key == "vendor" || key == "author" || key == "publisher" || (key == "group" && vendor.empty()))
          vendor = tool.value().text();
        else if (key == "name")
          name = tool.value().text();
        else if (key == "version")
          version = tool.value().text();
        else if (key == "bom-ref")
          bill_.know(tool.value().text());
        else if (key == "components" || key == "services")  // as protobuf has them
          tool_list(tool.value());
      }
      bill_.tool(vendor, name, version);
    }
  }

  // Services are not part of what is inside; they are known, so that a dependency on one is no fault.
  void services(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();)
      for (JsonObject service = list.value().object(); service.next();) {
        if (service.key() == "bom-ref")
          bill_.know(service.value().text());
        else if (service.key() == "services")
          services(service.value());
      }
  }

  void dependencies(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view ref;
      targets_.clear();
      for (JsonObject object = list.value().object(); object.next();) {
        const std::string_view key = object.key();
        if (key == "ref")
          ref = object.value().text();
        else if (key == "dependsOn" || key == "provides")
          for (JsonArray targets = object.value().array(); targets.next();) add_target(targets, key == "provides");
      }
      if (ref.empty()) {
        list.value().set_aside("a dependency without ref");
        continue;
      }
      if (targets_.empty())
        bill_.relate(ref, ref, EdgeKind::depends_on, place_number(depends_on, list.index(), no_element));
      for (const auto& [to, provided, index] : targets_)
        bill_.relate(ref, to, provided ? EdgeKind::provides : EdgeKind::depends_on,
                     place_number(provided ? provides : depends_on, list.index(), index));
    }
  }

  void compositions(JsonValue& value) {
    for (JsonArray list = value.array(); list.next_object();) {
      std::string_view aggregate;
      targets_.clear();
      for (JsonObject object = list.value().object(); object.next();) {
        const std::string_view key = object.key();
        if (key == "aggregate")
          aggregate = object.value().text();
        else if (key == "assemblies" || key == "dependencies")
          for (JsonArray targets = object.value().array(); targets.next();) add_target(targets, key == "dependencies");
      }
      if (targets_.empty()) bill_.detail(Bill::document_index, DetailKind::completeness, {}, aggregate);
      for (const auto& [ref, is_dependencies, index] : targets_)
        bill_.complete(ref, is_dependencies ? "dependencies" : "assemblies", aggregate,
                       place_number(is_dependencies ? composed_dependencies : assemblies, list.index(), index));
    }
  }

  void add_target(JsonArray& targets, bool second_list) {
    const std::string_view ref = targets.value().text();
    if (!ref.empty()) targets_.push_back({ref, second_list, targets.index()});
  }

  struct Target {
    std::string_view ref;
    bool second_list;
    std::size_t index;
  };

  CdxBuilder cdx_;
  BillBuilder& bill_;
  JsonReader& reader_;
  std::vector<Target> targets_;
};

}  // namespace

Result<Bill> read_cyclonedx(Bytes document, BillFormat format, const Limits& limits) {
  BillBuilder builder(std::move(document), format, limits);
  JsonReader reader(builder.pool(), limits);
  PRATIQUE_DO(reader.read(builder.document(), [&](JsonValue& root) { CdxJson(builder, reader).document(root); }));
  // Protobuf may leave the version out: the message is known by its fields.
  const bool may_be_silent = format == BillFormat::cyclonedx_protobuf && builder.bill().spec_version.empty();
  if (!may_be_silent) PRATIQUE_DO(check_cdx_version(builder.bill().spec_version));
  builder.set_aside(reader.take_rejected());
  return builder.finish(place_text);
}

Result<Bill> read_cyclonedx_json(Bytes document, const Limits& limits) {
  return read_cyclonedx(std::move(document), BillFormat::cyclonedx_json, limits);
}

}  // namespace pratique
