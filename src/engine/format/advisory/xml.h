// XML, read forward once by expat; a document type declaration is refused, so no entity can multiply. Private to
// advisory/.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace pratique {

class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
  std::string_view find(std::string_view name) const;  // empty when there is none

 private:
  const char** pairs_;
};

struct XmlVisitor {
  std::function<void(std::string_view name, const XmlAttributes& attributes)> open;
  std::function<void(std::string_view name, std::string_view text)>
      close;  // the text directly inside, without blanks around
};

// Names come without their prefix. Fault: malformed, limit; the place is the line and column.
Result<void> read_xml(std::string_view document, const Limits& limits, const XmlVisitor& visitor);

}  // namespace pratique
