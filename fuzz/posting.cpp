// Any bytes as a posting: refused, or a set that can be united, walked and written again.
#include <cstddef>
#include <cstdint>

#include "engine/index/index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pratique;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ArtifactSet set;
  if (!set.add_posting(0, bytes)) return 0;
  const auto ids = set.page(0, set.size());
  check(ids.size() == set.size(), "a set is walked from end to end");
  for (const auto id : ids) check(shard_of(id) == 0, "a posting stays in its shard");
  ArtifactSet again;
  check(again.add_posting(0, merge_posting(0, bytes, ids).value()).has_value(), "what is merged is a posting");
  check(again.page(0, again.size()) == ids, "adding what is there changes nothing");
  return 0;
}
