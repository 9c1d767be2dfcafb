/// What the headers of the standard library call where a hosted program would throw or abort: misuses like any other.
#include <core/assert.hpp>

namespace {

/// Of the function that this stands in, which the program called.
[[noreturn, gnu::always_inline]] inline void refuse(const char* what, const char* who) {
  bobbin::misuse(what, who, bobbin::own_frame());
}

}  // namespace

namespace std {

[[noreturn]] void __throw_out_of_range_fmt(const char* what, ...) { refuse(what, "std: out of range:"); }
[[noreturn]] void __throw_out_of_range(const char* what) { refuse(what, "std: out of range:"); }
[[noreturn]] void __throw_length_error(const char* what) { refuse(what, "std: length error:"); }
[[noreturn]] void __throw_logic_error(const char* what) { refuse(what, "std: logic error:"); }
[[noreturn]] void __throw_invalid_argument(const char* what) { refuse(what, "std: invalid argument:"); }
[[noreturn]] void __throw_bad_function_call() { refuse("called while empty", "std::function"); }

}  // namespace std

extern "C" [[noreturn]] void abort() { refuse("called", "abort"); }
