#include <debug/backtrace.hpp>

#include <arch/image.hpp>
#include <debug/integrity.hpp>
#include <debug/symbols.hpp>
#include <debug/task_table.hpp>
#include <io/console.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>

#include <array>
#include <utility>

namespace bobbin {
namespace {

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

/// A task or generator that has not run yet stands at the beginning of a function, others behind a switch.
call_site suspended_at(const arch::continuation& suspended) noexcept {
  const call_site site = suspended.suspended_at();
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

/// From call to caller, as long as their frames lie in `memory`, each above the one before.
struct walk {
  stack_view memory;
  call_site site;
  std::uintptr_t return_address;  ///< of the innermost call, if the processor holds one
  bool ended = false;

  void step() noexcept {
    const bool innermost = return_address != 0;
    if (!is_code(site.pc) && innermost) {  // it has jumped away
      site = call_before({std::exchange(return_address, 0), site.frame_pointer});
      ended = !is_code(site.pc);
      return;
    }
    ended = !is_code(site.pc) || !holds_frame(memory, site.frame_pointer);
    if (ended) return;
    const call_site caller = caller_of_innermost(site, std::exchange(return_address, 0));
    const bool backwards = holds_frame(memory, caller.frame_pointer) && caller.frame_pointer <= site.frame_pointer;
    ended = !is_code(caller.pc) || (backwards && !innermost);
    site = caller;
  }

  void step(std::size_t times) noexcept {
    while (times-- > 0) step();
  }

  std::size_t left() const noexcept {
    std::size_t count = 0;
    for (walk ahead = *this; !ahead.ended; ahead.step()) ++count;
    return count;
  }
};

/// The calls printed last, to recognise those that come again.
class recent_calls {
 public:
  void remember(std::uintptr_t pc) noexcept { pcs_[count_++ % most] = pc; }

  /// How many of the calls ahead repeat the last `cycle` ones, in whole turns.
  std::size_t repeated(walk ahead, std::size_t cycle) const noexcept {
    std::size_t same = 0;
    for (; !ahead.ended && ahead.site.pc == pcs_[(count_ - cycle + same % cycle) % most]; ahead.step()) ++same;
    return same - same % cycle;
  }

  /// Says in one line what the calls ahead repeat, if that is worth a line, and returns how many they are.
  std::size_t summarise(const walk& ahead) const noexcept {
    for (std::size_t cycle = 1; cycle <= most && cycle <= count_; ++cycle) {
      const std::size_t same = repeated(ahead, cycle);
      if (same < 3 || same < 2 * cycle) continue;
      if (cycle == 1)
        print("  ... {} more of the same\n", same);
      else
        print("  ... these {} calls {} more times\n", cycle, same / cycle);
      return same;
    }
    return 0;
  }

 private:
  static constexpr std::size_t most = 8;
  std::array<std::uintptr_t, most> pcs_{};
  std::size_t count_ = 0;
};

/// Leaves out all but the last of the calls ahead, and returns how many it leaves out.
std::size_t leave_out_middle(const walk& ahead) noexcept {
  constexpr std::size_t kept = 8;
  const std::size_t left = ahead.left();
  if (left <= kept) return 0;
  print("  ... {} calls\n", left - kept);
  return left - kept;
}

/// The calls whose frames lie in `memory`: of a recursion one turn, of a long chain its beginning and its end. Returns
/// the innermost one whose frame does not, as far as it can be told.
call_site print_calls_on(stack_view memory, call_site site, std::uintptr_t return_address) noexcept {
  constexpr int lines_before_the_middle = 24;
  walk at{memory, site, return_address};
  recent_calls recent;
  for (int line = 1; !at.ended; ++line) {
    print_call(at.site.pc);
    recent.remember(at.site.pc);
    at.step();
    at.step(recent.summarise(at));
    if (line == lines_before_the_middle) at.step(leave_out_middle(at));
  }
  return at.site;
}

/// Where `user` stands when it has resumed a generator, that generator's calls come first. Returns where `user` stands.
call_site print_calls_inside(const stack_user& user, call_site site, std::uintptr_t& return_address) noexcept {
  const generator_record* const inside = running_inside(user);
  if (inside == nullptr) return site;
  site = print_calls_inside(*inside, site, return_address);
  auto* const end = reinterpret_cast<std::byte*>(const_cast<generator_record*>(inside));  // beyond it, its frames go on in the resumer's
  print_calls_on(std::span{inside->stack_memory().low(), end}, site, std::exchange(return_address, 0));
  print("  resumed by\n");
  return call_before(inside->resumed_from());
}

}  // namespace

void print_call_chain(stack_view memory, call_site site, std::uintptr_t return_address) noexcept {
  print_calls_on(memory, site, return_address);
}

void print_call_chain(const control_block& task, call_site site, std::uintptr_t return_address) noexcept {
  if (!readable(task.stack_memory())) return print("  its stack is damaged\n");
  site = print_calls_inside(task, site, return_address);
  print_calls_on(task.stack_memory(), site, return_address);
}

void print_handler_chain(const control_block* task, call_site site, std::uintptr_t return_address) noexcept {
  const call_site last = print_calls_on(std::span{__trap_stack_low, __trap_stack_high}, site, return_address);
  if (task == nullptr) return;
  if (task == &this_hart().idle) return print("  interrupted the idle hart\n");
  const generator_record* const inside = innermost_generator(*task);
  const stack_view memory = inside ? inside->stack_memory() : task->stack_memory();
  const bool known = holds_frame(memory, last.frame_pointer);
  print("  interrupted task {}{}\n", *task, known ? " in a call" : "");  // of what, the frame of the trap knows
  if (known) print_call_chain(*task, call_before(arch::context::caller(last.frame_pointer)));
}

void print_call_chain(const control_block& task) noexcept {
  const call_site site = suspended_at(task);
  is_code(site.pc) ? print_call_chain(task, site) : print("  where it stands is damaged\n");
}

}  // namespace bobbin
