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

/// The coroutine comes first, at the very address where the body's stack begins, and the stack_user right behind it: assembly
/// relies on that.
///
/// Two words of the coroutine tell its state:
///
///              resumer   body_pc
///   fresh      a guess   enter_coroutine
///   suspended  a foot    in its yield
///   running    a foot    0
///   ended      its own   0
struct generator_record : arch::coroutine, stack_user {
  enum class special : std::uint16_t {       ///< what makes it another than most when its handle goes
    pooled = 1,                              ///< its stack goes back to a pool
    faulted = 2,                             ///< a fault ended it
    abandoned = 4,                           ///< its body did not return: it was left where it stood
  };
  std::uint16_t specials = 0;                ///< a set of `special`
  bool stopping = false;                     ///< it is being destroyed: it must not yield again
  bool to_be_dropped = false;                ///< its closure has a destructor
  const void* handle;                        ///< where the generator object is; null when it is gone
  void* passed_in;                           ///< what resume passed in
  void (*drop_body)(generator_record&);      ///< destroys a closure that never ran, if that is to be done
  void (*give_back)(void* pool, stack_view);  ///< how its stack goes back, if anywhere,
  void* pool;                                ///< and where
  const char* cause;                         ///< of the fault that ended it, and where that was
  std::uintptr_t pc;
  source_location where;                     ///< its construction: its name in reports

  bool ended() const noexcept { return resumer == foot; }
  bool running() const noexcept { return !suspended() && !ended(); }

  bool is(special what) const noexcept { return specials & static_cast<std::uint16_t>(what); }
  void make(special what) noexcept { specials |= static_cast<std::uint16_t>(what); }

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
    const std::uintptr_t sp = arch::cpu::stack_pointer();
    if (!above_floor(sp) || !foot_intact()) [[unlikely]] check_stack(sp);
    set_switched_at(sp);
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
    if (how == arch::yielded::resumed) return true;
    stopping = true;
    set_switched_at(0);
    return false;
  }

  /// Has a body that is suspended return, destroying what it holds.
  [[gnu::always_inline]] void stop() noexcept {
    stop_at_resume();
    resume(any_word());
  }

  /// For a switch that passes nothing: whatever the register holds.
  [[gnu::always_inline]] static std::uintptr_t any_word() noexcept {
    std::uintptr_t word;
    asm volatile("" : "=r"(word));
    return word;
  }

  /// The body has ended: goes on in the resumer for good.
  [[noreturn, gnu::always_inline]] void finish() noexcept {
    resumer = foot;  // where no stack pointer of a resumer ever is: a resume goes the slow way
    return_for_good();
  }

  /// The body has returned, to the function that it began in.
  [[noreturn, gnu::always_inline]] void finish_returned() noexcept {
    if (!foot_intact()) [[unlikely]] check_stack(arch::cpu::stack_pointer());
    finish();
  }

  /// The same where it stands, as `how` says.
  [[noreturn]] void finish_here(special how) noexcept {
    make(how);
    finish();
  }

  /// The handle is about to go, which is a misuse while the body runs: has it end.
  [[gnu::always_inline]] void end() noexcept {
    if (suspended() && !fresh()) [[likely]] return stop();
    if (running()) [[unlikely]] refuse_to_let_go();
    if (to_be_dropped && fresh()) drop_body(*this);
  }

  /// There is no handle any more: gives the stack back. Afterwards the record is gone.
  [[gnu::always_inline]] void let_go() noexcept {
    if (specials != 0) [[unlikely]] return let_go_carefully();
    vacate(*this);
  }

  /// Its frames are gone: it has ended, wherever it stood.
  void abandon() noexcept {
    make(special::abandoned);
    resumer = foot;
    body_pc = 0;
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

static_assert(sizeof(arch::coroutine) + offsetof(stack_user, foot) == arch::coroutine::own_foot);
static_assert(sizeof(arch::coroutine) + offsetof(stack_user, switched_at) == arch::coroutine::body_sp);

/// The generator that `user` has resumed and that has not yielded since; null if there is none, or if the foot is damaged
/// and nothing that it says can be believed.
inline generator_record* running_inside(const stack_user& user) noexcept {
  if (!user.foot_sound()) return nullptr;
  auto* const inside = static_cast<generator_record*>(user.foot->inside);
  return inside != nullptr && plausible(inside) && inside->running() && inside->resumer == user.foot ? inside : nullptr;
}

/// Hook of the floors above, implemented in kernel/debug: reports a body that yielded again after it was stopped.
void on_ignored_stop(const generator_record&) noexcept;

}  // namespace bobbin
