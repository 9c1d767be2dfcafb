/// The end of the kernel, told as well as it can be.
#pragma once

#include <string_view>

namespace bobbin {

/// Statuses that the machine ends with when the program did not choose one. scripts/run knows them.
enum exit_status : int { exit_unfinished = 100, exit_panic = 101, exit_fault = 102, exit_deadlock = 103 };

/// Prints `bobbin: panic: WHAT`, the task table and the calls of every task, and powers off.
[[noreturn]] void panic(std::string_view what) noexcept;

}  // namespace bobbin
