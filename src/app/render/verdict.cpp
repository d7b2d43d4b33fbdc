#include "app/render/verdict.h"

#include "base/text.h"

namespace pratique {
namespace {

std::string_view word_of(Decision decision) {
  switch (decision) {
    case Decision::allow:
    case Decision::audit: return "admitted";
    case Decision::warn: return "admitted, with warnings";
    case Decision::deny: break;
  }
  return "denied";
}

Style style_of(Decision decision) {
  return decision == Decision::deny ? Style::red : decision == Decision::warn ? Style::yellow : Style::green;
}

}  // namespace

std::string render_verdict_text(const AdmissionRequest& request, const Verdict& verdict, const Look& look) {
  std::string text = styled(word_of(verdict.decision), style_of(verdict.decision), look.color);
  text += ": " + printable(request.kind) + " " + printable(request.name_space) + "/" + printable(request.name) + "\n";
  for (const auto decision : {Decision::deny, Decision::warn, Decision::audit, Decision::allow})
    for (const auto& line : lines_of(verdict, decision, ~std::size_t{0}))
      text += "  " + styled(name_of(decision), style_of(decision), look.color) + "  " + line + "\n";
  text += with_commas(verdict.asked) + (verdict.asked == 1 ? " rule" : " rules") + " asked about " +
          with_commas(verdict.images) + (verdict.images == 1 ? " image" : " images") + "\n";
  return text;
}

}  // namespace pratique
