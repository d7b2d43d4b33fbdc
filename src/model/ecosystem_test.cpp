#include "model/ecosystem.h"

#include <gtest/gtest.h>

#include <string>

namespace pratique {
namespace {

TEST(EcosystemTest, KnowsPackagesByTheirOsvNames) {
  struct Case {
    std::string_view ecosystem, name, package, stream;
  };
  const Case cases[] = {
      {"Go", "golang.org/x/crypto", "pkg:golang/golang.org/x/crypto", ""},
      {"Go", "stdlib", "pkg:golang/stdlib", ""},
      {"Go", "github.com/Masterminds/vcs", "pkg:golang/github.com/masterminds/vcs", ""},
      {"npm", "@babel/traverse", "pkg:npm/%40babel/traverse", ""},
      {"PyPI", "Zope.Interface", "pkg:pypi/zope-interface", ""},
      {"Maven", "org.apache.logging.log4j:log4j-core", "pkg:maven/org.apache.logging.log4j/log4j-core", ""},
      {"Maven:https://maven.example.com/releases/", "g:a", "pkg:maven/g/a", ""},
      {"crates.io", "tokio", "pkg:cargo/tokio", ""},
      {"Packagist", "magento/framework", "pkg:composer/magento/framework", ""},
      {"NuGet", "Newtonsoft.Json", "pkg:nuget/newtonsoft.json", ""},
      {"Debian:12", "openssl", "pkg:deb/debian/openssl", "debian:12"},
      {"Debian:11", "g++-10", "pkg:deb/debian/g%2B%2B-10", "debian:11"},
      {"Ubuntu:22.04:LTS", "sudo", "pkg:deb/ubuntu/sudo", "ubuntu:22.04"},
      {"Ubuntu:Pro:18.04:LTS", "sudo", "pkg:deb/ubuntu/sudo", "ubuntu:pro:18.04"},
      {"Alpine:v3.19", "busybox", "pkg:apk/alpine/busybox", "alpine:v3.19"},
      {"Wolfi", "git", "pkg:apk/wolfi/git", "wolfi"},
      {"Rocky Linux:9", "openssl", "pkg:rpm/rocky/openssl", "rocky:9"},
      {"AlmaLinux:8", "bind", "pkg:rpm/almalinux/bind", "almalinux:8"},
      {"Red Hat:enterprise_linux:9::appstream", "nginx", "pkg:rpm/redhat/nginx", "redhat:9"},
      {"Red Hat:rhel_eus:9.2::baseos", "glibc", "pkg:rpm/redhat/glibc", "redhat:rhel_eus:9.2::baseos"},
      {"openSUSE:Leap 15.5", "xz", "pkg:rpm/opensuse/xz", "opensuse:leap-15.5"},
      {"openSUSE:Tumbleweed", "xz", "pkg:rpm/opensuse/xz", "opensuse:tumbleweed"},
      {"SUSE:Linux Enterprise Server 15 SP4-LTSS", "curl", "pkg:rpm/suse/curl", "suse:15.4"},
      {"SUSE:Linux Enterprise Module for Basesystem 15 SP4", "curl", "pkg:rpm/suse/curl", "suse:15.4"},
      {"SUSE:Linux Enterprise Micro 5.3", "curl", "pkg:rpm/suse/curl", "suse:linux-enterprise-micro-5.3"},
  };
  for (const auto& [ecosystem, name, package, stream] : cases) {
    SCOPED_TRACE(std::string(ecosystem) + " " + std::string(name));
    const auto got = package_named(ecosystem, name);
    ASSERT_TRUE(got) << render(got.error());
    EXPECT_EQ(got->package, package);
    EXPECT_EQ(got->stream, stream);
  }
  EXPECT_EQ(package_named("Debian", "openssl").error().fault, Fault::unsupported);
  EXPECT_EQ(package_named("OSS-Fuzz", "zlib").error().fault, Fault::unsupported);
  EXPECT_EQ(package_named("PyPI", "").error().fault, Fault::malformed);
}

TEST(EcosystemTest, KnowsReleasesAsBillsWriteThem) {
  struct Case {
    std::string_view type, vendor, release, stream;
  };
  const Case cases[] = {
      {"deb", "debian", "debian-11.6", "debian:11"},
      {"deb", "debian", "debian-9", "debian:9"},
      {"deb", "debian", "12.4", "debian:12"},
      {"deb", "debian", "bookworm", "debian:12"},
      {"deb", "debian", "debian-bullseye", "debian:11"},
      {"deb", "", "debian-11", "debian:11"},
      {"deb", "ubuntu", "ubuntu-22.04", "ubuntu:22.04"},
      {"deb", "ubuntu", "jammy", "ubuntu:22.04"},
      {"apk", "alpine", "3.16.2", "alpine:v3.16"},
      {"apk", "alpine", "alpine-3.4.6", "alpine:v3.4"},
      {"apk", "alpine", "edge", "alpine:edge"},
      {"apk", "wolfi", "wolfi-20230201", "wolfi"},
      {"rpm", "redhat", "rhel-8.6", "redhat:8"},
      {"rpm", "redhat", "redhat-7.9", "redhat:7"},
      {"rpm", "rocky", "rocky-9.3", "rocky:9"},
      {"rpm", "centos", "centos-7.9.2009", "redhat:7"},  // mended where Red Hat's are
      {"rpm", "suse", "sles-15.4", "suse:15.4"},
      {"rpm", "suse", "sles-15-SP4", "suse:15.4"},
      {"rpm", "suse", "sles-12", "suse:12.0"},
      {"rpm", "suse", "sle-micro-5.3", "suse:linux-enterprise-micro-5.3"},
      {"rpm", "amazon", "amzn-2018.03", "amazon:1"},
      {"alpm", "arch", "", "arch"},
      {"apk", "wolfi", "", "wolfi"},
      {"deb", "debian", "debian-sid", "debian:unstable"},
      {"rpm", "amazon", "amazon-2 (Karoo)", "amazon:2"},
      {"rpm", "amazon", "amzn-2023", "amazon:2023"},
      {"rpm", "opensuse", "opensuse-leap-15.5", "opensuse:leap-15.5"},
      {"rpm", "opensuse", "opensuse-tumbleweed-20240301", "opensuse:tumbleweed"},
      {"rpm", "opensuse", "opensuse-tumbleweed", "opensuse:tumbleweed"},
  };
  for (const auto& [type, vendor, release, stream] : cases) {
    SCOPED_TRACE(release);
    const auto got = stream_of_release(type, vendor, release);
    ASSERT_TRUE(got) << render(got.error());
    EXPECT_EQ(*got, stream);
  }
}

TEST(EcosystemTest, NeverGuessesARelease) {
  const std::pair<std::string_view, std::string_view> unknown[] = {
      {"debian", ""},
      {"debian", "debian"},
      {"debian", "ubuntu-22.04"},  // another distribution's package
      {"ubuntu", "debian-12"},
      {"ubuntu", "ubuntu-22"},
      {"kali", "kali-2023.1"},
      {"debian", "kali-2023.1"},
      {"", "11"},
  };
  for (const auto& [vendor, release] : unknown) {
    SCOPED_TRACE(std::string(vendor) + " " + std::string(release));
    const auto got = stream_of_release("deb", vendor, release);
    ASSERT_FALSE(got) << *got;
    EXPECT_FALSE(got.error().text.empty());
  }
  EXPECT_FALSE(stream_of_release("apk", "alpine", "3.20_alpha20231219"));
  EXPECT_FALSE(stream_of_release("rpm", "alpine", "3.20"));
}

TEST(EcosystemTest, KnowsWhatNamesMean) {
  EXPECT_EQ(names_in_advisories("debian:12"), Names::source);
  EXPECT_EQ(names_in_advisories("alpine:v3.19"), Names::source);
  EXPECT_EQ(names_in_advisories("suse:15.4"), Names::either);
  EXPECT_EQ(names_in_advisories("redhat:9"), Names::installed);
  EXPECT_EQ(names_in_advisories(""), Names::installed);
  EXPECT_TRUE(is_distribution_type("apk"));
  EXPECT_FALSE(is_distribution_type("npm"));
  EXPECT_FALSE(has_advisories_by_name("generic"));
  EXPECT_TRUE(has_advisories_by_name("npm"));
}

}  // namespace
}  // namespace pratique
