/// Programming errors are reported by name and never undefined behaviour.
///
/// Whoever makes one ends there: a task with the outcome `faulted`, `main` and the kernel itself with a panic.
/// The report is written by kernel/debug, which this floor does not know.
#pragma once

#include <core/source_location.hpp>

namespace bobbin {

/// Reports that the caller used an object wrongly, and ends the running task. `what` is a sentence without a full
/// stop ("joined itself"), `who` the name of the object it is about.
[[noreturn]] void misuse(const char* what, const char* who,
                         source_location where = source_location::current()) noexcept;

[[noreturn]] void assertion_failed(const char* expression,
                                   source_location where = source_location::current()) noexcept;

}  // namespace bobbin

/// States what must hold here. A macro because only the preprocessor can quote its argument.
#define ASSERT(...) ((__VA_ARGS__) ? void() : ::bobbin::assertion_failed(#__VA_ARGS__))
