/// Reports: what went wrong, where, in which task. One line what, one line where.
#include <arch/machine.hpp>
#include <core/assert.hpp>
#include <core/trap.hpp>
#include <debug/panic.hpp>
#include <debug/task_table.hpp>
#include <io/console.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>

namespace bobbin {
namespace {

/// Ends the running task as faulted; the task "main" takes the kernel with it.
[[noreturn]] void end_running_task(const char* cause, std::uintptr_t pc) noexcept {
  hart& here = this_hart();
  if (here.current == nullptr) panic(cause, "before the task \"main\"");
  on_fault(*here.current, outcome::faulted(cause, pc));
  here.finish(outcome::faulted(cause, pc));
}

}  // namespace

void on_fault(const control_block& task, const outcome& how) noexcept {
  print("bobbin: fault of task {}: {}\n", task, how.cause());
  print("  at {:#x}\n", how.pc());
  if (&task == &this_hart().boot_task()) panic("the task \"main\" cannot go on");
}

void misuse(const char* what, const char* who, source_location where) noexcept {
  print("bobbin: misuse: {} {}\n", who ? who : "a task without a name", what);
  print("  at {}:{}\n", where.file_name(), where.line());
  end_running_task(what, reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
}

void assertion_failed(const char* expression, source_location where) noexcept {
  print("bobbin: assertion failed: {}\n", expression);
  print("  at {}:{}\n", where.file_name(), where.line());
  end_running_task("assertion failed", reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
}

void on_ignored_stop(const generator_record& record) noexcept {
  print("bobbin: generator ignored its stop: it yielded again, what it holds is not destroyed\n");
  print("  constructed at {}:{}\n", record.where.file_name(), record.where.line());
}

void on_deadlock() noexcept {
  print("bobbin: deadlock: no task can ever run again\n");
  for_each_task([](control_block& task) {
    for (const join_waiter* waiter = task.joiners; waiter != nullptr; waiter = waiter->next)
      print("  {} waits for {} to finish\n", *waiter->who, task);
  });
  print_task_table();
  print("bobbin: deadlock\n");
  arch::power_off(exit_deadlock);
}

void on_trap(const trap_info& trap) noexcept {
  print("bobbin: trap: {} (code {:#x})\n", trap.cause, trap.code);
  print("  at {:#x}, address {:#x}, stack pointer {:#x}\n", trap.pc, trap.address, trap.stack_pointer);
  if (this_hart().current != nullptr) print("  in task {}\n", *this_hart().current);
  panic(trap.cause);
}

}  // namespace bobbin
