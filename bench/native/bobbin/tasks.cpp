/// Bobbin's tasks.
#include "../contestant.hpp"

#include <bobbin.hpp>

#include <array>
#include <utility>

namespace native {
namespace {

using namespace bobbin;

constexpr const char* name = "Bobbin";
constexpr unsigned tasks = 8;  // the one that measures is one of them

stack<4_KiB> memories[tasks - 1];
constinit task others[tasks - 1];
constinit bool going;

struct inlined {
  [[gnu::always_inline]] static void yield() noexcept { this_task::yield(); }
};
struct out_of_line {
  [[gnu::always_inline]] static void yield() noexcept { this_task::yield_out_of_line(); }
};

/// As many functions as tasks, for these are different programs.
template <class How, std::size_t which>
void keep_yielding() {
  while (going) How::yield();
}

template <class How>
void begin() {
  going = true;
  [&]<std::size_t... which>(std::index_sequence<which...>) {
    (others[which].start(memories[which], keep_yielding<How, which>), ...);
  }(std::make_index_sequence<tasks - 1>());
}

void end() {
  going = false;
  for (task& other : others) other.join();
}

template <class How>
void turns(unsigned rounds) {
  for (; rounds != 0; rounds -= tasks) {
    How::yield();
    barrier();
  }
}

void whole_tasks(unsigned rounds) {
  for (; rounds != 0; --rounds) {
    others[0].start(memories[0], [] {});
    others[0].join();
  }
}

const contestant contestants[]{
    {row::turn, name, turns<inlined>, begin<inlined>, end},
    {row::turn_out_of_line, name, turns<out_of_line>, begin<out_of_line>, end},
    {row::whole_task, name, whole_tasks},
};

}  // namespace
}  // namespace native
