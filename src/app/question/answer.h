// What an answer is. Private to the module.
#pragma once

#include <nlohmann/json.hpp>
#include <variant>

#include "app/question/question.h"
#include "app/render/where.h"

namespace pratique {

// Places are kept as they are: there may be many, and a document takes ten times as much.
struct InventoryAnswer::State {
  std::variant<WhereReport, nlohmann::ordered_json> told;
};

}  // namespace pratique
