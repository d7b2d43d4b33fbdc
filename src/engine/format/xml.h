// XML through expat: one document in memory, element by element. Private to this module.
#pragma once

#include <expat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace pratique {

using XmlParser = std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)>;
// Joins namespace and name of each element and attribute by `separator`. Text that is UTF-8 is taken for it, whatever
// the declaration says: it may have been UTF-16 before. Null when there is no memory.
inline XmlParser make_xml_parser(std::string_view text, char separator) {
  return {XML_ParserCreateNS(is_utf8(text) ? "UTF-8" : nullptr, separator), XML_ParserFree};
}

// Calls start(name, attributes), text(text), end() and doctype() of `handler`, which stops the parser by
// XML_StopParser and keeps why in error(): that is returned. expat may call once more after it was stopped. place()
// says where the parser is. Fault: malformed (not XML), and what the handler stopped with.
template <class Handler>
Result<void> parse_xml(XML_Parser parser, std::string_view text, Handler& handler) {
  XML_SetUserData(parser, &handler);
  XML_SetElementHandler(
      parser,
      [](void* data, const XML_Char* name, const XML_Char** attributes) {
        static_cast<Handler*>(data)->start(name, attributes);
      },
      [](void* data, const XML_Char*) { static_cast<Handler*>(data)->end(); });
  XML_SetCharacterDataHandler(parser, [](void* data, const XML_Char* part, int size) {
    static_cast<Handler*>(data)->text({part, static_cast<std::size_t>(size)});
  });
  XML_SetStartDoctypeDeclHandler(parser, [](void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<Handler*>(data)->doctype();
  });
  constexpr std::size_t step = std::size_t{1} << 30;  // expat counts in int
  for (std::size_t at = 0; at < text.size(); at += step) {
    const auto size = std::min(step, text.size() - at);
    const auto status = XML_Parse(parser, text.data() + at, static_cast<int>(size), at + size == text.size());
    if (handler.error()) return std::move(*handler.error());
    if (status != XML_STATUS_OK)
      return Error{Fault::malformed,
                   std::string("not XML: ") + XML_ErrorString(XML_GetErrorCode(parser)),
                   {handler.place()},
                   {}};
  }
  return {};
}

}  // namespace pratique
