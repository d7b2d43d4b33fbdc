// What a bill is said to be about by whoever brings it: a registry that holds it attached to a digest, a user.
#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "world/store/store.h"

namespace pratique {

// A bill that names no digest gets this one. Fault: malformed, when it says that it is about another: one of the two is
// wrong, and nobody knows which.
Result<void> bind_bill(StoredBill& bill, const Digest& subject);

}  // namespace pratique
