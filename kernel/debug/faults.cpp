/// Reports of what went wrong: one line what, one line where, then registers and calls. And what happens then: the task
/// or generator at fault ends, and everything else goes on.
#include <arch/continuation.hpp>
#include <arch/image.hpp>
#include <arch/machine.hpp>
#include <arch/memory.hpp>
#include <arch/stack_watch.hpp>
#include <arch/trap.hpp>
#include <core/assert.hpp>
#include <core/trap.hpp>
#include <core/units.hpp>
#include <debug/backtrace.hpp>
#include <debug/faults.hpp>
#include <debug/integrity.hpp>
#include <debug/panic.hpp>
#include <debug/task_table.hpp>
#include <debug/wait_graph.hpp>
#include <io/console.hpp>
#include <task/abandon.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>
#include <task/wait_queue.hpp>

#include <utility>

namespace bobbin {

constinit bool panic_at_first_fault = false;

namespace {

bool between(std::uintptr_t address, const std::byte* low, const std::byte* high) noexcept {
  return address >= reinterpret_cast<std::uintptr_t>(low) && address < reinterpret_cast<std::uintptr_t>(high);
}

bool in_guard_of(stack_view memory, std::uintptr_t address) noexcept {
  return between(address, memory.low() - guarded_stack_alignment, memory.low());
}

/// What the address that was accessed tells about the mistake.
struct diagnosis {
  const char* place = nullptr;  ///< "page 0", "the program's code"
  const char* cause = nullptr;  ///< "null pointer", "stack overflow"
  const char* remedy = "";
  const control_block* whose = nullptr;  ///< the task that the place belongs to
};

constexpr const char* more_stack = "make the stack larger, or put large objects elsewhere and call less deep";

/// Whether it was a jump: the address is that of the instruction, or of a part of it on the next page.
bool is_jump(const trap_info& trap) noexcept {
  constexpr std::uintptr_t longest_instruction = 15;
  return trap.address - trap.pc < longest_instruction;
}

/// The task on whose stack, or in whose guard, the address is.
template <class Condition>
const control_block* task_with(Condition condition) noexcept {
  const control_block* found = nullptr;
  for_each_sound_task([&](const control_block& task) {
    if (task.alive() && condition(task.stack_memory())) found = &task;
  });
  return found;
}

diagnosis diagnose_overflow(std::uintptr_t address, const control_block* task) noexcept {
  if (in_guard_of(std::span{arch::boundary(__trap_stack_low), __trap_stack_high}, address))
    return {"below the stack of handlers", "stack overflow"};
  if (task == nullptr) return {};
  for (const auto* inside = running_inside(*task); inside != nullptr; inside = running_inside(*inside))
    if (in_guard_of(inside->stack_memory(), address)) return {"below the generator's stack", "stack overflow", more_stack};
  if (in_guard_of(task->stack_memory(), address)) return {"below the task's stack", "stack overflow", more_stack};
  return {};
}

diagnosis diagnose_data(const trap_info& trap) noexcept {
  if (!is_jump(trap)) {
    const auto* whose = task_with([&](stack_view memory) { return in_guard_of(memory, trap.address); });
    return {whose ? "the guard below the stack" : "the guard below a stack", "wild pointer", "", whose};
  }
  const auto* whose = task_with([&](stack_view memory) { return between(trap.address, memory.low(), memory.high()); });
  return {whose ? "the stack" : "the program's data", "data is not code", "", whose};
}

diagnosis diagnose(const trap_info& trap, const control_block* task) noexcept {
  if (trap.misaligned) return {"not a multiple of its size", "misaligned access"};
  if (trap.address < page_bytes) return {"page 0", "null pointer"};
  if (const diagnosis overflow = diagnose_overflow(trap.address, task); overflow.cause) return overflow;
  if (between(trap.address, __text_start, __text_end)) return {"the program's code", "code is read-only"};
  if (between(trap.address, __rodata_start, __rodata_end))
    return {"the program's constants", is_jump(trap) ? "data is not code" : "constants are read-only"};
  if (between(trap.address, __data_start, __image_end)) return diagnose_data(trap);
  return {arch::memory_at(trap.address), "wild pointer"};
}

/// The cause as outcomes carry it; of a misuse, what was done.
const char* cause_of(const trap_info& trap, const control_block* task) noexcept {
  if (const software_fault* raised = trap.raised) return *raised->who ? raised->what : raised->cause;
  return trap.has_address ? diagnose(trap, task).cause : trap.cause;
}

void print_place(const char* what, source_location where) noexcept {
  if (where.line() != 0) print("  {} {}:{}\n", what, where.file_name(), where.line());
}

void print_cause(const trap_info& trap, const control_block* task) noexcept {
  if (const software_fault* raised = trap.raised) {
    print("{}{}{}{}{}\n", raised->cause, *raised->who || *raised->what ? ": " : "", raised->who, *raised->who ? " " : "",
          raised->what);
    print_place("in", raised->where);
    print_place("constructed at", raised->made);
  } else if (trap.has_address) {
    const diagnosis found = diagnose(trap, task);
    print("{} {:#x}, {}", trap.cause, trap.address, found.place);
    if (found.whose) print(" of task {}", *found.whose);
    print(": {}\n", found.cause);
  } else {
    print("{}\n", trap.cause);
  }
}

void print_remedy(const trap_info& trap, const control_block* task) noexcept {
  const char* const found = trap.has_address ? diagnose(trap, task).remedy : "";
  const char* const remedy = trap.raised ? trap.raised->remedy : found;
  if (*remedy) print("  to fix it: {}\n", remedy);
}

void print_registers(const trap_info& trap) noexcept {
  constexpr int in_a_line = 4;
  int column = 0;
  print("  pc   {:#018x}", trap.pc);
  for (const auto& [name, value] : trap.registers) print("{}{:4} {:#018x}", column++ % in_a_line ? "  " : "\n  ", name, value);
  print("\n");
}

/// The instruction at fault: for what software noticed, the call of the function that did.
call_site site_of(const trap_info& trap) noexcept {
  if (trap.raised == nullptr) return {trap.pc, trap.frame_pointer};
  const call_site from = trap.raised->from.pc ? trap.raised->from : call_site{trap.pc, trap.frame_pointer};
  return {from.pc - 1, from.frame_pointer};
}

/// Where the function was called from whose frame this is.
call_site caller_of(const void* frame) noexcept {
  return arch::context::caller(reinterpret_cast<std::uintptr_t>(frame));
}

/// The end of the kernel before it has a task, or when it has none any more.
[[noreturn]] void end_without_task(const trap_info& trap, const char* when) noexcept {
  print("bobbin: fault {}: ", when);
  print_cause(trap, nullptr);
  print_call_chain(std::span{__boot_stack_low, __boot_stack_high}, site_of(trap), trap.raised ? 0 : trap.return_address);
  print_registers(trap);
  panic(cause_of(trap, nullptr));
}

/// Where the running task goes on after its fault: at its end.
void end_task() noexcept {
  control_block& self = *this_hart().current;
  const outcome how = self.how;
  self.held = nullptr;
  this_hart().finish(how);
}

/// The same for a generator: at the end of its body.
void end_generator() noexcept { this_hart().innermost_generator()->finish_here(generator_record::special::faulted); }

/// Where the last frames of a flow of control may begin: nothing on its stack is needed any more but tasks that have not
/// ended.
std::byte* top_for_the_end(std::span<std::byte> memory) noexcept {
  constexpr std::size_t needed = minimum_stack_bytes;
  const control_block* const survivor = first_task_within(memory);
  if (survivor == nullptr) return memory.data() + memory.size() / stack_alignment * stack_alignment;
  print("  task {} lies on this stack, which stays in use until that task has ended\n", *survivor);
  const auto below = reinterpret_cast<std::uintptr_t>(survivor) / stack_alignment * stack_alignment;
  auto* const top = reinterpret_cast<std::byte*>(below);
  if (top - memory.data() < static_cast<std::ptrdiff_t>(needed)) panic("no room to end beside a task on this stack");
  return top;
}

}  // namespace

resumption on_fault(const trap_info& trap) noexcept {
  console::start_of_line();
  control_block* const task = this_hart().current;
  if (task == nullptr) end_without_task(trap, "before the task \"main\"");
  if (!readable(task)) end_without_task(trap, "of a task that is damaged itself");
  generator_record* const inside = readable(task->stack_memory()) ? innermost_generator(*task) : nullptr;
  print("bobbin: fault of task {}{}: ", *task, inside ? ", in a generator" : "");
  print_cause(trap, task);
  const call_site site = site_of(trap);
  print_call_chain(*task, site, trap.raised ? 0 : trap.return_address);
  print_remedy(trap, task);
  print_registers(trap);
  if (!task->alive()) panic("the kernel faulted while it ended a task");
  if (panic_at_first_fault) panic("a task faulted, and panic=first was asked for");

  if (inside != nullptr) {
    inside->cause = cause_of(trap, task);
    inside->pc = site.pc;
    abandon(*inside, trap.stack_pointer);
    return {end_generator, top_for_the_end({inside->stack_memory().low(), reinterpret_cast<std::byte*>(inside)})};
  }
  const auto how = outcome::faulted(cause_of(trap, task), site.pc);
  hart::give_up_held(*task);
  abandon_running_task(trap.stack_pointer);
  task->how = how;
  return {end_task, top_for_the_end(task->stack_memory().bytes())};
}

void on_fault_in_handler(const trap_info& trap) noexcept {
  console::start_of_line();
  print("bobbin: fault in an interrupt or fault handler: ");
  print_cause(trap, this_hart().current);
  print_handler_chain(this_hart().current, site_of(trap), trap.raised ? 0 : trap.return_address);
  print_remedy(trap, this_hart().current);
  print_registers(trap);
  panic("a handler faulted");
}

void misuse(mistake done, const char* who, source_location made) noexcept { misuse(done, who, own_frame(), made); }

void misuse(mistake done, const char* who, const void* frame, source_location made) noexcept {
  arch::raise_fault({.cause = "misuse", .who = who, .what = done.what, .remedy = done.remedy, .made = made,
                     .from = caller_of(frame)});
}

void assertion_failed(const char* expression, source_location where) noexcept {
  arch::raise_fault({.cause = "assertion failed", .what = expression, .where = where,
                     .from = caller_of(own_frame())});
}

void on_ignored_stop(const generator_record& record) noexcept {
  console::start_of_line();
  print("bobbin: generator ignored its stop: it yielded again, what it holds is not destroyed\n");
  print("  constructed at {}:{}\n", record.where.file_name(), record.where.line());
}

void on_abandoned(const waitable& left, const control_block& by) noexcept {
  console::start_of_line();
  print("bobbin: task {} ended while it held {}\n", by, left);
  print("  to fix it: let go of it on every way out, as a lock_guard does\n");
}

void on_task_hogs(const control_block& task, call_site where) noexcept {
  console::start_of_line();
  print("bobbin: watchdog: task {} does not yield\n", task);
  print_call_chain(task, where);
}

/// The last words when no task is ready, and nothing can ever make one ready.
[[noreturn]] static void report_nothing_to_run(void*) noexcept {
  const control_block& main = this_hart().boot_task();
  bool waiting = false;
  console::start_of_line();
  for_each_task([&](const control_block& task) { waiting = waiting || task.blocked(); });
  if (!waiting && main.state == task_state::finished) {
    print("bobbin: main did not return: {}\n", main.how.cause());
    print("bobbin: exit {}\n", +exit_fault);
    arch::power_off(exit_fault);
  }
  print("bobbin: deadlock: no task can ever run again\n");
  print_waits();
  print_task_table();
  print("bobbin: deadlock\n");
  arch::power_off(exit_deadlock);
}

/// The task that waits last may have little stack left, and handlers may still come on theirs.
void on_nothing_to_run() noexcept {
  static stack<16_KiB> memory;
  static constinit arch::continuation report;
  const stack_view room = memory;
  prepare(room);
  report.begin_with(room.high(), report_nothing_to_run);
  arch::watch::left_for(room.low(), room.size());
  arch::continuation::leave_for(report);
}

}  // namespace bobbin
