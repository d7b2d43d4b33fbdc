#include "flow/bind.h"

namespace pratique {

Result<void> bind_bill(StoredBill& stored, const Digest& subject) {
  std::optional<Digest>& own = stored.bill.subject.digest;
  if (!own) own = subject;
  if (*own == subject) return {};
  return Error{Fault::malformed,
               "is brought as the bill of " + subject.text() + " and says that it is about " + own->text(),
               {},
               "find out which of them it describes"};
}

}  // namespace pratique
