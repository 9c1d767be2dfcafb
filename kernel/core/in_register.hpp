#pragma once

namespace bobbin {

/// The same address, in a register: left to themselves, compilers make that of each member of a static object anew, by two
/// instructions on riscv64.
template <class Object>
[[gnu::always_inline]] inline Object* in_register(Object* object) noexcept {
  asm("" : "+r"(object));
  return object;
}

}  // namespace bobbin
