/// Nobody watches a machine.
#pragma once

#include <arch/stack_watch.hpp>

namespace bobbin::isa {
using stack_watch = arch::unwatched;
}
