// CSAF 2.0 and 2.1: product_status of each vulnerability, with flags, threats and remediations as their reasons. The
// product tree may stand before or behind the vulnerabilities, so ids are looked up when everything is read.

#include "base/text.h"
#include "engine/format/vex/csaf_products.h"
#include "engine/format/vex/readers.h"
#include "engine/version/version.h"

namespace pratique {

namespace {

struct Said {
  VexStatus status;
  std::string product;  // id
  std::string place;
};

// A text for some products: a flag's label, a threat's or a remediation's details.
struct Reason {
  enum class Kind : std::uint8_t { justification, impact, action };
  Kind kind = Kind::impact;
  std::string text;
  std::vector<std::string> products, groups;  // both empty: for all
};

struct Told {
  std::string id;
  std::vector<std::string> others;
  std::vector<Said> said;
  std::vector<Reason> reasons;
  std::string place;
};

class CsafVex {
 public:
  explicit CsafVex(const Limits& limits) : limits_(limits), reader_(pool_, limits) {}

  Result<VexList> read(const Bytes& document) {
    PRATIQUE_DO(reader_.read(document, [&](JsonValue& root) {
      for (JsonObject top = root.object(); top.next();) {
        if (top.key() == "document") read_document(top.value());
        if (top.key() == "product_tree") products_.read(top.value());
        if (top.key() == "vulnerabilities")
          for (JsonArray list = top.value().array(); list.next_object();) read_vulnerability(list.value());
      }
    }));
    for (const Told& vulnerability : vulnerabilities_) PRATIQUE_DO(state(vulnerability));
    list_.format = VexFormat::csaf;
    list_.rejected = reader_.take_rejected();
    return std::move(list_);
  }

 private:
  void read_document(JsonValue& value) {
    for (JsonObject members = value.object(); members.next();) {
      if (members.key() == "publisher")
        for (JsonObject publisher = members.value().object(); publisher.next();)
          if (publisher.key() == "name") author_ = publisher.value().text();
      if (members.key() != "tracking") continue;
      for (JsonObject tracking = members.value().object(); tracking.next();) {
        if (tracking.key() == "id") id_ = tracking.value().text();
        if (tracking.key() == "current_release_date") time_ = vex_time(tracking.value());
      }
    }
  }

  void read_vulnerability(JsonValue& value) {
    Told vulnerability;
    vulnerability.place = value.place();
    for (JsonObject members = value.object(); members.next();) {
      JsonValue& member = members.value();
      if (members.key() == "cve") vulnerability.id = member.text();
      if (members.key() == "ids")
        for (JsonArray ids = member.array(); ids.next_object();)
          for (JsonObject id = ids.value().object(); id.next();)
            if (id.key() == "text") take_name(id.value().text(), vulnerability.others);
      if (members.key() == "product_status") read_status(member, vulnerability);
      if (members.key() == "flags") read_reasons(member, "label", Reason::Kind::justification, vulnerability);
      if (members.key() == "threats") read_reasons(member, "details", Reason::Kind::impact, vulnerability);
      if (members.key() == "remediations") read_reasons(member, "details", Reason::Kind::action, vulnerability);
    }
    vulnerabilities_.push_back(std::move(vulnerability));
  }

  // Trackers are told by their URL; that is no name of the vulnerability.
  static void take_name(std::string_view text, std::vector<std::string>& names) {
    if (text.find("://") == std::string_view::npos) names.emplace_back(text);
  }

  void read_status(JsonValue& value, Told& vulnerability) {
    for (JsonObject lists = value.object(); lists.next();) {
      if (lists.key() == "recommended") continue;  // which version to take says nothing about another
      const auto status = vex_status_named(lists.key());
      if (!status) {
        lists.value().set_aside("no status of CSAF");
        continue;
      }
      for (JsonArray ids = lists.value().array(); ids.next();)
        vulnerability.said.push_back({*status, std::string(ids.value().text()), ids.value().place()});
    }
  }

  void read_reasons(JsonValue& value, std::string_view text_key, Reason::Kind kind, Told& vulnerability) {
    for (JsonArray list = value.array(); list.next_object();) {
      Reason reason;
      reason.kind = kind;
      bool is_impact = true;
      for (JsonObject members = list.value().object(); members.next();) {
        if (members.key() == text_key) reason.text = members.value().text();
        if (members.key() == "category" && kind == Reason::Kind::impact) is_impact = members.value().text() == "impact";
        for (auto [key, into] : {std::pair{"product_ids", &reason.products}, std::pair{"group_ids", &reason.groups}})
          if (members.key() == key)
            for (JsonArray ids = members.value().array(); ids.next();) into->emplace_back(ids.value().text());
      }
      if (is_impact && !reason.text.empty()) vulnerability.reasons.push_back(std::move(reason));
    }
  }

  Result<void> state(const Told& vulnerability) {
    VexStatement said;
    said.vulnerability = vulnerability.id;
    said.aliases = vulnerability.others;
    if (said.vulnerability.empty() && !said.aliases.empty()) {
      said.vulnerability = said.aliases.front();
      said.aliases.erase(said.aliases.begin());
    }
    if (said.vulnerability.empty()) {
      reader_.set_aside(vulnerability.place, "a vulnerability without name");
      return {};
    }
    said.author = author_;
    said.document = id_;
    for (const Said& each : vulnerability.said) {
      if (list_.statements.size() >= limits_.entries)
        return Error{Fault::limit, "more statements than the limit", {}, {}};
      VexStatement statement = said;
      statement.status = each.status;
      statement.time = time_;
      if (std::string why = name_products(each.product, statement); !why.empty()) {
        reader_.set_aside(each.place, std::move(why));
        continue;
      }
      give_reasons(vulnerability, each, statement);
      list_.statements.push_back(std::move(statement));
    }
    return {};
  }

  static std::string name_of(const CsafProduct& product) {
    return !product.purl.empty() ? product.purl : !product.cpe.empty() ? vex_product(product.cpe) : product.digest;
  }

  // Puts what the id means into the statement; answers why nobody can know, or with nothing.
  std::string name_products(const std::string& id, VexStatement& statement) const {
    const auto resolved = products_.resolve(id);
    if (resolved.part == nullptr) return "the product tree does not have the product";
    const std::string part = name_of(*resolved.part);
    if (part.empty()) return "no purl, CPE or hash says what the product '" + printable(resolved.part->name) + "' is";
    if (resolved.whole != nullptr) {
      statement.product = name_of(*resolved.whole);
      statement.subcomponent = part;
      if (statement.product.empty())
        return "no purl, CPE or hash says what the product '" + printable(resolved.whole->name) + "' is";
    } else {
      statement.product = part;
    }
    const std::string& range = resolved.part->version_range;
    if (range.empty()) return {};
    const auto vers = parse_vers(range);
    if (!vers) return "a range of versions that is no VERS: '" + printable(range) + "'";
    statement.range = render_vers(*vers);
    return {};
  }

  bool is_about(const Reason& reason, const std::string& product) const {
    if (reason.products.empty() && reason.groups.empty()) return true;
    for (const std::string& id : reason.products)
      if (id == product) return true;
    for (const std::string& group : reason.groups)
      if (const auto* ids = products_.find_group(group))
        for (const std::string& id : *ids)
          if (id == product) return true;
    return false;
  }

  void give_reasons(const Told& vulnerability, const Said& said, VexStatement& statement) const {
    for (const Reason& reason : vulnerability.reasons) {
      if (!is_about(reason, said.product)) continue;
      if (reason.kind == Reason::Kind::justification) {
        if (statement.justification.empty() && statement.status == VexStatus::not_affected)
          statement.justification = vex_justification_named(reason.text);
        continue;
      }
      const bool fits = reason.kind == Reason::Kind::impact ? statement.status == VexStatus::not_affected
                                                            : statement.status == VexStatus::affected;
      if (fits) statement.detail += (statement.detail.empty() ? "" : "\n") + reason.text;
    }
  }

  Limits limits_;
  TextPool pool_;
  JsonReader reader_;
  CsafProducts products_;
  std::vector<Told> vulnerabilities_;
  VexList list_;
  std::string author_, id_;
  std::optional<Time> time_;
};

}  // namespace

Result<VexList> read_csaf_vex(const Bytes& document, const Limits& limits) { return CsafVex(limits).read(document); }

}  // namespace pratique
