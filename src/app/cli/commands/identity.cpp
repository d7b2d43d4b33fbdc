// Commands about names and versions: which package a purl is, how versions order, what a range holds.
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/cli/commands/commands.h"
#include "app/cli/output.h"
#include "base/text.h"
#include "engine/version/version.h"
#include "model/purl.h"

namespace pratique {
namespace {

using Fields = std::vector<std::string_view>;
using Answer = Result<std::string> (*)(const Fields& fields);

// At tabs where the line has one, else at runs of blanks.
Fields fields_of(std::string_view line) {
  if (line.find('\t') != std::string_view::npos) return split(line, '\t');
  Fields fields = split(line, ' ');
  std::erase_if(fields, [](std::string_view field) { return field.empty(); });
  return fields;
}

// Answers the arguments, or with --batch each line of standard input, which has the same fields.
Result<int> answer(const Invocation& invocation, Console& console, std::size_t wanted, Answer function) {
  const auto checked = [&](const Fields& fields) -> Result<std::string> {
    if (fields.size() == wanted) return function(fields);
    return Error{Fault::usage,
                 std::to_string(wanted) + " words are wanted, not " + std::to_string(fields.size()),
                 {},
                 "see --help"};
  };
  if (invocation.flag("batch")) {
    if (!invocation.arguments.empty())
      return Error{Fault::usage, "--batch reads standard input and takes no arguments", {}, "see --help"};
    return answer_lines(console,
                        [&](std::string_view line) { return checked(wanted == 1 ? Fields{line} : fields_of(line)); });
  }
  PRATIQUE_TRY(const std::string text, checked({invocation.arguments.begin(), invocation.arguments.end()}));
  console.out << text << '\n';
  return exit_code::ok;
}

Result<std::string> parse(const Fields& fields) {
  PRATIQUE_TRY(const Purl purl, parse_purl(fields[0]));
  nlohmann::ordered_json qualifiers = nlohmann::ordered_json::object();
  for (const auto& [key, value] : purl.qualifiers) qualifiers[key] = value;
  const std::string canonical = render_purl(purl);
  return nlohmann::ordered_json{{"purl", canonical},
                                {"package", purl.package()},
                                {"type", purl.type},
                                {"namespace", purl.name_space},
                                {"name", purl.name},
                                {"version", purl.version},
                                {"qualifiers", std::move(qualifiers)},
                                {"subpath", purl.subpath},
                                {"doubt", doubt_about(canonical)}}
      .dump();
}

std::string word_for(bool yes) { return yes ? "true" : "false"; }

Result<std::string> match_purls(const Fields& fields) {
  PRATIQUE_TRY(const Purl pattern, parse_purl(fields[0]));
  PRATIQUE_TRY(const Purl purl, parse_purl(fields[1]));
  return word_for(matches(pattern, purl));
}

Result<std::string> compare(const Fields& fields) {
  PRATIQUE_TRY(const Scheme scheme, scheme_named(fields[0]));
  const auto order = compare_versions(scheme, fields[1], fields[2]).order;
  return std::string(order < 0 ? "<" : order > 0 ? ">" : "=");
}

Result<std::string> is_in(const Fields& fields) {
  PRATIQUE_TRY(const Vers range, parse_vers(fields[1]));
  return word_for(contains(range, fields[0]).inside);
}

Result<std::string> convert(const Fields& fields) {
  PRATIQUE_TRY(const Scheme scheme, scheme_named(fields[0]));
  PRATIQUE_TRY(const Vers range, vers_from_native(scheme, fields[1]));
  return render_vers(range);
}

template <std::size_t wanted, Answer function>
Result<int> run(const Invocation& invocation, Console& console) {
  return answer(invocation, console, wanted, function);
}

const Option batch{.name = "batch",
                   .help = "answer each line of standard input with one line; '! reason' where that fails"};

}  // namespace

Commands identity_commands() {
  return {
      {.name = "purl parse",
       .summary = "Take a package URL apart: canonical text, package key, parts and doubts",
       .arguments = {{.name = "PURL", .help = "a package URL", .optional = true}},
       .options = {batch},
       .examples = {"pratique purl parse 'pkg:PyPI/Django_REST@3.2.10'", "pratique purl parse --batch <purls.txt"},
       .run = run<1, parse>},
      {.name = "purl match",
       .summary = "Tell whether a package URL is the package that a pattern names, under any of its aliases",
       .arguments = {{.name = "PATTERN", .help = "a package URL; what it leaves out does not matter", .optional = true},
                     {.name = "PURL", .help = "a package URL", .optional = true}},
       .options = {batch},
       .examples = {"pratique purl match pkg:pypi/PyYAML pkg:pypi/pyyaml@6.0.2"},
       .run = run<2, match_purls>},
      {.name = "version compare",
       .summary = "Order two versions as their ecosystem does: <, = or >",
       .arguments = {{.name = "ECOSYSTEM", .help = "deb, npm, pypi, maven ... (docs/versions.md)", .optional = true},
                     {.name = "A", .help = "a version", .optional = true},
                     {.name = "B", .help = "a version", .optional = true}},
       .options = {batch},
       .examples = {"pratique version compare apk 1.2.3-r2 1.2.3-r18"},
       .run = run<3, compare>},
      {.name = "version in",
       .summary = "Tell whether a range holds a version: true or false",
       .arguments = {{.name = "VERSION", .help = "a version", .optional = true},
                     {.name = "VERS", .help = "a range: 'vers:maven/<2.17.1'", .optional = true}},
       .options = {batch},
       .examples = {"pratique version in 2.14.1 'vers:maven/<2.17.1'"},
       .run = run<2, is_in>},
      {.name = "version range convert",
       .summary = "Write a range of an ecosystem's own notation as VERS",
       .arguments = {{.name = "ECOSYSTEM", .help = "npm, pypi, maven, gem ... (docs/versions.md)", .optional = true},
                     {.name = "RANGE", .help = "'^1.2 || >=3', '[1.0,2.0)', '~=1.4'", .optional = true}},
       .options = {{.name = "batch",
                    .help = "answer each line 'ECOSYSTEM<tab>RANGE' of standard input; '! reason' where that fails"}},
       .examples = {"pratique version range convert npm '^1.2.3'"},
       .run = run<2, convert>},
  };
}

}  // namespace pratique
