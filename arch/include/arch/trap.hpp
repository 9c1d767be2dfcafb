/// Raising a fault from software: see core/trap.hpp.
#pragma once

#include <core/trap.hpp>

namespace bobbin::arch {

/// Ends the running task with a report, as if the caller's next instruction had faulted. Needs no stack to speak of.
/// `fault` is read before the task's stack is used again, so it may lie on it. One illegal instruction, in trap.S.
extern "C" [[noreturn]] void raise_fault(const software_fault& fault) noexcept;

}  // namespace bobbin::arch
