#include "engine/format/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pratique {
namespace {

struct Read {
  std::string text;  // what was read, written again in a form of its own
  std::vector<Rejected> rejected;
  std::optional<Error> error;
};

std::string dump(JsonValue& value);

std::string dump_scalar(JsonValue& value) {
  switch (value.kind()) {
    case JsonKind::null: return "null";
    case JsonKind::boolean: return *value.boolean() ? "true" : "false";
    case JsonKind::number: return std::to_string(value.number().value_or(-1));
    default: return "'" + std::string(value.text()) + "'";
  }
}

std::string dump(JsonValue& value) {
  std::string out;
  if (value.kind() == JsonKind::object) {
    for (JsonObject object = value.object(); object.next();)
      out += (out.empty() ? "" : " ") + std::string(object.key()) + "=" + dump(object.value());
    return "{" + out + "}";
  }
  if (value.kind() == JsonKind::array) {
    for (JsonArray array = value.array(); array.next();) out += (out.empty() ? "" : " ") + dump(array.value());
    return "[" + out + "]";
  }
  return dump_scalar(value);
}

Read read_all(std::string_view text, const Limits& limits = {}, JsonDuplicates duplicates = JsonDuplicates::set_aside) {
  TextPool pool;
  JsonReader reader(pool, limits, duplicates);
  Read read;
  const auto result = reader.read(Bytes::copy_of(text), [&](JsonValue& root) { read.text = dump(root); });
  read.rejected = reader.take_rejected();
  if (!result) read.error = result.error();
  return read;
}

// The same text with so much blank inside that the document is cut.
std::string blown_up(std::string_view text) {
  const auto brace = text.find_first_of("{[");
  if (brace == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, brace + 1)) + std::string(300'000, ' ') + std::string(text.substr(brace + 1));
}

TEST(Json, ReadsEveryKindOfValue) {
  const std::string text =
      R"( {"a": "x", "b": [1, -2.5e3, true, false, null], "c": {}, "d": [], "e": {"f": [{"g": "h"}]}, "é\n\"": "\u00e9\ud83d\ude00/"} )";
  const std::string expected =
      "{a='x' b=[1.000000 -2500.000000 true false null] c={} d=[] e={f=[{g='h'}]} é\n\"='é😀/'}";
  for (const std::string& document : {text, blown_up(text)}) {
    const Read read = read_all(document);
    ASSERT_FALSE(read.error) << render(*read.error);
    EXPECT_EQ(read.text, expected);
    EXPECT_THAT(read.rejected, testing::IsEmpty());
  }
  for (const std::string_view scalar : {"\"x\"", "true", "12", "null", "\"\\u0041\""})
    EXPECT_FALSE(read_all(scalar).error) << scalar;
}

TEST(Json, TextWithoutEscapesPointsIntoTheDocument) {
  const Bytes document = Bytes::copy_of(R"({"a": "plain", "b": "esc\taped"})");
  TextPool pool;
  JsonReader reader(pool, {});
  std::vector<std::string_view> texts;
  ASSERT_TRUE(reader.read(document, [&](JsonValue& root) {
    for (JsonObject object = root.object(); object.next();) texts.push_back(object.value().text());
  }));
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0].data(), document.view().data() + document.view().find("plain"));
  EXPECT_EQ(texts[1], "esc\taped");
}

TEST(Json, BrokenDocumentsAreOneErrorWithItsPlace) {
  const struct {
    std::string_view text, error;
  } cases[] = {
      {"", "the document is empty"},
      {" \n", "the document is empty"},
      {"{", "line 1, column 2: the document ends inside an object"},
      {"{\"a\":\n[1, 2", "line 2, column 6: the document ends inside an array"},
      {"{\"a\": \"b", "line 1, column 9: the document ends inside a string"},
      {"{\"a\": 1} x", "line 1, column 10: text behind the end of the document"},
      {"{} {}", "line 1, column 4: text behind the end of the document"},
      {"{\"a\": NaN}", "line 1, column 7: a value expected, found 'NaN'"},
      {"{\"a\": -Infinity}", "line 1, column 7: a value expected, found '-Infinity'"},
      {"{\"a\": 01}", "line 1, column 7: a value expected, found '01'"},
      {"{\"a\": 1.}", "line 1, column 7: a value expected, found '1.'"},
      {"{\"a\": tru}", "line 1, column 7: a value expected, found 'tru'"},
      {"{\"a\": }", "line 1, column 7: a value expected, found '}'"},
      {"[1, ]", "line 1, column 5: a value expected, found ']'"},
      {"{\"a\": \"\x01\"}", "line 1, column 8: a control character in a string"},
      {"{\"a\": \"\\x\"}", "line 1, column 8: a bad escape in a string"},
      {"{\"a\": \"\\u12g4\"}", "line 1, column 8: a bad escape in a string"},
      {"{\"a\": \"\xc3\x28\"}", "line 1, column 8: not UTF-8"},
      {"{\"a\": \"\xc0\xaf\"}", "line 1, column 8: not UTF-8"},
      {"{\"a\": [1}", "line 1, column 9: ']' expected, found '}'"},
      {"SPDXVersion: SPDX-2.3", "line 1, column 1: a value expected, found 'SPDXVersion: SPDX-2.3'"},
  };
  for (const auto& [text, error] : cases) {
    SCOPED_TRACE(text);
    const Read read = read_all(text);
    ASSERT_TRUE(read.error);
    EXPECT_EQ(render(*read.error), error);
    EXPECT_EQ(read.error->fault, Fault::malformed);
  }
}

TEST(Json, BrokenPartsThatNobodyReadsAreFoundToo) {
  for (const std::string_view text :
       {"{\"a\": {\"b\": [nul]}}", "{\"a\": {\"b\" 1}}", "{\"a\": [1 2]}", "{\"a\": {\"b\": \"\\q\"}}",
        "{\"a\": {\"b\": 1,}}", "{\"a\": {b: 1}}", "{\"a\": {\"b\": 1}, }", "{\"a\": [,]}", "{\"a\": {\"\\q\": 1}}",
        "{\"a\": [\"x\"\"y\"]}", "{\"a\": [\"x\"1]}"}) {
    for (const std::string& document : {std::string(text), blown_up(text)}) {
      SCOPED_TRACE(text);
      TextPool pool;
      JsonReader reader(pool, {});
      const auto result = reader.read(Bytes::copy_of(document), [](JsonValue&) {});
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().fault, Fault::malformed);
    }
  }
}

TEST(Json, DepthIsLimited) {
  Limits limits;
  limits.depth = 64;
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_FALSE(read_all(nested(64), limits).error);
  for (const std::string& text : {nested(65), nested(100'000), nested(400'000), "{\"x\": " + nested(100'000) + "}"}) {
    const Read read = read_all(text, limits);
    ASSERT_TRUE(read.error);
    EXPECT_EQ(read.error->fault, Fault::limit) << render(*read.error);
  }
}

TEST(Json, SizeAndTextAreLimited) {
  Limits limits;
  limits.bytes = 100;
  limits.text = 20;
  EXPECT_EQ(read_all("[" + std::string(100, ' ') + "]", limits).error->fault, Fault::limit);
  EXPECT_EQ(read_all("[\"" + std::string(30, 'x') + "\"]", limits).error->fault, Fault::limit);
  EXPECT_EQ(read_all("{\"" + std::string(30, 'x') + "\":1}", limits).error->fault, Fault::limit);
}

TEST(Json, WrongTypesAreSetAsideWithTheirPlace) {
  TextPool pool;
  JsonReader reader(pool, {});
  const Bytes document = Bytes::copy_of(
      R"({"a/b": [1, {"c~": "x"}], "n": 99999999999999999999, "f": 1.5, "big": 1e999, "s": "\ud800", "z": "a\u0000b", "null": null})");
  ASSERT_TRUE(reader.read(document, [&](JsonValue& root) {
    for (JsonObject object = root.object(); object.next();) {
      const auto key = object.key();
      if (key == "a/b") {
        for (JsonArray array = object.value().array(); array.next();) {
          if (array.index() == 0)
            EXPECT_EQ(array.value().text(), "");
          else
            for (JsonObject inner = array.value().object(); inner.next();)
              EXPECT_EQ(inner.value().integer(), std::nullopt);
        }
      } else if (key == "n" || key == "f") {
        EXPECT_EQ(object.value().integer(), std::nullopt);
      } else if (key == "big") {
        EXPECT_EQ(object.value().number(), std::nullopt);
      } else if (key == "null") {
        EXPECT_FALSE(object.value().object().next());
        EXPECT_EQ(object.value().text(), "");
      } else {
        EXPECT_EQ(object.value().text(), "");
      }
    }
  }));
  EXPECT_THAT(reader.take_rejected(),
              testing::ElementsAre(Rejected{"/a~1b/0", "a string expected, found a number"},
                                   Rejected{"/a~1b/1/c~0", "a number expected, found a string"},
                                   Rejected{"/n", "a number beyond 64 bits"}, Rejected{"/f", "a whole number expected"},
                                   Rejected{"/big", "a number beyond what a double holds"},
                                   Rejected{"/s", "a lone surrogate in a string"},
                                   Rejected{"/z", "a NUL character in a string"}));
}

TEST(Json, OfAKeyGivenTwiceTheFirstCounts) {
  for (const std::string_view text : {R"({"a": 1, "b": {"c": 2, "c": 3}, "\u0061": [4]})"}) {
    for (const std::string& document : {std::string(text), blown_up(text)}) {
      const Read read = read_all(document);
      EXPECT_EQ(read.text, "{a=1.000000 b={c=2.000000}}");
      EXPECT_THAT(read.rejected, testing::ElementsAre(Rejected{"/b/c", "the key is given twice, the first counts"},
                                                      Rejected{"/a", "the key is given twice, the first counts"}));
      EXPECT_EQ(read_all(document, {}, JsonDuplicates::refuse).error->text, "a key given twice: 'c'");
    }
  }
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\": 1, ";
  EXPECT_EQ(read_all(many + "\"k50\": 1, \"k3\": 1, \"x\": 2}").rejected.size(), 2U);
}

TEST(Json, WhatIsSetAsideIsCounted) {
  std::string text = "[";
  for (int i = 0; i < 10'500; ++i) text += "1,";
  TextPool pool;
  JsonReader reader(pool, {});
  ASSERT_TRUE(reader.read(Bytes::copy_of(text + "1]"), [](JsonValue& root) {
    for (JsonArray array = root.array(); array.next();) (void)array.value().text();
  }));
  const auto rejected = reader.take_rejected();
  ASSERT_EQ(rejected.size(), 10'001U);
  EXPECT_EQ(rejected.back().reason, "and 501 more");
}

TEST(Json, RawGivesADocumentInsideADocument) {
  const std::string text = R"({"payload": {"a": [1, 2] } , "list": [ "]" ], "text": "x"})";
  for (const std::string& document : {text, blown_up(text)}) {
    TextPool pool;
    JsonReader reader(pool, {});
    std::vector<std::string> raw;
    ASSERT_TRUE(reader.read(Bytes::copy_of(document), [&](JsonValue& root) {
      for (JsonObject object = root.object(); object.next();) raw.emplace_back(object.value().raw());
    }));
    EXPECT_THAT(raw, testing::ElementsAre("{\"a\": [1, 2] }", "[ \"]\" ]", "\"x\""));
  }
}

TEST(Json, LeavingALoopEarlyIsFine) {
  const std::string text = R"({"a": [{"x": 1, "y": [2, 3]}, {"z": 4}], "b": 5})";
  for (const std::string& document : {text, blown_up(text)}) {
    TextPool pool;
    JsonReader reader(pool, {});
    std::string keys;
    ASSERT_TRUE(reader.read(Bytes::copy_of(document), [&](JsonValue& root) {
      for (JsonObject object = root.object(); object.next();) {
        keys += object.key();
        if (object.value().kind() != JsonKind::array) continue;
        for (JsonArray array = object.value().array(); array.next();) {
          JsonObject inner = array.value().object();
          inner.next();
          break;
        }
      }
    }));
    EXPECT_EQ(keys, "ab");
  }
}

// Two parsers, one answer: every mutation of a document is accepted by both or refused by both.
TEST(Json, AgreesWithAnotherParserOnMutations) {
  const std::string text = R"({"a": "x\u00e9", "b": [1, -2.5e3, true, null, {"c": {}}], "d": "", "e": []})";
  std::size_t refused = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'{', '}', '[', ']', '"', ',', ':', '\\', '0', '-', '.', 'e', 't', ' ', 'u', '\n', '\x80'}) {
      for (const bool insert : {false, true}) {
        std::string mutated = text;
        if (insert)
          mutated.insert(i, 1, c);
        else
          mutated[i] = c;
        const bool theirs = nlohmann::json::accept(mutated);
        for (const bool cut : {false, true}) {
          if (cut && i % 16 != 0) continue;  // each costs 300 KB
          const std::string document = cut ? blown_up(mutated) : mutated;
          TextPool pool;
          JsonReader reader(pool, {});
          const bool ours = reader.read(Bytes::copy_of(document), [](JsonValue&) {}).has_value();
          const bool dumped = !read_all(document).error;
          ASSERT_EQ(ours, dumped) << mutated;
          ASSERT_EQ(ours, theirs) << mutated;
        }
        refused += theirs ? 0U : 1U;
      }
    }
  }
  EXPECT_GT(refused, 1000U);
}

}  // namespace
}  // namespace pratique
