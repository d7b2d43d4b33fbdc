// Who does what a command does to the store, for the audit log: nobody was asked who they are.
#pragma once

#include <string>
#include <utility>

#include "model/audit.h"

namespace pratique {

inline AuditEntry by_hand(std::string action = {}, std::string object = {}) {
  return {"command line", "command line", std::move(action), std::move(object), ""};
}

}  // namespace pratique
