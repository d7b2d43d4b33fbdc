// A Bill as text that a person can read and compare: all that a reader found, in the Bill's own order.
#pragma once

#include <string>

#include "model/bill.h"

namespace pratique {

std::string text_of(const Bill& bill);

}  // namespace pratique
