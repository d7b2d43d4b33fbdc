// CycloneDX XML, transcribed from its JSON: a member becomes an element of its name but for attributes and lists, which
// have their own names. The members stand in the order of the XML schema already.
#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"
#include "engine/format/bill/cyclonedx_writer.h"
#include "engine/format/json.h"

namespace pratique {

namespace {

// Members that are attributes, by the element they stand in; they are its first members.
struct Attribute {
  std::string_view element, key;
};
constexpr std::array<Attribute, 11> attributes = {{{"component", "type"},
                                                   {"component", "mime-type"},
                                                   {"component", "bom-ref"},
                                                   {"hash", "alg"},
                                                   {"license", "acknowledgement"},
                                                   {"reference", "type"},
                                                   {"property", "name"},
                                                   {"dependency", "ref"},
                                                   {"swid", "tagId"},
                                                   {"swid", "name"},
                                                   {"text", "encoding"}}};

// The member that is the text of its element.
constexpr std::array<Attribute, 3> contents = {{{"hash", "content"}, {"property", "value"}, {"text", "content"}}};

bool is_one_of(std::span<const Attribute> list, std::string_view element, std::string_view key) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Attribute& a) { return a.element == element && a.key == key; });
}

// A list: the element around it (none: its elements stand where it stands) and the element of each item.
struct ListNames {
  std::string_view in, key, around, item;
  bool is_ref = false;  // the item is an attribute `ref`
};
constexpr std::array<ListNames, 18> lists = {{{"", "components", "components", "component"},
                                              {"", "hashes", "hashes", "hash"},
                                              {"", "licenses", "licenses", ""},
                                              {"", "externalReferences", "externalReferences", "reference"},
                                              {"", "properties", "properties", "property"},
                                              {"", "authors", "authors", "author"},
                                              {"", "occurrences", "occurrences", "occurrence"},
                                              {"", "copyright", "copyright", ""},
                                              {"", "lifecycles", "lifecycles", "lifecycle"},
                                              {"", "compositions", "compositions", "composition"},
                                              {"", "url", "", "url"},
                                              {"", "swhid", "", "swhid"},
                                              {"", "omniborId", "", "omniborId"},
                                              {"", "dependsOn", "", "dependency", true},
                                              {"", "provides", "", "provides", true},
                                              {"", "assemblies", "assemblies", "assembly", true},
                                              {"composition", "dependencies", "dependencies", "dependency", true},
                                              {"", "dependencies", "dependencies", "dependency"}}};

class XmlWriter {
 public:
  explicit XmlWriter(Losses& losses) : losses_(losses) {}

  std::string document(JsonValue& root) {
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    std::string version, serial;
    bool open = false;
    for (JsonObject bom = root.object(); bom.next();) {
      const std::string key(bom.key());
      if (key == "specVersion") version = bom.value().text();
      if (key == "serialNumber") serial = bom.value().text();
      if (bom.value().kind() != JsonKind::object && bom.value().kind() != JsonKind::array) continue;
      if (!std::exchange(open, true)) {
        out_ += "<bom xmlns=\"http://cyclonedx.org/schema/bom/" + version + "\"";
        if (!serial.empty()) attribute("serialNumber", serial);
        out_ += " version=\"1\">";
        ++depth_;
      }
      member("bom", key, bom.value());
    }
    --depth_;
    out_ += "\n</bom>\n";
    return std::move(out_);
  }

 private:
  void member(std::string_view element, std::string_view key, JsonValue& value) {
    switch (value.kind()) {
      case JsonKind::object: return this->element(key, value);
      case JsonKind::array: return list(element, key, value);
      default: return text_element(key, value.text());
    }
  }

  void list(std::string_view element, std::string_view key, JsonValue& value) {
    const auto names = std::find_if(lists.begin(), lists.end(), [&](const ListNames& l) {
      return l.key == key && (l.in.empty() || l.in == element);
    });
    check(names != lists.end(), "every list that is written has its names in XML");
    if (!names->around.empty()) open(names->around);
    for (JsonArray items = value.array(); items.next();) {
      JsonValue& item = items.value();
      if (names->is_ref) {
        line();
        out_.append("<").append(names->item);
        attribute("ref", item.text());
        out_ += "/>";
      } else if (item.kind() != JsonKind::object) {
        text_element(names->item, item.text());
      } else if (names->item.empty()) {
        choice(item);
      } else {
        this->element(names->item, item);
      }
    }
    if (!names->around.empty()) close(names->around);
  }

  // {"license": {...}}, {"expression": "...", "acknowledgement": "..."}, {"text": "..."}
  void choice(JsonValue& item) {
    std::string expression, acknowledgement;
    for (JsonObject object = item.object(); object.next();) {
      const std::string key(object.key());
      if (key == "expression")
        expression = object.value().text();
      else if (key == "acknowledgement")
        acknowledgement = object.value().text();
      else
        member("licenses", key, object.value());
    }
    if (expression.empty()) return;
    line();
    out_ += "<expression";
    if (!acknowledgement.empty()) attribute("acknowledgement", acknowledgement);
    out_.push_back('>');
    text(expression);
    out_ += "</expression>";
  }

  // Attributes stand first in JSON, so that the start tag can stay open until another member comes.
  void element(std::string_view name, JsonValue& value) {
    line();
    out_.append("<").append(name);
    bool has_children = false, has_text = false;
    for (JsonObject object = value.object(); object.next();) {
      const std::string key(object.key());
      if (is_one_of(attributes, name, key)) {
        attribute(key, object.value().text());
        continue;
      }
      if (!has_children && !has_text) out_.push_back('>');
      if (is_one_of(contents, name, key)) {
        has_text = true;
        text(object.value().text());
        continue;
      }
      if (!std::exchange(has_children, true)) ++depth_;
      member(name, key, object.value());
    }
    if (has_children) {
      --depth_;
      line();
    }
    if (has_children || has_text)
      out_.append("</").append(name).append(">");
    else
      out_ += "/>";
  }

  void open(std::string_view name) {
    line();
    out_.append("<").append(name).append(">");
    ++depth_;
  }

  void close(std::string_view name) {
    --depth_;
    line();
    out_.append("</").append(name).append(">");
  }

  void text_element(std::string_view name, std::string_view value) {
    line();
    out_.append("<").append(name).append(">");
    text(value);
    out_.append("</").append(name).append(">");
  }

  void line() { out_.append(1, '\n').append(2 * depth_, ' '); }

  void attribute(std::string_view name, std::string_view value) {
    out_.append(" ").append(name).append("=\"");
    escape(value);
    out_.push_back('"');
  }

  // Readers take blanks around a text for layout.
  void text(std::string_view value) {
    if (trim(value).size() != value.size()) losses_.add("text", Bill::document_index, value);
    escape(value);
  }

  void escape(std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const char c = value[i];
      const bool not_a_character = value.substr(i, 3) == "\xef\xbf\xbe" || value.substr(i, 3) == "\xef\xbf\xbf";
      switch (c) {
        case '<': out_ += "&lt;"; break;
        case '>': out_ += "&gt;"; break;
        case '&': out_ += "&amp;"; break;
        case '"': out_ += "&quot;"; break;
        case '\n': out_ += "&#10;"; break;
        case '\r': out_ += "&#13;"; break;
        case '\t': out_ += "&#9;"; break;
        default:
          if (static_cast<unsigned char>(c) >= ' ' && !not_a_character) {
            out_.push_back(c);
            break;
          }
          losses_.add("text", Bill::document_index, value);
          out_ += "\xef\xbf\xbd";
          if (not_a_character) i += 2;
      }
    }
  }

  Losses& losses_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string cyclonedx_xml_of(std::string_view json, Losses& losses) {
  std::string xml;
  TextPool pool;
  const Bytes document = Bytes::copy_of(json);
  JsonReader reader(pool, own_document_limits);
  const auto read = reader.read(document, [&](JsonValue& root) { xml = XmlWriter(losses).document(root); });
  check(read.has_value(), "what the JSON writer wrote is JSON");
  return xml;
}

}  // namespace pratique
