/// What the headers of the standard library call where a hosted program would throw or abort: misuses like any other.
#include <core/assert.hpp>

namespace std {

[[noreturn]] void __throw_out_of_range_fmt(const char* what, ...) { bobbin::misuse(what, "std: out of range:"); }
[[noreturn]] void __throw_out_of_range(const char* what) { bobbin::misuse(what, "std: out of range:"); }
[[noreturn]] void __throw_length_error(const char* what) { bobbin::misuse(what, "std: length error:"); }
[[noreturn]] void __throw_logic_error(const char* what) { bobbin::misuse(what, "std: logic error:"); }
[[noreturn]] void __throw_invalid_argument(const char* what) { bobbin::misuse(what, "std: invalid argument:"); }
[[noreturn]] void __throw_bad_function_call() { bobbin::misuse("called while empty", "std::function"); }

}  // namespace std

extern "C" [[noreturn]] void abort() { bobbin::misuse("called", "abort"); }
