// CycloneDX XML: streamed through expat into the shape CycloneDX has in JSON, which is then read.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/text.h"
#include "engine/format/bill/readers.h"
#include "engine/format/json_writer.h"
#include "engine/format/xml.h"

namespace pratique {

namespace {

// Where in the document we are: what an element means depends on it.
enum class In : std::uint8_t {
  nowhere,
  bom,
  metadata,
  tools,
  tool,
  component,
  components,
  services,
  service,
  hashes,
  licenses,
  license,
  references,
  reference,
  properties,
  organization,
  authors,
  contact,
  evidence,
  occurrences,
  occurrence,
  copyrights,
  dependencies,
  dependency,
  compositions,
  composition,
  refs,
  lifecycles,
  lifecycle,
  swid,
  vulnerabilities,
  vulnerability,
  analysis,
  affects,
  target,
  versions,
  version
};

// What an element becomes in JSON. Attributes become members of what becomes an object.
enum class As : std::uint8_t {
  text,          // "key": "text"
  first,         // "key": ["text"]; of several the first
  repeated,      // one of "key": ["text", ...]
  repeated_ref,  // one of "key": ["the attribute ref", ...]
  object,        // "key": {...}
  list,          // "key": [...]
  through,       // nothing: its children count as those of what is around it
  item,          // {...} in a list
  choice,        // {"key": {...}} in a list
  text_item,     // {"key": "text"} in a list
  ref_item,      // "the attribute ref" in a list
  body,          // "key": {"content": "text"}
};

struct Element {
  In in;
  std::string_view name;
  As as;
  std::string_view key;
  In then = In::nowhere;
};

constexpr std::array<Element, 114> elements = {{
    {In::bom, "metadata", As::object, "metadata", In::metadata},
    {In::bom, "components", As::list, "components", In::components},
    {In::bom, "services", As::list, "services", In::services},
    {In::bom, "dependencies", As::list, "dependencies", In::dependencies},
    {In::bom, "compositions", As::list, "compositions", In::compositions},
    {In::bom, "externalReferences", As::list, "externalReferences", In::references},
    {In::bom, "properties", As::list, "properties", In::properties},
    {In::metadata, "timestamp", As::text, "timestamp"},
    {In::metadata, "lifecycles", As::list, "lifecycles", In::lifecycles},
    {In::metadata, "tools", As::list, "tools", In::tools},
    {In::metadata, "authors", As::list, "authors", In::authors},
    {In::metadata, "component", As::object, "component", In::component},
    {In::metadata, "manufacture", As::object, "manufacture", In::organization},
    {In::metadata, "manufacturer", As::object, "manufacturer", In::organization},
    {In::metadata, "supplier", As::object, "supplier", In::organization},
    {In::metadata, "licenses", As::list, "licenses", In::licenses},
    {In::metadata, "properties", As::list, "properties", In::properties},
    {In::lifecycles, "lifecycle", As::item, "", In::lifecycle},
    {In::lifecycle, "phase", As::text, "phase"},
    {In::lifecycle, "name", As::text, "name"},
    {In::tools, "tool", As::item, "", In::tool},
    {In::tools, "components", As::through, "", In::tools},  // from 1.5 on
    {In::tools, "services", As::through, "", In::tools},
    {In::tools, "component", As::item, "", In::tool},
    {In::tools, "service", As::item, "", In::tool},
    {In::tool, "vendor", As::text, "vendor"},
    {In::tool, "author", As::text, "author"},
    {In::tool, "publisher", As::text, "publisher"},
    {In::tool, "group", As::text, "group"},
    {In::tool, "name", As::text, "name"},
    {In::tool, "version", As::text, "version"},
    {In::components, "component", As::item, "", In::component},
    {In::component, "name", As::text, "name"},
    {In::component, "version", As::text, "version"},
    {In::component, "purl", As::text, "purl"},
    {In::component, "hashes", As::list, "hashes", In::hashes},
    {In::component, "licenses", As::list, "licenses", In::licenses},
    {In::component, "description", As::text, "description"},
    {In::component, "scope", As::text, "scope"},
    {In::component, "group", As::text, "group"},
    {In::component, "externalReferences", As::list, "externalReferences", In::references},
    {In::component, "properties", As::list, "properties", In::properties},
    {In::component, "components", As::list, "components", In::components},
    {In::component, "cpe", As::text, "cpe"},
    {In::component, "author", As::text, "author"},
    {In::component, "authors", As::list, "authors", In::authors},
    {In::component, "publisher", As::text, "publisher"},
    {In::component, "copyright", As::text, "copyright"},
    {In::component, "supplier", As::object, "supplier", In::organization},
    {In::component, "manufacturer", As::object, "manufacturer", In::organization},
    {In::component, "evidence", As::object, "evidence", In::evidence},
    {In::component, "swid", As::object, "swid", In::swid},
    {In::component, "swhid", As::repeated, "swhid"},
    {In::component, "omniborId", As::repeated, "omniborId"},
    {In::hashes, "hash", As::text_item, "content"},
    {In::licenses, "license", As::choice, "license", In::license},
    {In::licenses, "expression", As::text_item, "expression"},
    {In::licenses, "expression-detailed", As::item, "", In::nowhere},
    {In::license, "id", As::text, "id"},
    {In::license, "name", As::text, "name"},
    {In::license, "url", As::text, "url"},
    {In::license, "text", As::body, "text"},
    {In::references, "reference", As::item, "", In::reference},
    {In::reference, "url", As::text, "url"},
    {In::properties, "property", As::text_item, "value"},
    {In::organization, "name", As::text, "name"},
    {In::organization, "url", As::first, "url"},
    {In::authors, "author", As::item, "", In::contact},
    {In::contact, "name", As::text, "name"},
    {In::contact, "email", As::text, "email"},
    {In::evidence, "licenses", As::list, "licenses", In::licenses},
    {In::evidence, "occurrences", As::list, "occurrences", In::occurrences},
    {In::evidence, "copyright", As::list, "copyright", In::copyrights},
    {In::occurrences, "occurrence", As::item, "", In::occurrence},
    {In::occurrence, "location", As::text, "location"},
    {In::copyrights, "text", As::text_item, "text"},
    {In::dependencies, "dependency", As::item, "", In::dependency},
    {In::dependency, "dependency", As::repeated_ref, "dependsOn"},
    {In::dependency, "provides", As::repeated_ref, "provides"},
    {In::compositions, "composition", As::item, "", In::composition},
    {In::composition, "aggregate", As::text, "aggregate"},
    {In::composition, "assemblies", As::list, "assemblies", In::refs},
    {In::composition, "dependencies", As::list, "dependencies", In::refs},
    {In::refs, "assembly", As::ref_item, ""},
    {In::refs, "dependency", As::ref_item, ""},
    {In::services, "service", As::item, "", In::service},
    {In::service, "services", As::list, "services", In::services},
    {In::service, "name", As::text, "name"},
    {In::swid, "text", As::body, "text"},
    {In::occurrence, "symbol", As::text, "symbol"},
    {In::bom, "vulnerabilities", As::list, "vulnerabilities", In::vulnerabilities},
    {In::vulnerabilities, "vulnerability", As::item, "", In::vulnerability},
    {In::vulnerability, "id", As::text, "id"},
    {In::vulnerability, "references", As::list, "references", In::vulnerabilities},
    {In::vulnerabilities, "reference", As::item, "", In::vulnerability},
    {In::vulnerability, "published", As::text, "published"},
    {In::vulnerability, "updated", As::text, "updated"},
    {In::vulnerability, "detail", As::text, "detail"},
    {In::vulnerability, "recommendation", As::text, "recommendation"},
    {In::vulnerability, "workaround", As::text, "workaround"},
    {In::vulnerability, "analysis", As::object, "analysis", In::analysis},
    {In::analysis, "state", As::text, "state"},
    {In::analysis, "justification", As::text, "justification"},
    {In::analysis, "detail", As::text, "detail"},
    {In::analysis, "firstIssued", As::text, "firstIssued"},
    {In::analysis, "lastUpdated", As::text, "lastUpdated"},
    {In::vulnerability, "affects", As::list, "affects", In::affects},
    {In::affects, "target", As::item, "", In::target},
    {In::target, "ref", As::text, "ref"},
    {In::target, "versions", As::list, "versions", In::versions},
    {In::versions, "version", As::item, "", In::version},
    {In::version, "version", As::text, "version"},
    {In::version, "range", As::text, "range"},
    {In::version, "status", As::text, "status"},
}};

constexpr std::string_view name_space = "http://cyclonedx.org/schema/bom/";
constexpr char separator = '|';  // between namespace and name

// Walks the elements and writes the JSON.
class Transcoder {
 public:
  Transcoder(XML_Parser parser, const Limits& limits) : parser_(parser), limits_(limits) {}

  void start(std::string_view name, const char** attributes) {
    if (error_) return;
    if (skipped_ > 0) {
      ++skipped_;
      return;
    }
    const auto cut = name.rfind(separator);
    const std::string_view space = cut == std::string_view::npos ? std::string_view() : name.substr(0, cut);
    const std::string_view local = cut == std::string_view::npos ? name : name.substr(cut + 1);
    if (open_.empty()) return root(space, local, attributes);
    if (open_.size() >= limits_.depth) return fail(Fault::limit, "nested deeper than the limit");
    const In in = open_.back().in;
    const auto element =
        std::find_if(elements.begin(), elements.end(), [&](const Element& e) { return e.in == in && e.name == local; });
    if (space != space_ || element == elements.end()) {
      skipped_ = 1;
      return;
    }
    enter(*element, attributes);
  }

  void end() {
    if (error_) return;  // expat may call once more after it was stopped
    if (skipped_ > 0) {
      --skipped_;
      return;
    }
    leave(open_.back());
    open_.pop_back();
  }

  void text(std::string_view text) {
    if (error_ || skipped_ > 0 || open_.empty() || !open_.back().wants_text) return;
    if (open_.back().text.size() + text.size() > limits_.text)
      return fail(Fault::limit, "a text longer than the limit");
    open_.back().text += text;
  }

  void fail(Fault fault, std::string text, std::string remedy = {}) {
    if (error_) return;
    error_ = Error{fault, std::move(text), {place()}, std::move(remedy)};
    XML_StopParser(parser_, XML_FALSE);
  }

  void doctype() { fail(Fault::malformed, "a document type declaration, which an SBOM has no use for"); }
  std::string place() const {
    return "line " + std::to_string(XML_GetCurrentLineNumber(parser_)) + ", column " +
           std::to_string(XML_GetCurrentColumnNumber(parser_) + 1);
  }
  std::optional<Error>& error() { return error_; }
  std::string& json() { return out_.out(); }

 private:
  struct Open {
    const Element* element = nullptr;
    In in = In::nowhere;
    bool wants_text = false;
    bool first_told = false;
    std::string text;
    std::map<std::string_view, std::vector<std::string>> repeated;  // told when the element ends
  };

  void root(std::string_view space, std::string_view local, const char** attributes) {
    if (local == "RDF")
      return fail(Fault::unsupported, "SPDX in RDF/XML is not read", "convert it to SPDX JSON or tag-value");
    if (local != "bom" || !space.starts_with(name_space))
      return fail(Fault::malformed, "XML, but not an SBOM: the outermost element is '" + printable(local) + "'");
    space_ = space;
    open_.push_back({nullptr, In::bom, false, false, {}, {}});
    out_.begin_object();
    out_.text("bomFormat", "CycloneDX");
    out_.text("specVersion", space.substr(name_space.size()));
    for (; *attributes; attributes += 2)
      if (std::string_view(attributes[0]) == "serialNumber") out_.text("serialNumber", attributes[1]);
  }

  void write_attributes(const char** attributes) {
    for (; *attributes; attributes += 2) {
      const std::string_view name = attributes[0];
      if (name.find(separator) == std::string_view::npos) out_.text(name, attributes[1]);
    }
  }

  static std::string_view ref_in(const char** attributes) {
    for (; *attributes; attributes += 2)
      if (std::string_view(attributes[0]) == "ref") return attributes[1];
    return {};
  }

  void enter(const Element& element, const char** attributes) {
    const As as = element.as;
    if (as == As::repeated_ref) open_.back().repeated[element.key].emplace_back(ref_in(attributes));
    const bool wants_text =
        as == As::text || as == As::first || as == As::repeated || as == As::text_item || as == As::body;
    open_.push_back({&element, element.then, wants_text, false, {}, {}});
    switch (as) {
      case As::object:
      case As::body:
        out_.key(element.key);
        out_.begin_object();
        return write_attributes(attributes);
      case As::list: out_.key(element.key); return out_.begin_array();
      case As::choice:
        out_.begin_object();
        out_.key(element.key);
        out_.begin_object();
        return write_attributes(attributes);
      case As::item:
      case As::text_item: out_.begin_object(); return write_attributes(attributes);
      case As::ref_item: return out_.text(ref_in(attributes));
      default: return;
    }
  }

  void leave(Open& open) {
    for (const auto& [key, texts] : open.repeated) {
      out_.key(key);
      out_.begin_array();
      for (const std::string& text : texts) out_.text(text);
      out_.end_array();
    }
    if (open.element == nullptr) return out_.end_object();
    const Element& element = *open.element;
    const std::string_view text = trim(open.text);
    Open& around = open_[open_.size() - 2];
    switch (element.as) {
      case As::text: return out_.text(element.key, text);
      case As::first:
        if (!std::exchange(around.first_told, true)) {
          out_.key(element.key);
          out_.begin_array();
          out_.text(text);
          out_.end_array();
        }
        return;
      case As::repeated: around.repeated[element.key].emplace_back(text); return;
      case As::object:
      case As::item: return out_.end_object();
      case As::list: return out_.end_array();
      case As::choice: out_.end_object(); return out_.end_object();
      case As::text_item: out_.text(element.key, text); return out_.end_object();
      case As::body: out_.text("content", text); return out_.end_object();
      default: return;
    }
  }

  XML_Parser parser_;
  const Limits& limits_;
  JsonWriter out_;
  std::vector<Open> open_;
  std::string space_;        // the namespace of this version
  std::size_t skipped_ = 0;  // how deep in an element that is not read
  std::optional<Error> error_;
};

}  // namespace

Result<std::string> cyclonedx_xml_to_json(std::string_view text, const Limits& limits) {
  const XmlParser parser = make_xml_parser(text, separator);
  if (!parser) return Error{Fault::limit, "out of memory", {}, {}};
  Transcoder transcoder(parser.get(), limits);
  PRATIQUE_DO(parse_xml(parser.get(), text, transcoder));
  return std::move(transcoder.json());
}

Result<Bill> read_cyclonedx_xml(Bytes document, const Limits& limits) {
  PRATIQUE_TRY(std::string json, cyclonedx_xml_to_json(document.view(), limits));
  document = Bytes();  // the JSON replaces it
  Limits for_json = limits;
  for_json.bytes = std::max(limits.bytes, json.size());
  return read_cyclonedx(Bytes::copy_of(json), BillFormat::cyclonedx_xml, for_json);
}

}  // namespace pratique
