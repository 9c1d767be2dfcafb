#include <task/abandon.hpp>
#include <task/this_task.hpp>

namespace bobbin {

void this_task::exit(int status) noexcept {
  hart& here = this_hart();
  if (here.current == &here.boot_task()) on_exit(status);
  here.check_stack();
  abandon_running_task(arch::cpu::stack_pointer());
  here.finish(outcome::exited(status));
}

}  // namespace bobbin
