// The recipes, by what they are about. recipes() joins them.
#pragma once

#include "scene.h"

namespace pratique {

std::vector<Recipe> held_recipes();      // descriptors, mappings, pins, references
std::vector<Recipe> attached_recipes();  // links, and attachments without one

std::vector<Recipe> program_recipes();  // programs on programs, in subsystems, on many functions
std::vector<Recipe> network_recipes();  // devices, routes, sockets, network namespaces

// The smallest program that always loads; its owner is whoever calls.
maker::Fd socket_filter(const std::string& name);

}  // namespace pratique
