/// Nobody watches, unless the image is made for it: ../sanitizers, ../valgrind.
#pragma once

#include <arch/stack_watch.hpp>

namespace bobbin::isa {

struct stack_watch : arch::unwatched {
  /// What lies on the stack in use below `top` is void: a fault has ended there.
  static void unwound(std::byte*) noexcept {}
};

}  // namespace bobbin::isa
