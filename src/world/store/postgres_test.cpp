// What is PostgreSQL's alone: its faults, and two servers on one store. What both engines promise is in store_test.cpp.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <thread>

#include "world/store/test_postgres.h"

namespace pratique {
namespace {

using namespace std::chrono_literals;

class PostgresStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    url_ = TestPostgres::instance().new_database();
    if (url_.empty()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  }
  std::string url_;
};

TEST_F(PostgresStoreTest, TakesTurnsWithAnotherServerAndLosesNoBit) {
  constexpr int writers = 2, batches = 12;
  ASSERT_TRUE(Store::open(url_, Store::Mode::create));
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer] {
      auto store = Store::open(url_, Store::Mode::create, 30s);
      ASSERT_TRUE(store) << render(store.error());
      for (int batch = 0; batch < batches; ++batch) {
        const std::string name = std::to_string(writer) + "/" + std::to_string(batch);
        // Both also bring a bill that the other one brings, at about the same time.
        const std::vector bills{
            bill_of(name, name, {"pkg:npm/both@1", "pkg:npm/p" + std::to_string(batch % 5) + "@1"}),
            bill_of("shared " + std::to_string(batch), "shared " + std::to_string(batch), {"pkg:npm/both@1"})};
        const auto saved = store->save_bills(bills, merge, at(batch));
        ASSERT_TRUE(saved) << render(saved.error());
      }
    });
  threads.clear();
  const Store store = Store::open(url_, Store::Mode::read).value();
  constexpr std::size_t all = (writers + 1) * batches;
  EXPECT_EQ(store.counts()->bills, all);
  EXPECT_EQ(holders(store, {any_component}).size(), all);
  EXPECT_EQ(store.find_components("pkg:npm/both")->size(), 1u);
  EXPECT_EQ(holders(store, {store.find_components("pkg:npm/both")->front().id}).size(), all);
}

TEST_F(PostgresStoreTest, SaysThatTheServerIsGoneAndGoesOnWhenItIsBack) {
  Store store = Store::open(url_, Store::Mode::create).value();
  ASSERT_TRUE(store.save_bills(std::vector{bill_of("one", "i", {"pkg:npm/x@1"})}, merge, at(1)));
  bool restarted = false;
  const auto restart_in_the_middle = [&](std::uint32_t shard, std::string_view posting,
                                         std::span<const ArtifactId> artifacts) {
    if (!restarted) restarted = TestPostgres::instance().restart();
    return merge(shard, posting, artifacts);
  };
  const std::vector batch{bill_of("two", "j", {"pkg:npm/x@1", "pkg:npm/y@1"})};
  const auto saved = store.save_bills(batch, restart_in_the_middle, at(2));
  ASSERT_TRUE(restarted);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().fault, Fault::unavailable) << render(saved.error());
  EXPECT_EQ(store.counts()->bills, 1u);
  EXPECT_TRUE(store.find_components("pkg:npm/y")->empty());
  EXPECT_EQ(store.save_bills(batch, merge, at(3)).value(), std::vector<bool>{true});
  EXPECT_EQ(holders(store, {any_component}).size(), 2u);
}

// Stands between a client and the server, and cuts the line `after` bytes behind the first that begin a COPY.
class CuttingLine {
 public:
  CuttingLine(const std::string& server_folder, std::string folder, std::size_t after)
      : target_(server_folder + "/.s.PGSQL.5432"), folder_(std::move(folder)), after_(after) {
    listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un here = address(folder_ + "/.s.PGSQL.5432");
    EXPECT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&here), sizeof here), 0);
    EXPECT_EQ(::listen(listening_, 8), 0);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  CuttingLine(const CuttingLine&) = delete;
  CuttingLine& operator=(const CuttingLine&) = delete;
  ~CuttingLine() {
    thread_.request_stop();
    thread_.join();
    ::close(listening_);
  }
  bool has_cut() const { return has_cut_; }

 private:
  static sockaddr_un address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd door{listening_, POLLIN, 0};
      if (::poll(&door, 1, 50) <= 0) continue;
      const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_un there = address(target_);
      if (::connect(server, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0) carry(client, server, stop);
      ::close(client);
      ::close(server);
    }
  }
  void carry(int client, int server, const std::stop_token& stop) {
    std::optional<std::size_t> left;  // bytes until the cut
    std::array<char, 65536> bytes{};
    while (!stop.stop_requested()) {
      std::array<pollfd, 2> ends = {{{client, POLLIN, 0}, {server, POLLIN, 0}}};
      if (::poll(ends.data(), ends.size(), 50) <= 0) continue;
      for (const auto& end : ends) {
        if (end.revents == 0) continue;
        const ssize_t got = ::read(end.fd, bytes.data(), bytes.size());
        if (got <= 0) return;
        std::string_view piece(bytes.data(), static_cast<std::size_t>(got));
        const bool is_request = end.fd == client;
        if (is_request && !has_cut_ && !left && piece.find("COPY ") != std::string_view::npos) left = after_;
        if (is_request && left && piece.find("COPY ") == std::string_view::npos) {
          piece = piece.substr(0, *left);
          *left -= piece.size();
        }
        if (::write(is_request ? server : client, piece.data(), piece.size()) < 0) return;
        if (left == 0u) {
          has_cut_ = true;
          return;
        }
      }
    }
  }

  std::string target_, folder_;
  std::size_t after_;
  int listening_ = -1;
  std::atomic<bool> has_cut_ = false;
  std::jthread thread_;
};

TEST_F(PostgresStoreTest, LosesNothingWhenTheConnectionIsCutInACopy) {
  ASSERT_TRUE(Store::open(url_, Store::Mode::create));
  const Folder folder;
  const std::string real = TestPostgres::instance().socket_folder();
  std::string through = url_;
  through.replace(through.find(real), real.size(), folder.path(""));
  std::vector<std::string> purls;
  for (int i = 0; i < 400; ++i) purls.push_back("pkg:npm/p" + std::to_string(i) + "@1");
  const std::vector batch{bill_of("one", "i", purls)};
  const CuttingLine line(real, folder.path(""), 100);
  Store store = Store::open(through, Store::Mode::create).value();
  const auto saved = store.save_bills(batch, merge, at(1));
  ASSERT_TRUE(line.has_cut());
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().fault, Fault::unavailable) << render(saved.error());
  const Store direct = Store::open(url_, Store::Mode::read).value();
  EXPECT_EQ(direct.counts()->bills, 0u);
  EXPECT_TRUE(direct.find_components("pkg:npm/p7")->empty());
  EXPECT_TRUE(holders(direct, {any_component}).empty());
  const auto again = store.save_bills(batch, merge, at(2));
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_EQ(again.value(), std::vector<bool>{true});
  EXPECT_EQ(holders(direct, {direct.find_components("pkg:npm/p399")->front().id}).size(), 1u);
}

TEST_F(PostgresStoreTest, WaitsForALockAndThenSaysSo) {
  Store one = Store::open(url_, Store::Mode::create).value();
  Store two = Store::open(url_, Store::Mode::create, 50ms).value();
  const auto meanwhile = [&](std::uint32_t shard, std::string_view posting, std::span<const ArtifactId> artifacts) {
    const auto saved = two.save_bills(std::vector{bill_of("two", "j", {"pkg:npm/x@1"})}, merge, at(1));
    EXPECT_FALSE(saved);
    if (!saved) {
      EXPECT_EQ(saved.error().text, "another process holds the store locked");
    }
    return merge(shard, posting, artifacts);
  };
  EXPECT_TRUE(one.save_bills(std::vector{bill_of("one", "i", {})}, meanwhile, at(1)));
}

TEST_F(PostgresStoreTest, TellsNoPassword) {
  for (const std::string url : {"postgresql://u:geheim@localhost/x", "postgresql://localhost/x?password=geheim",
                                "postgresql://u:geheim@localhost:port/x", "postgresql://u:geheim@[::1/x"}) {
    SCOPED_TRACE(url);
    const auto store = Store::open(url, Store::Mode::read);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().fault, Fault::usage);
    EXPECT_EQ(render(store.error()).find("geheim"), std::string::npos);
  }
}

TEST_F(PostgresStoreTest, NamesWhatIsNoStore) {
  EXPECT_EQ(Store::open(url_, Store::Mode::read).error().fault, Fault::malformed);
  const std::string absent = std::string(url_).replace(url_.find("/store"), 6, "/absent");
  EXPECT_EQ(Store::open(absent, Store::Mode::read).error().fault, Fault::not_found);
  EXPECT_EQ(Store::open("postgresql://nobody@/x?host=/nowhere", Store::Mode::read).error().fault, Fault::unavailable);
  ASSERT_TRUE(TestPostgres::instance().sql(url_, "CREATE TABLE mine (x INT)"));
  EXPECT_EQ(Store::open(url_, Store::Mode::create).error().text, "not a store of pratique");
}

TEST_F(PostgresStoreTest, RefusesANewerSchema) {
  ASSERT_TRUE(Store::open(url_, Store::Mode::create));
  ASSERT_TRUE(TestPostgres::instance().sql(url_, "UPDATE pratique SET version = 999"));
  for (const auto mode : {Store::Mode::read, Store::Mode::create})
    EXPECT_EQ(Store::open(url_, mode).error().fault, Fault::unsupported);
}

TEST_F(PostgresStoreTest, KeepsATextThatPostgresWouldRefuse) {
  Store store = Store::open(url_, Store::Mode::create).value();
  auto bill = bill_of("one", "i", {"pkg:npm/x@1"});
  bill.bill.components[0].source = std::string_view("a\0b", 3);
  bill.bill.tool = "\xff tool";
  ASSERT_TRUE(store.save_bills(std::vector{bill}, merge, at(1)));
  EXPECT_EQ(store.find_components("pkg:npm/x")->front().source, "a\\x00b");
}

}  // namespace
}  // namespace pratique
