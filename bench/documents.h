// Documents to measure on: the real ones of ../shared, and generated ones.
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"

namespace pratique::bench {

inline const std::string data = PRATIQUE_SOURCE_DIR "/../shared/data/";

inline std::vector<std::string> documents_below(const std::string& folder, std::string_view ending) {
  std::vector<std::string> documents;
  if (!std::filesystem::exists(folder)) return documents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !entry.path().string().ends_with(ending)) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    documents.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return documents;
}

// `count` components as tools write them: reference, purl, one licence, one dependency each.
inline std::string generated(std::size_t count) {
  std::mt19937 random(1);
  const std::vector<std::string> words = {"core", "util",  "http",  "json",   "log",
                                          "net",  "async", "react", "parser", "stream"};
  const auto word = [&] { return words[random() % words.size()]; };
  std::vector<std::string> purls;
  std::string text =
      R"({"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"bom-ref":"root","type":"container","name":"big"}},"components":[)";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = word() + "-" + word() + "-" + std::to_string(i);
    const std::string version = std::to_string(random() % 20) + "." + std::to_string(random() % 40) + ".1";
    purls.push_back("pkg:npm/" + name + "@" + version);
    text += std::string(i ? "," : "") + R"({"bom-ref":")" + purls.back() + R"(","type":"library","name":")" + name +
            R"(","version":")" + version + R"(","purl":")" + purls.back() +
            R"(","licenses":[{"license":{"id":"MIT"}}]})";
  }
  text += R"(],"dependencies":[)";
  for (std::size_t i = 0; i < count; ++i)
    text += std::string(i ? "," : "") + R"({"ref":")" + purls[i] + R"(","dependsOn":[")" + purls[random() % count] +
            R"("]})";
  return text + "]}";
}

// The document as the predicate of a statement about an image.
inline std::string in_toto(const std::string& document) {
  return R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"shop","digest":{"sha256":")" +
         std::string(64, 'a') + R"("}}],"predicateType":"https://cyclonedx.org/bom","predicate":)" + document + "}";
}

inline std::string dsse(const std::string& statement) {
  return R"({"payloadType":"application/vnd.in-toto+json","payload":")" + encode_base64(statement) +
         R"(","signatures":[{"sig":"c2ln"}]})";
}

}  // namespace pratique::bench
