// OpenVEX 0.2.0, and 0.0.1 before it, where vulnerabilities, products and subcomponents were plain texts.
#include "base/text.h"
#include "engine/format/vex/readers.h"

namespace pratique {

namespace {

struct Product {
  std::string name;  // empty: nobody can know what is meant
  std::vector<std::string> subcomponents;
  bool has_unknown_part = false;
  std::string place;
};

class OpenVex {
 public:
  explicit OpenVex(const Limits& limits) : limits_(limits), reader_(pool_, limits) {}

  Result<VexList> read(const Bytes& document) {
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) {
      for (JsonObject top = root.object(); top.next();) {
        JsonValue& value = top.value();
        if (top.key() == "author") author_ = value.text();
        if (top.key() == "@id") id_ = value.text();
        if (top.key() == "timestamp" && !updated_) time_ = vex_time(value);
        if (top.key() == "last_updated") {
          const auto updated = vex_time(value);
          updated_ = updated.has_value();
          if (updated_) time_ = updated;
        }
        if (top.key() == "statements")
          for (JsonArray list = value.array(); list.next_object();) read_statement(list.value());
      }
    }));
    for (VexStatement& statement : list_.statements) {
      statement.author = author_;
      statement.document = id_;
      if (!statement.time) statement.time = time_;
    }
    list_.format = VexFormat::openvex;
    list_.rejected = reader_.take_rejected();
    return std::move(list_);
  }

 private:
  void read_statement(JsonValue& value) {
    VexStatement said;
    std::vector<Product> products;
    Product shared;  // 0.0.1 has the subcomponents here
    std::optional<VexStatus> status;
    std::optional<Time> updated;
    std::string action, notes;
    for (JsonObject members = value.object(); members.next();) {
      const std::string_view key = members.key();
      JsonValue& member = members.value();
      if (key == "vulnerability") read_vulnerability(member, said);
      if (key == "products")
        for (JsonArray list = member.array(); list.next();) products.push_back(read_product(list.value()));
      if (key == "subcomponents")
        for (JsonArray list = member.array(); list.next();) take(read_product(list.value()), shared);
      if (key == "status") {
        status = vex_status_named(member.text());
        if (!status) member.set_aside("no status of OpenVEX");
      }
      if (key == "justification") {
        said.justification = vex_justification_named(member.text());
        if (said.justification.empty()) member.set_aside("no justification of OpenVEX");
      }
      if (key == "impact_statement") said.detail = member.text();
      if (key == "action_statement") action = member.text();
      if (key == "status_notes") notes = member.text();
      if (key == "timestamp") said.time = vex_time(member);
      if (key == "last_updated") updated = vex_time(member);
    }
    if (said.vulnerability.empty()) return value.set_aside("a statement about no vulnerability");
    if (!status) return value.set_aside("a statement without status");
    if (products.empty()) return value.set_aside("a statement about no product");
    said.status = *status;
    if (updated) said.time = updated;
    for (const std::string& text : {action, notes})
      if (!text.empty()) said.detail += (said.detail.empty() ? "" : "\n") + text;
    for (const Product& product : products) add(said, product, shared);
  }

  void read_vulnerability(JsonValue& value, VexStatement& said) {
    if (value.kind() == JsonKind::string) {
      said.vulnerability = value.text();
      return;
    }
    std::string id;
    for (JsonObject members = value.object(); members.next();) {
      if (members.key() == "name") said.vulnerability = members.value().text();
      if (members.key() == "@id") id = members.value().text();
      if (members.key() == "aliases")
        for (JsonArray list = members.value().array(); list.next();) said.aliases.emplace_back(list.value().text());
    }
    if (said.vulnerability.empty()) said.vulnerability = id.substr(id.rfind('/') + 1);
  }

  // An @id that says what it is, else the first identifier or hash that does.
  Product read_product(JsonValue& value) {
    Product product;
    product.place = value.place();
    if (value.kind() == JsonKind::string) {
      product.name = vex_product(value.text());
      return product;
    }
    std::string identified;
    for (JsonObject members = value.object(); members.next();) {
      if (members.key() == "@id") product.name = vex_product(members.value().text());
      if (members.key() == "identifiers")
        for (JsonObject names = members.value().object(); names.next();) {
          const std::string name = vex_product(names.value().text());
          if (identified.empty() || names.key() == "purl") identified = name;
        }
      if (members.key() == "hashes")
        for (JsonObject hashes = members.value().object(); hashes.next();)
          if (hashes.key() == "sha-256" && identified.empty())
            identified = vex_product("sha256:" + lower(hashes.value().text()));
      if (members.key() == "subcomponents")
        for (JsonArray list = members.value().array(); list.next();) take(read_product(list.value()), product);
    }
    if (product.name.empty()) product.name = identified;
    return product;
  }

  void take(Product part, Product& into) {
    if (part.name.empty())
      reader_.set_aside(part.place, "neither a purl, a CPE nor a digest: nobody can know what is meant");
    else
      into.subcomponents.push_back(part.name);
    into.has_unknown_part = into.has_unknown_part || part.name.empty();
  }

  void add(const VexStatement& said, const Product& product, const Product& shared) {
    if (product.name.empty())
      return reader_.set_aside(product.place, "neither a purl, a CPE nor a digest: nobody can know what is meant");
    std::vector<std::string> parts = product.subcomponents;
    parts.insert(parts.end(), shared.subcomponents.begin(), shared.subcomponents.end());
    // A statement about parts that nobody knows is none about the whole product.
    if (parts.empty() && !product.has_unknown_part && !shared.has_unknown_part) parts.emplace_back();
    for (std::string& part : parts) {
      if (list_.statements.size() >= limits_.entries)
        return reader_.fail({Fault::limit, "more statements than the limit", {}, {}});
      VexStatement statement = said;
      statement.product = product.name;
      statement.subcomponent = std::move(part);
      list_.statements.push_back(std::move(statement));
    }
  }

  Limits limits_;
  TextPool pool_;
  JsonReader reader_;
  VexList list_;
  std::string author_, id_;
  std::optional<Time> time_;
  bool updated_ = false;
};

}  // namespace

Result<VexList> read_openvex(const Bytes& document, const Limits& limits) { return OpenVex(limits).read(document); }

}  // namespace pratique
