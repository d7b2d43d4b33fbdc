// What a policy is about: names with '*' in them. Private to policy/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/evidence.h"
#include "engine/policy/rule.h"
#include "model/admission.h"

namespace pratique {

// '*' stands for any characters; linear in the text for each '*'.
bool matches_name(std::string_view pattern, std::string_view text);
bool matches_any(const std::vector<std::string>& patterns, std::string_view text);

// Docker's defaults made explicit as in an image reference: "nginx" is "docker.io/library/nginx". What begins with '*'
// stays, and so does a registry alone ("registry.example.com", which then means all that is in it).
std::string image_pattern(std::string_view text);
// A pattern with a tag or digest is about the whole reference, any other about the repository.
bool matches_image(const std::vector<std::string>& patterns, const Image& image);

// Everything but the images. Unclear where the labels of the namespace decide and nobody looked it up.
enum class Applies : std::uint8_t { no, unclear, yes };
Applies applies(const Selector& selector, const AdmissionRequest& request, const JsonTree* namespace_object);
Applies applies(const std::vector<Selector>& selectors, const AdmissionRequest& request,
                const JsonTree* namespace_object);
// An image that has no readable name is meant by every selector.
bool is_about(const Selector& selector, const ImageEvidence& image);
bool is_about(const std::vector<Selector>& selectors, const ImageEvidence& image);

}  // namespace pratique
