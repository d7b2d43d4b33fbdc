#include "model/purl.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <set>

namespace pratique {
namespace {

std::string canonical_of(const std::string& text) {
  std::string scratch;
  const auto canonical = canonical_purl(text, scratch);
  return canonical ? std::string(*canonical) : "refused: " + render(canonical.error());
}

std::string key_of(const std::string& text) {
  const auto purl = parse_purl(text);
  return purl ? purl->package() : "refused: " + render(purl.error());
}

struct Spelling {
  std::string written, canonical;
};

TEST(Purl, HasOneCanonicalText) {
  const Spelling spellings[] = {
      {"pkg:npm/lodash@4.17.21", "pkg:npm/lodash@4.17.21"},
      {"PKG:NPM/lodash@4.17.21", "pkg:npm/lodash@4.17.21"},
      {"pkg:///npm/lodash", "pkg:npm/lodash"},
      {"pkg:npm/lodash/", "pkg:npm/lodash"},
      {"pkg:npm/lodash@", "pkg:npm/lodash"},
      {"pkg:npm/%6Codash@4%2e17", "pkg:npm/lodash@4.17"},
      {"pkg:npm/@babel/core@7.1.0", "pkg:npm/%40babel/core@7.1.0"},
      {"pkg:npm/@babel/core", "pkg:npm/%40babel/core"},
      {"pkg:npm//@babel///core", "pkg:npm/%40babel/core"},
      {"pkg:npm/%40babel%2fcore@7", "pkg:npm/%40babel%2Fcore@7"},
      {"pkg:npm/a@b@1", "pkg:npm/a%40b@1"},
      {"pkg:golang/example.com/a@v1.0.0+incompatible", "pkg:golang/example.com/a@v1.0.0%2Bincompatible"},
      {"pkg:golang/github.com/BurntSushi/toml@v1", "pkg:golang/github.com/BurntSushi/toml@v1"},
      {"pkg:golang/example.com/a@(devel)", "pkg:golang/example.com/a@%28devel%29"},
      {"pkg:golang/stdlib@1.22", "pkg:golang/stdlib@1.22"},
      {"pkg:github/Owner/Repo@refs/heads/x", "pkg:github/owner/repo@refs%2Fheads%2Fx"},
      {"pkg:pypi/Foo_Bar.Baz@1.0RC1", "pkg:pypi/foo-bar.baz@1.0rc1"},
      {"pkg:cpan/drolsky/DateTime", "pkg:cpan/DROLSKY/DateTime"},
      {"pkg:hackage/a_b", "pkg:hackage/a-b"},
      {"pkg:pub/My-Package.x", "pkg:pub/my_package_x"},
      {"pkg:otp/Hex#SRC/A", "pkg:otp/hex#src/a"},
      {"pkg:git/GitHub.com/Owner/Repo#Docs", "pkg:git/github.com/owner/repo#Docs"},
      {"pkg:git/gitlab.gnome.org/GNOME/fonts", "pkg:git/gitlab.gnome.org/GNOME/fonts"},
      {"pkg:alpine/musl@1.2-r0?arch=x86", "pkg:apk/alpine/musl@1.2-r0?arch=x86"},
      {"pkg:generic/a?Z=1&b=&&a.b=2&a=3&c", "pkg:generic/a?a=3&a.b=2&z=1"},
      {"pkg:generic/a?x=https://e.com/?q=1%262", "pkg:generic/a%3Fx%3Dhttps:/e.com?q=1%262"},
      {"pkg:generic/a?x=a+b c", "pkg:generic/a?x=a%2Bb%20c"},
      {"pkg:generic/a?x=", "pkg:generic/a"},
      {"pkg:generic/a#./b//../%2e%2E/c/", "pkg:generic/a#b/c"},
      {"pkg:generic/a#/", "pkg:generic/a"},
      {"pkg:generic/caf\xC3\xA9", "pkg:generic/caf%C3%A9"},
      {"pkg:generic/caf%c3%a9", "pkg:generic/caf%C3%A9"},
      {"pkg:generic/a%00b", "pkg:generic/a%00b"},
      {"pkg:x-y.z1/n/s/name@1", "pkg:x-y.z1/n/s/name@1"},
  };
  for (const auto& [written, canonical] : spellings) {
    SCOPED_TRACE(written);
    EXPECT_EQ(canonical_of(written), canonical);
    EXPECT_EQ(canonical_of(canonical), canonical);
    const auto purl = parse_purl(written);
    ASSERT_TRUE(purl) << render(purl.error());
    EXPECT_EQ(render_purl(*purl), canonical);
  }
}

struct Refusal {
  std::string text, place;
};

TEST(Purl, RefusesWithThePlaceAtFault) {
  const Refusal refusals[] = {
      {"", "scheme"},
      {"npm/lodash", "scheme"},
      {"pkg", "scheme"},
      {"pkg%3Anpm/lodash", "scheme"},
      {"https://example.com/a", "scheme"},
      {"pkg:", "type"},
      {"pkg:/", "type"},
      {"pkg:3npm/a", "type"},
      {"pkg:n%70m/a", "type"},
      {"pkg:np_m/a", "type"},
      {"pkg:npm@1/a", "type"},
      {"pkg:npm", "name"},
      {"pkg:npm/", "name"},
      {"pkg:npm/@1.0", "name"},
      {"pkg:npm/@babel/@1.0", "name"},
      {"pkg:npm/lodash/@1.0", "name"},
      {"pkg:npm/?a=b", "name"},
      {"pkg:npm/a%", "name"},
      {"pkg:npm/a%4", "name"},
      {"pkg:npm/a%zz", "name"},
      {"pkg:npm/a\nb", "name"},
      {std::string("pkg:npm/a\0b", 11), "name"},
      {"pkg:npm/%C3%28", "name"},
      {"pkg:npm/\xFF", "name"},
      {"pkg:npm/%ED%A0%80", "name"},
      {"pkg:npm/a%2Fb/c", "namespace"},
      {"pkg:npm/a@%", "version"},
      {"pkg:npm/a#b%2Fc", "subpath"},
      {"pkg:npm/a?b%20c=d", "qualifiers"},
      {"pkg:npm/a?1b=d", "qualifiers"},
      {"pkg:npm/a?b=1&B=2", "qualifiers"},
      {"pkg:npm/a?b=%9", "qualifiers"},
      {"pkg:swift/Alamofire@5", "namespace"},
      {"pkg:pypi/a/b", "namespace"},
      {"pkg:git/host", "namespace"},
      {"pkg:julia/Dates", "qualifiers"},
      {"pkg:swid/a", "qualifiers"},
      {"pkg:cpan/A::B", "name"},
      {"pkg:cocoapods/.a", "name"},
      {"pkg:chrome-extension/abc", "name"},
      {"pkg:chrome-extension/aaaabbbbccccddddaaaabbbbccccdddd@1..2", "name"},
  };
  for (const auto& [text, place] : refusals) {
    SCOPED_TRACE(text);
    const auto purl = parse_purl(text);
    ASSERT_FALSE(purl) << render_purl(*purl);
    EXPECT_EQ(purl.error().fault, Fault::malformed);
    ASSERT_FALSE(purl.error().place.empty());
    EXPECT_EQ(purl.error().place.front(), place);
  }
}

TEST(Purl, HasLimits) {
  const std::string longest = "pkg:npm/" + std::string(Purl::longest - 8, 'a');
  EXPECT_TRUE(parse_purl(longest));
  for (const auto& text :
       {longest + "a", "pkg:npm/" + std::string(2000, '+'), std::string(std::size_t{1} << 20, '@')}) {
    const auto purl = parse_purl(text);
    ASSERT_FALSE(purl);
    EXPECT_EQ(purl.error().fault, Fault::limit);
  }
  std::string many = "pkg:npm/a?k=v";
  for (int i = 0; i < 100; ++i) many += "&k" + std::to_string(i) + "=v";
  const auto purl = parse_purl(many);
  ASSERT_FALSE(purl);
  EXPECT_EQ(purl.error().fault, Fault::limit);
}

TEST(Purl, CanonicalTextIsNotCopied) {
  const std::string text = "pkg:deb/debian/curl@7.88.1-10?arch=amd64";
  std::string scratch;
  const auto canonical = canonical_purl(text, scratch);
  ASSERT_TRUE(canonical);
  EXPECT_EQ(canonical->data(), text.data());
  EXPECT_EQ(package_of(text, scratch).data(), text.data());
  EXPECT_EQ(version_of(text, scratch).data(), text.data() + text.find('@') + 1);
}

TEST(Purl, KeyFoldsWhatTheEcosystemTakesForOne) {
  const Spelling keys[] = {
      {"pkg:maven/org.apache/log4j@2?type=jar#x", "pkg:maven/org.apache/log4j"},
      {"pkg:golang/github.com/Masterminds/semver@v1", "pkg:golang/github.com/masterminds/semver"},
      {"pkg:golang/github.com/a/caf%C3%89", "pkg:golang/github.com/a/caf%C3%89"},
      {"pkg:nuget/Newtonsoft.Json@13", "pkg:nuget/newtonsoft.json"},
      {"pkg:pypi/zope.interface", "pkg:pypi/zope-interface"},
      {"pkg:pypi/A.-_.b", "pkg:pypi/a-b"},
      {"pkg:cargo/Serde_Json", "pkg:cargo/serde-json"},
      {"pkg:npm/%40babel%2Fcore", "pkg:npm/%40babel/core"},
      {"pkg:npm/JSONStream", "pkg:npm/JSONStream"},
      {"pkg:cpan/DROLSKY/DateTime", "pkg:cpan/DateTime"},
      {"pkg:oci/reg.example/a/Nginx", "pkg:oci/nginx"},
      {"pkg:rpm/rhel/openssl", "pkg:rpm/redhat/openssl"},
      {"pkg:rpm/opensuse-tumbleweed/a", "pkg:rpm/opensuse/a"},
      {"pkg:alpine/musl", "pkg:apk/alpine/musl"},
      {"pkg:swift/github.com/Alamofire/Alamofire", "pkg:swift/github.com/alamofire/alamofire"},
  };
  for (const auto& [written, key] : keys) {
    SCOPED_TRACE(written);
    EXPECT_EQ(key_of(written), key);
    EXPECT_EQ(key_of(key), key);
  }
}

TEST(Purl, CanonicalTextIsReadWithoutParsing) {
  const std::string text = "pkg:npm/%40types/a%2Bb@1%2B2?arch=x&distro=amazon-2%20%28Karoo%29#lib/x";
  std::string scratch;
  EXPECT_EQ(type_of(text), "npm");
  EXPECT_EQ(name_of(text, scratch), "a+b");
  EXPECT_EQ(version_of(text, scratch), "1+2");
  EXPECT_EQ(qualifier_of(text, "arch", scratch), "x");
  EXPECT_EQ(qualifier_of(text, "distro", scratch), "amazon-2 (Karoo)");
  EXPECT_EQ(qualifier_of(text, "dist", scratch), "");
  EXPECT_EQ(name_of("pkg:git/codeberg.org/forgejo/forgejo", scratch), "forgejo/forgejo");
  for (const auto* nothing : {"", "pkg:"}) {
    EXPECT_EQ(type_of(nothing), "");
    EXPECT_EQ(name_of(nothing, scratch), "");
    EXPECT_EQ(version_of(nothing, scratch), "");
    EXPECT_EQ(qualifier_of(nothing, "a", scratch), "");
    EXPECT_EQ(package_of(nothing, scratch), nothing);
    EXPECT_EQ(doubt_about(nothing), "");
  }
}

TEST(Purl, PartsFromElsewhereBecomeCanonical) {
  const auto scoped = canonical_purl(Purl{.type = "npm", .name_space = "@babel", .name = "core", .version = "7.0"});
  ASSERT_TRUE(scoped) << render(scoped.error());
  EXPECT_EQ(render_purl(*scoped), "pkg:npm/%40babel/core@7.0");
  const auto joined = canonical_purl(Purl{.type = "npm", .name = "@babel/core"});
  ASSERT_TRUE(joined) << render(joined.error());
  EXPECT_EQ(joined->package(), scoped->package());
  const auto folded = canonical_purl(Purl{.type = "PyPI", .name = "Foo_Bar", .qualifiers = {{"B", "1"}, {"a", ""}}});
  ASSERT_TRUE(folded) << render(folded.error());
  EXPECT_EQ(render_purl(*folded), "pkg:pypi/foo-bar?b=1");
  EXPECT_FALSE(canonical_purl(Purl{.type = "npm"}));
  EXPECT_FALSE(canonical_purl(Purl{.name = "a"}));
  EXPECT_FALSE(canonical_purl(Purl{.type = "npm/x", .name = "a"}));
  EXPECT_FALSE(canonical_purl(Purl{.type = "npm", .name = "a", .qualifiers = {{"k=v&k2", "x"}}}));
  EXPECT_FALSE(canonical_purl(Purl{.type = "npm", .name = "a\xFF"}));
}

bool match(const std::string& pattern, const std::string& text) {
  const auto a = parse_purl(pattern), b = parse_purl(text);
  EXPECT_TRUE(a) << pattern;
  EXPECT_TRUE(b) << text;
  return a && b && matches(*a, *b);
}

TEST(Purl, PatternMatchesByKeyAndByWhatItNames) {
  EXPECT_TRUE(match("pkg:npm/lodash", "pkg:npm/lodash@4?a=b#c"));
  EXPECT_TRUE(match("pkg:npm/lodash@4", "pkg:npm/lodash@4"));
  EXPECT_FALSE(match("pkg:npm/lodash@4", "pkg:npm/lodash"));
  EXPECT_FALSE(match("pkg:npm/lodash@4", "pkg:npm/lodash@5"));
  EXPECT_FALSE(match("pkg:npm/lodash", "pkg:npm/lodash2"));
  EXPECT_FALSE(match("pkg:npm/lodash", "pkg:pypi/lodash"));
  EXPECT_TRUE(match("pkg:deb/debian/a?arch=amd64", "pkg:deb/debian/a@1?arch=amd64&distro=x"));
  EXPECT_FALSE(match("pkg:deb/debian/a?arch=amd64", "pkg:deb/debian/a@1?arch=arm64"));
  EXPECT_FALSE(match("pkg:golang/x.org/a#b", "pkg:golang/x.org/a"));
  EXPECT_TRUE(match("pkg:nuget/newtonsoft.json", "pkg:nuget/Newtonsoft.Json@1"));
  EXPECT_TRUE(match("pkg:rpm/redhat/curl", "pkg:rpm/rhel/curl@1"));
}

TEST(Purl, DoubtsWhatDeceives) {
  const Spelling doubts[] = {
      {"pkg:npm/lodash@4.17.21", ""},
      {"pkg:npm/%40types/cors@1%2B2", ""},
      {"pkg:golang/stdlib@1.22", ""},
      {"pkg:rpm/amazon/pcre@8.32?distro=amazon-2%20%28Karoo%29", ""},
      {"pkg:generic/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82", ""},
      {"pkg:npm/l%D0%BEdash", "name: U+043E in a registry whose names are ASCII"},
      {"pkg:generic/l%D0%BEdash", "name: U+043E mixes Cyrillic letters with Latin ones"},
      {"pkg:generic/a%E2%80%8Bb", "name: U+200B cannot be seen"},
      {"pkg:generic/e%CC%81", "name: U+0301 is an accent apart from its letter"},
      {"pkg:generic/%EF%BD%81", "name: U+FF41 is another form of common characters"},
      {"pkg:generic/a%00", "name: U+0000 is a control character"},
      {"pkg:generic/a%7F", "name: U+007F is a control character"},
      {"pkg:generic/a@1%E2%80%AE", "version: U+202E cannot be seen"},
      {"pkg:generic/a?b=c%0A", "qualifier b: U+000A is a control character"},
      {"pkg:generic/a#%F3%A0%80%81", "subpath: U+E0001 cannot be seen"},
      {"pkg:npm/lodash%20", "name: a blank at its end"},
      {"pkg:npm/" + std::string(256, 'a'), "name: longer than 255 bytes"},
      {"pkg:npm/a@" + std::string(256, '1'), "version: longer than 255 bytes"},
      {"pkg:maven/log4j", "namespace: the definition of maven requires one"},
      {"pkg:oci/a/b", "namespace: the definition of oci allows none"},
  };
  for (const auto& [text, doubt] : doubts) {
    SCOPED_TRACE(text);
    EXPECT_EQ(canonical_of(text), text);
    EXPECT_EQ(doubt_about(text), doubt);
  }
}

TEST(Purl, KnowsTheRegisteredTypes) {
  EXPECT_TRUE(is_registered_purl_type("npm"));
  EXPECT_TRUE(is_registered_purl_type("vscode-extension"));
  EXPECT_FALSE(is_registered_purl_type("alpine"));
  EXPECT_FALSE(is_registered_purl_type("NPM"));
  EXPECT_FALSE(is_registered_purl_type(""));
}

rc::Gen<std::string> some_text() {
  return rc::gen::container<std::string>(
      rc::gen::weightedOneOf<char>({{6, rc::gen::elementOf(std::string("abzAZ09.-_~:"))},
                                    {3, rc::gen::elementOf(std::string("/@?=&#%+ %2f%00"))},
                                    {1, rc::gen::arbitrary<char>()}}));
}

rc::Gen<std::string> some_type() {
  return rc::gen::elementOf(std::vector<std::string>{"npm", "golang", "pypi", "git", "pub", "rpm", "alpine", "cargo",
                                                     "Maven", "cpan", "mlflow", "generic", "unheard-of", "otp"});
}

TEST(Purl, AnyPartsRoundTripOrAreRefused) {
  EXPECT_TRUE(rc::check("parse(render(p)) == p", [] {
    const Purl parts{.type = *some_type(),
                     .name_space = *some_text(),
                     .name = *some_text(),
                     .version = *some_text(),
                     .qualifiers = {{"a", *some_text()}, {"repository_url", *some_text()}},
                     .subpath = *some_text()};
    const auto purl = canonical_purl(parts);
    if (!purl) return;
    const std::string text = render_purl(*purl);
    const auto again = parse_purl(text);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *purl);
    RC_ASSERT(canonical_of(text) == text);
    std::string scratch;
    RC_ASSERT(package_of(text, scratch) == purl->package());
    RC_ASSERT(name_of(text, scratch) == purl->name);
    RC_ASSERT(version_of(text, scratch) == purl->version);
    RC_ASSERT(matches(*purl, *again));
  }));
}

TEST(Purl, CanonicalTextIsAFixedPoint) {
  EXPECT_TRUE(rc::check("canonical(canonical(t)) == canonical(t)", [] {
    const std::string text = "pkg:" + *some_type() + "/" + *some_text();
    std::string scratch;
    const auto canonical = canonical_purl(text, scratch);
    if (!canonical) return;
    const std::string once(*canonical);
    RC_ASSERT(canonical_of(once) == once);
    (void)doubt_about(once);
  }));
}

}  // namespace
}  // namespace pratique
