// `auth` and `audit`: who may use the server, and what was done with it. Both work on the store itself.
#include "app/render/access.h"

#include <ostream>

#include "app/cli/by_hand.h"
#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "app/server/random.h"
#include "base/text.h"
#include "flow/access.h"

namespace pratique {
namespace {

// "90d", "12h", "30m".
Result<Time> time_from(const std::string& text, Time now) {
  const auto number = text.empty() ? std::nullopt : parse_unsigned(std::string_view(text).substr(0, text.size() - 1));
  const char unit = text.empty() ? '\0' : text.back();
  const std::uint64_t minutes = unit == 'd' ? 24 * 60 : unit == 'h' ? 60 : unit == 'm' ? 1 : 0;
  if (number && minutes != 0 && *number <= 1'000'000) return now + std::chrono::minutes(*number * minutes);
  return Error{Fault::usage, "--expires is a time such as 90d, 12h or 30m, not '" + text + "'", {}, {}};
}

Result<AccessScope> scope_of(const Invocation& invocation) {
  std::string text;
  for (const auto* name : {"cluster", "namespace", "repository", "node"})
    for (const auto& pattern : invocation.all(name))
      text.append(text.empty() ? "" : " ").append(name).append("=").append(pattern);
  auto scope = parse_scope(text);
  if (scope) return scope;
  Error error = std::move(scope).error();
  error.fault = Fault::usage;
  return error;
}

Result<int> run_token_create(const Invocation& invocation, Console& console) {
  TokenRequest request;
  request.name = invocation.arguments.front();
  if (!invocation.given("role"))
    return Error{
        Fault::usage, "--role is missing", {}, "name viewer, auditor, ingester, operator, approver, admin or agent"};
  PRATIQUE_TRY(request.grant.role, parse_role(invocation.text("role")));
  PRATIQUE_TRY(request.grant.scope, scope_of(invocation));
  const Time now = console.clock();
  PRATIQUE_TRY(request.expires, time_from(invocation.text("expires"), now));
  PRATIQUE_TRY(const auto entropy, random_bytes(token_entropy));
  PRATIQUE_TRY(Store store, Store::open(invocation.text("store"), Store::Mode::create));
  PRATIQUE_TRY(const auto issued, issue_token(store, request, entropy, by_hand(), now));
  console.out << issued.text << '\n';
  note(console, "token " + issued.kept.id + " of role " + std::string(name_of(request.grant.role)) + " is good until " +
                    render_time(request.expires) + "; it is not shown again");
  return exit_code::ok;
}

Result<int> run_token_list(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const Store store, Store::open(invocation.text("store"), Store::Mode::read));
  PRATIQUE_TRY(const auto tokens, store.load_tokens());
  const Time now = console.clock();
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_tokens_json(tokens, now)
                            : render_tokens_table(tokens, now, look_of(invocation, console));
  }));
  return exit_code::ok;
}

Result<int> run_token_revoke(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(Store store, Store::open(invocation.text("store"), Store::Mode::create));
  for (const auto& id : invocation.arguments) {
    PRATIQUE_DO(revoke_token(store, id, by_hand(), console.clock()));
    note(console, "token " + id + " is revoked; servers refuse it within five seconds");
  }
  return exit_code::ok;
}

Result<int> run_audit_list(const Invocation& invocation, Console& console) {
  const auto first = parse_unsigned(invocation.text("first"));
  if (!first) return Error{Fault::usage, "--first is a number, not '" + invocation.text("first") + "'", {}, {}};
  PRATIQUE_TRY(const Store store, Store::open(invocation.text("store"), Store::Mode::read));
  std::vector<AuditEntry> entries;
  PRATIQUE_DO(store.visit_audit(*first, UINT64_MAX, [&](const AuditEntry& entry) -> Result<void> {
    entries.push_back(entry);
    return {};
  }));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_audit_json(entries);
    return format == "jsonl" ? render_audit_jsonl(entries) : render_audit_table(entries, look_of(invocation, console));
  }));
  return exit_code::ok;
}

// The chain, entry by entry; and that a head which somebody noted is part of it.
Result<int> run_audit_verify(const Invocation& invocation, Console& console) {
  const std::string noted = invocation.text("head");
  const auto colon = noted.find(':');
  const auto number = parse_unsigned(noted.substr(0, colon));
  if (invocation.given("head") && (!number || colon == std::string::npos))
    return Error{
        Fault::usage, "--head is NUMBER:HASH, not '" + noted + "'", {}, "take it from an earlier 'audit verify'"};
  PRATIQUE_TRY(const Store store, Store::open(invocation.text("store"), Store::Mode::read));
  AuditChain chain;
  bool is_head_there = !invocation.given("head");
  PRATIQUE_DO(store.visit_audit(0, UINT64_MAX, [&](const AuditEntry& entry) -> Result<void> {
    auto followed = chain.follow(entry);
    is_head_there |= number == entry.sequence && noted.substr(colon + 1) == entry.hash;
    return followed;
  }));
  if (!is_head_there)
    return Error{Fault::malformed,
                 "the audit log does not hold entry " + noted.substr(0, colon) +
                     " with that hash: its end was cut off, or it is another log",
                 {},
                 "compare with a copy of the store"};
  console.out << with_commas(chain.entries()) << (chain.entries() == 1 ? " entry" : " entries") << ", head "
              << chain.entries() << ':' << chain.head() << '\n';
  return exit_code::ok;
}

}  // namespace

Commands access_commands() {
  return {
      {.name = "auth token create",
       .summary = "Make an API token and print it, this once",
       .detail =
           "The store keeps what the token hashes to. A role says what it is good for, the other options for which "
           "part; a name\n"
           "may end in '*'. docs/api.md has the table of roles.",
       .arguments = {{.name = "NAME", .help = "what people call it: ci, prometheus, node-1"}},
       .options =
           {{.name = "role",
             .value = "ROLE",
             .help = "what it may do",
             .choices = {"viewer", "auditor", "ingester", "operator", "approver", "admin", "agent"}},
            {.name = "cluster", .value = "NAME", .help = "only this cluster", .repeat = true},
            {.name = "namespace", .letter = 'n', .value = "NAME", .help = "only this namespace", .repeat = true},
            {.name = "repository", .value = "NAME", .help = "only images of this repository", .repeat = true},
            {.name = "node", .value = "NAME", .help = "only this node", .repeat = true},
            {.name = "expires", .value = "DURATION", .help = "how long it is good: 30m, 12h, 90d", .fallback = "90d"}},
       .examples = {"pratique auth token create ci --role ingester --repository 'registry.example.com/shop/*'",
                    "pratique auth token create dashboard --role viewer --namespace shop --expires 30d"},
       .run = run_token_create},
      {.name = "auth token list",
       .summary = "List the API tokens, without their secrets",
       .options = {output_option({"table", "json"})},
       .run = run_token_list},
      {.name = "auth token revoke",
       .summary = "Make API tokens good for nothing",
       .arguments = {{.name = "ID", .help = "the 16 hex digits behind 'prq_'", .many = true}},
       .run = run_token_revoke},
      {.name = "audit list",
       .summary = "Tell what was done through servers and what was refused, oldest first",
       .options = {output_option({"table", "json", "jsonl"}),
                   {.name = "first", .value = "NUMBER", .help = "from this entry on", .fallback = "1"}},
       .run = run_audit_list},
      {.name = "audit verify",
       .summary = "Check that no entry of the audit log was changed, taken out or put in",
       .detail =
           "Every entry's hash covers the one before it. That the end was not cut off is proven by a head that was "
           "noted\n"
           "elsewhere: --head takes what an earlier run printed.",
       .options = {{.name = "head", .value = "NUMBER:HASH", .help = "an entry that must be there"}},
       .examples = {"pratique audit verify"},
       .run = run_audit_verify},
  };
}

}  // namespace pratique
