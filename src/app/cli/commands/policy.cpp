// policy init, check, test, explain, replay, preview, diff, import: the gate, before it is a gate.
#include "app/render/policy.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/gate_inputs.h"
#include "app/cli/output.h"
#include "app/cli/policy_library.h"
#include "base/text.h"
#include "engine/format/format.h"
#include "flow/record.h"
#include "world/file/file.h"

namespace pratique {
namespace {

constexpr std::size_t largest = std::size_t{64} << 20;  // of a record or a list of pods

Result<void> need(const Invocation& invocation, std::string_view option) {
  if (invocation.given(option)) return {};
  return Error{Fault::usage, "--" + std::string(option) + " is missing", {}, "see --help"};
}

bool exists(const std::string& path) {
  const auto bytes = read_file(path, largest);
  return bytes || bytes.error().fault != Fault::not_found;
}

const LibraryFile* find_in_library(const std::string& name) {
  for (const auto& file : policy_library())
    if (file.name == name) return &file;
  return nullptr;
}

// The names of the policies in the library, without ".yaml".
std::vector<std::string_view> library_names() {
  std::vector<std::string_view> names;
  for (const auto& file : policy_library())
    if (!file.name.ends_with(".test.yaml")) names.push_back(file.name.substr(0, file.name.rfind('.')));
  return names;
}

Result<int> list_library(Console& console) {
  for (const auto name : library_names()) {
    const auto text = find_in_library(std::string(name) + ".yaml")->text;
    console.out << name << std::string(name.size() < 22 ? 22 - name.size() : 1, ' ')
                << text.substr(2, text.find('\n') - 2) << "\n";
  }
  return exit_code::ok;
}

Result<int> run_init(const Invocation& invocation, Console& console) {
  if (invocation.flag("list")) return list_library(console);
  const std::string folder = invocation.arguments.empty() ? "." : invocation.arguments.front();
  auto names = invocation.all("from");
  if (names.empty()) names = {"starter"};
  if (names == std::vector<std::string>{"all"}) {
    const auto all = library_names();
    names.assign(all.begin(), all.end());
  }
  std::vector<const LibraryFile*> files;
  for (const auto& name : names)
    for (const auto* ending : {".yaml", ".test.yaml"}) {
      const auto* file = find_in_library(name + ending);
      if (file == nullptr) {
        const auto near = nearest(name, library_names());
        return Error{Fault::not_found,
                     "there is no policy '" + name + "' in the library",
                     {},
                     near.empty() ? "see 'pratique policy init --list'" : "did you mean '" + std::string(near) + "'?"};
      }
      if (exists(folder + "/" + std::string(file->name)))
        return Error{Fault::usage,
                     "is there already",
                     {folder + "/" + std::string(file->name)},
                     "name another folder, or move it away"};
      files.push_back(file);
    }
  PRATIQUE_DO(make_folder(folder));
  for (const auto* file : files) {
    const auto path = folder + "/" + std::string(file->name);
    PRATIQUE_DO(replace_file(path, file->text));
    console.out << path << "\n";
  }
  return exit_code::ok;
}

Result<int> run_check(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(auto files, read_policy_files(invocation.arguments));
  PRATIQUE_TRY(const auto policies, link_policies(std::move(files)));
  const auto doubts = find_doubts(policies, console.clock());
  std::uint64_t rules = 0, exceptions = 0;
  for (const auto& policy : policies) {
    rules += policy.rules.size();
    exceptions += policy.exceptions.size();
  }
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_doubts_json(doubts, policies.size(), rules);
    std::string text;
    for (const auto& doubt : doubts) text += render(doubt) + "\n";
    return text;
  }));
  const auto count = [](std::uint64_t number, const char* one, const char* many) {
    return with_commas(number) + " " + (number == 1 ? one : many);
  };
  note(console, count(policies.size(), "policy", "policies") + ", " + count(rules, "rule", "rules") + ", " +
                    count(exceptions, "exception", "exceptions") + ", " + count(doubts.size(), "doubt", "doubts"));
  return !doubts.empty() && invocation.flag("strict") ? exit_code::gate : exit_code::ok;
}

Result<int> run_test(const Invocation& invocation, Console& console) {
  PRATIQUE_TRY(const auto report, run_policy_tests(invocation.arguments));
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    if (format == "json") return render_tests_json(report);
    if (format == "junit") return render_tests_junit(report);
    return render_tests_text(report, look_of(invocation, console));
  }));
  for (const auto& rule : report.never_spoken) note(console, printable(rule) + " never spoke");
  note(console, with_commas(report.cases.size()) + " cases, " + with_commas(report.failed()) + " failed; " +
                    with_commas(report.rules - report.never_spoken.size()) + " of " + with_commas(report.rules) +
                    " rules spoke");
  const bool uncovered = invocation.flag("require-coverage") && !report.never_spoken.empty();
  return report.failed() > 0 || uncovered ? exit_code::gate : exit_code::ok;
}

Result<int> run_explain(const Invocation& invocation, Console& console) {
  const auto& path = invocation.arguments.front();
  PRATIQUE_TRY(const auto bytes, read_file(path, largest));
  const auto verdict = read_verdict(bytes);
  if (!verdict) return Error(verdict.error()).in(path);
  console.out << render_explanation(*verdict, look_of(invocation, console));
  return exit_code::ok;
}

Result<int> run_replay(const Invocation& invocation, Console& console) {
  PRATIQUE_DO(need(invocation, "policy"));
  const auto& path = invocation.arguments.front();
  PRATIQUE_TRY(const auto record, read_file(path, largest));
  PRATIQUE_TRY(const auto policies, load_policies(invocation.all("policy")));
  PRATIQUE_TRY(const auto inputs, open_gate_inputs(invocation, policies.needs_match(), console));
  const auto replayed = replay(record, policies, inputs.source, inputs.advisories);
  if (!replayed) return Error(replayed.error()).in(path);
  for (const auto& missing : replayed->missing) console.out << "missing: " << printable(missing) << "\n";
  if (!replayed->missing.empty()) return exit_code::not_found;
  if (replayed->recorded == replayed->replayed) {
    console.out << "the same, byte for byte\n";
    return exit_code::ok;
  }
  console.out << "- " << replayed->recorded << "\n+ " << replayed->replayed << "\n";
  return exit_code::gate;
}

// A URL, or a file that begins as SQLite's do, is a store; anything else a dump of pods.
bool names_store(const std::string& path) {
  if (path.starts_with("sqlite:") || path.find("://") != std::string::npos) return true;
  std::ifstream file(path, std::ios::binary);
  std::array<char, 15> head{};
  return path != "-" && file.read(head.data(), head.size()) &&
         std::string_view(head.data(), head.size()) == "SQLite format 3";
}

// The store whose pods are asked about has their bills too, unless --store or --sbom says otherwise.
std::string store_asked_about(const Invocation& invocation) {
  return invocation.given("against") && names_store(invocation.text("against")) ? invocation.text("against") : "";
}

// What runs: of a dump, or as the inventory knows it.
Result<std::vector<Workload>> read_pods(const Invocation& invocation, Console& console) {
  const auto path = invocation.text(invocation.given("against") ? "against" : "store");
  if (!invocation.given("against") || names_store(path)) {
    PRATIQUE_TRY(const auto store, Store::open(path, Store::Mode::read));
    PRATIQUE_TRY(auto pods, store.load_workloads());
    if (pods.empty()) note(console, "nothing runs there: 'pratique ingest --workloads pods.json' tells what does");
    return pods;
  }
  PRATIQUE_TRY(const auto bytes, read_file(path, Limits{}.bytes));
  auto list = read_workloads(bytes, "");
  if (!list) return std::move(list).error().in(path);
  for (const auto& part : list->rejected) note(console, "set aside: " + part.place + ": " + part.reason);
  return std::move(list->workloads);
}

void tell_unknown_namespaces(const PolicySet& policies, const GateInputs& inputs, Console& console) {
  if (policies.asking_namespace() == 0 || inputs.namespaces) return;
  note(console, with_commas(policies.asking_namespace()) +
                    (policies.asking_namespace() == 1 ? " policy asks" : " policies ask") +
                    " for the namespace, which pods do not tell: what they say is unknown; give --namespaces FILE "
                    "(kubectl get namespaces -o yaml)");
}

std::vector<Previewed> preview_with(PolicySet policies, const GateInputs& inputs, Console& console,
                                    const std::vector<Workload>& pods) {
  tell_unknown_namespaces(policies, inputs, console);
  const Gate gate = make_gate(inputs, std::move(policies), console);
  ProgressBar bar(console, "judging");
  auto workloads = preview(gate, pods, [&](std::size_t done) { bar.show(done, pods.size()); });
  bar.finish();
  return workloads;
}

void tell_counts(const std::vector<Previewed>& workloads, Console& console) {
  std::uint64_t counts[4] = {};
  for (const auto& one : workloads) ++counts[static_cast<std::size_t>(one.decision)];
  note(console, with_commas(workloads.size()) + " workloads at " + render_time(console.clock()) + ": " +
                    with_commas(counts[3]) + " would be denied, " + with_commas(counts[2]) + " warned, " +
                    with_commas(counts[1]) + " on record only, " + with_commas(counts[0]) + " admitted");
}

Result<int> run_preview(const Invocation& invocation, Console& console) {
  PRATIQUE_DO(need(invocation, "policy"));
  PRATIQUE_TRY(const auto pods, read_pods(invocation, console));
  PRATIQUE_TRY(auto policies, load_policies(invocation.all("policy")));
  PRATIQUE_TRY(const auto inputs,
               open_gate_inputs(invocation, policies.needs_match(), console, store_asked_about(invocation)));
  const auto workloads = preview_with(std::move(policies), inputs, console, pods);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_preview_json(workloads, console.clock())
                            : render_preview_table(workloads, look_of(invocation, console));
  }));
  tell_counts(workloads, console);
  return exit_code::ok;
}

Result<int> run_diff(const Invocation& invocation, Console& console) {
  if (invocation.arguments.size() != 2)
    return Error{Fault::usage, "a difference is between two", {}, "name the policies before and after"};
  PRATIQUE_TRY(const auto pods, read_pods(invocation, console));
  PRATIQUE_TRY(auto old_policies, load_policies({invocation.arguments[0]}));
  PRATIQUE_TRY(auto new_policies, load_policies({invocation.arguments[1]}));
  PRATIQUE_TRY(const auto inputs, open_gate_inputs(invocation, old_policies.needs_match() || new_policies.needs_match(),
                                                   console, store_asked_about(invocation)));
  const auto before = preview_with(std::move(old_policies), inputs, console, pods);
  const auto after = preview_with(std::move(new_policies), inputs, console, pods);
  const auto changes = changes_of(before, after);
  PRATIQUE_DO(write_outputs(invocation, console, [&](const std::string& format) -> Result<std::string> {
    return format == "json" ? render_changes_json(changes, console.clock())
                            : render_changes_table(changes, look_of(invocation, console));
  }));
  note(console, with_commas(changes.size()) + " of " + with_commas(after.size()) + " workloads change");
  return changes.empty() ? exit_code::ok : exit_code::gate;
}

Result<int> run_import(const Invocation& invocation, Console& console) {
  bool any = false, all = true;
  for (const auto& path : invocation.arguments) {
    PRATIQUE_TRY(const auto bytes, read_file(path, largest));
    PRATIQUE_TRY(const auto imported, import_policies(bytes.view(), path));
    console.out << imported.yaml;
    for (const auto& text : imported.notes) note(console, printable(text));
    any = any || !imported.yaml.empty();
    all = all && imported.notes.empty();
  }
  return !any ? exit_code::gate : all ? exit_code::ok : exit_code::partial;
}

}  // namespace

Commands policy_commands() {
  const Option pods = {.name = "against",
                       .value = "STORE|PODS",
                       .help = "what runs: a store, or 'kubectl get pods -A -o json' or - (default: --store)"};
  const auto with_evidence = [](std::vector<Option> own) {
    for (auto& option : evidence_options()) own.push_back(option);
    return own;
  };
  return {
      {.name = "policy init",
       .summary = "Begin with a commented policy and its test, or take ready ones",
       .arguments = {{.name = "FOLDER", .help = "where to; the current one by default", .optional = true}},
       .options = {{.name = "from",
                    .value = "NAME",
                    .help = "a policy of the library, or all (default: starter)",
                    .repeat = true},
                   {.name = "list", .help = "what the library holds"}},
       .examples = {"pratique policy init policies",
                    "pratique policy init policies --from log4shell --from known-exploited"},
       .run = run_init},
      {.name = "policy check",
       .summary = "Read policies as the gate would and say what is wrong or doubtful",
       .detail =
           "What cannot be read is an error with file, line and column. What is hardly meant is a doubt: rules that "
           "others cover, expressions that are always true, exceptions that are over or overlap.",
       .arguments = {{.name = "FILE", .help = "a policy file, or a folder of them", .many = true}},
       .options = {{.name = "strict", .help = "exit with 1 when there are doubts"}, output_option({"table", "json"})},
       .examples = {"pratique policy check --strict policies/"},
       .run = run_check},
      {.name = "policy test",
       .summary = "Run the tests that stand beside policies",
       .arguments = {{.name = "FILE", .help = "a .test.yaml, or a folder of them", .many = true}},
       .options = {{.name = "require-coverage", .help = "exit with 1 when a rule never spoke"},
                   output_option({"table", "json", "junit"})},
       .examples = {"pratique policy test policies/ -o junit=report.xml -o table"},
       .run = run_test},
      {.name = "policy explain",
       .summary = "Tell what a verdict rests on, and what would change it",
       .arguments = {{.name = "VERDICT", .help = "what 'admit -o verdict' or 'admit -o record' printed, or -"}},
       .examples = {"pratique admit --policy policies/ --review review.json -o verdict | pratique policy explain -"},
       .run = run_explain},
      {.name = "policy replay",
       .summary = "Decide a record again, offline",
       .detail = "By the record's clock. Exit code 1 when the verdict differs by a byte, 4 when the policies, the bill "
                 "or the "
                 "advisory database it was decided with is not at hand; it is then named.",
       .arguments = {{.name = "RECORD", .help = "what 'admit -o record' printed"}},
       .options = {policy_option(), sbom_option(), vex_option()},
       .examples = {"pratique policy replay record.json --policy policies/ --sbom bills/"},
       .run = run_replay},
      {.name = "policy preview",
       .summary = "Say which running workloads policies would keep out",
       .detail =
           "A row for each rule of each workload: SINCE is when it began to object, the pod's start or the "
           "vulnerability's publication, whichever came later. Pods tell nothing of labels and of the object, and "
           "nothing of their namespace: what policies ask of these is unknown, unless --namespaces is given.",
       .options = with_evidence({policy_option(), pods, output_option({"table", "json"})}),
       .examples = {"kubectl get pods -A -o json | pratique policy preview --policy policies/ --against -",
                    "pratique policy preview --policy policies/ --against postgresql://pratique@db/inventory"},
       .run = run_preview},
      {.name = "policy diff",
       .summary = "Say whose answer changes between two versions of policies",
       .detail = "Exit code 1 when some does.",
       .arguments = {{.name = "POLICIES", .help = "before and after: two files or folders", .many = true}},
       .options = with_evidence({pods, output_option({"table", "json"})}),
       .examples = {"pratique policy diff policies/ policies.new/ --against pods.json"},
       .run = run_diff},
      {.name = "policy import",
       .summary = "Turn the plain cases of Kyverno's, sigstore's and Ratify's policies into ours",
       .detail =
           "Policies on standard output, what does not map on standard error: read that first. Reads verifyImages of "
           "Kyverno, ClusterImagePolicy of policy-controller, verifiers of Ratify. Exit code 3 when something does "
           "not map, 1 when nothing does.",
       .arguments = {{.name = "FILE", .help = "YAML, or -", .many = true}},
       .examples = {"kubectl get cpol -o yaml | pratique policy import - > imported.yaml"},
       .run = run_import},
  };
}

}  // namespace pratique
