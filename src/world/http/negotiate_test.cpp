#include <gtest/gtest.h>

#include "world/http/http.h"

namespace pratique {
namespace {

TEST(Negotiate, ChoosesWhatTheClientWantsMost) {
  constexpr std::string_view offered[] = {"application/json", "text/csv", "application/x-ndjson"};
  const std::pair<const char*, const char*> cases[] = {
      {"", "application/json"},
      {"*/*", "application/json"},
      {"text/csv", "text/csv"},
      {"TEXT/CSV; charset=utf-8", "text/csv"},
      {"text/*, application/json;q=0.5", "text/csv"},
      {"application/json;q=0.2, text/csv;q=0.3", "text/csv"},
      {"application/json;q=0, */*", "text/csv"},
      {"application/*", "application/json"},
      {"text/html, application/xhtml+xml, */*;q=0.8", "application/json"},
      {"text/html", ""},
      {"application/json;q=0", ""},
      {"application/json;q=oops", ""},
      {",;,q=1", ""},
      {"application/problem+json", ""},
  };
  for (const auto& [accept, wanted] : cases) EXPECT_EQ(choose_media_type(accept, offered), wanted) << accept;
  EXPECT_EQ(choose_media_type("*/*", {}), "");
}

}  // namespace
}  // namespace pratique
