// The table itself. What is not here does not exist: not in --help, not in the documentation.
#include "app/cli/commands/commands.h"

namespace pratique {
namespace {

Option output(std::vector<std::string_view> formats) {
  return {.name = "output",
          .letter = 'o',
          .value = "FORMAT[=FILE]",
          .help = "what to print, and where to",
          .fallback = "table",
          .repeat = true,
          .choices = std::move(formats)};
}

const Option allow_unknown{.name = "allow-unknown", .help = "unknown or failed does not change the exit code"};

std::vector<Command> make_commands() {
  return {
      {.name = "scan",
       .summary = "Find the known vulnerabilities in software bills of materials",
       .detail =
           "A target is a file, a folder of files, or '-' for standard input; 'sbom:FILE' says so outright. The format "
           "is\n"
           "told from the content. Every finding carries its proof: advisory, range, comparator and dependency path.",
       .arguments = {{.name = "TARGET", .help = "an SBOM, a folder of them, or -", .many = true}},
       .options = {output({"table", "wide", "json", "jsonl"}),
                   {.name = "fail-on",
                    .value = "SEVERITY",
                    .help = "exit with 1 when a finding is at least this severe",
                    .choices = {"low", "medium", "high", "critical", "any"}},
                   {.name = "severity",
                    .value = "SEVERITY",
                    .help = "show only findings at least this severe",
                    .choices = {"unknown", "none", "low", "medium", "high", "critical"}},
                   {.name = "only-fixed", .help = "show only what an upgrade mends"},
                   allow_unknown},
       .examples = {"pratique scan shop.cdx.json", "pratique scan --fail-on critical sbom:shop.spdx.json",
                    "pratique scan -o json=findings.json -o table bills/"},
       .run = run_scan},
      {.name = "where",
       .summary = "Find the artifacts that contain a package, and where they run",
       .detail = "Answers from the store, from every depth of the dependency graph, with the path to the package.",
       .arguments = {{.name = "PURL", .help = "a package URL; with a version it means exactly that one"}},
       .options = {output({"table", "wide", "json"}),
                   {.name = "range",
                    .value = "VERS",
                    .help = "only versions in this range, as in 'vers:maven/<2.17.1'"},
                   {.name = "running", .help = "only what runs in a cluster"},
                   {.name = "direct", .help = "only direct dependencies of the artifact"}},
       .examples =
           {"pratique where pkg:maven/org.apache.logging.log4j/log4j-core --range 'vers:maven/<2.17.1' --running",
            "pratique where pkg:npm/lodash@4.17.20 -o json"},
       .run = run_where},
      {.name = "ingest",
       .summary = "Put bills of materials and running workloads into the store",
       .detail = "Idempotent: a bill is known by the digest of its bytes. A file that is no bill is reported and the "
                 "rest goes on.",
       .arguments = {{.name = "FILE", .help = "a bill, or a folder of bills", .optional = true, .many = true}},
       .options =
           {{.name = "workloads", .value = "FILE", .help = "what runs: the output of 'kubectl get pods -A -o json'"},
            {.name = "cluster",
             .value = "NAME",
             .help = "the cluster that the workloads are of",
             .fallback = "default"},
            {.name = "threads", .value = "N", .help = "threads that read; 0 for one a processor", .fallback = "0"}},
       .examples = {"pratique ingest bills/",
                    "kubectl get pods -A -o json | pratique ingest --workloads - --cluster harbour"},
       .run = run_ingest},
      {.name = "admit",
       .summary = "Judge one AdmissionReview as the webhook would",
       .detail = "Prints the AdmissionReview with its response. Exit code 1 when it is denied.",
       .options = {{.name = "policy", .value = "FILE", .help = "a policy file or a folder of them", .repeat = true},
                   {.name = "review", .value = "FILE", .help = "an AdmissionReview v1 request, or -"},
                   {.name = "output",
                    .letter = 'o',
                    .value = "FORMAT[=FILE]",
                    .help = "what to print, and where to",
                    .fallback = "json",
                    .repeat = true,
                    .choices = {"json", "table"}}},
       .examples = {"pratique admit --policy policies/ --review review.json"},
       .run = run_admit},
      {.name = "serve",
       .summary = "Answer the API server's admission reviews and everyone's questions over HTTPS",
       .detail = "The file is described in docs/server.md. A certificate is made on first start when none is given.",
       .options = {},
       .examples = {"pratique serve --config serve.yaml"},
       .run = run_serve},
      {.name = "kernel list",
       .summary = "List the eBPF programs, maps and links on this machine, whose they are and what they may do",
       .detail = "Reads only. What may not be read without more privileges is said, and the rest is shown.",
       .options = {output({"table", "wide", "json"})},
       .examples = {"pratique kernel list", "sudo pratique kernel list -o json"},
       .run = run_kernel_list},
      {.name = "db build",
       .summary = "Build the advisory database from OSV records",
       .detail =
           "Files, folders and zip archives of OSV JSON. The old database stays in use until the new one is complete.",
       .options = {{.name = "from", .value = "PATH", .help = "a record, a folder or an all.zip", .repeat = true}},
       .examples = {"pratique db build --from facts", "pratique db build --from Go.zip --from PyPI.zip"},
       .run = run_db_build},
      {.name = "db status",
       .summary = "Tell what the advisory database holds",
       .options = {output({"table", "json"})},
       .run = run_db_status},
      {.name = "config show",
       .summary = "Show every setting, its value and where that came from",
       .options = {output({"table", "json"})},
       .run = run_config_show},
      {.name = "completion",
       .summary = "Print the completion script of a shell",
       .arguments = {{.name = "SHELL", .help = "bash, zsh or fish"}},
       .examples = {"source <(pratique completion bash)"},
       .run = run_completion},
      {.name = "docs",
       .summary = "Print the reference of the command line",
       .arguments = {{.name = "FORM", .help = "markdown or man"}},
       .run = run_docs},
      {.name = "version", .summary = "Print the version", .run = run_version},
  };
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = make_commands();
  return all;
}

const std::vector<Option>& global_options() {
  static const std::vector<Option> all = {
      {.name = "db",
       .value = "PATH",
       .help = "the advisory database",
       .fallback = "~/.local/share/pratique/advisories.mdb"},
      {.name = "store",
       .value = "URL",
       .help = "the store: a path or sqlite:PATH",
       .fallback = "~/.local/share/pratique/store.sqlite"},
      {.name = "config", .letter = 'c', .value = "FILE", .help = "the configuration file"},
      {.name = "color", .value = "WHEN", .help = "colours", .fallback = "auto", .choices = {"auto", "always", "never"}},
      {.name = "log-format",
       .value = "FORMAT",
       .help = "how events are logged",
       .fallback = "text",
       .choices = {"text", "json"}},
      {.name = "no-headers", .help = "no line of column names"},
      {.name = "no-progress", .help = "no progress bar"},
      {.name = "quiet", .letter = 'q', .help = "errors only on standard error"},
      {.name = "verbose", .letter = 'v', .help = "more on standard error"},
      {.name = "help", .letter = 'h', .help = "this"},
  };
  return all;
}

}  // namespace pratique
