// The typed rules but denyPackage, which is looked up (decide.cpp), one after the other.
#include <algorithm>

#include "base/text.h"
#include "engine/policy/judge.h"
#include "engine/policy/selector.h"

namespace pratique {
namespace {

std::string in_days(std::chrono::milliseconds age) {
  const auto days = std::chrono::floor<Days>(age).count();
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

bool accepts(const std::vector<std::string>& ids, const Finding& finding) {
  const auto named = [&](const std::string& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
  return named(finding.id) || std::any_of(finding.aliases.begin(), finding.aliases.end(), named);
}

bool accepts(const Signer& signer, const Attestation& attestation) {
  if (!signer.key.empty()) return !attestation.key.empty() && matches_name(signer.key, attestation.key);
  return !attestation.identity.empty() && matches_name(signer.identity, attestation.identity) &&
         matches_name(signer.issuer, attestation.issuer);
}

// Why nobody can say that none of the signers signed; empty where somebody can.
std::string unlooked_for(const Attestations& found, const std::vector<Signer>& signers, bool of_bill) {
  if (!of_bill && !found.of_images) return "nobody looked for signatures of the image, which lie in its registry";
  for (const auto& signer : signers) {
    if (signer.key.empty() && !found.undecided.empty()) return found.undecided;
    if (!signer.key.empty() && found.keys &&
        std::none_of(found.keys->begin(), found.keys->end(),
                     [&](const std::string& key) { return matches_name(signer.key, key); }))
      return "the key '" + signer.key + "' is not at hand";
  }
  return {};
}

std::string name_of(const Attestation& attestation) {
  return attestation.key.empty() ? attestation.identity : attestation.key;
}

// Yes, no, or nobody can say.
enum class Usable : std::uint8_t { no, unclear, yes };

Usable usable(const DenyLicense& body, const LicenseExpression& expression) {
  if (expression.kind == LicenseExpression::Kind::license) {
    const auto text = lower(render_license(expression));
    const bool listed = matches_any(body.patterns, text) ||
                        (body.allow ? satisfies(expression, body.set) : body.set.contains(expression));
    if (!listed && (expression.id == "NONE" || expression.id == "NOASSERTION")) return Usable::unclear;
    return listed == body.allow ? Usable::yes : Usable::no;
  }
  const bool all = expression.kind == LicenseExpression::Kind::all_of;
  Usable result = all ? Usable::yes : Usable::no;
  for (const auto& operand : expression.operands)
    result = all ? std::min(result, usable(body, operand)) : std::max(result, usable(body, operand));
  return result;
}

// Free text is nothing but what a pattern finds in it.
Usable usable(const DenyLicense& body, const ImageFacts::License& license) {
  if (license.expression) return usable(body, *license.expression);
  if (!matches_any(body.patterns, lower(license.text))) return Usable::unclear;
  return body.allow ? Usable::yes : Usable::no;
}

// What an author that the rule trusts says against a finding; empty when none does.
std::string word_against(const DenyVulnerabilities& body, const Finding& finding) {
  if (!finding.suppressed || finding.suppressed->by != "vex") return {};
  const Suppression& word = *finding.suppressed;
  if ((word.status != "not_affected" && word.status != "fixed") || !matches_any(body.trust_vex, word.author)) return {};
  return "VEX of " + word.author + ": " + word.status +
         (word.justification.empty() ? std::string() : ", " + word.justification);
}

}  // namespace

// That nobody has a bill is no gap here: it is what the rule is about.
void Judge::ask(Asked asked, const RequireSbom&, const ImageEvidence& image) {
  if (!image.bill && image.gap != Gap::no_bill) {
    has_bill(asked, image);
  } else if (!image.bill || lists_nothing(image.bill->bill())) {
    violated(asked, {&image}, image.bill ? doubt_about(*image.bill) : image.reason);
  }
}

void Judge::ask(Asked asked, const RequireDigest&, const ImageEvidence& image) {
  if (!image.container.image.digest) violated(asked, {&image}, image.reason);
}

void Judge::ask(Asked asked, const AllowRegistries& body, const ImageEvidence& image) {
  if (image.container.image.repository.empty()) {
    unknown(asked, Gap::not_pinned, {&image}, image.reason);
  } else if (!matches_image(body.registries, image.container.image)) {
    violated(asked, {&image}, image.container.image.repository + " is in no registry that is allowed");
  }
}

void Judge::ask(Asked asked, const DenyYanked&, const ImageEvidence& image) {
  const auto& [standing, gap, reason] = image.standing;
  if (image.gap == Gap::not_pinned) {
    unknown(asked, image.gap, {&image}, image.reason);
  } else if (!standing) {
    unknown(asked, gap == Gap::none ? Gap::absent : gap, {&image},
            reason.empty() ? "nobody looked whether the image is yanked" : reason);
  } else if (standing->yanked) {
    std::string text = "the image is yanked";
    if (!standing->author.empty()) text += " by " + standing->author;
    if (standing->since) text += " since " + render_time(*standing->since);
    violated(asked, {&image}, standing->reason.empty() ? text : text + ": " + standing->reason);
  }
}

void Judge::ask(Asked asked, const RequireSignature& body, const ImageEvidence& image) {
  ask_signers(asked, body.signers, image, false);
}

void Judge::ask(Asked asked, const RequireSignedSbom& body, const ImageEvidence& image) {
  if (!image.bill && image.gap == Gap::no_bill) return violated(asked, {&image}, image.reason);
  if (has_bill(asked, image)) ask_signers(asked, body.signers, image, true);
}

// An attestation of another bill than the one that is judged says nothing about it.
void Judge::ask_signers(Asked asked, const std::vector<Signer>& signers, const ImageEvidence& image, bool of_bill) {
  const auto& [attestations, gap, reason] = image.attestations;
  if (image.gap == Gap::not_pinned) {
    unknown(asked, image.gap, {&image}, image.reason);
    return;
  }
  if (!attestations) {
    unknown(asked, gap == Gap::none ? Gap::absent : gap, {&image},
            reason.empty() ? "nobody looked for signatures" : reason);
    return;
  }
  const Attestation* other = nullptr;
  for (const auto& one : attestations->verified) {
    if (of_bill ? !one.bill || one.bill != image.bill->document() : !one.type.empty()) continue;
    if (std::any_of(signers.begin(), signers.end(), [&](const Signer& signer) { return accepts(signer, one); })) return;
    other = &one;
  }
  if (auto reason_why = unlooked_for(*attestations, signers, of_bill); !reason_why.empty()) {
    unknown(asked, Gap::absent, {&image}, std::move(reason_why));
    return;
  }
  const auto& refused = attestations->refused;
  violated(asked, {&image}, [&](Evidence& evidence) {
    const std::string what = of_bill ? "its SBOM" : "the image";
    if (other != nullptr) {
      evidence.signer = name_of(*other);
      evidence.reason = what + " is signed by " + evidence.signer + ", whom the rule does not name";
    } else {
      evidence.reason = what + " carries no verified signature";
      if (!refused.empty()) evidence.reason += ": " + refused.front();
    }
  });
}

void Judge::ask(Asked asked, const RequireFresh& body, const ImageEvidence& image) {
  if (!has_bill(asked, image)) return;
  const auto& created = image.bill->bill().created;
  if (!created || !around_.now) {
    unknown(asked, Gap::unjudged, {&image},
            created ? "the time is not known" : "its SBOM does not say when it was made");
  } else if (*created > *around_.now + Days{1}) {
    unknown(asked, Gap::unjudged, {&image}, "its SBOM is dated in the future, " + render_time(*created));
  } else if (*around_.now - *created > body.max_age) {
    violated(
        asked, {&image},
        "its SBOM is " + in_days(*around_.now - *created) + " old, made on " + render_time(*created).substr(0, 10));
  }
}

void Judge::ask(Asked asked, const RequireQuality& body, const ImageEvidence& image) {
  if (!has_bill(asked, image)) return;
  const auto& [packages, versions, purls, licenses] = image.bill->shares();
  if (packages < body.packages)
    violated(asked, {&image},
             "its SBOM lists " + with_commas(packages) + " packages, fewer than " + with_commas(body.packages));
  const std::tuple<const char*, std::uint64_t, std::uint64_t> shares[] = {
      {"a version", versions, body.version}, {"a purl", purls, body.purl}, {"a license", licenses, body.license}};
  for (const auto& [what, have, wanted] : shares)
    if (have * 100 < packages * wanted)
      violated(asked, {&image},
               "of its SBOM's packages " + std::to_string(have * 100 / packages) + " % have " + what + ", fewer than " +
                   std::to_string(wanted) + " %");
  if (body.score == 0) return;
  if (!image.bill->score()) {
    unknown(asked, Gap::absent, {&image}, "nobody has rated the quality of its SBOM");
  } else if (*image.bill->score() < static_cast<double>(body.score)) {
    violated(asked, {&image},
             "the quality of its SBOM is " + std::to_string(static_cast<int>(*image.bill->score())) +
                 " of 100, less than " + std::to_string(body.score));
  }
}

void Judge::ask(Asked asked, const DenyUnknown& body, const ImageEvidence& image) {
  if (!has_match(asked, image)) return;
  if (lists_nothing(image.bill->bill()) || image.bill->unread() > body.most)
    violated(asked, {&image}, doubt_about(*image.bill));
  if (image.match->unknown_count > body.most) violated(asked, {&image}, doubt_about(*image.match));
}

void Judge::ask(Asked asked, const DenyLicense& body, const ImageEvidence& image) {
  if (!has_bill(asked, image)) return;
  for (const auto& license : image.bill->licenses()) {
    const Usable result = usable(body, license);
    if (result == Usable::yes) continue;
    for (const auto component : license.components) {
      const Subject subject{&image, component};
      if (result == Usable::no)
        violated(asked, subject, [&](Evidence& evidence) {
          evidence.license = license.text;
          evidence.reason = "is licensed under " + evidence.license;
        });
      else
        unknown(asked, Gap::unjudged, subject,
                "the license of " + label_of(image.bill->bill().components[component]) + " is not clear: '" +
                    std::string(license.text.substr(0, 128)) + "'");
    }
  }
  for (const auto component : image.bill->without_license())
    unknown(asked, Gap::unjudged, {&image, component},
            label_of(image.bill->bill().components[component]) + " has no license");
  doubt(asked, image, false);
}

// What a finding leads to: within its period of grace something milder.
Decision Judge::decision_for(Asked asked, const DenyVulnerabilities& body, const Finding& finding) const {
  const Decision effect = rule_of(asked).effect;
  const Days grace = body.grace[static_cast<std::size_t>(finding.severity)];
  if (grace == Days{0} || !finding.published || !around_.now) return effect;
  return *around_.now - *finding.published < grace ? std::min(effect, body.in_grace) : effect;
}

void Judge::ask_finding(Asked asked, const DenyVulnerabilities& body, const ImageEvidence& image,
                        const Finding& finding) {
  if (body.only_fixed && finding.fixed.empty()) return;
  if (!body.ids.empty() && !accepts(body.ids, finding)) return;
  if (accepts(body.except, finding)) return;
  if (body.older_than > Days{0} && finding.published && around_.now &&
      *around_.now - *finding.published < body.older_than)
    return;
  // What nobody can say is asked last: a condition that does not hold settles it.
  std::string open;
  Gap gap = Gap::unjudged;
  if (body.at_least != Severity::unknown) {
    if (finding.severity == Severity::unknown)
      open = "has no severity";
    else if (finding.severity < body.at_least)
      return;
  }
  if (body.cvss > 0) {
    if (finding.score <= 0)
      open = "has no CVSS score";
    else if (finding.score < body.cvss)
      return;
  }
  if (body.epss > 0) {
    if (finding.epss && finding.epss->score < body.epss) return;
    // FIRST rates every CVE but the youngest: where the database has its scores, no score is no prediction.
    if (!finding.epss && image.match->catalogues.epss)
      open = "has no EPSS score yet";
    else if (!finding.epss)
      open = "has no EPSS score: the database has none", gap = Gap::absent;
  }
  if (body.kev && !finding.kev) {
    if (image.match->catalogues.kev) return;
    open = "may be known to be exploited: the database has no such catalogue", gap = Gap::absent;
  }
  const Subject subject{&image, finding.component, &finding};
  const auto add = [&](Evidence& evidence) {
    evidence.finding = finding.id;
    evidence.severity = pratique::name_of(finding.severity);
    evidence.range = finding.proof.range;
    if (!finding.fixed.empty()) evidence.fixed = finding.fixed.front();
  };
  auto exception = exception_for(asked, subject);
  if (exception.empty()) exception = word_against(body, finding);
  const Decision milder = Decision::allow;
  if (open.empty()) {
    const Decision decision = exception.empty() ? decision_for(asked, body, finding) : milder;
    say(asked, Gap::none, decision, subject, std::move(exception), add);
  } else {
    const Decision decision = exception.empty() ? rule_of(asked).on_unknown[gap] : milder;
    say(asked, gap, decision, subject, std::move(exception), [&](Evidence& evidence) {
      evidence.finding = finding.id;
      evidence.reason = finding.id + " of " + evidence.package + " " + open;
    });
  }
}

void Judge::ask(Asked asked, const DenyVulnerabilities& body, const ImageEvidence& image) {
  if (!has_match(asked, image)) return;
  const auto& findings = image.match->findings;
  auto finding = findings.begin();
  for (; finding != findings.end() && finding->severity >= body.at_least; ++finding)
    ask_finding(asked, body, image, *finding);
  for (auto last = findings.rbegin(); last.base() != finding && last->severity == Severity::unknown; ++last)
    ask_finding(asked, body, image, *last);
  doubt(asked, image, true);
}

}  // namespace pratique
