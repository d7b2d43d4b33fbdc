// CEL in policies: what an expression can name, compiled once. Private to policy/. docs/policy.md has an example of
// each.
#pragma once

#include <memory>
#include <string_view>

#include "engine/cel/cel.h"
#include "engine/policy/policy.h"

namespace pratique {

// The variables, in the order of the environment.
enum class Name : std::uint32_t {
  object,
  old_object,
  request,
  namespace_object,
  params,
  now,
  images,
  image,
  sbom,
  package,
  vulnerabilities,
  attestations
};

const cel::Environment& policy_environment();

struct CompiledExpression {
  enum class About : std::uint8_t { request, image, package };
  cel::Program program;
  About about = About::request;
  Needs needs;
  bool reads_namespace = false;
  bool reads_params = false;
};
// Fault: malformed (place is {"line:column"}), limit.
Result<std::shared_ptr<const CompiledExpression>> compile_expression(std::string_view text);

}  // namespace pratique
