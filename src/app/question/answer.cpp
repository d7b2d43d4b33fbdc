#include "app/question/answer.h"

#include <algorithm>
#include <tuple>

#include "app/render/inventory.h"
#include "base/text.h"

namespace pratique {
namespace {

using Json = nlohmann::ordered_json;

std::string render_places(const WhereReport& report, std::string_view format, const Look& look) {
  if (format == "json") return render_where_json(report);
  if (format == "jsonl") return render_where_jsonl(report);
  if (format == "csv") return render_where_csv(report);
  if (format == "name") return render_where_name(report);
  return format == "wide" ? render_where_wide(report, look) : render_where_table(report, look);
}

// In the order of one page that held all of them.
void add_places(WhereReport& report, WhereReport page) {
  auto& artifacts = report.answer.artifacts;
  artifacts.insert(artifacts.end(), std::make_move_iterator(page.answer.artifacts.begin()),
                   std::make_move_iterator(page.answer.artifacts.end()));
  std::sort(artifacts.begin(), artifacts.end(), [](const LocatedArtifact& a, const LocatedArtifact& b) {
    return std::tie(a.image, a.digest) < std::tie(b.image, b.digest);
  });
  report.answer.next = page.answer.next;
}

std::string text_in(const Json& item, const char* name) {
  const auto found = item.is_object() ? item.find(name) : item.end();
  return item.is_object() && found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void add_items(Json& document, Json page) {
  Json& items = document["items"];
  for (Json& item : page["items"]) items.push_back(std::move(item));
  if (text_in(document, "kind") == "VulnerabilityReport")
    std::stable_sort(items.begin(), items.end(), [](const Json& a, const Json& b) {
      const auto key = [](const Json& item) { return std::pair(text_in(item, "image"), text_in(item, "digest")); };
      return key(a) < key(b);
    });
  if (page.contains("next"))
    document["next"] = page["next"];
  else
    document.erase("next");
}

}  // namespace

InventoryAnswer::InventoryAnswer(std::unique_ptr<State> state) : state_(std::move(state)) {}
InventoryAnswer::InventoryAnswer(InventoryAnswer&&) noexcept = default;
InventoryAnswer& InventoryAnswer::operator=(InventoryAnswer&&) noexcept = default;
InventoryAnswer::~InventoryAnswer() = default;

Result<InventoryAnswer> InventoryAnswer::parse(const Question& question, std::string_view json) {
  if (question.topic == Topic::where && !question.has("group-by")) {
    PRATIQUE_TRY(auto report, parse_where_json(json));
    return InventoryAnswer(std::make_unique<State>(State{std::move(report)}));
  }
  PRATIQUE_TRY(auto document, parse_document(json));
  return InventoryAnswer(std::make_unique<State>(State{std::move(document)}));
}

std::optional<std::uint64_t> InventoryAnswer::next() const {
  if (const auto* report = std::get_if<WhereReport>(&state_->told)) return report->answer.next;
  const auto text = text_in(std::get<Json>(state_->told), "next");
  return text.empty() ? std::nullopt : parse_unsigned(text);
}

void InventoryAnswer::add(InventoryAnswer page) {
  if (auto* report = std::get_if<WhereReport>(&state_->told)) {
    if (auto* more = std::get_if<WhereReport>(&page.state_->told)) add_places(*report, std::move(*more));
  } else if (auto* more = std::get_if<Json>(&page.state_->told)) {
    add_items(std::get<Json>(state_->told), std::move(*more));
  }
}

Result<std::string> InventoryAnswer::render(std::string_view format, const Look& look) const {
  if (const auto* report = std::get_if<WhereReport>(&state_->told)) return render_places(*report, format, look);
  if (format == "wide" || format == "name")
    return Error{
        Fault::usage, "--group-by has no output '" + std::string(format) + "'", {}, "take table, json, jsonl or csv"};
  return render_document(std::get<Json>(state_->told), format, look);
}

std::vector<std::string> InventoryAnswer::notes() const {
  if (const auto* report = std::get_if<WhereReport>(&state_->told)) return notes_on(*report);
  return notes_on(std::get<Json>(state_->told)).value_or(std::vector<std::string>());
}

}  // namespace pratique
