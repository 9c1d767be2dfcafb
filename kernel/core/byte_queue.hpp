/// A first-in first-out queue of bytes in fixed memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bobbin {

template <std::size_t Capacity>
class byte_queue {
  static_assert((Capacity & (Capacity - 1)) == 0, "a power of two, so that the positions may wrap around");

 public:
  constexpr bool empty() const noexcept { return in_ == out_; }
  constexpr bool full() const noexcept { return size() == Capacity; }
  constexpr std::size_t size() const noexcept { return in_ - out_; }

  /// Only when not full.
  constexpr void push(std::uint8_t byte) noexcept { bytes_[in_++ % Capacity] = byte; }
  /// Only when not empty.
  constexpr std::uint8_t pop() noexcept { return bytes_[out_++ % Capacity]; }

 private:
  std::size_t in_ = 0, out_ = 0;
  std::uint8_t bytes_[Capacity] = {};
};

}  // namespace bobbin
