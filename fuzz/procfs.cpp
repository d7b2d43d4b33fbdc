// The texts of /proc and tracefs that other processes shape.
#include "world/probe/procfs.h"

#include "world/probe/names.h"
#include "world/probe/symbols.h"
#include "world/probe/types.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace pratique;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_fdinfo(text);
  const auto mounts = parse_mountinfo(text);
  for (std::size_t i = 0; i < mounts.size() && i < 50; ++i) {
    (void)is_reachable(mounts, i);
    (void)crosses_network(mounts, i);
  }
  (void)parse_cgroup(text);
  (void)parse_mapped_bpf_maps(text);
  (void)parse_namespace_link(text, "net");
  const std::set<std::int32_t> distances{-64, 0, 64};
  (void)CallSymbols(distances).add(text);
  (void)parse_program_symbols(text);
  (void)parse_trampolines(text);
  const KernelTypes types(text);
  (void)types.find_members({{"s", "m"}, {"file", "f_path"}});
  (void)types.find_function("f");
  return 0;
}
