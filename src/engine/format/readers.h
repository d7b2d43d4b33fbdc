// The readers that read_bill chooses from, one for each format. Private to format/.
// All take a document that has been decoded to UTF-8 without byte-order mark, and answer as read_bill does.
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/bill.h"

namespace pratique {

Result<Bill> read_cyclonedx_json(Bytes document, const Limits& limits);
Result<Bill> read_spdx_json(Bytes document, const Limits& limits);

}  // namespace pratique
