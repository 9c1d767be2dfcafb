/// How an operation is measured: by the instructions of a loop around it, less those of the same loop without it.
///
/// Under QEMU's `-icount shift=0` the counter that arch::cpu::instructions() reads advances by exactly one per
/// instruction. A loop of n rounds costs a constant (to enter it, to leave it, to read the counter) and n times a
/// round, so the difference between 2n rounds and n is n rounds exactly.
#pragma once

#include <arch/cpu.hpp>
#include <bobbin.hpp>

#include <cstdint>
#include <string_view>

namespace bench {

[[gnu::always_inline]] inline void compiler_fence() noexcept { asm volatile("" : : : "memory"); }

/// The value is needed, the compiler must not ask what for.
template <class Value>
[[gnu::always_inline]] inline void use(const Value& value) noexcept {
  asm volatile("" : : "r"(value) : "memory");
}

/// One function for both lengths of a loop, so that both run the same instructions.
template <class Loop>
[[gnu::noinline]] std::uint64_t instructions_of(Loop& loop, unsigned rounds) {
  asm("" : "+r"(rounds));
  const std::uint64_t begin = bobbin::arch::cpu::instructions();
  loop(rounds);
  return bobbin::arch::cpu::instructions() - begin;
}

/// Instructions of `rounds` rounds of `loop`. Runs 4 * `rounds` of them.
template <class Loop>
std::uint64_t cost_of(Loop loop, unsigned rounds) {
  instructions_of(loop, rounds);  // whatever happens the first time has happened now
  const std::uint64_t once = instructions_of(loop, rounds);
  return instructions_of(loop, 2 * rounds) - once;
}

/// The loop that operations are measured in.
template <class Operation>
auto repeated(Operation operation) noexcept {
  return [operation](unsigned rounds) mutable {
    for (; rounds != 0; --rounds) {
      operation();
      compiler_fence();
    }
  };
}

inline constexpr auto nothing = [] {};

/// One row for scripts/bench: `total` and `loop` are for all `operations` together.
inline void row(std::string_view name, std::string_view unit, std::uint64_t total, std::uint64_t loop = 0,
                std::uint64_t operations = 1) {
  bobbin::print("row|{}|{}|{}|{}|{}\n", name, unit, total, loop, operations);
}

/// Measures and prints one operation; `beside` is what the round does besides it.
template <class Operation, class Beside = decltype(nothing)>
void measure(std::string_view name, Operation operation, Beside beside = nothing) {
  constexpr unsigned rounds = 1000;
  row(name, "instructions", cost_of(repeated(operation), rounds), cost_of(repeated(beside), rounds), rounds);
}

}  // namespace bench
