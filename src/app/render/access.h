// Tokens and the audit log, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "app/render/table.h"
#include "base/clock.h"
#include "model/access.h"
#include "model/audit.h"

namespace pratique {

std::string render_tokens_table(const std::vector<AccessToken>& tokens, Time now, const Look& look);
std::string render_tokens_json(const std::vector<AccessToken>& tokens, Time now);
std::string render_issued_token_json(const AccessToken& token, const std::string& text);  // with the secret

std::string render_audit_table(const std::vector<AuditEntry>& entries, const Look& look);
std::string render_audit_json(const std::vector<AuditEntry>& entries);
std::string render_audit_jsonl(const std::vector<AuditEntry>& entries);

}  // namespace pratique
