/// The kernel's floors core and task in a process that has a libc: the hooks that the floors above would have, and what the
/// boot does before main.
#include "process.hpp"

#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>
#include <core/assert.hpp>
#include <task/hart.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" [[noreturn]] void abort();
extern "C" int puts(const char*);

namespace native {
namespace {

using namespace bobbin;

constinit control_block main_task{"main"};

/// What of the thread's stack is the task's: above where it was adopted, and below.
constexpr std::size_t bytes_above = 64 << 10, bytes_below = 256 << 10;

/// Linux gives stack as it is touched, from the top down.
[[gnu::noinline]] void touch_stack() noexcept {
  volatile std::byte room[bytes_below];
  for (std::size_t at = sizeof room; at != 0; at -= page_bytes) room[at - page_bytes] = std::byte{};
}

[[noreturn]] void give_up(const char* why) noexcept {
  puts(why);
  abort();
}

}  // namespace

void adopt_main() noexcept {
  touch_stack();
  const std::uintptr_t here = arch::cpu::stack_pointer() / stack_alignment * stack_alignment;
  const std::span<std::byte> memory{reinterpret_cast<std::byte*>(here - bytes_below), bytes_below + bytes_above};
  void* const of_libc = arch::cpu::thread_pointer();
  this_hart().adopt(main_task, memory, nullptr);
  arch::cpu::set_thread_pointer(of_libc);  // to stay: no task has thread_local objects of its own to change it for
  arch::interrupts::unmask();
}

}  // namespace native

namespace bobbin {

void misuse(mistake done, const char*, source_location) noexcept { native::give_up(done.what); }
void misuse(mistake done, const char*, const void*, source_location) noexcept { native::give_up(done.what); }
void assertion_failed(const char* expression, source_location) noexcept { native::give_up(expression); }
void on_nothing_to_run() noexcept { native::give_up("nothing to run"); }
void on_ignored_stop(const generator_record&) noexcept { native::give_up("a stop was ignored"); }
void on_abandoned(const waitable&, const control_block&) noexcept { native::give_up("something held was abandoned"); }

}  // namespace bobbin
