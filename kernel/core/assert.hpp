/// Programming errors are reported by name and never undefined behaviour.
///
/// Whoever makes one ends there: a task with the outcome `faulted`, `main` and the kernel itself with a panic.
/// The report is written by kernel/debug, which this floor does not know.
#pragma once

#include <core/call_site.hpp>
#include <core/source_location.hpp>

namespace bobbin {

/// A misuse in words.
struct mistake {
  const char* what;         ///< was done, after the object's name and without a full stop: "joined itself"
  const char* remedy = "";  ///< what to do instead

  constexpr mistake(const char* what, const char* remedy = "") noexcept : what{what}, remedy{remedy} {}
};

/// Reports that an object was used wrongly, and ends the running task. `who` is the object's name; one without a name is
/// told by where it was `made`. The first call in the report is that of misuse: for inline functions, which stand in the
/// program's own.
[[noreturn]] void misuse(mistake, const char* who, source_location made = {}) noexcept;

/// The same for other functions: the first call in the report is that of the function whose own_frame() is given.
[[noreturn]] void misuse(mistake, const char* who, const void* frame, source_location made = {}) noexcept;

[[noreturn]] void assertion_failed(const char* expression,
                                   source_location where = source_location::current()) noexcept;

}  // namespace bobbin

/// States what must hold here. A macro because only the preprocessor can quote its argument.
#define ASSERT(...) ((__VA_ARGS__) ? void() : ::bobbin::assertion_failed(#__VA_ARGS__))
