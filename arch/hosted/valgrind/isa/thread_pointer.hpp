/// The base of %fs, for Linux to set: valgrind does not know FSGSBASE.
#pragma once

#include "../../system.hpp"

#include <asm/prctl.h>

namespace bobbin::isa {

struct thread_pointer_register {
  static constexpr bool needs_fsgsbase = false;

  static void* thread_pointer() noexcept {
    void* value = nullptr;
    system_call(SYS_arch_prctl, ARCH_GET_FS, &value);
    return value;
  }

  static void set_thread_pointer(void* value) noexcept { system_call(SYS_arch_prctl, ARCH_SET_FS, value); }
};

}  // namespace bobbin::isa
