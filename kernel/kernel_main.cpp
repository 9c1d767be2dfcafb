/// From the first C++ function to main, and from main's return to the end of the machine.
#include <arch/image.hpp>
#include <arch/interrupts.hpp>
#include <arch/machine.hpp>
#include <arch/memory.hpp>
#include <arch/tls.hpp>
#include <core/arguments.hpp>
#include <core/assert.hpp>
#include <debug/deadlock_watch.hpp>
#include <debug/faults.hpp>
#include <debug/panic.hpp>
#include <debug/task_table.hpp>
#include <io/console.hpp>
#include <task/hart.hpp>
#include <time/clock.hpp>
#include <time/timers.hpp>

extern "C" int main(int argc, char** argv);

namespace bobbin {
namespace {

constinit control_block main_task{"main"};
constinit argument_list arguments;

/// How many tasks besides main have not finished; names them.
int report_unfinished() noexcept {
  int count = 0;
  for_each_task([&](control_block& task) {
    if (&task == &main_task || !task.alive()) return;
    if (count == 0) console::start_of_line();
    if (count++ == 0) print("bobbin: main returned before these tasks had finished: join them, or ask them to stop\n");
    print("  {} ({})\n", task, name_of(task.state));
  });
  return count;
}

/// The number that `text` is, below 1 000 000; 0 if it is none.
unsigned number_in(std::string_view text) noexcept {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value >= 100'000) return 0;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Whether `option` was given; the only value there is for it is `value`.
bool asked_for(std::string_view option, std::string_view value) noexcept {
  const std::string_view given = arguments.take(option);
  if (given.empty() || given == value) return !given.empty();
  print("bobbin: {}{} is unknown, there is {}{}: ignored\n", option, given, option, value);
  return false;
}

/// What the boot arguments say to the kernel; main does not get these.
void take_options() noexcept {
  panic_at_first_fault = asked_for("panic=", "first");
  if (asked_for("deadlock=", "eager")) start_deadlock_watch();
  if (const std::string_view patience = arguments.take("watchdog="); !patience.empty()) {
    if (const unsigned milliseconds = number_in(patience); milliseconds > 0)
      timers::start_watchdog(std::chrono::milliseconds{milliseconds});
    else
      print("bobbin: watchdog={} is no number of milliseconds: ignored\n", patience);
  }
}

}  // namespace

void on_exit(int status) noexcept {
  if (report_unfinished() > 0 && status == 0) status = exit_unfinished;
  print("bobbin: exit {}\n", status & 0xff);
  arch::power_off(status & 0xff);
}

extern "C" [[noreturn]] void kernel_main(std::uintptr_t hart_id, std::uintptr_t description) noexcept {
  const machine found = arch::discover({hart_id, description});
  console::start(found.uart);
  print("bobbin: start {} hart {} of {}, {} MiB\n", found.isa, found.boot_hart, found.harts, found.ram_bytes >> 20);
  arguments.split(found.arguments);
  arch::protect_memory(found);

  const auto tls = arch::tls::place(arch::boundary(__main_tls_high));
  this_hart().adopt(main_task, std::span{__boot_stack_low, __boot_stack_high}, tls.thread_pointer);
  clock::start(found.ticks_per_second);
  arch::start_interrupts(found);
  console::start_input(found.uart_line);
  take_options();
  on_exit(main(arguments.count(), arguments.values()));
}

}  // namespace bobbin

/// Nothing is destroyed at the end: the machine goes off. GCC refers to this for local statics with destructors.
extern "C" int atexit(void (*)()) { return 0; }
extern "C" [[noreturn]] void __cxa_pure_virtual() {
  bobbin::misuse({"called", "no virtual functions in constructors and destructors"}, "a pure virtual function", bobbin::own_frame());
}
