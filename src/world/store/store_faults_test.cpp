// What goes wrong around a store: each has a name, and nothing is lost by it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "world/store/test_store.h"
#include "world/store/test_vfs.h"

namespace pratique {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

Error fault_of(const std::string& url, Store::Mode mode) {
  const auto store = Store::open(url, mode, 20ms);
  EXPECT_FALSE(store) << url;
  return store ? Error{} : store.error();
}

void run_sql(const std::string& path, const char* sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

void make_store(const std::string& path) {
  auto store = Store::open(path, Store::Mode::create);
  ASSERT_TRUE(store) << render(store.error());
  ASSERT_TRUE(store->save_bills(std::vector{bill_of("one", "i", {"pkg:npm/x@1"})}, merge, at(1)));
}

TEST(StoreFaults, NamesWhatIsNoStore) {
  const Folder folder;
  for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"text", "this is a text and no database, whatever its name says"},
           {"short", "x"},
           {"binary", std::string(20000, '\x7f')},
           {"empty", ""}}) {
    SCOPED_TRACE(name);
    std::ofstream(folder.path(name)) << bytes;
    const Error error = fault_of(folder.path(name), Store::Mode::read);
    EXPECT_EQ(error.fault, Fault::malformed);
    EXPECT_EQ(error.text, "not a store of pratique");
    ASSERT_EQ(error.place, std::vector{folder.path(name)});
    EXPECT_FALSE(error.remedy.empty());
  }
  run_sql(folder.path("other"), "CREATE TABLE mine (x)");
  EXPECT_EQ(fault_of(folder.path("other"), Store::Mode::create).text, "not a store of pratique");
  EXPECT_EQ(fault_of(folder.path("text"), Store::Mode::create).fault, Fault::malformed);
}

TEST(StoreFaults, NamesWhatIsNotThere) {
  const Folder folder;
  EXPECT_EQ(fault_of(folder.path("absent"), Store::Mode::read).fault, Fault::not_found);
  EXPECT_FALSE(fs::exists(folder.path("absent")));
  EXPECT_EQ(fault_of("", Store::Mode::read).fault, Fault::usage);
  EXPECT_EQ(fault_of("mysql://db/pratique", Store::Mode::create).fault, Fault::unsupported);
  fs::create_directory(folder.path("folder"));
  EXPECT_EQ(fault_of(folder.path("folder"), Store::Mode::create).fault, Fault::unavailable);
  std::ofstream(folder.path("file")) << "x";
  EXPECT_EQ(fault_of(folder.path("file/store"), Store::Mode::create).fault, Fault::unavailable);
}

TEST(StoreFaults, RefusesANewerSchema) {
  const Folder folder;
  make_store(folder.path("store"));
  run_sql(folder.path("store"), "PRAGMA user_version = 999");
  for (const auto mode : {Store::Mode::read, Store::Mode::create}) {
    const Error error = fault_of("sqlite:" + folder.path("store"), mode);
    EXPECT_EQ(error.fault, Fault::unsupported);
    EXPECT_NE(error.text.find("schema 999"), std::string::npos);
  }
}

TEST(StoreFaults, WaitsForALockAndThenSaysWhoseItIs) {
  const Folder folder;
  make_store(folder.path("store"));
  Store store = Store::open(folder.path("store"), Store::Mode::create, 20ms).value();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder.path("store").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::vector batch{bill_of("two", "j", {"pkg:npm/x@1"})};
  const auto saved = store.save_bills(batch, merge, at(1));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().fault, Fault::unavailable);
  EXPECT_EQ(saved.error().text, "another process holds the store locked");
  EXPECT_EQ(store.counts()->bills, 1u);  // readers go on
  sqlite3_close(other);
  EXPECT_TRUE(store.save_bills(batch, merge, at(1)));
}

TEST(StoreFaults, RefusesToWriteWhatIsProtected) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everything";
  const Folder folder;
  make_store(folder.path("store"));
  fs::permissions(folder.path("store"), fs::perms::owner_read);
  auto store = Store::open(folder.path("store"), Store::Mode::create, 20ms);
  const auto saved =
      store ? store->save_bills(std::vector{bill_of("two", "j", {})}, merge, at(1)).error() : store.error();
  EXPECT_EQ(saved.fault, Fault::refused);
}

// A child with a mount namespace of its own: the folder becomes read-only for it alone.
TEST(StoreFaults, IsReadFromADiskThatTakesNoWrites) {
  const Folder folder;
  fs::create_directory(folder.path("dir ?#%"));
  const std::string path = folder.path("dir ?#%/store");
  make_store(path);
  constexpr int cannot = 77;
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string dir = folder.path("dir ?#%");
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(dir.c_str(), dir.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(nullptr, dir.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0)
      ::_exit(cannot);
    const auto store = Store::open(path, Store::Mode::read, 20ms);
    if (!store) std::fprintf(stderr, "%s\n", render(store.error()).c_str());
    const bool reads = store && store->counts().value().bills == 1 && store->find_components("pkg:npm/x")->size() == 1;
    const auto writing = Store::open(path, Store::Mode::create, 20ms);
    ::_exit(reads && !writing && writing.error().fault == Fault::refused ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == cannot) GTEST_SKIP() << "this process may not mount";
  EXPECT_EQ(status, 0);
}

TEST(StoreFaults, TellsADamagedFile) {
  const Folder folder;
  make_store(folder.path("whole"));
  const auto size = fs::file_size(folder.path("whole"));
  for (const double part : {0.01, 0.3, 0.6, 0.9}) {
    SCOPED_TRACE(part);
    fs::copy_file(folder.path("whole"), folder.path("cut"), fs::copy_options::overwrite_existing);
    fs::resize_file(folder.path("cut"), static_cast<std::uintmax_t>(static_cast<double>(size) * part));
    const auto store = Store::open(folder.path("cut"), Store::Mode::read, 20ms);
    if (!store) {
      EXPECT_EQ(store.error().fault, Fault::malformed) << render(store.error());
      continue;
    }
    const auto found = store->find_components("pkg:npm/x");
    if (!found) {
      EXPECT_EQ(found.error().fault, Fault::malformed) << render(found.error());
    }
  }
}

TEST(StoreFaults, TellsADamagedBill) {
  const Folder folder;
  make_store(folder.path("store"));
  run_sql(folder.path("store"), "UPDATE originals SET zstd = x'0011'; UPDATE bills SET facts = x'02'");
  const Store store = Store::open(folder.path("store"), Store::Mode::read).value();
  const auto original = store.load_bill(digest_of("i"));
  ASSERT_FALSE(original);
  EXPECT_EQ(original.error().fault, Fault::malformed);
  EXPECT_EQ(store.load_facts(std::vector<ArtifactId>{1}).error().fault, Fault::malformed);
  run_sql(folder.path("store"), "UPDATE originals SET size = 9223372036854775807");
  EXPECT_EQ(store.load_bill(digest_of("i")).error().fault, Fault::malformed);
}

// What a run of all that writes sees: bills twice, a look at a cluster, and everything read back.
Result<void> use(const std::string& path) {
  PRATIQUE_TRY(Store store, Store::open(path, Store::Mode::create, 20ms));
  for (const std::string name : {"a", "b"}) {
    const std::vector batch{bill_of("one " + name, "i" + name, {"pkg:npm/x@1", "pkg:npm/" + name + "@1"}),
                            bill_of("two " + name, "j" + name, {"pkg:npm/x@1"})};
    PRATIQUE_DO(store.save_bills(batch, merge, at(1)));
    PRATIQUE_DO(store.save_workloads("north", std::vector{pod_of(name, name + "-1", {"i" + name})}, Coverage::whole,
                                     merge, at(2)));
  }
  PRATIQUE_TRY(const auto counts, store.counts());
  if (counts.bills != 4 || counts.pods != 1) return Error{Fault::internal, "bills are missing", {}, ""};
  PRATIQUE_TRY(const auto components, store.find_components("pkg:npm/x"));
  if (components.size() != 1) return Error{Fault::internal, "a component is missing", {}, ""};
  PRATIQUE_TRY(const auto original, store.load_bill(digest_of("ja")));
  if (!original) return Error{Fault::internal, "an original is missing", {}, ""};
  return {};
}

void expect_whole(const std::string& path) {
  arrange_mishap(Mishap::none, 0);
  const auto used = use(path);
  EXPECT_TRUE(used) << render(used.error());
  const Store store = Store::open(path, Store::Mode::read).value();
  EXPECT_EQ(holders(store, {any_component}).size(), 4u);
  EXPECT_EQ(holders(store, {store.find_components("pkg:npm/x")->front().id}).size(), 4u);
}

// SQLite's own way of testing: call n fails, for n = 1, 2, 3 ... until nothing does.
TEST(StoreFaults, SurvivesAFailureOfEveryCallInTurn) {
  for (const auto mishap : {Mishap::io_error, Mishap::disk_full}) {
    std::uint64_t failures = 0;
    for (std::uint64_t call = 1;; ++call) {
      SCOPED_TRACE(call);
      const Folder folder;
      arrange_mishap(mishap, call);
      const auto used = use(folder.path("store"));
      const bool met = calls_counted() >= call;
      if (!used) {
        ++failures;
        EXPECT_EQ(used.error().fault, Fault::unavailable) << render(used.error());
        if (mishap == Mishap::disk_full) {
          EXPECT_EQ(used.error().text, "the disk is full");
        }
        EXPECT_EQ(used.error().place.front(), folder.path("store"));
      }
      expect_whole(folder.path("store"));
      if (HasFailure()) return;
      if (!met) break;
    }
    EXPECT_GT(failures, 30u);
  }
}

// The process is gone at call n: what it left behind is a whole store.
TEST(StoreFaults, SurvivesDeathAtEveryCallInTurn) {
  for (std::uint64_t call = 1;; ++call) {
    SCOPED_TRACE(call);
    const Folder folder;
    const pid_t child = ::fork();
    if (child == 0) {
      arrange_mishap(Mishap::kill, call);
      ::_exit(use(folder.path("store")) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    expect_whole(folder.path("store"));
    if (HasFailure()) return;
    if (WIFEXITED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
      EXPECT_GT(call, 30u);
      return;
    }
  }
}

}  // namespace
}  // namespace pratique
