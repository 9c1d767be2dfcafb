#include <debug/backtrace.hpp>

#include <arch/image.hpp>
#include <debug/symbols.hpp>
#include <debug/task_table.hpp>
#include <io/console.hpp>
#include <task/generator_record.hpp>

#include <utility>

namespace bobbin {
namespace {

constexpr int longest = 32;

bool holds_frame(stack_view memory, std::uintptr_t frame_pointer) noexcept {
  const std::uintptr_t above_low =
      frame_pointer + arch::context::caller_offset - reinterpret_cast<std::uintptr_t>(memory.low());
  constexpr std::size_t words = 2 * sizeof(std::uintptr_t);
  return frame_pointer % alignof(std::uintptr_t) == 0 && above_low <= memory.size() - words;
}

bool is_code(std::uintptr_t pc) noexcept {
  return pc >= reinterpret_cast<std::uintptr_t>(__text_start) && pc < reinterpret_cast<std::uintptr_t>(__text_end);
}

/// From where a call returns to, to the call. The function may end with it, so the next one may begin there.
call_site call_before(call_site site) noexcept { return {site.pc - 1, site.frame_pointer}; }

/// A task or generator that has not run yet stands at the beginning of a function, others behind a call.
call_site suspended_at(arch::stack_pointer suspended) noexcept {
  const call_site site = arch::context::suspended_at(suspended);
  return symbol_at(site.pc).address == site.pc ? site : call_before(site);
}

/// Who called the function at `site`, the innermost one.
call_site caller_of_innermost(call_site site, std::uintptr_t return_address) noexcept {
  const call_site caller = arch::context::caller(site.frame_pointer);
  if (!is_code(return_address) || return_address == caller.pc) return call_before(caller);
  if (!is_code(caller.pc)) return call_before({return_address, caller.pc});  // it calls nobody: no return address in its frame
  const bool returned_here = symbol_at(return_address - 1).address == symbol_at(site.pc).address;
  return call_before(returned_here ? caller : call_site{return_address, site.frame_pointer});  // it has no frame
}

void print_call(std::uintptr_t pc) noexcept {
  const symbol found = symbol_at(pc);
  if (found.name.empty())
    print("  at {:#x}\n", pc);
  else
    print("  at {:#x} {}+{:#x}\n", pc, found.name, pc - found.address);
}

/// The calls whose frames lie in `memory`. Returns the innermost one whose frame does not, as far as it can be told.
call_site print_calls_on(stack_view memory, call_site site, std::uintptr_t return_address) noexcept {
  if (!is_code(site.pc)) {  // it has jumped away
    print_call(site.pc);
    site = call_before({std::exchange(return_address, 0), site.frame_pointer});
  }
  for (int left = longest; is_code(site.pc); --left) {
    if (left == 0) {
      print("  ...\n");
      break;
    }
    print_call(site.pc);
    if (!holds_frame(memory, site.frame_pointer)) break;
    site = caller_of_innermost(site, std::exchange(return_address, 0));
  }
  return site;
}

}  // namespace

void print_call_chain(const control_block& task, call_site site, std::uintptr_t return_address) noexcept {
  for (const generator_record* inside = task.generator; inside != nullptr; inside = inside->outer) {
    print_calls_on(inside->stack_memory(), site, std::exchange(return_address, 0));
    print("  resumed by\n");
    site = suspended_at(inside->other_side);
  }
  print_calls_on(task.stack_memory(), site, return_address);
}

void print_handler_chain(const control_block* task, call_site site, std::uintptr_t return_address) noexcept {
  const call_site last = print_calls_on(std::span{__trap_stack_low, __trap_stack_high}, site, return_address);
  if (task == nullptr) return;
  const stack_view memory = task->generator ? task->generator->stack_memory() : task->stack_memory();
  if (!holds_frame(memory, last.frame_pointer)) return;
  print("  interrupted task {} in a call\n", *task);  // of what, the frame of the trap knows
  print_call_chain(*task, call_before(arch::context::caller(last.frame_pointer)));
}

void print_call_chain(const control_block& task) noexcept {
  print_call_chain(task, suspended_at(task.suspended));
}

}  // namespace bobbin
