#include <debug/task_table.hpp>
#include <io/console.hpp>
#include <task/hart.hpp>

namespace bobbin {

std::string_view name_of(task_state state) noexcept {
  switch (state) {
    case task_state::fresh: return "fresh";
    case task_state::ready: return "ready";
    case task_state::running: return "running";
    case task_state::blocked: return "blocked";
    case task_state::finished: return "finished";
  }
  return "?";
}

void format_value(sink out, const format_spec&, const control_block& task) {
  if (task.name != nullptr)
    format_to(out, "{}", task.name);
  else
    format_to(out, "task#{}", task.id);
}

void print_task_table() noexcept {
  print("  id  name             state     stack used      of   switches\n");
  for_each_task([](control_block& task) {
    print("{:4}  {:16} {:8} {:>11} {:>7} {:>10}\n", task.id, task.name ? task.name : "-",
          name_of(this_hart().state_of(task)), high_water_bytes(task.stack_memory()), task.stack_bytes, task.switches);
  });
}

}  // namespace bobbin
