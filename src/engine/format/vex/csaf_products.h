// CSAF's product tree (CSAF 2.0 and 2.1, section 3.2.2): which package a product id means. VEX statements and vendors'
// advisories are written in these ids. Private to format/.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/format/json.h"

namespace pratique {

struct CsafProduct {
  std::string name;                      // the full name, for people
  std::string purl;                      // canonical; the first one of a helper that has several (2.1)
  std::string cpe;                       // as written
  std::string digest;                    // "sha256:..." of a helper's hashes
  std::string vendor, product, version;  // from the branches around it
  std::string version_range;             // likewise, as written: "vers:deb/<1.2", "<4.1"
  // Of a relationship "A as a component of B": the ids of A and B; both empty for a product of its own.
  std::string part, whole;

  bool operator==(const CsafProduct&) const = default;
};

class CsafProducts {
 public:
  // Reads "/product_tree"; what cannot be read is set aside. Branches may be nested as deep as the reader's limit.
  void read(JsonValue& product_tree);

  const CsafProduct* find(std::string_view id) const;  // null when the tree does not have it
  // The product ids of a group; null when there is no such group.
  const std::vector<std::string>* find_group(std::string_view id) const;

  // What an id comes down to: the package itself, and the product that it is a part of, if it is said to be in one.
  // Relationships are followed 8 deep; `part` is null where the id, or one on the way, is unknown.
  struct Resolved {
    const CsafProduct* part = nullptr;
    const CsafProduct* whole = nullptr;
  };
  Resolved resolve(std::string_view id) const;

 private:
  Resolved resolve(std::string_view id, int depth_left) const;
  void read_branches(JsonValue& branches, const CsafProduct& around);
  void read_product(JsonValue& product, CsafProduct around);
  void read_relationship(JsonValue& relationship);
  void read_group(JsonValue& group);
  void add(JsonValue& from, std::string id, CsafProduct product);

  std::map<std::string, CsafProduct, std::less<>> products_;
  std::map<std::string, std::vector<std::string>, std::less<>> groups_;
};

}  // namespace pratique
