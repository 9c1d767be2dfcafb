/// task_pool: hands out, runs dry, takes back.
#include "harness.hpp"

#include <bobbin.hpp>

using namespace bobbin;
using kind = outcome::kind;

namespace {

constinit task_pool<4, 4_KiB> pool;
constinit task_pool<3, 1_KiB> dense;

void until_stopped() {
  while (!this_task::stop_requested()) this_task::yield();
}

}  // namespace

CASE("a pool runs as many tasks as it says, then none, then again") {
  CHECK_EQ(pool.available(), 4u);
  for (int round = 0; round < 3; ++round) {
    pooled_task tasks[4];
    for (int i = 0; i < 4; ++i) {
      tasks[i] = pool.start("one of four", [i] {
        this_task::yield();
        return i;
      });
      CHECK(bool{tasks[i]});
      CHECK_EQ(pool.available(), 3u - i);
    }
    auto fifth = pool.start("fifth", [] {});
    CHECK(!fifth);
    for (int i = 0; i < 4; ++i) CHECK_EQ(tasks[i].join().status(), i);
    CHECK_EQ(pool.available(), 4u);
  }
}

CASE("a joined task's place is free, in any order") {
  pooled_task tasks[4];
  for (auto& task : tasks) task = pool.start("t", [] { return 1; });
  for (const int i : {2, 0, 3, 1}) {
    CHECK_EQ(tasks[i].join().status(), 1);
    CHECK(!tasks[i]);
    tasks[i] = pool.start("again", [] { return 2; });
    CHECK(bool{tasks[i]});
    CHECK(!pool.start("one too many", [] {}));
  }
  for (auto& task : tasks) CHECK_EQ(task.join().status(), 2);
}

CASE("the closure of a task that found no place is destroyed, and does not run") {
  struct witness {
    int* ended;
    explicit witness(int& count) : ended{&count} {}
    witness(witness&& other) : ended{std::exchange(other.ended, nullptr)} {}
    ~witness() { if (ended != nullptr) ++*ended; }
  };
  pooled_task tasks[4];
  for (auto& task : tasks) task = pool.start("t", until_stopped);
  int ended = 0;
  bool ran = false;
  CHECK(!pool.start("none", [&ran, w = witness{ended}] { ran = true; }));
  CHECK(pool.start_detached("none", [&ran] { ran = true; }) == start_status::exhausted);
  this_task::yield();
  CHECK_EQ(ended, 1);
  CHECK(!ran);
}

CASE("destroying the handle stops and joins the task") {
  CHECK_EQ(pool.available(), 4u);
  bool stopped = false;
  {
    auto worker = pool.start("worker", [&] {
      until_stopped();
      stopped = true;
    });
    this_task::yield();
    CHECK_EQ(pool.available(), 3u);
  }
  CHECK(stopped);
  CHECK_EQ(pool.available(), 4u);
}

CASE("assigning to a handle stops and joins what it held") {
  bool first_stopped = false;
  auto worker = pool.start("first", [&] { until_stopped(), first_stopped = true; });
  worker = pool.start("second", [] { return 2; });
  CHECK(first_stopped);
  CHECK_EQ(pool.available(), 3u);
  auto moved = std::move(worker);
  CHECK(!worker);
  CHECK_EQ(moved.join().status(), 2);
  CHECK_EQ(pool.available(), 4u);
}

CASE("detached tasks give their places back by themselves") {
  static int ran;
  ran = 0;
  for (int i = 0; i < 40; ++i) {
    while (pool.available() == 0) this_task::yield();
    CHECK(pool.start_detached("fire and forget", [i] {
      for (int n = 0; n < i % 5; ++n) this_task::yield();
      ++ran;
    }) == start_status::ok);
  }
  while (pool.available() != 4) this_task::yield();
  CHECK_EQ(ran, 40);
}

CASE("a task detached after its end gives its place back at once") {
  auto worker = pool.start("quick", [] {});
  this_task::yield();
  CHECK_EQ(pool.available(), 3u);
  worker.detach();
  CHECK(!worker);
  CHECK_EQ(pool.available(), 4u);
}

CASE("a place that was detached once can be joined the next time") {
  for (int i = 0; i < 4; ++i) CHECK(pool.start_detached("detached", [] {}) == start_status::ok);
  this_task::yield();
  CHECK_EQ(pool.available(), 4u);
  pooled_task tasks[4];
  for (auto& task : tasks) task = pool.start("joined", [] { return 3; });
  this_task::yield();
  CHECK_EQ(pool.available(), 0u);
  for (auto& task : tasks) CHECK_EQ(task.join().status(), 3);
  CHECK_EQ(pool.available(), 4u);
}

CASE("pooled tasks have the names they were started with") {
  std::string_view names[2];
  auto a = pool.start("anna", [&] { names[0] = this_task::name(); });
  a.join();
  auto b = pool.start("bert", [&] { names[1] = this_task::name(); });
  b.join();
  CHECK_EQ(names[0], "anna");
  CHECK_EQ(names[1], "bert");
}

CASE("request_stop through the handle") {
  auto worker = pool.start("worker", [] { until_stopped(); return 5; });
  const auto id = worker.id();
  CHECK(id > 1);
  worker.request_stop();
  const auto how = worker.join();
  CHECK(how.how() == kind::stopped);
  CHECK_EQ(how.status(), 5);
}

CASE("a pooled task that exits or faults frees its place") {
  auto exits = pool.start("exits", [] { this_task::exit(4); });
  CHECK_EQ(exits.join().status(), 4);
  auto fails = pool.start("fails", [] { ASSERT(1 + 1 == 3); });
  CHECK(fails.join().how() == kind::faulted);
  CHECK_EQ(pool.available(), 4u);
  CHECK(pool.start_detached("fails detached", [] { ASSERT(2 + 2 == 5); }) == start_status::ok);
  this_task::yield();
  CHECK_EQ(pool.available(), 4u);
}

CASE("dense pools, from within tasks") {
  int sum = 0;
  auto parent = pool.start("parent", [&] {
    for (int round = 0; round < 20; ++round) {
      pooled_task children[3];
      for (int i = 0; i < 3; ++i) children[i] = dense.start("child", [i] { this_task::yield(); return i + 1; });
      for (auto& child : children) sum += child.join().status();
    }
  });
  CHECK(parent.join().ok());
  CHECK_EQ(sum, 20 * 6);
  CHECK_EQ(dense.available(), 3u);
}
