// Rows of the kernel commands that have files of their own.
#pragma once

#include "app/cli/command.h"

namespace pratique {

Command kernel_watch_command();

}  // namespace pratique
