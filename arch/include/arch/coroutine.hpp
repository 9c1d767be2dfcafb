/// The inline switch between a generator's body and its resumer, which takes a handful of instructions.
///
/// A resume is one jump and a yield another, which processors foresee (on riscv64 a call and a return). No register is kept
/// by rule: the inline assembly says that all of them are lost, and the compiler saves what is live, and only that. arch/<isa>/isa/
/// coroutine.hpp has the instructions; docs/switch.md says what each is for.
///
///      resumer                                   body
///      resume: is my stack sound? jump  ------>  landing: take the body's sp, fp
///                                                  ...
///      after the jump                  <------   yield: is my stack sound? note the body's; take resumer's, jump
///
/// "Is my stack sound" is one comparison: the stack pointer is where the last quick switch on this stack was, and that
/// is what the foot of the stack still says. Otherwise the slow way looks closely, and notes the new place.
#pragma once

#include <core/call_site.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace bobbin::arch {

struct coroutine;

/// The low end of a stack in use, where an overflow does its first damage.
struct stack_foot {
  const void* owner;          ///< whose stack it is; of a free one, paint
  coroutine* inside;          ///< what was resumed last from this stack
  std::uintptr_t switched_at;  ///< the canary: stack pointer at the latest quick switch; its owner keeps a copy
};

/// How an attempt to yield came out.
enum class yielded : std::uint8_t {
  resumed,    ///< suspended, and resumed again
  stopped,    ///< suspended, and resumed to end
  unchecked,  ///< nothing happened: the quick check failed
};

template <class Coroutine>
concept inline_switch = requires(Coroutine& body, Coroutine* pointer, const Coroutine& looked_at,
                                 std::uintptr_t word, void (*run)(Coroutine*, std::uintptr_t)) {
  /// The foot that the quick check of a resume looks at.
  { body.resumer } -> std::same_as<stack_foot*&>;
  /// Where, counted from a coroutine, its stack_user has `foot` and `switched_at`: the quick check of a yield looks at the one,
  /// and a resume takes the body's stack pointer from the other.
  { Coroutine::own_foot } -> std::convertible_to<std::size_t>;
  { Coroutine::body_sp } -> std::convertible_to<std::size_t>;
  /// A body that has not run yet: the first resume calls `run(&body, word)` with the stack at `body` itself, which is 16-byte
  /// aligned. `run` must end in `return_for_good`.
  { body.begin_with(run) } noexcept;
  /// From the stack with the foot `body.resumer`, the caller's: hands `word` to the body and goes on there; comes back
  /// with the word that it yields, or with a null `pointer` when it has returned for good. False if the quick check
  /// failed: nothing has happened then.
  { Coroutine::resume(pointer, word) } noexcept -> std::same_as<bool>;
  /// From the body: hands `word` to the resumer and goes on there, until it is resumed with another.
  { Coroutine::yield(&body, word) } noexcept -> std::same_as<yielded>;
  /// The body has ended: goes on in the resumer.
  { body.return_for_good() } noexcept;
  /// Makes the pending yield return `stopped` when the body is resumed.
  { body.stop_at_resume() } noexcept;
  /// Whether the first resume is still to come.
  { looked_at.fresh() } noexcept -> std::same_as<bool>;
  /// Whether a resume finds the body waiting for it: not while it is executed, or something that it has called or resumed,
  /// nor when it has returned for good.
  { looked_at.suspended() } noexcept -> std::same_as<bool>;
  /// For debuggers: how far before `body_pc` the call frame information of a suspended body's function holds.
  { Coroutine::leaving_bytes } -> std::convertible_to<std::size_t>;
  /// Where a suspended body will go on; where the resumer of a running one will.
  { looked_at.suspended_at() } noexcept -> std::same_as<call_site>;
  { looked_at.resumed_from() } noexcept -> std::same_as<call_site>;
};

}  // namespace bobbin::arch

#include <isa/coroutine.hpp>

namespace bobbin::arch {
static_assert(inline_switch<coroutine>);
}  // namespace bobbin::arch
