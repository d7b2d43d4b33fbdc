// kill -9 while bills and workloads go in: what was acknowledged is there, nothing is half there, and the indexes agree
// with the facts. Deaths at every single call to the disk are in store_faults_test.cpp; here two writers die at random
// moments.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <random>

#include "world/store/test_store.h"

namespace pratique {
namespace {

constexpr int bills_in_batch = 3;

// Everything about bill `index` of a writer follows from its two numbers, so that the parent knows what must be there.
StoredBill bill_number(int writer, int index) {
  const std::string name = std::to_string(writer) + "/" + std::to_string(index);
  std::vector<std::string> purls = {"pkg:npm/everywhere@1"};
  for (int i = 0; i < 20; ++i) purls.push_back("pkg:npm/p" + std::to_string((index * 7 + i * i) % 90) + "@1");
  purls.push_back("pkg:npm/only-in-" + std::to_string(writer) + "-" + std::to_string(index) + "@1");
  return bill_of("bill " + name, "image " + std::to_string(writer) + "-" + std::to_string(index / 2), purls);
}

// Saves batch after batch and writes the number of each to `acknowledge` once the store has acknowledged it.
[[noreturn]] void write_until_killed(const std::string& path, int writer, int first_batch, int acknowledge) {
  auto store = Store::open(path, Store::Mode::create, std::chrono::seconds(30));
  for (int batch = first_batch; store; ++batch) {
    std::vector<StoredBill> bills;
    for (int i = 0; i < bills_in_batch; ++i) bills.push_back(bill_number(writer, batch * bills_in_batch + i));
    if (!store->save_bills(bills, merge, at(batch))) break;
    const std::string image = "image " + std::to_string(writer) + "-" + std::to_string(batch);
    if (!store->save_workloads("cluster " + std::to_string(writer), std::vector{pod_of("app", "app-1", {image})},
                               Coverage::whole, merge, at(batch)))
      break;
    if (::write(acknowledge, &batch, sizeof batch) != sizeof batch) break;
  }
  ::_exit(1);
}

struct Writer {
  pid_t process = -1;
  int acknowledged = -1;  // pipe
  int batches = 0;        // acknowledged so far
};

Writer start_writer(const std::string& path, int number, int first_batch) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  Writer writer{::fork(), ends[0], first_batch};
  if (writer.process == 0) {
    ::close(ends[0]);
    write_until_killed(path, number, first_batch, ends[1]);
  }
  ::close(ends[1]);
  return writer;
}

bool wait_for_batch(Writer& writer) {
  int batch = 0;
  if (::read(writer.acknowledged, &batch, sizeof batch) != sizeof batch) return false;
  writer.batches = batch + 1;
  return true;
}

void kill_writer(Writer& writer) {
  ::kill(writer.process, SIGKILL);
  ::waitpid(writer.process, nullptr, 0);
  while (wait_for_batch(writer)) {
  }
  ::close(writer.acknowledged);
}

// How many batches of a writer are there; all before that number are, each of them whole.
int batches_there(const Store& store, int writer, int acknowledged) {
  int index = 0;
  while (*store.has_bill(bill_number(writer, index).digest)) ++index;
  EXPECT_EQ(index % bills_in_batch, 0) << "half a batch is visible";
  EXPECT_GE(index, acknowledged * bills_in_batch) << "what was acknowledged is lost";
  EXPECT_LE(index, (acknowledged + 1) * bills_in_batch);
  return index / bills_in_batch;
}

// Postings and totals say what the facts of all bills say.
void expect_agreement(const Store& store) {
  std::map<ComponentId, std::set<ArtifactId>> holding;
  StoreCounts counted;
  std::set<ComponentId> components;
  const auto all = holders(store, {any_component});
  const auto bills = store.load_facts(std::vector(all.begin(), all.end()));
  ASSERT_TRUE(bills);
  for (const auto& facts : *bills) {
    ++counted.bills;
    counted.occurrences += facts.components.size();
    components.insert(facts.components.begin(), facts.components.end());
    for (const auto component : facts.components) holding[component].insert(facts.artifact);
  }
  for (const auto& [component, artifacts] : holding) EXPECT_EQ(holders(store, {component}), artifacts);
  const auto counts = store.counts().value();
  EXPECT_EQ(counts.artifacts, all.size());
  EXPECT_EQ(counts.bills, counted.bills);
  EXPECT_EQ(counts.occurrences, counted.occurrences);
  EXPECT_EQ(counts.components, components.size());
  EXPECT_LE(counts.pods, 2u);
}

TEST(StoreCrash, LosesNothingAcknowledged) {
  const Folder folder;
  const std::string path = folder.path("store");
  std::mt19937 random(20261101);
  std::vector<int> there = {0, 0};
  for (int round = 0; round < 15; ++round) {
    SCOPED_TRACE(round);
    std::vector<Writer> writers;
    for (int number = 0; number < 2; ++number)
      writers.push_back(start_writer(path, number, there[static_cast<std::size_t>(number)]));
    for (auto left = random() % 6; left > 0; --left) wait_for_batch(writers[random() % 2]);
    ::usleep(static_cast<useconds_t>(random() % 4000));  // somewhere inside the next batch
    for (auto& writer : writers) kill_writer(writer);
    const auto store = Store::open(path, Store::Mode::create);
    ASSERT_TRUE(store) << render(store.error());
    for (int number = 0; number < 2; ++number) {
      auto& count = there[static_cast<std::size_t>(number)];
      count = batches_there(*store, number, writers[static_cast<std::size_t>(number)].batches);
    }
    expect_agreement(*store);
    if (HasFailure()) return;
  }
  EXPECT_GT(there[0] + there[1], 20);
}

}  // namespace
}  // namespace pratique
