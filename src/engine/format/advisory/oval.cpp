// OVAL 5 definitions of Red Hat, SUSE, Oracle, Ubuntu and Debian: notices and vulnerabilities, each with criteria that
// a system meets when it is affected.
//
// Nothing is evaluated here. The criteria are walked for their leaves: "package is earlier than version" says what
// mends, and what stands beside it in an AND says on which release and in which module. Ubuntu tests binary packages by
// lists of names, and says the source package and its state in the comment alone, so there the comment is read.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "engine/format/advisory/emit.h"
#include "engine/format/advisory/platform.h"
#include "engine/format/advisory/readers.h"
#include "engine/format/advisory/xml.h"
#include "model/ecosystem.h"
#include "model/source.h"

namespace pratique {
namespace {

struct Criterion {
  bool is_group = false, is_and = false, is_negated = false;
  std::string comment, test;
  std::vector<Criterion> children;
};

struct Definition {
  std::string id, kind, title, summary, severity, issued, updated, url;
  std::vector<std::string> names, cves, platforms;
  std::vector<Rating> ratings;
  std::map<std::string, std::string, std::less<>> resolutions;  // component -> what is done about it
  Criterion criteria;
};

struct Test {
  std::string object, state;
};
struct State {
  std::string evr;  // earlier than this
};

std::string version_in_note(std::string_view comment) {
  const auto start = comment.find("(note: '");
  if (start == std::string_view::npos) return {};
  const std::string_view rest = comment.substr(start + 8);
  const auto end = rest.find('\'');
  return end == std::string_view::npos ? std::string() : std::string(rest.substr(0, end));
}

// What Red Hat calls the state of a component.
FixState state_of_resolution(std::string_view text) {
  const std::string word = lower(text);
  if (word == "will not fix" || word == "out of support scope" || word == "end of life") return FixState::wont_fix;
  if (word == "fix deferred") return FixState::deferred;
  if (word == "under investigation") return FixState::under_investigation;
  if (word == "not affected") return FixState::not_affected;
  return FixState::none;
}

// "Module nodejs:18 is enabled" -> "nodejs:18".
std::string module_in(std::string_view comment) {
  constexpr std::string_view start = "Module ", end = " is enabled";
  if (!comment.starts_with(start) || !comment.ends_with(end)) return {};
  return std::string(comment.substr(start.size(), comment.size() - start.size() - end.size()));
}

// What the leaves above and beside a leaf say.
struct Context {
  std::vector<Platform> platforms;
  std::string module;
};

class OvalReader {
 public:
  explicit OvalReader(AdvisoryEmitter& emit) : emit_(emit) {}

  Result<void> read(const AdvisoryInput& input) {
    const XmlVisitor visitor{
        .open = [this](std::string_view name, const XmlAttributes& attributes) { open(name, attributes); },
        .close = [this](std::string_view name, std::string_view text) { close(name, text); }};
    PRATIQUE_DO(read_xml(input.bytes.view(), input.limits, visitor));
    for (const Definition& definition : definitions_) emit_definition(definition);
    return {};
  }

 private:
  void open(std::string_view name, const XmlAttributes& attributes) {
    if (name == "definition") {
      definitions_.emplace_back();
      definitions_.back().id = attributes.find("id");
      definitions_.back().kind = attributes.find("class");
    } else if (name == "criteria" || name == "criterion" || name == "extend_definition") {
      Criterion criterion;
      criterion.is_group = name == "criteria";
      criterion.is_and = attributes.find("operator") != "OR";
      criterion.is_negated = attributes.find("negate") == "true";
      criterion.comment = attributes.find("comment");
      criterion.test = attributes.find("test_ref");
      open_.push_back(std::move(criterion));
    } else if (name.ends_with("_test")) {
      id_ = attributes.find("id");
    } else if (name.ends_with("_object")) {
      id_ = attributes.find("id");
    } else if (name.ends_with("_state")) {
      id_ = attributes.find("id");
    } else if (name == "object") {
      tests_[id_].object = attributes.find("object_ref");
    } else if (name == "state") {
      tests_[id_].state = attributes.find("state_ref");
    } else if (name == "evr") {
      is_earlier_ = attributes.find("operation") == "less than";
    } else if (!definitions_.empty()) {
      open_metadata(name, attributes);
    }
  }

  void open_metadata(std::string_view name, const XmlAttributes& attributes) {
    Definition& definition = definitions_.back();
    if (name == "reference") {
      const std::string_view id = attributes.find("ref_id");
      (is_cve(id) ? definition.cves : definition.names).emplace_back(id);
      if (definition.url.empty()) definition.url = attributes.find("ref_url");
    } else if (name == "issued") {
      definition.issued = attributes.find("date");
    } else if (name == "updated") {
      definition.updated = attributes.find("date");
    } else if (name == "resolution") {
      resolution_ = attributes.find("state");
    } else if (name == "cve") {
      vectors_.emplace_back(attributes.find("cvss3"));
      if (vectors_.back().empty()) vectors_.back() = attributes.find("cvss2");
    }
  }

  void close(std::string_view name, std::string_view text) {
    if (name == "criteria" || name == "criterion" || name == "extend_definition") return close_criterion();
    if (name == "evr" && is_earlier_) states_[id_].evr = text;
    if (name == "name" && !id_.empty()) objects_[id_] = text;
    if (name == "definition") close_definition();
    if (definitions_.empty()) return;
    Definition& definition = definitions_.back();
    if (name == "title" && definition.title.empty()) definition.title = text;
    if (name == "description" && definition.summary.empty()) definition.summary = first_sentence(text);
    if (name == "severity") definition.severity = text;
    if (name == "platform") definition.platforms.emplace_back(text);
    if (name == "component") definition.resolutions.emplace(text, resolution_);
    if (name == "cve" && is_cve(text)) definition.cves.emplace_back(text);
  }

  void close_criterion() {
    Criterion done = std::move(open_.back());
    open_.pop_back();
    if (!open_.empty())
      open_.back().children.push_back(std::move(done));
    else if (!definitions_.empty())
      definitions_.back().criteria = std::move(done);
  }

  // "7.5/CVSS:3.1/AV:N/..." of the one vulnerability that it is about.
  void close_definition() {
    if (vectors_.size() == 1)
      if (const auto at = vectors_.front().find('/'); at != std::string::npos)
        add_vector(definitions_.back().ratings, std::string_view(vectors_.front()).substr(at + 1));
    vectors_.clear();
  }

  void emit_definition(const Definition& definition) {
    if (definition.kind != "patch" && definition.kind != "vulnerability") return;
    std::vector<Platform> platforms;
    for (const auto& name : definition.platforms)
      if (auto platform = platform_named(name)) platforms.push_back(std::move(*platform));
    if (platforms.empty()) return emit_.set_aside(definition.id, "is for no release that is known");
    Advisory advisory;
    advisory.source = source_of_vendor(platforms.front().vendor);
    const std::set<std::string> cves(definition.cves.begin(), definition.cves.end());
    advisory.upstream.assign(cves.begin(), cves.end());
    advisory.id = id_of(definition, advisory);
    if (advisory.id.empty()) return emit_.set_aside(definition.id, "names neither a notice nor a vulnerability");
    advisory.summary = definition.summary.empty() ? first_sentence(definition.title) : definition.summary;
    advisory.published = time_of(definition.issued);
    advisory.modified = time_of(definition.updated.empty() ? definition.issued : definition.updated);
    advisory.url = definition.url;
    advisory.ratings = definition.ratings;
    add_word(advisory.ratings, definition.severity);
    affected_.clear();
    walk(definition, definition.criteria, {std::move(platforms), {}});
    for (auto& [key, affected] : affected_) advisory.affected.push_back(std::move(affected));
    emit_.part(std::move(advisory));
  }

  // A notice has an id of its own; what is said of a vulnerability alone gets the distribution's name in front.
  static std::string id_of(const Definition& definition, const Advisory& advisory) {
    for (const auto& name : definition.names)
      if (source_of_id(name) == advisory.source) return name;
    if (advisory.upstream.empty()) return {};
    std::string prefix;
    for (const char c : advisory.source) prefix += static_cast<char>(c - 'a' + 'A');
    return prefix + "-" + advisory.upstream.front();
  }

  // Whether all its leaves say which release or module is installed.
  static bool is_condition(const Criterion& criterion) {
    if (!criterion.is_group)
      return platform_named(criterion.comment).has_value() || !module_in(criterion.comment).empty();
    return !criterion.children.empty() &&
           std::all_of(criterion.children.begin(), criterion.children.end(), is_condition);
  }

  static void collect(const Criterion& criterion, Context& into) {
    for (const auto& child : criterion.children) collect(child, into);
    if (criterion.is_group) return;
    if (auto platform = platform_named(criterion.comment)) into.platforms.push_back(std::move(*platform));
    if (auto module = module_in(criterion.comment); !module.empty()) into.module = std::move(module);
  }

  void walk(const Definition& definition, const Criterion& criterion, const Context& context) {
    if (!criterion.is_group) return take_leaf(definition, criterion, context);
    Context inner = context;
    if (criterion.is_and) {
      Context beside;
      for (const auto& child : criterion.children)
        if (is_condition(child)) collect(child, beside);
      if (!beside.platforms.empty()) inner.platforms = std::move(beside.platforms);
      if (!beside.module.empty()) inner.module = std::move(beside.module);
    }
    for (const auto& child : criterion.children)
      if (!is_condition(child)) walk(definition, child, inner);
  }

  void take_leaf(const Definition& definition, const Criterion& leaf, const Context& context) {
    if (leaf.is_negated) return;
    if (leaf.comment.find(" package in ") != std::string::npos) return take_comment(leaf.comment, context);
    const auto test = tests_.find(leaf.test);
    if (test == tests_.end()) return;
    const auto object = objects_.find(test->second.object);
    if (object == objects_.end()) return;
    const auto state = states_.find(test->second.state);
    const std::string fixed = state == states_.end() ? std::string() : state->second.evr;
    if (fixed.empty() && !leaf.comment.ends_with("is installed") && !leaf.comment.ends_with("is affected")) return;
    // "0:0" is before every version: SUSE's way to say that it never was affected.
    if (fixed == "0:0-0" || fixed == "0:0") return;
    const auto resolution = definition.resolutions.find(object->second);
    const FixState done =
        fixed.empty()
            ? (resolution == definition.resolutions.end() ? FixState::none : state_of_resolution(resolution->second))
            : FixState::fixed;
    add(object->second, fixed, done, context);
  }

  // Ubuntu: "curl package in jammy was vulnerable but has been fixed (note: '7.81.0-1ubuntu1.3')."
  void take_comment(std::string_view comment, const Context& context) {
    struct Words {
      std::string_view text;
      FixState state;
    };
    constexpr std::array<Words, 6> words = {{{"has been fixed", FixState::fixed},
                                             {"may need fixing", FixState::none},
                                             {"defer", FixState::deferred},
                                             {"while related to the CVE in some way", FixState::not_affected},
                                             {"not affected", FixState::not_affected},
                                             {"needs fixing", FixState::none}}};
    std::string_view name = comment.substr(0, comment.find(" package in "));
    if (const auto blank = name.rfind(' '); blank != std::string_view::npos) name.remove_prefix(blank + 1);
    for (const auto& [text, state] : words)
      if (comment.find(text) != std::string_view::npos) {
        const std::string version = version_in_note(comment);
        return add(name, state == FixState::fixed ? version : "", state, context);
      }
  }

  void add(std::string_view name, std::string_view fixed, FixState state, const Context& context) {
    for (const auto& platform : context.platforms) {
      const auto key = package_of_distribution(platform.type, platform.vendor, name);
      if (!key || (state == FixState::fixed && fixed.empty())) continue;
      Affected affected = affected_below(*key, platform.stream, scheme_of_purl_type(platform.type), fixed);
      if (state == FixState::not_affected) affected = never_affected(*key, platform.stream);
      affected.state = state;
      affected.module = context.module;
      affected_.emplace(*key + "\n" + platform.stream + "\n" + context.module + "\n" + std::string(fixed),
                        std::move(affected));
    }
  }

  AdvisoryEmitter& emit_;
  std::vector<Definition> definitions_;
  std::vector<Criterion> open_;
  std::vector<std::string> vectors_;
  std::string id_, resolution_;
  bool is_earlier_ = false;
  std::unordered_map<std::string, Test> tests_;
  std::unordered_map<std::string, std::string> objects_;
  std::unordered_map<std::string, State> states_;
  std::map<std::string, Affected> affected_;
};

}  // namespace

Result<void> read_oval(const AdvisoryInput& input, AdvisoryEmitter& emit) { return OvalReader(emit).read(input); }

}  // namespace pratique
