/// The memory of a task or generator: a fixed array that the programmer declared.
///
///   high ->  +--------------------------+
///            | thread_local objects     |  of a task; a generator uses its resumer's
///            | the closure              |
///            | first frame              |
///            | frames of the calls made |
///            |  |                       |
///            |  v                       |
///            | paint                    |  what was never used still shows it: the high-water mark
///   floor -> | room for one switch      |  a switch with less than this left is an overflow
///            | foot                     |  whose stack this is, and the canary that each switch looks at
///   low ->   +--------------------------+
///            | guard                    |  of a stack<N> of a page or more
///            +--------------------------+
#pragma once

#include <arch/continuation.hpp>
#include <arch/coroutine.hpp>
#include <arch/cpu.hpp>
#include <arch/stack_watch.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin {

inline constexpr std::size_t page_bytes = 4096;

/// Every stack begins and ends on such a boundary, as both psABIs want it.
inline constexpr std::size_t stack_alignment = 16;

/// The alignment of stacks with a guard, twice a page. It is more than anything else in a program has, and that is how
/// the linker scripts tell stacks, which nobody clears at boot, from ordinary zero-initialised objects.
inline constexpr std::size_t guarded_stack_alignment = 2 * page_bytes;

using arch::stack_foot;

/// What a stack must have below the stack pointer at a switch: the foot, and the frames of a switch that looks closely.
inline constexpr std::size_t stack_reserve_bytes =
    (sizeof(stack_foot) + stack_alignment - 1) / stack_alignment * stack_alignment + arch::continuation::careful_bytes;

/// The frames of a blocking call from where it enters a queue down to the switch, at most; and those of each call around it
/// that is noted somewhere before that.
#ifdef __OPTIMIZE__
inline constexpr std::size_t blocking_bytes = 128;
#else
inline constexpr std::size_t blocking_bytes = 512;
#endif

/// The smallest stack that can run a function which switches.
inline constexpr std::size_t minimum_stack_bytes = stack_reserve_bytes + 128;

/// Any memory used as a stack, without owning it: a slice of a larger array, a span from elsewhere.
class stack_view {
 public:
  constexpr stack_view() noexcept = default;
  template <std::size_t Extent>
  constexpr stack_view(std::span<std::byte, Extent> memory) noexcept : low_{memory.data()}, bytes_{memory.size()} {}

  /// The upper `bytes` of `block`, of whose lower part at least a whole page is a guard.
  static constexpr stack_view above_guard(std::span<std::byte> block, std::size_t bytes) noexcept {
    stack_view view{block.last(bytes)};
    view.bytes_ |= guarded_bit;
    return view;
  }

  constexpr std::byte* low() const noexcept { return low_; }
  constexpr std::byte* high() const noexcept { return low_ + size(); }
  constexpr std::size_t size() const noexcept { return bytes_ & ~guarded_bit; }

  std::span<std::byte> bytes() const noexcept { return {low(), size()}; }

  constexpr bool guarded() const noexcept { return (bytes_ & guarded_bit) != 0; }

  bool aligned() const noexcept {
    return (reinterpret_cast<std::uintptr_t>(low_) | bytes_) % stack_alignment == 0;
  }

 private:
  static constexpr std::size_t guarded_bit = std::size_t{1} << 63;

  std::byte* low_ = nullptr;
  std::size_t bytes_ = 0;  ///< with guarded_bit: two words, so that it is passed in registers
};

/// N bytes of stack. From a page upwards a guard lies below; smaller ones are dense and rely on the checks at each
/// switch alone. Declare it static, apart from other data: an object that also holds initialised data does not link.
template <std::size_t N>
class alignas(N < page_bytes ? stack_alignment : guarded_stack_alignment) stack {
  static_assert(N % stack_alignment == 0, "the size of a stack is a multiple of 16 bytes");
  static_assert(N >= minimum_stack_bytes, "a stack this small cannot run any function: see minimum_stack_bytes");

  /// At least a page, and what is left to the next multiple of the alignment.
  static constexpr std::size_t guard_bytes =
      N < page_bytes ? 0 : guarded_stack_alignment - 1 + page_bytes - (N + page_bytes - 1) % guarded_stack_alignment;

 public:
  constexpr stack() noexcept = default;
  stack(const stack&) = delete;
  stack& operator=(const stack&) = delete;

  constexpr operator stack_view() noexcept {
    if constexpr (guard_bytes == 0)
      return std::span<std::byte>{memory_};
    else
      return stack_view::above_guard(memory_, N);
  }
  static constexpr std::size_t size() noexcept { return N; }

 private:
  std::byte memory_[guard_bytes + N];
};

/// Who runs on a stack: the base of a task's and of a generator's control data. While a stack is in use, its foot points
/// here; that of a free one holds paint.
struct stack_user {
  stack_foot* foot = nullptr;      ///< the low end of the stack
  std::uintptr_t switched_at = 0;  ///< what the canary in the foot must say; of a generator that is suspended, its stack pointer
  std::uint32_t stack_bytes = 0;

  std::byte* low() const noexcept { return reinterpret_cast<std::byte*>(foot); }
  stack_view stack_memory() const noexcept { return std::span{low(), stack_bytes}; }

  /// Whether the foot is as it should be: no frame has reached it.
  [[gnu::always_inline]] bool foot_intact() const noexcept { return foot->switched_at == switched_at; }

  /// The same in every word that tells.
  bool foot_sound() const noexcept { return foot_intact() && foot->owner == this; }

  /// Whether stack pointer `sp` is on this stack, with room left for a switch.
  [[gnu::always_inline]] bool has_room_at(std::uintptr_t sp) const noexcept {
    return sp - (reinterpret_cast<std::uintptr_t>(foot) + stack_reserve_bytes) < stack_bytes - stack_reserve_bytes;
  }

  /// The same for a stack pointer that is known to be below the high end.
  [[gnu::always_inline]] bool above_floor(std::uintptr_t sp) const noexcept {
    return sp >= reinterpret_cast<std::uintptr_t>(foot) + stack_reserve_bytes;
  }

  /// Whether a switch at stack pointer `sp` is sound.
  [[gnu::always_inline]] bool may_switch_at(std::uintptr_t sp) const noexcept { return has_room_at(sp) && foot_intact(); }

  /// The quick form: whether the latest switch was where the stack pointer is, and the foot still says so.
  [[gnu::always_inline]] bool switched_last_here() const noexcept { return arch::cpu::stack_pointer_is(foot->switched_at); }

  /// Makes `sp` the place that the quick form asks for, after a closer look found it to be sound.
  void set_switched_at(std::uintptr_t sp) noexcept { foot->switched_at = switched_at = sp; }

};

/// Whether what a stack says may be believed: that an object of `bytes` is at `candidate`, in this image, where it can be
/// read.
bool plausible(const void* candidate, std::size_t bytes) noexcept;
template <class Object>
bool plausible(const Object* candidate) noexcept {
  return plausible(candidate, sizeof(Object));
}

/// Whether `memory` is the stack of a task or generator that has not ended, or tasks lie on it that have not: see
/// abandon.hpp.
bool in_use(stack_view memory) noexcept;

/// What the words of a stack hold that were never used, and the owner of a stack that is free again.
inline constexpr std::uintptr_t untouched = 0xffff'ffff'b0bb'1000ull;

/// Whether the memory that begins at `low` has been a stack before and is free: the usual case when one is taken into use.
[[gnu::always_inline]] inline bool vacated(const std::byte* low) noexcept {
  return *reinterpret_cast<const std::uintptr_t*>(low) == untouched;
}

/// Makes `memory` ready to be a stack unless it was vacated: takes its guard page away, if it has one, and paints it.
/// The contents are lost.
void prepare(stack_view memory) noexcept;

/// Makes `size` bytes from `low` on, which are prepared, the stack of `user`, with its stack pointer at `sp`; 0 if no switch is
/// to be a quick one yet.
[[gnu::always_inline]] inline void occupy(std::byte* low, std::size_t size, stack_user& user, std::uintptr_t sp = 0) noexcept {
  user.foot = reinterpret_cast<stack_foot*>(low);
  user.stack_bytes = static_cast<std::uint32_t>(size);
  user.switched_at = sp;
  arch::watch::occupied(low, size);
  *user.foot = {.owner = &user, .inside = nullptr, .switched_at = sp};
}

/// The stack of `user` may be used again.
inline void vacate(stack_user& user) noexcept { user.foot->owner = reinterpret_cast<const void*>(untouched); }

/// The most that was ever in use of `memory`, in bytes, since it was first used as a stack. Cost: reads the rest.
std::size_t high_water_bytes(stack_view memory) noexcept;

}  // namespace bobbin
