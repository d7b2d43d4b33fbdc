#include "engine/format/advisory/xml.h"

#include <expat.h>

#include <memory>
#include <optional>

#include "base/text.h"

namespace pratique {
namespace {

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

class Walk {
 public:
  Walk(const Limits& limits, const XmlVisitor& visitor) : limits_(limits), visitor_(visitor) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_open, on_close);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
  }

  Result<void> run(std::string_view document) {
    constexpr std::size_t piece = std::size_t{1} << 20;  // expat counts in int
    while (!error_) {
      const std::string_view now = document.substr(0, piece);
      document.remove_prefix(now.size());
      const bool last = document.empty();
      const auto status = XML_Parse(parser_.get(), now.data(), static_cast<int>(now.size()), last ? 1 : 0);
      if (status != XML_STATUS_OK && !error_)
        fail(Fault::malformed, "not XML: " + std::string(XML_ErrorString(XML_GetErrorCode(parser_.get()))));
      if (last) break;
    }
    if (error_) return std::move(*error_);
    return {};
  }

 private:
  static void on_open(void* self, const char* name, const char** attributes) {
    Walk& walk = *static_cast<Walk*>(self);
    if (walk.error_) return;
    if (walk.texts_.size() >= walk.limits_.depth) return walk.fail(Fault::limit, "nested deeper than the limit");
    if (++walk.elements_ > most_elements) return walk.fail(Fault::limit, "more elements than the limit");
    walk.texts_.emplace_back();
    walk.visitor_.open(without_prefix(name), XmlAttributes(attributes));
  }

  static void on_close(void* self, const char* name) {
    Walk& walk = *static_cast<Walk*>(self);
    if (walk.error_ || walk.texts_.empty()) return;
    walk.visitor_.close(without_prefix(name), trim(walk.texts_.back()));
    walk.texts_.pop_back();
  }

  static void on_text(void* self, const char* text, int size) {
    Walk& walk = *static_cast<Walk*>(self);
    if (walk.error_ || walk.texts_.empty()) return;
    std::string& all = walk.texts_.back();
    if (all.size() + static_cast<std::size_t>(size) > walk.limits_.text)
      return walk.fail(Fault::limit, "a text longer than the limit");
    all.append(text, static_cast<std::size_t>(size));
  }

  static void on_doctype(void* self, const char*, const char*, const char*, int) {
    static_cast<Walk*>(self)->fail(Fault::malformed, "a document type declaration, which could make it endless");
  }

  void fail(Fault fault, std::string text) {
    error_ = Error{fault,
                   std::move(text),
                   {"line " + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ", column " +
                    std::to_string(XML_GetCurrentColumnNumber(parser_.get()) + 1)},
                   {}};
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };
  static constexpr std::size_t most_elements = 50'000'000;  // SUSE's largest has some twelve million

  const Limits& limits_;
  const XmlVisitor& visitor_;
  std::unique_ptr<XML_ParserStruct, Free> parser_{XML_ParserCreate(nullptr)};
  std::vector<std::string> texts_;  // of the elements that are open
  std::size_t elements_ = 0;
  std::optional<Error> error_;
};

}  // namespace

std::string_view XmlAttributes::find(std::string_view name) const {
  for (const char** pair = pairs_; pair[0] != nullptr; pair += 2)
    if (without_prefix(pair[0]) == name) return pair[1];
  return {};
}

Result<void> read_xml(std::string_view document, const Limits& limits, const XmlVisitor& visitor) {
  return Walk(limits, visitor).run(document);
}

}  // namespace pratique
