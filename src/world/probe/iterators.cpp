#include "world/probe/iterators.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <string>

#include "world/probe/descriptor.h"

namespace pratique {
namespace {

alignas(8) constexpr unsigned char holders[] = {
#include <holders.bpf.inc>
};

std::vector<KernelTypes::Member> all_fields() {
  return {
#define PRATIQUE_FIELD(type, member) {#type, #member},
      PRATIQUE_FIELDS(PRATIQUE_FIELD) PRATIQUE_OPTIONAL_FIELDS(PRATIQUE_FIELD)
#undef PRATIQUE_FIELD
  };
}

constexpr std::uint32_t first_optional = 0
#define PRATIQUE_FIELD(type, member) +1
    PRATIQUE_FIELDS(PRATIQUE_FIELD)
#undef PRATIQUE_FIELD
    ;

std::uint32_t id_of(int fd) {
  std::uint32_t type_and_id[2] = {};
  __u32 length = sizeof type_and_id;
  return bpf_obj_get_info_by_fd(fd, type_and_id, &length) == 0 ? type_and_id[1] : 0;
}

}  // namespace

struct Iterators::Object {
  bpf_object* object = bpf_object__open_mem(holders, sizeof holders, nullptr);
  ~Object() { bpf_object__close(object); }
};

Iterators::Iterators(const KernelTypes& types)
    : types_(types), offsets_(types.find_members(all_fields())), object_(std::make_unique<Object>()) {}

Iterators::~Iterators() = default;

std::optional<std::vector<Record>> Iterators::run(std::string_view name, std::uint32_t message,
                                                  std::uint32_t descriptor) {
  const bpf_program* program = object_->object == nullptr
                                   ? nullptr
                                   : bpf_object__find_program_by_name(object_->object, std::string(name).c_str());
  if (program == nullptr) {
    errno = ENOENT;
    return {};
  }
  std::vector<bpf_insn> code(bpf_program__insns(program), bpf_program__insns(program) + bpf_program__insn_cnt(program));
  for (auto& instruction : code) {
    const auto mark = static_cast<std::uint32_t>(instruction.imm) - PRATIQUE_MARK;
    if (instruction.code != (BPF_ALU64 | BPF_MOV | BPF_K) || mark >= mark_count) continue;
    const auto number = mark == choice_message ? message : mark == choice_descriptor ? descriptor : offsets_[mark];
    if (!number && mark < first_optional) {
      errno = EOPNOTSUPP;
      return {};
    }
    instruction.imm = static_cast<std::int32_t>(number.value_or(PRATIQUE_ABSENT));
  }

  const std::string section = bpf_program__section_name(program);  // "iter/task_file" is called by bpf_iter_task_file()
  LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_ITER,
              .attach_btf_id = types_.find_function("bpf_iter_" + section.substr(section.find('/') + 1)));
  if (options.attach_btf_id == 0) {
    errno = EOPNOTSUPP;
    return {};
  }
  const Descriptor prog(bpf_prog_load(BPF_PROG_TYPE_TRACING, ("pratique_" + std::string(name)).substr(0, 15).c_str(),
                                      "Dual MIT/GPL", code.data(), code.size(), &options));
  const Descriptor link(prog ? bpf_link_create(prog.get(), 0, BPF_TRACE_ITER, nullptr) : -1);
  const Descriptor reader(link ? bpf_iter_create(link.get()) : -1);
  if (!reader) return {};

  const std::uint32_t own_prog = id_of(prog.get()), own_link = id_of(link.get());
  std::vector<Record> records;
  Record block[1024];
  for (;;) {
    const ssize_t got = ::read(reader.get(), block, sizeof block);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return {};
    if (got == 0) return records;
    for (const Record& record : std::span(block).first(static_cast<std::size_t>(got) / sizeof(Record))) {
      const bool own = (record.kind == record_prog || record.kind == record_attach_type) && record.id == own_prog;
      if (!own && !(record.kind == record_link && record.id == own_link)) records.push_back(record);
    }
  }
}

}  // namespace pratique
