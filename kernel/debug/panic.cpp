#include <debug/panic.hpp>

#include <arch/machine.hpp>
#include <debug/task_table.hpp>
#include <io/console.hpp>

namespace bobbin {

void panic(std::string_view what, std::string_view detail) noexcept {
  print("bobbin: panic: {}{}{}\n", what, detail.empty() ? "" : ": ", detail);
  print_task_table();
  arch::power_off(exit_panic);
}

}  // namespace bobbin
