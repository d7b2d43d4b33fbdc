// Identity. Package URLs as documents write them, eight an iteration: made canonical, parsed, read; CPE names;
// licences.
#include "model/purl.h"

#include <benchmark/benchmark.h>

#include <array>

#include "model/cpe.h"
#include "model/license.h"

namespace {

using namespace pratique;

constexpr std::array<std::string_view, 8> canonical_texts = {
    "pkg:deb/debian/libgnutls30@3.7.1-5?arch=amd64&distro=debian-11",
    "pkg:golang/golang.org/x/crypto@v0.0.0-20220722155217-630584e8d5aa",
    "pkg:npm/%40types/cors@2.8.10",
    "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
    "pkg:rpm/redhat/rpm-libs@4.14.2-37.el8?arch=x86_64&distro=redhat-8.2",
    "pkg:pypi/django@3.2.1",
    "pkg:apk/alpine/busybox@1.35.0-r13?arch=x86_64&distro=alpine-3.16.0&upstream=busybox",
    "pkg:composer/wikimedia/dodo@v0.4.0"};

// What tools write otherwise: case, '+', qualifiers out of order, escapes that need not be.
constexpr std::array<std::string_view, 8> other_texts = {
    "pkg:deb/ubuntu/libstdc++6@10.3.0-1ubuntu1+b1?arch=amd64&upstream=gcc-10&distro=ubuntu-20.04",
    "pkg:golang/github.com/docker/docker@v20.10.12+incompatible?type=module",
    "pkg:npm/@types/cors@2.8.10",
    "pkg:alpine/libcrypto1.1@1.1.1q-r0?arch=x86_64&upstream=openssl&distro=alpine-3.16.2",
    "pkg:rpm/rhel/dbus@1:1.12.8-18.el8?arch=x86_64&upstream=dbus-1.12.8-18.el8.src.rpm&epoch=1&distro=rhel-8.6",
    "pkg:pypi/PyYAML@5.4.1",
    "pkg:oci/image@sha256%3A1bc7e53e25de5c00ecaeca1473ab56bfaf4e39cea747edcf7db467389a287931?os=linux&arch=arm64",
    "pkg:composer/Magento/module-quote@101.2.4-p1"};

template <class Use>
void over(benchmark::State& state, const std::array<std::string_view, 8>& texts, Use use) {
  for (auto _ : state)
    for (const auto text : texts) use(text);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(texts.size()));
}

void canonical_of_canonical(benchmark::State& state) {
  std::string scratch;
  over(state, canonical_texts, [&](auto text) { benchmark::DoNotOptimize(canonical_purl(text, scratch)); });
}
BENCHMARK(canonical_of_canonical);

void canonical_of_other(benchmark::State& state) {
  std::string scratch;
  over(state, other_texts, [&](auto text) { benchmark::DoNotOptimize(canonical_purl(text, scratch)); });
}
BENCHMARK(canonical_of_other);

void parse(benchmark::State& state) {
  over(state, canonical_texts, [](auto text) { benchmark::DoNotOptimize(parse_purl(text)); });
}
BENCHMARK(parse);

void package_key(benchmark::State& state) {
  std::string scratch;
  over(state, canonical_texts, [&](auto text) { benchmark::DoNotOptimize(package_of(text, scratch)); });
}
BENCHMARK(package_key);

void version(benchmark::State& state) {
  std::string scratch;
  over(state, canonical_texts, [&](auto text) { benchmark::DoNotOptimize(version_of(text, scratch)); });
}
BENCHMARK(version);

void doubt(benchmark::State& state) {
  over(state, canonical_texts, [](auto text) { benchmark::DoNotOptimize(doubt_about(text)); });
}
BENCHMARK(doubt);

void cpe(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_cpe("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"));
}
BENCHMARK(cpe);

void cpe_comparison(benchmark::State& state) {
  const auto source = parse_cpe("cpe:2.3:a:apache:log4j:2.*:*:*:*:*:*:*:*"),
             target = parse_cpe("cpe:/a:apache:log4j:2.14.1");
  for (auto _ : state) benchmark::DoNotOptimize(compare(*source, *target));
}
BENCHMARK(cpe_comparison);

void license(benchmark::State& state) {
  const auto accepted = parse_license_set({"MIT", "Apache-2.0", "BSD-3-Clause"});
  for (auto _ : state) {
    const auto expression = parse_license("(MIT OR GPL-2.0-or-later WITH Classpath-exception-2.0) AND apache-2.0");
    benchmark::DoNotOptimize(satisfies(*expression, *accepted));
  }
}
BENCHMARK(license);

}  // namespace
