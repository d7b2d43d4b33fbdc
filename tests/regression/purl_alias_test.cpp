// tests/regression/purl_alias: its README says what a line means.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "model/purl.h"

namespace pratique {
namespace {

const std::filesystem::path folder = PRATIQUE_SOURCE_DIR "/tests/regression/purl_alias";

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int tails = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  out += static_cast<char>((0xF0 << (3 - tails) & 0xFF) | code >> (6 * tails));
  for (int i = tails - 1; i >= 0; --i) out += static_cast<char>(0x80 | (code >> (6 * i) & 0x3F));
}

std::string unescaped(const std::string& word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '\\') {
      out += word[i];
      continue;
    }
    const auto end = word.find('}', i);
    const auto code = static_cast<unsigned>(std::stoul(word.substr(i + 3, end - i - 3), nullptr, 16));
    if (word[i + 1] == 'u')
      append_utf8(out, code);
    else
      out += static_cast<char>(code);
    i = end;
  }
  return out;
}

// The key under which index and rules know the text; empty when it is refused.
std::string key_of(const std::string& text) {
  std::string scratch, key;
  const auto canonical = canonical_purl(text, scratch);
  return canonical ? std::string(package_of(*canonical, key)) : "";
}

std::string doubt_of(const std::string& text) {
  std::string scratch;
  const auto canonical = canonical_purl(text, scratch);
  return canonical ? doubt_about(*canonical) : "refused";
}

void judge(const std::string& outcome, const std::vector<std::string>& texts) {
  std::set<std::string> keys;
  for (const auto& text : texts) {
    SCOPED_TRACE(text);
    const std::string key = key_of(text);
    keys.insert(key);
    EXPECT_EQ(key.empty(), outcome == "refused") << key;
    const std::string doubt = doubt_of(text);
    EXPECT_TRUE(outcome != "one" || doubt.empty()) << doubt;
    EXPECT_TRUE(outcome != "doubt" || !doubt.empty());
  }
  EXPECT_TRUE(outcome != "one" || keys.size() == 1) << testing::PrintToString(keys);
  EXPECT_TRUE(outcome != "apart" || keys.size() == texts.size()) << testing::PrintToString(keys);
}

TEST(PurlAlias, OneFormOrQuarantine) {
  std::size_t lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line.starts_with('#')) continue;
      SCOPED_TRACE(entry.path().filename().string() + ": " + line);
      std::istringstream words(line);
      std::string outcome;
      words >> outcome;
      EXPECT_TRUE(outcome == "one" || outcome == "doubt" || outcome == "refused" || outcome == "apart");
      std::vector<std::string> texts;
      for (std::string word; words >> word;) texts.push_back(unescaped(word));
      EXPECT_FALSE(texts.empty());
      judge(outcome, texts);
      ++lines;
    }
  }
  EXPECT_GT(lines, 40u);
}

}  // namespace
}  // namespace pratique
