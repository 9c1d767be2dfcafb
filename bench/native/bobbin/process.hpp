/// Bobbin in a process that has a libc.
#pragma once

namespace native {

/// Makes the thread that calls this a task of the kernel, on the stack that libc gave it. All tasks share its thread_local
/// objects.
void adopt_main() noexcept;

}  // namespace native
