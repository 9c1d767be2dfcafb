/// A million tasks alive at once, each with 512 bytes of stack, on a machine with 1 GiB.
#include "costs/measure.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace {

using namespace bobbin;

constexpr std::size_t task_count = 1'000'000;
constexpr std::size_t stack_bytes = 512;
constexpr unsigned rounds = 4;

stack<task_count * stack_bytes> memory;
alignas(task) constinit std::byte room[task_count * sizeof(task)];  // an array of so many tasks is too much for clang
constinit std::uint64_t rounds_seen;

void live() {
  for (unsigned i = 0; i != rounds; ++i) {
    ++rounds_seen;
    this_task::yield();
  }
}

/// Prints a row for what has happened since the last one.
class stages {
 public:
  void end(std::string_view name, std::uint64_t operations) {
    const std::uint64_t now = arch::cpu::instructions();
    bench::row(name, "instructions", now - begin_, 0, operations);
    begin_ = arch::cpu::instructions();
  }

 private:
  std::uint64_t begin_ = arch::cpu::instructions();
};

}  // namespace

int main() {
  const std::span tasks{reinterpret_cast<task*>(room), task_count};
  std::byte* low = stack_view{memory}.low();
  stages stage;
  for (task& one : tasks) {
    const auto started = std::construct_at(&one)->start(std::span{low, stack_bytes}, live);
    ASSERT(started == start_status::ok);
    low += stack_bytes;
  }
  stage.end("a million tasks, construction and start of each", task_count);

  this_task::yield();
  stage.end("a million tasks, first switch to each", task_count);

  for (unsigned i = 1; i != rounds; ++i) this_task::yield();
  stage.end("a million tasks, yield of each", task_count * (rounds - 1));

  for (task& one : tasks) ASSERT(one.join().ok());
  stage.end("a million tasks, end and join of each", task_count);

  bench::row("a million tasks, memory of each", "bytes", sizeof(task) + stack_bytes);
  return rounds_seen == task_count * rounds ? 0 : 1;
}
