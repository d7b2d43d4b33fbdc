// What leads to a pod from outside: services, ingresses and routes beside the pods in one list. Private to format/.
// Follows core/v1 Service, networking/v1 Ingress and Gateway API v1 HTTPRoute.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/format/json.h"

namespace pratique {

using Labels = std::vector<std::pair<std::string, std::string>>;

// An object of the list that leads somewhere.
struct Lead {
  std::string kind;  // "Service", "Ingress", "HTTPRoute"
  std::string name, name_space;
  std::string type;                   // of a service
  bool has_external_address = false;  // likewise
  Labels selector;                    // likewise; none selects nothing
  std::vector<std::string> services;  // of the others: names in the same namespace
  std::vector<std::string> hosts;
};

bool is_lead(std::string_view kind);
// Consumes `spec` of an object of the lead's kind.
void read_lead_spec(JsonValue& spec, Lead& lead);

// Finds what leads to pods, by their labels.
class Leads {
 public:
  void add(Lead lead);
  // Sorted, as Workload::exposure has it.
  std::vector<std::string> to(std::string_view name_space, const Labels& labels) const;

 private:
  std::map<std::string, std::vector<Lead>, std::less<>> services_;           // by namespace
  std::map<std::pair<std::string, std::string>, std::vector<Lead>> routes_;  // by namespace and service
};

}  // namespace pratique
