// What every reader of advisories writes into, and the small steps that all of them take. Private to advisory/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/format/format.h"
#include "engine/format/json.h"
#include "model/advisory.h"

namespace pratique {

class AdvisoryEmitter {
 public:
  AdvisoryEmitter(const AdvisorySink& sink, AdvisoryDocument& document) : sink_(sink), document_(document) {}

  // Ratings without a source are the advisory's own.
  void advisory(Advisory&& advisory) { give(std::move(advisory), sink_.advisory); }
  void part(Advisory&& advisory) { give(std::move(advisory), sink_.part); }
  void note(Vulnerability&& note, std::string_view source);
  void cpe(std::string_view package, std::string_view cpe);

  void set_aside(std::string place, std::string reason) {
    document_.rejected.push_back({std::move(place), std::move(reason)});
  }
  AdvisoryDocument& document() { return document_; }

 private:
  void give(Advisory&& advisory, const std::function<void(Advisory&&)>& to);

  const AdvisorySink& sink_;
  AdvisoryDocument& document_;
};

// False when it is none; unknown metrics are passed over.
bool add_vector(std::vector<Rating>& ratings, std::string_view vector);
void add_word(std::vector<Rating>& ratings, std::string_view word);

// Of Markdown or plain text, cut to a line that fits a table.
std::string first_sentence(std::string_view text);

// "CVE-2021-44228" and nothing else.
bool is_cve(std::string_view text);

// Versions below the one that mends it. An empty one: every version.
Vers below(Scheme scheme, std::string_view fixed);
// A package of a distribution that is mended in `fixed`, or not at all where that is empty.
Affected affected_below(std::string package, std::string stream, Scheme scheme, std::string_view fixed);
// One that its distribution looked at and found without the fault.
Affected never_affected(std::string package, std::string stream, std::string why = {});

// The texts of an array that are not empty.
std::vector<std::string> texts_of(JsonValue& value);
// A date; empty, and set aside where it is none.
std::optional<Time> time_of(JsonValue& value);
// The same of a text that stands nowhere. RFC 3339, or as several sources write it: "2023-10-11", "2023-10-11
// 01:02:03"; in UTC where no zone is told.
std::optional<Time> time_of(std::string_view text);

}  // namespace pratique
