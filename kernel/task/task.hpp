/// A task: std::jthread on a stack that the programmer owns.
///
///   static stack<8_KiB> memory;
///   static constinit task worker{"worker"};
///
///   worker.start(memory, [] { ... });
///   outcome how = worker.join();
///
/// The closure moves to the top of the task's stack and is destroyed there when it returns. A closure that returns an
/// int gives it to join as the status. A finished task can be started again, on any stack.
/// A task that is destroyed before it has finished is asked to stop and joined.
#pragma once

#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>
#include <arch/tls.hpp>
#include <core/algorithm.hpp>
#include <core/assert.hpp>
#include <core/construct.hpp>
#include <core/in_register.hpp>
#include <task/control_block.hpp>
#include <task/hart.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace bobbin {

enum class [[nodiscard]] start_status : std::uint8_t {
  ok,
  stack_too_small,   ///< for the closure, the thread_local objects and a first frame
  stack_misaligned,  ///< its address or size is not a multiple of 16
  exhausted,         ///< the pool has nothing left
};

template <class Function>
concept task_function = std::invocable<Function&> && std::move_constructible<Function> &&
                        (std::is_void_v<std::invoke_result_t<Function&>> ||
                         std::convertible_to<std::invoke_result_t<Function&>, int>);

class task : private control_block {
 public:
  constexpr task() noexcept = default;
  /// `name` must outlive the task: a literal.
  constexpr explicit task(const char* name) noexcept : control_block{name} {}
  ~task() {
    if (alive()) [[unlikely]] stop_and_join();
    if (control_block::registration::linked()) control_block::registration::unlink();
  }

  /// Runs `function` as this task, on `memory`, after all tasks that are ready now.
  /// Too small a stack is an error of compilation; starting a task that has not finished is a misuse.
  template <std::size_t N, task_function Function>
  void start(stack<N>& memory, Function function) {
    static_assert(sizeof(Function) + std::max(alignof(Function), stack_alignment) + minimum_stack_bytes <= N,
                  "the closure does not fit on this stack: capture by reference, or make the stack larger");
    if (start_aligned(memory, std::move(function)) != start_status::ok) [[unlikely]]
      refuse({"started on a stack too small for its thread_local objects", "make the stack larger"});
  }

  /// The same on any memory; a stack that does not do is a status, and nothing has happened then.
  template <task_function Function>
  start_status start(stack_view memory, Function function) {
    if (!memory.aligned()) [[unlikely]] return start_status::stack_misaligned;
    return start_aligned(memory, std::move(function));
  }

  /// Waits until the task has finished and says how; at once if it has. Any number of tasks may join one.
  /// Joining oneself or a task that was never started is a misuse.
  [[gnu::always_inline]] outcome join() noexcept {
    hart& here = this_hart();
    task& other = *in_register(this);
    const bool usual = other.alive() && other.joiners == nullptr && here.current != &other;
    if (!usual || !here.may_switch_here()) [[unlikely]] return other.join_carefully();
    control_block& self = *here.current;
    control_block& next = hart::next_of(self);
    join_waiter waiter{&self, here.moment};
    other.joiners = &waiter;
    arch::interrupts::mask();
    here.suspend(self, next, task_state::joining);
    return waiter.how;
  }

  /// Asks the task to end: this_task::stop_requested() is true there from now on, and a wait that heeds it is over.
  void request_stop() noexcept { stop(); }

  /// Gives the task FP control words (rounding mode, exception masks) of its own from its next start on, beginning
  /// with those in force there. All other tasks share theirs. Costs the task, and only it, some 20 instructions a switch.
  void keep_fp_control() noexcept { make(special::own_fp_control); }

  /// From 0 to priority_levels - 1: the most urgent of those that are ready runs first (task/priority.hpp). Takes effect at
  /// the next switch. Not for handlers. A priority that there is not is a misuse.
  void set_priority(unsigned level) noexcept { prioritise(level); }
  unsigned priority() const noexcept { return control_block::priority.own(); }

  bool joinable() const noexcept { return alive(); }
  task_state state() const noexcept { return this_hart().state_of(*this); }
  std::uint32_t id() const noexcept { return control_block::id; }
  /// "" for a task without a name.
  std::string_view name() const noexcept { return control_block::name ? control_block::name : ""; }

 private:
  friend class task_pool_base;

  template <class Function>
  [[gnu::always_inline]] start_status start_aligned(stack_view memory, Function function) {
    constexpr std::size_t alignment = std::max(alignof(Function), stack_alignment);
    constexpr std::size_t bytes = (sizeof(Function) + stack_alignment - 1) / stack_alignment * stack_alignment;
    task& self = *in_register(this);
    std::byte* const low = in_register(memory.low());
    const std::size_t size = memory.size();
    const bool usual = self.may_start_again() && arch::tls::bytes() == 0 && vacated(low) &&
                       size >= bytes + alignment + minimum_stack_bytes;
    void* place = aligned_down(reinterpret_cast<std::uintptr_t>(low) + size - bytes, alignment);  // if it is usual
    if (!usual) [[unlikely]] {
      const auto [otherwise, status] = self.prepare_carefully(memory, bytes, alignment);
      if (status != start_status::ok) return status;
      place = otherwise;
    }
    occupy(low, size, self);
    void* const closure = std::construct_at(static_cast<Function*>(place), std::move(function));
    usual ? self.launch(run<Function>, closure) : self.launch_carefully(run<Function>, closure);
    return start_status::ok;
  }

  /// For a multiple of stack_alignment.
  static void* aligned_down(std::uintptr_t place, std::size_t alignment) noexcept {
    return reinterpret_cast<void*>(alignment == stack_alignment ? place : place & -alignment);
  }

  template <class Function>
  static void run(void* closure) {
    auto& function = *static_cast<Function*>(closure);
    int status = 0;
    if constexpr (std::is_void_v<std::invoke_result_t<Function&>>)
      function();
    else
      status = function();
    std::destroy_at(&function);
    this_hart().finish_returned(status);
  }

  [[gnu::always_inline]] void launch(arch::task_entry run, void* argument) noexcept {
    begin_with(static_cast<std::byte*>(argument), run);
    this_hart().start(*this);
  }

  struct closure_place {
    void* address;
    start_status status;
  };
  closure_place prepare_carefully(stack_view memory, std::size_t bytes, std::size_t alignment) noexcept;
  struct fp_control_keeper;
  void launch_carefully(arch::task_entry run, void* closure) noexcept;
  outcome join_carefully() noexcept;
  void stop_and_join() noexcept;
  [[noreturn]] void refuse(mistake, const void* frame = nullptr) const noexcept;
};

static_assert(has_priorities || sizeof(task) <= 128, "a task costs at most 128 bytes beside its stack");

}  // namespace bobbin
