#include "engine/match/match.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <unordered_map>

#include "base/text.h"
#include "engine/match/identity.h"
#include "engine/match/join.h"
#include "engine/match/module.h"
#include "engine/match/product.h"
#include "engine/version/version.h"
#include "model/ecosystem.h"

namespace pratique {
namespace {

// An entry that applies, before its advisory was fetched.
struct Applied {
  std::uint32_t advisory = 0;
  std::uint32_t position = 0;
  std::string range;  // as in Proof
  Scheme scheme = Scheme::generic;
  bool fallback = false;
  std::string package;  // the key that it was found under
  std::string module, doubt;
  const Product* product = nullptr;  // that it was found for, where it is one by CPE
};

std::string text_of(const VersView& range) {
  Vers vers{range.scheme, range.any, {}};
  for (const auto& [comparator, version] : range.constraints)
    vers.constraints.push_back({comparator, std::string(version)});
  return render_vers(vers);
}

std::string clipped_label_of(Component component) {
  component.name = component.name.substr(0, longest_label);
  component.version = component.version.substr(0, longest_label);
  return clipped(label_of(component));
}

// What one package in one version came to.
struct Judged {
  std::vector<std::size_t> findings;
};

class Matching {
 public:
  Matching(const Bill& bill, const AdvisoryData& data, CpeUse cpes)
      : bill_(bill), data_(data), cpes_(cpes), identifier_(bill) {
    visit_ = [this](const AffectedView& view) { look_at(view); };
    visit_product_ = [this](const AffectedView& view) { look_at_product(view); };
  }

  Result<Match> run() {
    for (std::uint32_t i = 0; i < bill_.components.size(); ++i) {
      if (!identifier_.is_package(i)) continue;
      ++match_.components;
      PRATIQUE_DO(judge(i));
    }
    const auto order = [](const Finding& f) { return std::tie(f.id, f.component); };
    std::sort(match_.findings.begin(), match_.findings.end(), [&](const Finding& a, const Finding& b) {
      return a.severity != b.severity ? a.severity > b.severity : order(a) < order(b);
    });
    return std::move(match_);
  }

 private:
  Result<void> judge(std::uint32_t component) {
    auto identity = identifier_.identify(component);
    identity_ = identity ? *identity : Identity{};
    candidates_ = 0;
    undecided_ = 0;
    judged_ = nullptr;
    applied_.clear();
    products_.clear();
    std::string reason;
    if (identity) {
      PRATIQUE_TRY(reason, look_up_name(component));
    } else {
      reason = std::move(identity.error().text);
    }
    PRATIQUE_DO(look_up_products(component, reason));
    if (!reason.empty()) do_not_know(component, reason);
    if (candidates_ == 0) return {};
    if (undecided_ > 0)
      do_not_know(component, identity_.version.empty() ? "no version, and there are advisories for some"
                                                       : "'" + clipped(identity_.version) + "' is no version");
    if (judged_ != nullptr) {
      for (const std::size_t finding : judged_->findings) match_.findings[finding].elsewhere.push_back(component);
      return {};
    }
    return report(component);
  }

  // Why the name does not suffice to judge it; empty where it does.
  Result<std::string> look_up_name(std::uint32_t component) {
    names_version_ = names_version(identity_);
    if (cpes_ == CpeUse::asked && !(is_distribution_type(identity_.type) && covers())) find_products(component);
    PRATIQUE_DO(look_up(identity_.package));
    if (!identity_.source.empty()) PRATIQUE_DO(look_up(identity_.source));
    for (const auto name : also_known_as(identity_.package)) PRATIQUE_DO(look_up(name));
    if (candidates_ > 0) return std::string();
    if (!has_advisories_by_name(identity_.type))
      return "nobody collects advisories for pkg:" + std::string(identity_.type);
    return covers() ? std::string() : "no advisories for " + data_name() + " in the database";
  }

  void find_products(std::uint32_t component) {
    if (auto products = products_of(bill_, component))
      products_ = std::move(*products);
    else
      do_not_know(component, products.error().text);
  }

  // Where its name does not suffice, or they were asked for. Clears the reason where some advisory speaks of one.
  Result<void> look_up_products(std::uint32_t component, std::string& reason) {
    const bool has_other_name =
        !bill_.components[component].purl.empty() && (identity_.type.empty() || has_advisories_by_name(identity_.type));
    if (products_.empty() && !reason.empty() && (cpes_ == CpeUse::asked || !has_other_name)) find_products(component);
    if (products_.empty()) return {};
    if (!covers_cpes_) covers_cpes_ = data_.covers("cpe", {});
    const std::size_t before = candidates_;
    for (const Product& product : products_) {
      product_ = &product;
      if (*covers_cpes_) PRATIQUE_DO(data_.each(product.package, {}, visit_product_));
    }
    if (candidates_ > before)
      reason.clear();
    else if (!reason.empty())
      reason += *covers_cpes_ ? ", and no advisory speaks of its CPE" : ", and the database has no advisories by CPE";
    return {};
  }

  Result<void> look_up(std::string_view package) {
    looked_up_ = package;
    earlier_ = applied_.size();
    return data_.each(package, identity_.stream, visit_);
  }

  // The first entry of a package tells whether the package was judged before.
  void look_at(const AffectedView& view) {
    if (candidates_++ == 0) judged_ = find_judged();
    if (view.state == FixState::not_affected || view.state == FixState::under_investigation) return;
    const ModuleAnswer module = compare_modules(view, identity_);
    if (!module.applies) return;
    const auto is_same = [&](const Applied& applied) { return applied.advisory == view.advisory; };
    const bool taken = (!applied_.empty() && is_same(applied_.back())) ||
                       std::any_of(applied_.begin(), applied_.begin() + static_cast<std::ptrdiff_t>(earlier_), is_same);
    const auto apply = [&](std::string range, Scheme scheme, bool fallback) {
      applied_.push_back({view.advisory, view.position, std::move(range), scheme, fallback, std::string(looked_up_),
                          std::string(module.compared), std::string(module.doubt), nullptr});
    };
    const auto is_any = [](const VersView& range) { return range.any; };
    if (!names_version_) {
      const auto any = std::find_if(view.ranges.begin(), view.ranges.end(), is_any);
      if (any == view.ranges.end())
        ++undecided_;
      else if (!taken && judged_ == nullptr)
        apply(text_of(*any), any->scheme, false);
      return;
    }
    if (judged_ != nullptr || taken) return;
    for (const VersView& range : view.ranges)
      if (const Containment held = contains(range, identity_.version); held.inside)
        return apply(text_of(range), range.scheme, held.fallback);
    for (const std::string_view listed : view.versions)
      if (const Order order = compare_versions(identity_.scheme, listed, identity_.version); order.order == 0)
        return apply("versions: " + std::string(listed), identity_.scheme, order.fallback);
  }

  // What an advisory says by CPE. Whether the products that it needs besides are there, and which of several entries of
  // one advisory counts, is seen when it is reported.
  void look_at_product(const AffectedView& view) {
    if (candidates_++ == 0) judged_ = find_judged();
    if (view.state == FixState::not_affected || view.state == FixState::under_investigation) return;
    auto doubt = doubt_of(*product_, view.cpe, identity_.type);
    if (!doubt) return;
    const bool has_version = names_version(Identity{.version = product_->version});
    for (const VersView& range : view.ranges) {
      const Containment held = has_version ? contains(range, product_->version) : Containment{range.any};
      if (!held.inside && !has_version) ++undecided_;
      if (!held.inside || judged_ != nullptr) continue;
      applied_.push_back({view.advisory,
                          view.position,
                          text_of(range),
                          range.scheme,
                          held.fallback,
                          std::string(view.cpe),
                          {},
                          std::move(*doubt),
                          product_});
      return;
    }
  }

  // Identity is (package, stream, version); equal texts only, since the findings show the text.
  Judged* find_judged() {
    key_.assign(identity_.package).append("\n").append(identity_.stream).append("\n").append(identity_.version);
    key_.append("\n").append(identity_.module).append("\n").append(identity_.source);
    for (const Product& product : products_)
      key_.append("\n").append(render_cpe(product.cpe)).append(" ").append(product.version);
    const auto known = judged_before_.find(key_);
    return known == judged_before_.end() ? nullptr : &known->second;
  }

  Result<void> report(std::uint32_t component) {
    Judged& judged = judged_before_[key_];
    if (applied_.empty()) return {};
    std::vector<Hit> hits;
    for (const Applied& applied : applied_) {
      PRATIQUE_TRY(const Advisory* const advisory, fetch(applied.advisory));
      if (applied.position >= advisory->affected.size())
        return Error{Fault::malformed, "the database has no such entry in " + advisory->id, {}, {}};
      const Affected& affected = advisory->affected[applied.position];
      if (applied.product != nullptr && !applies_to_product(affected, advisory, hits)) continue;
      hits.push_back({advisory, &affected, proof_of(*advisory, affected, applied),
                      applied.product != nullptr ? Scheme::generic : identity_.scheme});
    }
    const auto joined = join(hits);
    if (match_.findings.size() + joined.size() > most_findings)
      return Error{Fault::limit, "more than " + with_commas(most_findings) + " findings", {}, {}};
    for (const Joined& one : joined) {
      PRATIQUE_TRY(const auto note, data_.vulnerability(one.id));
      Finding finding = finding_of(one, hits, note);
      const Component& found = bill_.components[component];
      finding.component = component;
      finding.name = clipped(found.name);
      finding.version = clipped(found.version.empty() ? std::string_view(finding.proof.installed) : found.version);
      finding.purl = found.purl;
      finding.path = path_to(component);
      judged.findings.push_back(match_.findings.size());
      match_.findings.push_back(std::move(finding));
    }
    return {};
  }

  // One entry of an advisory suffices, and that one only together with what it needs.
  bool applies_to_product(const Affected& affected, const Advisory* advisory, const std::vector<Hit>& hits) {
    if (std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.advisory == advisory; })) return false;
    if (affected.companions.empty()) return true;
    if (!products_of_bill_) products_of_bill_.emplace(bill_);
    return products_of_bill_->hold(affected.companions);
  }

  Proof proof_of(const Advisory& advisory, const Affected& affected, const Applied& applied) const {
    Proof proof{.advisory = advisory.id,
                .source = advisory.source,
                .revision = advisory.modified ? render_time(*advisory.modified) : "",
                .package = applied.package,
                .stream = std::string(identity_.stream),
                .module = applied.module,
                .range = applied.range,
                .comparator = std::string(name_of(applied.scheme)),
                .installed = std::string(identity_.version),
                .fallback = applied.fallback,
                .doubt = applied.doubt};
    if (applied.product == nullptr) return proof;
    proof.stream.clear();
    proof.installed = applied.product->version;
    if (!affected.note.empty()) proof.doubt += "; " + affected.note + ", which nobody has checked";
    return proof;
  }

  // Many packages of a bill share advisories.
  Result<const Advisory*> fetch(std::uint32_t number) {
    if (const auto known = advisories_.find(number); known != advisories_.end()) return &known->second;
    PRATIQUE_TRY(Advisory advisory, data_.advisory(number));
    return &advisories_.emplace(number, std::move(advisory)).first->second;
  }

  // Of a chain as long as the bill every finding would repeat all of it, so only its end is told.
  std::vector<std::string> path_to(std::uint32_t component) {
    constexpr std::size_t longest = 24;
    if (!paths_) paths_ = std::make_unique<Paths>(bill_);
    std::vector<std::string> labels;
    std::uint32_t step = component;
    for (; step != no_component && labels.size() < longest; step = paths_->before(step))
      labels.push_back(clipped_label_of(bill_.components[step]));
    if (step != no_component) labels.emplace_back("...");
    std::reverse(labels.begin(), labels.end());
    return labels;
  }

  // Neighbours in a bill have the same type and stream.
  bool covers() {
    if (covered_type_ != identity_.type || covered_stream_ != identity_.stream || !asked_) {
      covered_type_ = identity_.type;
      covered_stream_ = identity_.stream;
      covered_ = data_.covers(identity_.type, identity_.stream);
      asked_ = true;
    }
    return covered_;
  }

  std::string data_name() const {
    return identity_.stream.empty() ? "pkg:" + std::string(identity_.type) : std::string(identity_.stream);
  }

  void do_not_know(std::uint32_t component, std::string_view reason) {
    const Component& of = bill_.components[component];
    match_.unknown.add(component, of.name, of.version, of.purl, reason);
  }

  const Bill& bill_;
  const AdvisoryData& data_;
  const CpeUse cpes_;
  Identifier identifier_;
  AdvisoryData::Visit visit_, visit_product_;
  Match match_;

  // Of the component that is being judged.
  Identity identity_;
  bool names_version_ = false;
  std::string_view looked_up_;
  std::size_t candidates_ = 0, undecided_ = 0;
  std::size_t earlier_ = 0;  // entries in applied_ from names looked up before
  std::vector<Applied> applied_;
  std::vector<Product> products_;
  const Product* product_ = nullptr;  // that is being looked up
  Judged* judged_ = nullptr;
  std::string key_;

  std::unordered_map<std::string, Judged> judged_before_;
  std::unordered_map<std::uint32_t, Advisory> advisories_;
  std::unique_ptr<Paths> paths_;
  std::optional<ProductsOfBill> products_of_bill_;
  std::optional<bool> covers_cpes_;
  std::string covered_type_, covered_stream_;
  bool covered_ = false, asked_ = false;
};

}  // namespace

Result<Match> match(const Bill& bill, const AdvisoryData& data, CpeUse cpes) {
  return Matching(bill, data, cpes).run();
}

}  // namespace pratique
