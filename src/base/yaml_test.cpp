#include "base/yaml.h"

#include <gtest/gtest.h>

#include <chrono>

namespace pratique {
namespace {

std::string error_of(std::string_view text) {
  const auto parsed = parse_yaml(text);
  return parsed ? "" : render(parsed.error());
}

TEST(Yaml, KnowsThePlaceOfEverything) {
  const auto documents = parse_yaml("# why\na: one\nb:\n  - 'two'\n  - {c: three}\n---\n---\nfour\n").value();
  ASSERT_EQ(documents.size(), 2u);
  const Yaml& map = documents[0];
  ASSERT_EQ(map.members.size(), 2u);
  EXPECT_EQ(map.members[0].key, "a");
  EXPECT_EQ(map.members[0].value.text, "one");
  EXPECT_FALSE(map.members[0].value.quoted);
  const Yaml& list = map.members[1].value;
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_TRUE(list.items[0].quoted);
  EXPECT_EQ(list.items[0].line, 4);
  EXPECT_EQ(list.items[0].column, 5);
  EXPECT_EQ(list.items[1].members[0].line, 5);
  EXPECT_EQ(list.items[1].members[0].column, 6);
  EXPECT_EQ(documents[1].text, "four");
}

TEST(Yaml, NothingIsNull) {
  const auto documents = parse_yaml("a:\nb: ~\nc: null\nd: ''\n").value();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(documents[0].members[i].value.kind, Yaml::Kind::null);
  EXPECT_EQ(documents[0].members[3].value.kind, Yaml::Kind::text);
  EXPECT_TRUE(parse_yaml("")->empty());
  EXPECT_TRUE(parse_yaml("# only a comment\n---\n")->empty());
}

TEST(Yaml, RefusesWhatSurprises) {
  EXPECT_EQ(error_of("a: &x [b]\nc: *x\n"), "1:4: anchors are not read; write the value where it is needed");
  EXPECT_EQ(error_of("c: *x\n").substr(0, 4), "1:4:");
  EXPECT_EQ(error_of("a: !!str 1\n"), "1:4: tags are not read; leave the tag out");
  EXPECT_EQ(error_of("a: 1\nb: 2\na: 3\n"), "3:1: 'a' is given twice; delete one");
  EXPECT_EQ(error_of("<<: {a: 1}\n"), "1:1: merge keys are not read");
  EXPECT_EQ(error_of("? [a]\n: b\n"), "1:3: a key is a plain text");
  EXPECT_EQ(error_of("a: b: c\n"), "1:5: is not YAML: illegal map value");
  EXPECT_EQ(error_of("a: [b\n").substr(0, 4), "2:1:");
  EXPECT_EQ(error_of(", a").substr(0, 4), "1:1:");  // yaml-cpp alone never ends
  EXPECT_EQ(error_of("a: b\n---\n]").substr(0, 4), "3:1:");
  EXPECT_EQ(error_of("a: \xff\n"), "is not UTF-8; save it as UTF-8");
  EXPECT_EQ(error_of(std::string_view("a: b\nc: d\0\n", 11)), "2:5: holds a control character; delete it");
}

TEST(Yaml, HasLimitsAndKeepsThemInLinearTime) {
  const std::string laughs = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n";
  EXPECT_NE(error_of(laughs), "");
  const std::string cases[] = {std::string(yaml_limits.bytes + 1, '#'), std::string(yaml_limits.bytes, '['),
                               "a: " + std::string(yaml_limits.text + 1, 'x')};
  for (const auto& text : cases) {
    SCOPED_TRACE(text.substr(0, 20));
    const auto parsed = parse_yaml(text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().fault, Fault::limit) << render(parsed.error());
  }
  EXPECT_EQ(parse_yaml("[a, b, c, d]", {.entries = 3}).error().fault, Fault::limit);
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_EQ(error_of(dashes), "1:65: nested deeper than 32 levels");
  std::string steps;
  for (int i = 0; i < 40; ++i) steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(error_of(steps), "33:33: nested deeper than 32 levels");
}

TEST(YamlFields, ReadsWhatIsThereAndSaysWhatIsWrong) {
  const auto document = parse_yaml("name: x\non: true\ncount: 12\nmode: deny\nlist: [a, b]\nempty:\n").value()[0];
  const auto fields =
      YamlFields::of(document, "a rule", {"name", "on", "count", "mode", "list", "empty", "more"}).value();
  EXPECT_EQ(fields.text("name").value(), "x");
  EXPECT_EQ(fields.text_or("more", "y").value(), "y");
  EXPECT_TRUE(fields.flag_or("on", false).value());
  EXPECT_EQ(fields.number_or("count", 1, 1, 20).value(), 12u);
  EXPECT_EQ(fields.choice_or("mode", 0, {"warn", "deny"}).value(), 1u);
  EXPECT_EQ(fields.texts("list").value(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(fields.find("empty"), nullptr);

  EXPECT_EQ(render(fields.text("more").error()), "1:1: a rule has no 'more'; add it");
  EXPECT_EQ(render(fields.text("list").error()), "5:7: 'list' is a text");
  EXPECT_EQ(render(fields.flag_or("count", true).error()), "3:8: 'count' is true or false");
  EXPECT_EQ(render(fields.number_or("count", 1, 1, 10).error()), "3:8: 'count' is a number from 1 to 10");
  EXPECT_EQ(render(fields.choice_or("name", 0, {"warn", "deny"}).error()),
            "1:7: 'name' cannot be 'x'; it is one of warn, deny");
  EXPECT_EQ(render(fields.choice_or("mode", 0, {"warn", "deny!"}).error()),
            "4:7: 'mode' cannot be 'deny'; did you mean 'deny!'?");
  EXPECT_EQ(render(fields.texts("name").error()), "1:7: 'name' is a list of texts");
}

TEST(YamlFields, SuggestsTheKeyThatWasMeant) {
  const auto document = parse_yaml("nmae: x\n").value()[0];
  const auto fields = YamlFields::of(document, "a rule", {"name", "effect"});
  ASSERT_FALSE(fields);
  EXPECT_EQ(render(in_yaml_file("p.yaml", fields.error())),
            "p.yaml:1:1: a rule has no field 'nmae'; did you mean 'name'?");
  EXPECT_EQ(render(YamlFields::of(document.members[0].value, "a rule", {}).error()), "1:7: a rule is a map");
}

}  // namespace
}  // namespace pratique
