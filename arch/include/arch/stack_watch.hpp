/// Whoever watches a run from outside, as valgrind and the sanitizers do, has to be told what is a stack and which one is
/// in use. On a machine nobody watches, and none of this costs anything.
#pragma once

#include <concepts>
#include <cstddef>

namespace bobbin::arch {

template <class Watch>
concept stack_watch = requires(std::byte* low, std::size_t bytes) {
  /// This memory is to be used as a stack, perhaps again.
  { Watch::prepared(low, bytes) } noexcept -> std::same_as<void>;
  /// It belongs to another task or generator from now on: what was left there is void.
  { Watch::occupied(low, bytes) } noexcept -> std::same_as<void>;
  /// Made before a switch to that stack; destroyed when the flow of control is back on this one.
  requires std::constructible_from<typename Watch::visit, std::byte*, std::size_t>;
  /// Before a switch to that stack which leaves this one for good.
  { Watch::left_for(low, bytes) } noexcept -> std::same_as<void>;
};

struct unwatched {
  static void prepared(std::byte*, std::size_t) noexcept {}
  [[gnu::always_inline]] static inline void occupied(std::byte*, std::size_t) noexcept {}
  [[gnu::always_inline]] static inline void left_for(std::byte*, std::size_t) noexcept {}

  struct visit {
    [[gnu::always_inline]] visit(std::byte*, std::size_t) noexcept {}
  };
};

}  // namespace bobbin::arch

#include <isa/stack_watch.hpp>

namespace bobbin::arch {
using watch = isa::stack_watch;
static_assert(stack_watch<watch>);
}  // namespace bobbin::arch
