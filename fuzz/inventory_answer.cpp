// A server's answer to a question to the inventory: an error, or an answer that is written as it was read and can be
// shown in every form.
#include <cstdlib>
#include <string_view>

#include "app/question/question.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const Question question{Topic::vuln};
  auto answer = InventoryAnswer::parse(question, {reinterpret_cast<const char*>(data), size});
  if (!answer) return 0;
  const auto written = answer->render("json", {});
  auto again = written ? InventoryAnswer::parse(question, *written) : InventoryAnswer::parse(question, "");
  if (!again || again->render("json", {}).value() != *written) std::abort();
  for (const auto* form : {"table", "jsonl", "csv"})
    if (!answer->render(form, {})) std::abort();
  answer->notes();
  answer->next();
  answer->add(std::move(*again));
  return 0;
}
