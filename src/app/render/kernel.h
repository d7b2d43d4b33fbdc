// eBPF objects, for people and for programs (docs/cli.md, "kernel list -o json").
#pragma once

#include <string>
#include <vector>

#include "app/render/table.h"
#include "engine/kernel/kernel.h"
#include "flow/listen.h"
#include "flow/nodes.h"
#include "model/kernel_facts.h"
#include "model/kernel_object.h"

namespace pratique {

// A table for each kind that is there; type tables only when nothing else is, or `wide`.
std::string render_kernel_table(const KernelInventory& inventory, bool wide, const Look& look);
std::string render_kernel_json(const KernelInventory& inventory);
std::string render_kernel_jsonl(const KernelInventory& inventory);  // an object a line
std::string render_kernel_names(const KernelInventory& inventory);  // "prog 12" a line

// "19 objects: 12 programs, 5 maps, 2 links; 1 without a known holder; 2 things could not be read"
std::string render_kernel_ledger(const KernelInventory& inventory);

// One object, a line for each thing known of it.
std::string render_kernel_details(const KernelObject& object, const Look& look);

// Why it is alive: each holder below what it keeps, with what would end the hold.
std::string render_explanation_tree(const KernelObject& object, const std::vector<Hold>& holds, const Look& look);
std::string render_explanation_json(const KernelInventory& inventory, const KernelObject& object,
                                    const std::vector<Hold>& holds);

std::string render_facts_table(const KernelFacts& facts, const Look& look);
std::string render_facts_json(const KernelFacts& facts);

// Whether several ways of asking the kernel agree: what each shows, then where they contradict each other.
std::string render_verification_table(const KernelViews& views, const std::vector<KernelContradiction>& found,
                                      const Look& look);
std::string render_verification_json(const KernelViews& views, const std::vector<KernelContradiction>& found);

// Two looks, and what differs from a baseline.
std::string render_changes_table(const std::vector<KernelChange>& changes, const Look& look);
std::string render_changes_json(const KernelInventory& before, const KernelInventory& after,
                                const std::vector<KernelChange>& changes);
std::string render_deviations_table(const std::vector<KernelDeviation>& deviations, const Look& look);
std::string render_deviations_json(const KernelInventory& now, const std::vector<KernelDeviation>& deviations);

// The tools at work, what each says of itself, and what nobody tells of.
std::string render_tools_table(const std::vector<HeardTool>& tools, const std::vector<std::string>& blind_spots,
                               const Look& look);
std::string render_tools_json(const KernelInventory& inventory, const std::vector<HeardTool>& tools,
                              const std::vector<std::string>& blind_spots);

// Whether anything is known to keep it alive.
bool has_known_holder(const KernelObject& object);

// Nodes that a server knows, and where a program runs.
std::string render_nodes_table(const std::vector<KernelNode>& nodes, const Look& look);
std::string render_nodes_json(const std::vector<KernelNode>& nodes);
std::string render_program_on_nodes_table(const ProgramOnNodes& programs, const Look& look);
std::string render_program_on_nodes_json(std::string_view hash, const ProgramOnNodes& programs);

// What looking takes, and what each missing thing costs.
std::string render_privileges_table(const std::vector<KernelPrivilege>& privileges, const Look& look);
std::string render_privileges_json(const std::vector<KernelPrivilege>& privileges);

}  // namespace pratique
