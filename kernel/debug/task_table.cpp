#include <debug/integrity.hpp>
#include <debug/task_table.hpp>
#include <io/console.hpp>
#include <task/hart.hpp>

namespace bobbin {

std::string_view name_of(task_state state) noexcept {
  switch (state) {
    case task_state::fresh: return "fresh";
    case task_state::ready: return "ready";
    case task_state::running: return "running";
    case task_state::blocked:
    case task_state::joining: return "blocked";
    case task_state::finished: return "finished";
  }
  return "?";
}

void format_value(sink out, const format_spec&, const control_block& task) {
  if (const std::string_view name = readable_text(task.name); !name.empty())
    format_to(out, "{}", name);
  else
    format_to(out, "task#{}", task.id);
}

void print_task_table() noexcept {
  print("  id  name             state     stack used      of   switches{}\n", has_priorities ? "  priority" : "");
  const bool complete = for_each_sound_task([](const control_block& task) {
    const std::string_view name = readable_text(task.name);
    print("{:4}  {:16} {:8} ", task.id, name.empty() ? "-" : name, name_of(this_hart().state_of(task)));
    const stack_view memory = task.stack_memory();
    readable(memory) ? print("{:>11}", high_water_bytes(memory)) : print("{:>11}", "damaged");
    print(" {:>7} {:>10}", memory.size(), task.switches);
    if (has_priorities) print(" {:>9}{}", task.priority.own(), task.priority.lent() ? " lent" : "");
    print("\n");
  });
  if (!complete) print("  from here on the list of tasks is damaged\n");
}

}  // namespace bobbin
