// The law of write_bill over generated bills: read_bill(write_bill(b)) says all that b says but what the losses name;
// and a bill that was read from a format is written in it without a loss.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "../support/bill_facts.h"
#include "../support/bill_invariants.h"
#include "base/text.h"
#include "engine/format/bill/builder.h"
#include "engine/format/format.h"

namespace pratique {
namespace {

struct Target {
  BillFormat format;
  std::string version;
};

const std::vector<Target> targets = {
    {BillFormat::cyclonedx_json, "1.6"},     {BillFormat::cyclonedx_json, "1.7"},
    {BillFormat::cyclonedx_xml, "1.6"},      {BillFormat::cyclonedx_xml, "1.7"},
    {BillFormat::spdx_json, "2.3"},          {BillFormat::spdx_tag_value, "2.3"},
    {BillFormat::cyclonedx_protobuf, "1.6"}, {BillFormat::spdx3_json, "3.0.1"},
    {BillFormat::cyclonedx_protobuf, "1.7"},
};

// ---- generated bills: whatever a reader might have found, and more

std::string one_of(std::initializer_list<const char*> words) {
  return *rc::gen::elementOf(std::vector<std::string>(words.begin(), words.end()));
}

std::string odd_text() {
  return one_of({"plain",
                 "two words",
                 "a: b",
                 "key: value",
                 "<b>&amp;\"'",
                 "line\nbreak",
                 " blanks ",
                 "tab\there",
                 "\xc3\xa9t\xc3\xa9",
                 "\xf0\x9f\x9a\xa2",
                 "</text>",
                 "NONE",
                 "NOASSERTION",
                 "\x01",
                 "x, y",
                 "a@b",
                 "(c)",
                 "-",
                 "urn:x#y",
                 "[]{}",
                 "%41",
                 "\\"});
}

std::string purl(int i) {
  const std::string name = "p" + std::to_string(i);
  return one_of({"", "npm/", "deb/debian/", "maven/org.x/", "golang/example.org/"})
      .append(name)
      .append("@1.")
      .append(std::to_string(i));
}

void add_details(BillBuilder& builder, std::uint32_t of) {
  const auto detail = [&](DetailKind kind, const std::string& name, const std::string& value) {
    builder.detail(of, kind, builder.keep(name), builder.keep(value));
  };
  const auto maybe = [] { return *rc::gen::inRange(0, 4) == 0; };
  if (maybe()) builder.hash(of, "SHA-256", builder.keep(std::string(64, 'a')));
  if (maybe()) builder.hash(of, one_of({"SHA-1", "SHA-1"}), builder.keep(std::string(40, 'b')));
  if (maybe()) builder.hash(of, builder.keep(one_of({"ADLER32", "MD6"})), "0123abcd");
  if (maybe()) builder.hash(of, "Streebog-256", builder.keep(std::string(64, 'c')));
  for (const DetailKind kind :
       {DetailKind::declared_license, DetailKind::concluded_license, DetailKind::observed_license})
    for (int n = *rc::gen::inRange(-3, 3); n > 0; --n)
      builder.license(of, kind, builder.keep(one_of({"id", "name", "expression", "expression"})),
                      builder.keep(one_of({"MIT", "Apache-2.0", "MIT OR ISC", "GPL v2 or so", "LicenseRef-own", "BSD",
                                           "NONE", "MIT AND (ISC OR Zlib)", "LicenseRef-own AND MIT"})));
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
    const auto kind = static_cast<DetailKind>(
        *rc::gen::inRange(static_cast<int>(DetailKind::license_text), static_cast<int>(DetailKind::purpose) + 1));
    switch (kind) {
      case DetailKind::cpe:
        detail(kind, "", one_of({"cpe:2.3:a:x:y:1:*:*:*:*:*:*:*", "cpe:/a:x:y:1", "no cpe"}));
        break;
      case DetailKind::identifier:
        detail(kind, one_of({"swid", "swhid", "omniborid", "gitoid", "purl", "odd"}), odd_text());
        break;
      case DetailKind::external_reference:
        detail(kind, one_of({"website", "distribution", "vcs", "issue-tracker", "license", "patent", "odd", "purl"}),
               one_of({"https://example.org/a", "https://example.org/b?c=d#e", "not a url", "git@x:y"}));
        break;
      case DetailKind::property:
        detail(kind, one_of({"key", "a:b:c", "summary", "comment", "attribution", "two words"}), odd_text());
        break;
      case DetailKind::completeness:
        detail(kind, one_of({"assemblies", "dependencies"}),
               one_of({"complete", "incomplete", "unknown", "incomplete_first_party_only"}));
        break;
      case DetailKind::mime_type: detail(kind, "", one_of({"text/plain", "Text", odd_text().c_str()})); break;
      case DetailKind::purpose: detail(kind, "", one_of({"SOURCE", "ARCHIVE", "bom", "odd"})); break;
      case DetailKind::supplier:
        detail(kind, one_of({"", "https://example.org", "Person", "odd url"}), one_of({"Acme", "Acme: Co"}));
        break;
      case DetailKind::manufacturer: detail(kind, one_of({"", "https://example.org"}), "Maker"); break;
      case DetailKind::originator: detail(kind, one_of({"Person", "Organization", "", "odd"}), "Jane"); break;
      case DetailKind::author:
        detail(kind, one_of({"", "Organization"}), one_of({"Jane", "Jane <j@example.org>", "J (j@example.org)"}));
        break;
      case DetailKind::license_text:
        detail(kind, one_of({"LicenseRef-own", "GPL v2 or so", "lost"}), odd_text());
        break;
      default: detail(kind, "", odd_text());
    }
  }
}

Bill bill() {
  BillBuilder builder(Bytes::copy_of(""), BillFormat::unknown, {});
  Bill& made = builder.bill();
  made.serial = one_of({"", "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "https://example.org/bill", "odd one"});
  if (*rc::gen::arbitrary<bool>())
    made.created = Time(std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)));
  if (*rc::gen::arbitrary<bool>()) builder.tool(one_of({"", "vendor"}) == "" ? "" : "Acme Inc", "tool", "1.2");
  if (*rc::gen::arbitrary<bool>())
    builder.tool("", builder.keep(one_of({"odd-1", "other"})), builder.keep(one_of({"", "v3", "dev"})));
  if (*rc::gen::inRange(0, 5) == 0) builder.distro_is(builder.keep(one_of({"debian-12", "alpine-3.19"})));
  if (*rc::gen::arbitrary<bool>()) {
    made.subject.name = one_of({"shop", "example.org/shop", "shop 2"});
    made.subject.version = one_of({"", "1.0"});
    made.subject.type = *rc::gen::elementOf(
        std::vector<ComponentType>{ComponentType::application, ComponentType::container, ComponentType::library});
    if (made.subject.type == ComponentType::container && *rc::gen::arbitrary<bool>())
      made.subject.digest = *parse_digest("sha256:" + std::string(64, 'd'));
    if (*rc::gen::arbitrary<bool>()) builder.set_ref(Bill::subject_index, "the-subject");
    add_details(builder, Bill::subject_index);
  }
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) {
    const auto parent =
        i > 0 && *rc::gen::inRange(0, 4) == 0 ? static_cast<std::uint32_t>(*rc::gen::inRange(0, i)) : no_component;
    const std::uint32_t index = builder.add(parent);
    Component& component = builder.at(index);
    component.name = builder.keep("n" + std::to_string(i));
    component.version = builder.keep(one_of({"", "1.0", "2:3-4"}));
    component.group = builder.keep(one_of({"", "", "org.x"}));
    component.type = static_cast<ComponentType>(*rc::gen::inRange(0, static_cast<int>(ComponentType::other) + 1));
    component.scope = static_cast<Scope>(*rc::gen::inRange(0, 4));
    component.source = builder.keep(one_of({"", "", "src", "src 1.0", "src 1 0"}));
    if (*rc::gen::arbitrary<bool>()) builder.set_purl(index, builder.keep("pkg:" + purl(i)));
    builder.set_ref(
        index, builder.keep(one_of({"", "SPDXRef-", "https://example.org/", "odd ref "}).append(std::to_string(i))));
    add_details(builder, index);
    if (component.type == ComponentType::operating_system) builder.distro(component.name, component.version);
    builder.close(index);
  }
  for (int n = count == 0 ? 0 : *rc::gen::inRange(0, 8); n > 0; --n) {
    const int from = *rc::gen::inRange(-1, count);
    builder.edge(from < 0 ? Bill::subject_index : static_cast<std::uint32_t>(from),
                 static_cast<std::uint32_t>(*rc::gen::inRange(0, count)),
                 static_cast<EdgeKind>(*rc::gen::inRange(0, 5)));
  }
  for (const DetailKind kind : {DetailKind::property, DetailKind::author, DetailKind::lifecycle, DetailKind::supplier})
    if (*rc::gen::inRange(0, 4) == 0)
      builder.detail(Bill::document_index, kind, kind == DetailKind::property ? "key" : "",
                     builder.keep(one_of({"build", "value 1"})));
  auto finished = builder.finish([](std::uint64_t) { return std::string(); });
  RC_ASSERT(finished);
  std::erase_if(finished->edges, [&](const Edge& edge) {  // as readers keep it
    if (edge.kind != EdgeKind::generated_from) return false;
    if (edge.from == Bill::subject_index) return true;
    const Component& source = finished->components[edge.to];
    if (finished->components[edge.from].source.empty())
      finished->components[edge.from].source = finished->pool->keep(label_of(source));
    return false;
  });
  for (std::uint32_t i = 0; i < finished->components.size(); ++i) {
    const auto supplier = finished->details_of(i, DetailKind::supplier);
    const auto cpe = finished->details_of(i, DetailKind::cpe);
    if (!supplier.empty()) finished->components[i].supplier = supplier.front().value;
    if (!cpe.empty()) finished->components[i].cpe = cpe.front().value;
  }
  return std::move(*finished);
}

const WriteOptions options{.version = {}, .now = Time(std::chrono::seconds(1'700'000'000)), .tool = "pratique-1.0"};

std::string name(const Target& target) { return std::string(name_of(target.format)) + "@" + target.version; }

std::set<std::string> excused(const Bill& bill, const std::vector<Loss>& losses) {
  std::set<std::string> kinds;
  for (const Loss& loss : losses) kinds.insert(loss.what);
  if (!bill.created) kinds.insert("created");
  if (bill.serial.empty()) kinds.insert("serial");
  if (bill.tool.empty()) kinds.insert("tool");
  return kinds;
}

// A line for each fault; empty when the law holds.
std::vector<std::string> faults(const Bill& bill, const Target& target, bool may_lose) {
  WriteOptions with = options;
  with.version = target.version;
  const auto written = write_bill(bill, target.format, with);
  if (!written) return {render(written.error())};
  if (write_bill(bill, target.format, with)->bytes != written->bytes) return {"not the same bytes twice"};
  const auto again = read_bill(Bytes::copy_of(written->bytes));
  if (!again) return {render(again.error())};
  auto kinds = excused(bill, written->losses);
  if (kinds.contains("text")) return {};  // it may be any text that a line cannot hold
  if (kinds.contains("subject") && bill.components.size() == 1) return {};  // the one component became the subject
  std::vector<std::string> lines = difference(bill, *again, kinds);
  for (const Rejected& rejected : again->rejected)
    lines.push_back("set aside " + rejected.place + ": " + rejected.reason);
  const auto judgement = judge_bill(Bytes::copy_of(written->bytes));
  if (!judgement) return {render(judgement.error())};
  for (const Rejected& error : judgement->errors) lines.push_back("invalid " + error.place + ": " + error.reason);
  if (const std::string broken = broken_promise(*again); !broken.empty()) lines.push_back(broken);
  if (!may_lose)
    for (const Loss& loss : written->losses) lines.push_back("lost " + loss.what + ": " + loss.example);
  if (!lines.empty()) lines.push_back(written->bytes);
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(WriteBill, SaysWhatItDoesNotNameAsLost) {
  EXPECT_TRUE(rc::check([] {
    const Bill made = bill();
    for (const Target& target : targets) {
      const auto lines = faults(made, target, true);
      if (!lines.empty()) RC_FAIL(name(target) + "\n" + joined(lines));
    }
  }));
}

TEST(WriteBill, LosesNothingThatCameFromTheSameFormat) {
  EXPECT_TRUE(rc::check([] {
    const Bill made = bill();
    for (const Target& target : targets) {
      WriteOptions with = options;
      with.version = target.version;
      const auto first = write_bill(made, target.format, with);
      RC_ASSERT(first);
      const auto read = read_bill(Bytes::copy_of(first->bytes));
      RC_ASSERT(read);
      const auto lines = faults(*read, target, false);
      if (!lines.empty()) RC_FAIL(name(target) + "\n" + joined(lines));
    }
  }));
}

}  // namespace
}  // namespace pratique
