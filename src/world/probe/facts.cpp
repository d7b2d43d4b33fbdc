// Facts about the kernel, each from the one file that tells it.
#include <fcntl.h>
#include <sys/utsname.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>

#include "base/text.h"
#include "world/probe/descriptor.h"
#include "world/probe/iterators.h"
#include "world/probe/probe.h"

namespace pratique {
namespace {

struct Meaning {
  std::string_view value, meaning;
};

struct Sysctl {
  std::string_view name;
  std::array<Meaning, 4> meanings;
};

constexpr auto sysctls = std::to_array<Sysctl>({
    {"kernel.unprivileged_bpf_disabled",
     {{{"0", "every user may load eBPF"},
       {"1", "only privileged users may, until the next boot"},
       {"2", "only privileged users may"}}}},
    {"net.core.bpf_jit_enable",
     {{{"0", "programs are interpreted"},
       {"1", "programs are compiled"},
       {"2", "programs are compiled and dumped to the log"}}}},
    {"net.core.bpf_jit_harden",
     {{{"0", "constants are not blinded"},
       {"1", "constants of unprivileged programs are blinded"},
       {"2", "all constants are blinded"}}}},
    {"net.core.bpf_jit_kallsyms", {{{"0", "programs have no symbols"}, {"1", "programs have symbols"}}}},
    {"net.core.bpf_jit_limit", {}},
    {"kernel.bpf_stats_enabled", {{{"0", "run times are not counted"}, {"1", "run times are counted"}}}},
    {"kernel.kptr_restrict",
     {{{"0", "addresses are shown to privileged users"},
       {"1", "addresses are shown to privileged users"},
       {"2", "addresses are hidden: what programs call cannot be named"}}}},
    {"kernel.perf_event_paranoid", {}},
    {"kernel.dmesg_restrict", {}},
    {"kernel.yama.ptrace_scope", {}},
    {"kernel.kexec_load_disabled", {}},
    {"kernel.modules_disabled", {}},
});

constexpr auto options_of_interest = std::to_array<std::string_view>({"CONFIG_BPF_SYSCALL",
                                                                      "CONFIG_BPF_JIT",
                                                                      "CONFIG_BPF_JIT_ALWAYS_ON",
                                                                      "CONFIG_BPF_UNPRIV_DEFAULT_OFF",
                                                                      "CONFIG_BPF_LSM",
                                                                      "CONFIG_BPF_EVENTS",
                                                                      "CONFIG_BPF_KPROBE_OVERRIDE",
                                                                      "CONFIG_BPF_PRELOAD",
                                                                      "CONFIG_BPF_STREAM_PARSER",
                                                                      "CONFIG_CGROUP_BPF",
                                                                      "CONFIG_NET_CLS_BPF",
                                                                      "CONFIG_NET_ACT_BPF",
                                                                      "CONFIG_NETFILTER_BPF_LINK",
                                                                      "CONFIG_NETKIT",
                                                                      "CONFIG_XDP_SOCKETS",
                                                                      "CONFIG_LWTUNNEL_BPF",
                                                                      "CONFIG_IPV6_SEG6_BPF",
                                                                      "CONFIG_HID_BPF",
                                                                      "CONFIG_SCHED_CLASS_EXT",
                                                                      "CONFIG_KPROBES",
                                                                      "CONFIG_UPROBES",
                                                                      "CONFIG_FPROBE",
                                                                      "CONFIG_FUNCTION_TRACER",
                                                                      "CONFIG_FTRACE_SYSCALLS",
                                                                      "CONFIG_DEBUG_INFO_BTF",
                                                                      "CONFIG_DEBUG_INFO_BTF_MODULES",
                                                                      "CONFIG_SECURITY_LOCKDOWN_LSM",
                                                                      "CONFIG_MODULE_SIG_FORCE",
                                                                      "CONFIG_KALLSYMS_ALL",
                                                                      "CONFIG_IKCONFIG_PROC"});

struct Capability {
  std::string_view name;
  unsigned bit;
  std::string_view without;
};

constexpr auto capabilities = std::to_array<Capability>({
    {"CAP_SYS_ADMIN", 21, "nothing is listed, and no namespace is entered"},
    {"CAP_BPF", 39, "our iterators are not loaded, and programs do not show their instructions"},
    {"CAP_PERFMON", 38, "our iterators are not loaded"},
    {"CAP_NET_ADMIN", 12, "attachments to cgroups and to network devices are not listed"},
    {"CAP_SYS_PTRACE", 19, "the descriptors of other users' processes are not seen"},
    {"CAP_DAC_READ_SEARCH", 2, "pins in folders of others are not seen"},
    {"CAP_SYSLOG", 34, "what programs call cannot be named"},
});

// A configuration as `make` writes it: "CONFIG_BPF=y", "# CONFIG_NETKIT is not set".
std::map<std::string, std::string, std::less<>> parse_configuration(std::string_view text) {
  std::map<std::string, std::string, std::less<>> options;
  for (std::string_view line : split(text, '\n')) {
    constexpr std::string_view unset = " is not set";
    if (line.starts_with("# CONFIG_") && line.ends_with(unset)) {
      options.emplace(line.substr(2, line.size() - 2 - unset.size()), "not set");
    } else if (const auto equals = line.find('='); line.starts_with("CONFIG_") && equals != std::string_view::npos) {
      options.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  return options;
}

std::optional<std::string> read_compressed(const std::string& path) {
  constexpr std::size_t most = std::size_t{4} << 20;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(::gzopen(path.c_str(), "re"), ::gzclose);
  if (!file) return {};
  std::string text;
  char piece[1 << 14];
  for (int n = 0; text.size() < most && (n = ::gzread(file.get(), piece, sizeof piece)) > 0;)
    text.append(piece, static_cast<std::size_t>(n));
  return text;
}

class FactReader {
 public:
  explicit FactReader(const ProbeOptions& options) : options_(options) { ::uname(&system_); }

  KernelFacts read() {
    facts_.node = system_.nodename;
    read_version();
    read_security();
    for (const auto& row : sysctls) read_sysctl(row);
    read_configuration();
    read_mitigations();
    read_capabilities();
    try_iterators();
    return std::move(facts_);
  }

 private:
  KernelFact& add(std::string group, std::string name, std::optional<std::string> value, std::string unknown = {}) {
    return facts_.facts.emplace_back(KernelFact{
        .group = std::move(group), .name = std::move(name), .value = std::move(value), .unknown = std::move(unknown)});
  }

  // A file of one line.
  KernelFact& add_file(std::string group, std::string name, const std::string& path) {
    auto text = read_text(AT_FDCWD, path.c_str());
    const int code = errno;
    if (!text) return add(std::move(group), std::move(name), {}, path + ": " + reason_of(code));
    return add(std::move(group), std::move(name), std::string(trim(*text)));
  }

  void read_version() {
    add("kernel", "release", system_.release);
    add("kernel", "version", system_.version);  // a distribution writes its package's version there
    add("kernel", "architecture", system_.machine);
    add_file("kernel", "build", options_.proc + "/version");
    add_file("kernel", "command line", options_.proc + "/cmdline");
    const auto system = read_text(AT_FDCWD, "/etc/os-release");
    for (const std::string_view line : split(system ? std::string_view(*system) : std::string_view(), '\n'))
      if (line.starts_with("PRETTY_NAME=")) {
        std::string_view name = line.substr(12);
        if (name.size() >= 2 && name.front() == '"') name = name.substr(1, name.size() - 2);
        add("kernel", "distribution", std::string(name));
      }
  }

  void read_security() {
    KernelFact& lockdown = add_file("security", "lockdown", options_.sys + "/kernel/security/lockdown");
    if (lockdown.value) {  // "none [integrity] confidentiality": the one in brackets holds
      const auto from = lockdown.value->find('['), to = lockdown.value->find(']');
      if (from != std::string::npos && to != std::string::npos && to > from)
        lockdown.value = lockdown.value->substr(from + 1, to - from - 1);
      if (lockdown.value == "confidentiality") lockdown.meaning = "programs may not read kernel memory";
    }
    add_file("security", "modules", options_.sys + "/kernel/security/lsm").meaning =
        "of Linux security; 'bpf' among them lets eBPF decide";
    const auto names = read_text(AT_FDCWD, (options_.sys + "/kernel/btf/vmlinux").c_str(), 16);
    add("security", "types (BTF)", names ? std::optional<std::string>("there") : std::nullopt,
        names ? "" : options_.sys + "/kernel/btf/vmlinux: " + reason_of(errno));
  }

  void read_sysctl(const Sysctl& row) {
    std::string path(row.name);
    std::replace(path.begin(), path.end(), '.', '/');
    KernelFact& fact = add_file("sysctl", std::string(row.name), options_.proc + "/sys/" + path);
    for (const auto& [value, meaning] : row.meanings)
      if (fact.value && !value.empty() && *fact.value == value) fact.meaning = meaning;
  }

  void read_configuration() {
    const std::string running = options_.proc + "/config.gz", installed = options_.boot + "/config-" + system_.release;
    auto text = read_compressed(running);
    if (!text) text = read_text(AT_FDCWD, installed.c_str());
    const auto options = parse_configuration(text ? std::string_view(*text) : std::string_view());
    for (const auto name : options_of_interest) {
      const auto found = options.find(name);
      if (!text)
        add("config", std::string(name), {}, "neither " + running + " nor " + installed + " can be read");
      else
        add("config", std::string(name), found == options.end() ? "not set" : found->second);
    }
  }

  void read_mitigations() {
    const std::string folder = options_.sys + "/devices/system/cpu/vulnerabilities";
    std::vector<std::string> names;
    const Descriptor list = open_folder(AT_FDCWD, folder.c_str());
    if (!list || !for_each_name(list, [&](std::string_view name) { names.emplace_back(name); })) {
      add("mitigation", "all", {}, folder + ": " + reason_of(errno));
      return;
    }
    std::sort(names.begin(), names.end());
    for (const auto& name : names) add_file("mitigation", name, folder + "/" + name);
  }

  void read_capabilities() {
    const auto status = read_text(AT_FDCWD, (options_.proc + "/self/status").c_str());
    const auto at = status ? status->find("\nCapEff:\t") : std::string::npos;
    const std::uint64_t held = at == std::string::npos ? 0 : std::strtoull(status->c_str() + at + 9, nullptr, 16);
    for (const auto& [name, bit, without] : capabilities) {
      if (at == std::string::npos) {
        add("capability", std::string(name), {}, options_.proc + "/self/status cannot be read");
        continue;
      }
      const bool has = (held >> bit & 1) != 0;
      add("capability", std::string(name), has ? "held" : "missing").meaning =
          has ? "" : "without it " + std::string(without);
    }
  }

  // The only way to know whether the kernel takes them.
  void try_iterators() {
    const bool may_load = options_.looking == Looking::by_iterators && options_.proc == "/proc";
    const KernelTypesFile file;
    const KernelTypes types(may_load ? file.bytes() : std::string_view());
    Iterators iterators(types);
    for (const char* name : {"threads", "files", "mappings", "programs", "maps", "links", "seccomp"}) {
      if (!may_load)
        add("iterator", name, {}, "not tried");
      else if (iterators.run(name))
        add("iterator", name, "loads");
      else
        add("iterator", name, reason_of(errno)).meaning = "what it would tell is looked for in /proc, or is not known";
    }
  }

  const ProbeOptions& options_;
  utsname system_{};
  KernelFacts facts_;
};

}  // namespace

KernelFacts probe_kernel_facts(const ProbeOptions& options) { return FactReader(options).read(); }

}  // namespace pratique
