/// Bobbin in a process that has a libc.
#pragma once

namespace native {

/// Makes the thread that calls this, with the stack and the %fs that libc gave it, a task of the kernel.
void adopt_main() noexcept;

}  // namespace native
