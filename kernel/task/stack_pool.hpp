/// Count stacks of N bytes each, handed out and taken back in constant time, last returned first.
#pragma once

#include <task/stack.hpp>

#include <cstddef>
#include <cstdint>

namespace bobbin {

/// Which of `Count` things are free: a stack of indices. All zero at first, when everything is free.
template <std::size_t Count>
class free_indices {
  static_assert(Count > 0 && Count < UINT32_MAX);

 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// An index that nobody has, or `none`.
  constexpr std::uint32_t take() noexcept {
    if (returned_ != 0) {
      const std::uint32_t index = returned_ - 1;
      returned_ = next_[index];
      ++taken_;
      return index;
    }
    if (untouched_ == Count) return none;
    ++taken_;
    return untouched_++;
  }

  constexpr void give_back(std::uint32_t index) noexcept {
    next_[index] = returned_;
    returned_ = index + 1;
    --taken_;
  }

  constexpr std::size_t available() const noexcept { return Count - taken_; }

 private:
  std::uint32_t returned_ = 0;  ///< newest returned index + 1, 0 if there is none
  std::uint32_t untouched_ = 0;  ///< from here on they were never taken
  std::uint32_t taken_ = 0;
  std::uint32_t next_[Count] = {};
};

/// The memory of `Count` stacks, each with a guard below it from a page upwards. Unlike a stack<N> it is part of objects
/// that hold other data, so it is cleared at boot.
template <std::size_t Count, std::size_t N>
class stack_array {
  static_assert(N % stack_alignment == 0, "the size of a stack is a multiple of 16 bytes");
  static_assert(N >= minimum_stack_bytes, "a stack this small cannot run any function: see minimum_stack_bytes");

  static constexpr std::size_t guard_bytes = N < page_bytes ? 0 : page_bytes + (page_bytes - N % page_bytes) % page_bytes;

  struct alignas(N < page_bytes ? stack_alignment : page_bytes) slot {
    std::byte memory[guard_bytes + N];
  };

 public:
  constexpr stack_view operator[](std::size_t index) noexcept {
    if constexpr (guard_bytes == 0)
      return std::span<std::byte>{slots_[index].memory};
    else
      return stack_view::above_guard(slots_[index].memory, N);
  }

  constexpr std::uint32_t index_of(stack_view memory) const noexcept {
    return static_cast<std::uint32_t>((memory.low() - slots_[0].memory) / sizeof(slot));
  }

 private:
  /// Without a value even at compile time: a pool is a constant-initialised object however many stacks it has.
  union {
    char no_value_ = 0;
    slot slots_[Count];
  };
};

template <std::size_t Count, std::size_t N>
class stack_pool {
 public:
  constexpr stack_pool() noexcept = default;
  stack_pool(const stack_pool&) = delete;
  stack_pool& operator=(const stack_pool&) = delete;

  /// A free stack; an empty view when all are taken.
  stack_view take() noexcept {
    const auto index = indices_.take();
    return index == indices_.none ? stack_view{} : stacks_[index];
  }

  /// Takes back what `take` returned.
  void give_back(stack_view memory) noexcept { indices_.give_back(stacks_.index_of(memory)); }

  std::size_t available() const noexcept { return indices_.available(); }

 private:
  free_indices<Count> indices_;
  stack_array<Count, N> stacks_;
};

}  // namespace bobbin
