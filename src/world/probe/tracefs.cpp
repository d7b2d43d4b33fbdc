#include "world/probe/tracefs.h"

#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world/probe/descriptor.h"

namespace pratique {

std::optional<std::string> read_tracefs(const std::string& file) {
  constexpr unsigned close_on_exec = 1, create = 6;  // FSOPEN_CLOEXEC and FSMOUNT_CLOEXEC, FSCONFIG_CMD_CREATE
  const Descriptor context(static_cast<int>(::syscall(SYS_fsopen, "tracefs", close_on_exec)));
  if (!context || ::syscall(SYS_fsconfig, context.get(), create, nullptr, nullptr, 0) != 0) return {};
  const Descriptor mount(static_cast<int>(::syscall(SYS_fsmount, context.get(), close_on_exec, MOUNT_ATTR_RDONLY)));
  return mount ? read_text(mount.get(), file.c_str()) : std::nullopt;
}

}  // namespace pratique
