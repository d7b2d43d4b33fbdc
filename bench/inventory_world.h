// A made-up world of artifacts with the skew of real ones, the same for every run.
//
// Measured on 217 real bills (docs/inventory.md): the most frequent component is in 17 % of them, the 10th in 12 %, the
// 100th in 8 %, the 1,000th in 1.4 %, and 83 % of all distinct components are in one bill only. Images share bases, and
// the builds of one application share most of their parts; both have a few favourites and a long tail. So here: an
// artifact is one release of a base (100 packages), one build of an application (199 packages), and one component of
// its own. Which packages a base or an application takes, which base an application stands on and how many builds it
// has all follow Zipf's law.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "world/store/store.h"

namespace pratique::bench {

// Draws ranks from 0 with probability proportional to 1 / (rank + shift) ^ exponent.
class Zipf {
 public:
  Zipf(std::size_t count, double exponent, double shift) : sums_(count) {
    double sum = 0;
    for (std::size_t rank = 0; rank < count; ++rank)
      sums_[rank] = sum += 1 / std::pow(static_cast<double>(rank) + shift, exponent);
  }
  std::uint32_t draw(std::mt19937_64& random) const {
    const double at = static_cast<double>(random() >> 11) * 0x1p-53 * sums_.back();
    return static_cast<std::uint32_t>(std::upper_bound(sums_.begin(), sums_.end(), at) - sums_.begin());
  }

 private:
  std::vector<double> sums_;
};

struct Part {
  std::uint32_t package = 0, version = 0;  // version from 0 to 9
};

class World {
 public:
  static constexpr std::uint32_t base_parts = 100, app_parts = 198, versions = 10;

  explicit World(std::uint32_t artifacts)
      : artifacts_(artifacts),
        packages_(std::max(2000u, artifacts / 40), 1.1, 200),
        bases_(std::max(20u, artifacts / 500)),
        apps_(std::max(50u, artifacts / 20)),
        builds_(apps_.size()) {
    std::mt19937_64 random(1);
    for (auto& base : bases_) base = draw_packages(random, base_parts);
    const Zipf popular_bases(bases_.size(), 1, 2);
    for (auto& app : apps_) app = {popular_bases.draw(random), draw_packages(random, app_parts)};
  }

  std::uint32_t artifacts() const { return artifacts_; }

  // Artifacts come in order, from 0.
  StoredBill next() {
    const std::uint32_t number = made_++;
    const std::uint32_t app = popular_apps_.draw(random_), build = builds_[app]++;
    const std::uint32_t release = static_cast<std::uint32_t>(std::uint64_t{number} * versions / artifacts_);
    std::vector<Part> parts;
    for (const auto package : bases_[apps_[app].base])
      parts.push_back({package, (mixed(package, 1) + (mixed(package, 2) % 3 == 0 ? release : 0)) % versions});
    for (const auto package : apps_[app].packages)
      parts.push_back({package, (mixed(package, app) + build / (1 + mixed(package, 3) % 8)) % versions});
    return bill_of(number, app, build, parts);
  }

  static std::string image(std::uint32_t number) { return "registry.example.com/image/" + std::to_string(number); }
  static Digest digest(std::uint32_t number) { return sha256_of(image(number)); }

  static std::string package_key(std::uint32_t package) {
    const std::string name = std::to_string(package);
    switch (package % 4) {
      case 0: return "pkg:deb/debian/lib" + name;
      case 1: return "pkg:npm/part-" + name;
      case 2: return "pkg:maven/com.example.group" + std::to_string(package % 97) + "/artifact-" + name;
      default: return "pkg:golang/example.com/owner" + std::to_string(package % 89) + "/module" + name;
    }
  }
  static std::string version(std::uint32_t package, std::uint32_t v) {
    return (package % 4 == 3 ? "v1." : "1.") + std::to_string(v) + ".0";
  }
  static std::string scheme(std::uint32_t package) {
    constexpr const char* names[] = {"deb", "npm", "maven", "golang"};
    return names[package % 4];
  }
  // A package as often as it occurs.
  std::uint32_t some_package(std::mt19937_64& random) const {
    const auto& app = apps_[popular_apps_.draw(random)];
    const auto at = random() % (base_parts + app_parts);
    return at < base_parts ? bases_[app.base][at] : app.packages[at - base_parts];
  }

 private:
  struct App {
    std::uint32_t base = 0;
    std::vector<std::uint32_t> packages;
  };

  static std::uint32_t mixed(std::uint64_t a, std::uint64_t b) {
    std::uint64_t x = a * 0x9e3779b97f4a7c15ULL + b * 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 31;
    x *= 0x94d049bb133111ebULL;
    return static_cast<std::uint32_t>(x >> 33);
  }

  std::vector<std::uint32_t> draw_packages(std::mt19937_64& random, std::size_t count) const {
    std::set<std::uint32_t> drawn;
    while (drawn.size() < count) drawn.insert(packages_.draw(random));
    return {drawn.begin(), drawn.end()};
  }

  static void add(Bill& bill, const std::string& purl, const std::string& name, const std::string& version,
                  std::uint32_t under) {
    const auto index = static_cast<std::uint32_t>(bill.components.size());
    Component component;
    component.purl = bill.pool->keep(purl);
    component.name = bill.pool->keep(name);
    component.version = bill.pool->keep(version);
    bill.components.push_back(component);
    bill.edges.push_back({under, index, EdgeKind::depends_on});
  }

  static StoredBill bill_of(std::uint32_t number, std::uint32_t app, std::uint32_t build,
                            const std::vector<Part>& parts) {
    StoredBill stored{sha256_of("bill " + std::to_string(number)), "bills/" + std::to_string(number) + ".json", {}, {}};
    Bill& bill = stored.bill;
    bill.format = BillFormat::cyclonedx_json;
    bill.spec_version = "1.6";
    bill.tool = "syft 1.2.0";
    bill.distro = "debian-12";
    bill.subject.name = image(number);
    bill.subject.digest = digest(number);
    const std::string own = "app-" + std::to_string(app), own_version = "0." + std::to_string(build);
    add(bill, "pkg:generic/" + own + "@" + own_version, own, own_version, Bill::subject_index);
    if (number % 4 != 0) add(bill, "pkg:generic/" + own + "-config@" + own_version, own + "-config", own_version, 0);
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
      const auto [package, v] = parts[i];
      const std::string key = package_key(package), text = version(package, v);
      const bool direct = i < base_parts || (i - base_parts) % 7 == 0;
      add(bill, key + "@" + text + (package % 4 == 0 ? "?arch=amd64&distro=debian-12" : ""),
          key.substr(key.rfind('/') + 1), text, direct ? Bill::subject_index : i);
    }
    std::sort(bill.edges.begin(), bill.edges.end());
    return stored;
  }

  std::uint32_t artifacts_;
  Zipf packages_;
  std::vector<std::vector<std::uint32_t>> bases_;
  std::vector<App> apps_;
  std::vector<std::uint32_t> builds_;
  Zipf popular_apps_{apps_.size(), 0.8, 1};
  std::mt19937_64 random_{2};
  std::uint32_t made_ = 0;
};

}  // namespace pratique::bench
