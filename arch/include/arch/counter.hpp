/// A count that tasks and interrupt handlers change: each operation is one instruction to them.
#pragma once

#include <concepts>
#include <cstdint>

namespace bobbin::arch {

template <class Counter>
concept interrupt_safe_counter = requires(Counter count, const Counter seen, std::int32_t number) {
  Counter{number};
  { seen.positive() } noexcept -> std::same_as<bool>;
  /// One more; how many there were.
  { count.increment() } noexcept -> std::convertible_to<std::int64_t>;
  /// One less.
  { count.decrement() } noexcept -> std::same_as<void>;
};

}  // namespace bobbin::arch

#include <isa/counter.hpp>

namespace bobbin::arch {
using isa::counter;
static_assert(interrupt_safe_counter<counter>);
}  // namespace bobbin::arch
