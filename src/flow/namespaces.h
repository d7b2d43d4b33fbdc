// Namespaces as a dump of the cluster tells them, for policies that ask for their labels.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/json_tree.h"

namespace pratique {

// Values; copies share the objects. Empty: nobody looked.
class Namespaces {
 public:
  // The Namespace object; null when it is not among them.
  std::shared_ptr<const JsonTree> find(const std::string& name) const;
  std::size_t size() const { return by_name_.size(); }

 private:
  friend Result<Namespaces> load_namespaces(const std::string& path);
  std::map<std::string, std::shared_ptr<const JsonTree>> by_name_;
};

// What `kubectl get namespaces -o yaml` or `-o json` prints: a List, a NamespaceList, or one Namespace. Fault: as
// read_file; malformed (something else, one page of a longer list, a namespace given twice), limit.
Result<Namespaces> load_namespaces(const std::string& path);

}  // namespace pratique
