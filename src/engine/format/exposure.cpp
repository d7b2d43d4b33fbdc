#include "engine/format/exposure.h"

#include <algorithm>

namespace pratique {
namespace {

void read_labels(JsonValue& value, Labels& labels) {
  for (JsonObject object = value.object(); object.next();) {
    std::string key(object.key());
    labels.emplace_back(std::move(key), std::string(object.value().text()));
  }
}

void read_service(JsonValue& value, Lead& lead) {
  for (JsonObject spec = value.object(); spec.next();) {
    if (spec.key() == "type") lead.type = spec.value().text();
    if (spec.key() == "selector") read_labels(spec.value(), lead.selector);
    if (spec.key() == "externalIPs")
      for (JsonArray list = spec.value().array(); list.next();) lead.has_external_address = true;
  }
}

// {"service": {"name": ...}}
void read_backend(JsonValue& value, Lead& lead) {
  for (JsonObject backend = value.object(); backend.next();)
    if (backend.key() == "service")
      for (JsonObject service = backend.value().object(); service.next();)
        if (service.key() == "name") lead.services.emplace_back(service.value().text());
}

void read_ingress_rule(JsonValue& value, Lead& lead) {
  for (JsonObject rule = value.object(); rule.next();) {
    if (rule.key() == "host") lead.hosts.emplace_back(rule.value().text());
    if (rule.key() != "http") continue;
    for (JsonObject http = rule.value().object(); http.next();)
      if (http.key() == "paths")
        for (JsonArray paths = http.value().array(); paths.next();)
          for (JsonObject path = paths.value().object(); path.next();)
            if (path.key() == "backend") read_backend(path.value(), lead);
  }
}

void read_ingress(JsonValue& value, Lead& lead) {
  for (JsonObject spec = value.object(); spec.next();) {
    if (spec.key() == "defaultBackend") read_backend(spec.value(), lead);
    if (spec.key() == "rules")
      for (JsonArray rules = spec.value().array(); rules.next();) read_ingress_rule(rules.value(), lead);
  }
}

// Services of other namespaces, which a route may name where a ReferenceGrant lets it, are left out.
void read_backend_refs(JsonValue& value, Lead& lead) {
  for (JsonArray list = value.array(); list.next();) {
    std::string kind = "Service", name, name_space;
    for (JsonObject ref = list.value().object(); ref.next();) {
      if (ref.key() == "kind") kind = ref.value().text();
      if (ref.key() == "name") name = ref.value().text();
      if (ref.key() == "namespace") name_space = ref.value().text();
    }
    if (kind == "Service" && (name_space.empty() || name_space == lead.name_space)) lead.services.push_back(name);
  }
}

void read_route(JsonValue& value, Lead& lead) {
  for (JsonObject spec = value.object(); spec.next();) {
    if (spec.key() == "hostnames")
      for (JsonArray list = spec.value().array(); list.next();) lead.hosts.emplace_back(list.value().text());
    if (spec.key() == "rules")
      for (JsonArray rules = spec.value().array(); rules.next();)
        for (JsonObject rule = rules.value().object(); rule.next();)
          if (rule.key() == "backendRefs") read_backend_refs(rule.value(), lead);
  }
}

bool selects(const Labels& selector, const Labels& labels) {
  return !selector.empty() && std::all_of(selector.begin(), selector.end(), [&](const auto& one) {
    return std::find(labels.begin(), labels.end(), one) != labels.end();
  });
}

std::string word_of(const Lead& service) {
  if (service.type == "LoadBalancer") return "load-balancer";
  if (service.type == "NodePort") return "node-port";
  return service.has_external_address ? "external-ip" : "service";
}

}  // namespace

bool is_lead(std::string_view kind) { return kind == "Service" || kind == "Ingress" || kind == "HTTPRoute"; }

void read_lead_spec(JsonValue& spec, Lead& lead) {
  if (lead.kind == "Service") read_service(spec, lead);
  if (lead.kind == "Ingress") read_ingress(spec, lead);
  if (lead.kind == "HTTPRoute") read_route(spec, lead);
}

void Leads::add(Lead lead) {
  if (lead.kind == "Service") {
    services_[lead.name_space].push_back(std::move(lead));
    return;
  }
  for (const auto& service : lead.services) routes_[{lead.name_space, service}].push_back(lead);
}

std::vector<std::string> Leads::to(std::string_view name_space, const Labels& labels) const {
  std::vector<std::string> all;
  const auto services = services_.find(name_space);
  if (services == services_.end()) return all;
  for (const Lead& service : services->second) {
    if (!selects(service.selector, labels)) continue;
    all.push_back(word_of(service) + " " + service.name);
    const auto routes = routes_.find({service.name_space, service.name});
    if (routes == routes_.end()) continue;
    for (const Lead& route : routes->second) {
      std::string text = (route.kind == "Ingress" ? "ingress " : "route ") + route.name;
      for (const auto& host : route.hosts) text += " " + host;
      all.push_back(std::move(text));
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace pratique
