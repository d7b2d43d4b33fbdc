// A verdict as people read it on a terminal.
#pragma once

#include <string>

#include "app/render/table.h"
#include "model/admission.h"
#include "model/verdict.h"

namespace pratique {

// "denied: Pod shop/checkout" and a line for everything that was said, all of it.
std::string render_verdict_text(const AdmissionRequest& request, const Verdict& verdict, const Look& look);

}  // namespace pratique
