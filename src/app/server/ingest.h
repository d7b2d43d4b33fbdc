// Taking a bill that came by HTTP. Private to the server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/server/service.h"

namespace pratique {

struct TakenBill {
  std::string digest, artifact, name;
  bool is_new = false;
  std::uint64_t components = 0;
  std::vector<Rejected> set_aside;
};

// Reads it, checks that whoever asks may bring it, and returns once it is on the disk. Fault: as read_bill; refused; of
// the store.
Result<TakenBill> take_bill(Service& service, const HttpRequest& request, const Asked& asked, Bytes bytes,
                            std::string place);
HttpResponse answer_of(const TakenBill& taken);  // 201 for a new one, 200
HttpResponse too_much_coming_in();               // 503

}  // namespace pratique
