/// What every generator keeps at the top of its stack, whatever its types.
#pragma once

#include <arch/coroutine.hpp>
#include <arch/cpu.hpp>
#include <core/source_location.hpp>
#include <task/stack.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin {

/// The coroutine comes first, at the very address where the body's stack begins: assembly relies on it.
struct generator_record : arch::coroutine, stack_user {
  const void* handle;                        ///< where the generator object is; null when it is gone
  void* passed_in;                           ///< what resume passed in
  void (*drop_body)(generator_record&);      ///< destroys a closure that never ran, if that is to be done
  void (*give_back)(void* pool, stack_view);  ///< how its stack goes back, if anywhere,
  void* pool;                                ///< and where
  const char* cause;                         ///< of the fault that ended it, and where that was
  std::uintptr_t pc;
  source_location where;                     ///< its construction: its name in reports
  enum class state : std::uint8_t { fresh, started, finished, faulted, abandoned };
  enum state state = state::fresh;           ///< while started, running() tells whether it runs or is suspended
  bool stopping = false;                     ///< it is being destroyed: it must not yield again
  bool pooled = false;                       ///< its stack goes back to a pool
  bool to_be_dropped = false;                ///< its closure has a destructor

  static stack_foot nobody;                  ///< a resumer's, where no stack pointer ever is: sends a resume the slow way

  bool ended() const noexcept { return state >= state::finished; }
  bool is_running() const noexcept { return state == state::started && running(); }

  /// What a resume brings: the word that was yielded; a null record if the body has ended instead.
  struct resumed {
    generator_record* record;
    std::uintptr_t word;
  };
  /// Runs the body to its next yield, or to its end. From the second time on in the same place this is the inline switch
  /// alone.
  [[gnu::always_inline]] resumed resume(std::uintptr_t word) noexcept {
    arch::coroutine* body = this;
    const arch::watch::visit there{low(), stack_bytes};
    if (!arch::coroutine::resume(body, word)) [[unlikely]]
      return static_cast<generator_record*>(body)->resume_carefully(word, arch::cpu::stack_pointer());
    return {static_cast<generator_record*>(body), word};
  }

  /// The body begins, in the function that calls this: from the place where that has its stack pointer, a yield is a quick
  /// one at once.
  [[gnu::always_inline]] void begin() noexcept {
    state = state::started;
    const std::uintptr_t sp = arch::cpu::stack_pointer();
    if (!above_floor(sp) || foot->switched_at != 0) [[unlikely]] check_stack(sp);
    set_switched_at(body_sp = sp);
  }

  /// Suspends the body that calls this, and goes on in its resumer with `word`, which is then what was passed
  /// in. Returns false when the body should return.
  [[gnu::always_inline]] bool yield(std::uintptr_t& word) noexcept {
    arch::yielded how = arch::coroutine::yield(this, word);
    if (how == arch::yielded::unchecked) [[unlikely]] {
      const accepted place = accept_place(word, arch::cpu::stack_pointer());
      word = place.word;
      if (!place.usual) [[unlikely]] look_closely(arch::cpu::stack_pointer());
      how = arch::coroutine::yield(this, word);
    }
    return how == arch::yielded::resumed;
  }

  /// Has a body that is suspended return, destroying what it holds.
  [[gnu::always_inline]] void stop() noexcept {
    stopping = true;
    set_switched_at(0);
    stop_at_resume();
    resume(any_word());
  }

  /// For a switch that passes nothing: whatever the register holds.
  [[gnu::always_inline]] static std::uintptr_t any_word() noexcept {
    std::uintptr_t word;
    asm volatile("" : "=r"(word));
    return word;
  }

  /// The body has ended as `how` says: goes on in the resumer for good.
  [[noreturn, gnu::always_inline]] void finish(enum state how) noexcept {
    state = how;
    resumer = &nobody;
    return_for_good();
  }

  /// The body has returned, to the function that it began in.
  [[noreturn, gnu::always_inline]] void finish_returned() noexcept {
    if (!foot_intact()) [[unlikely]] check_stack(arch::cpu::stack_pointer());
    finish(state::finished);
  }

  /// There is no handle any more: gives the stack back. Afterwards the record is gone.
  [[gnu::always_inline]] void let_go() noexcept {
    if (state != state::finished || pooled) [[unlikely]] return let_go_carefully();
    vacate(*this);
  }

  /// The handle is about to go, which is a misuse while the body runs: has it end.
  [[gnu::always_inline]] void end() noexcept {
    if (state != state::started) return;
    if (running()) [[unlikely]] refuse_to_let_go();
    stop();
  }

  /// Its frames are gone: it has ended, wherever it stood.
  void abandon() noexcept {
    state = state::abandoned;
    resumer = &nobody;
  }

  /// Gives the stack of one that has ended back as soon as no task that has not lies on it: nobody has a handle any more.
  void release() noexcept;

 private:
  static void check_stack(std::uintptr_t sp) noexcept;
  void give_up_stack() noexcept;
  [[noreturn]] void refuse_to_let_go() const noexcept;
  void let_go_carefully() noexcept;
  resumed resume_carefully(std::uintptr_t word, std::uintptr_t sp) noexcept;
  struct accepted {
    std::uintptr_t word;
    bool usual;
  };
  accepted accept_place(std::uintptr_t word, std::uintptr_t sp) noexcept;
  void look_closely(std::uintptr_t sp) noexcept;
};

/// The generator that `user` has resumed and that has not yielded since; null if there is none, or if the foot is damaged
/// and nothing that it says can be believed.
inline generator_record* running_inside(const stack_user& user) noexcept {
  if (!user.foot_sound()) return nullptr;
  auto* const inside = static_cast<generator_record*>(user.foot->inside);
  return inside != nullptr && plausible(inside) && inside->is_running() && inside->resumer == user.foot ? inside : nullptr;
}

/// Hook of the floors above, implemented in kernel/debug: reports a body that yielded again after it was stopped.
void on_ignored_stop(const generator_record&) noexcept;

}  // namespace bobbin
