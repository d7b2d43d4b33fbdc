#include "base/result.h"

#include "base/text.h"

namespace pratique {

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::usage: return "usage";
    case Fault::not_found: return "not found";
    case Fault::unavailable: return "unavailable";
    case Fault::timeout: return "timeout";
    case Fault::refused: return "refused";
    case Fault::malformed: return "malformed";
    case Fault::limit: return "over a limit";
    case Fault::unsupported: return "unsupported";
    case Fault::interrupted: return "interrupted";
    case Fault::internal: return "internal";
  }
  return "internal";
}

Error Error::in(std::string outer) && {
  place.insert(place.begin(), std::move(outer));
  return std::move(*this);
}

Error Error::remedied(std::string what_to_do) && {
  remedy = std::move(what_to_do);
  return std::move(*this);
}

std::string render(const Error& error) {
  std::string line;
  for (const auto& step : error.place) {
    line += step;
    line += ": ";
  }
  line += error.text.empty() ? std::string(name_of(error.fault)) : error.text;
  if (!error.remedy.empty()) {
    line += "; ";
    line += error.remedy;
  }
  return printable(line);
}

}  // namespace pratique
