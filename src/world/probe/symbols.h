// Texts of the kernel that name eBPF code: small pure parsers, private to the probe. Each skips what it does not
// understand.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace pratique {

// /proc/kallsyms: compiled programs, "bpf_prog_<tag>_<name> [bpf]", by their tag.
std::map<std::string, std::string> parse_program_symbols(std::string_view text);

// enabled_functions of tracefs: the functions that call an eBPF trampoline, without what the kernel puts before the
// name of an LSM hook.
std::set<std::string> parse_trampolines(std::string_view text);

// touched_functions of tracefs, which is written the same way: every function in it.
std::set<std::string> parse_traced_functions(std::string_view text);

}  // namespace pratique
