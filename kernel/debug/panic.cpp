#include <debug/panic.hpp>

#include <arch/interrupts.hpp>
#include <arch/machine.hpp>
#include <debug/backtrace.hpp>
#include <debug/integrity.hpp>
#include <debug/task_table.hpp>
#include <debug/wait_graph.hpp>
#include <io/console.hpp>
#include <task/hart.hpp>

namespace bobbin {

void panic(std::string_view what) noexcept {
  arch::interrupts::mask();
  console::start_of_line();
  print("bobbin: panic: {}\n", what);
  print_task_table();
  print_waits();
  for_each_sound_task([](const control_block& task) {
    if (!task.alive() || &task == this_hart().current) return;
    print("task {}\n", task);
    print_call_chain(task);
  });
  arch::power_off(exit_panic);
}

}  // namespace bobbin
