/// The C interface: thin, in terms of the C++ one.
#include <bobbin.h>
#include <bobbin.hpp>

#include <cstdarg>

using namespace bobbin;

namespace {

static_assert(sizeof(bobbin_task) >= sizeof(task) && alignof(bobbin_task) >= alignof(task));

task& cxx(bobbin_task* handle) { return *reinterpret_cast<task*>(handle); }

stack_view cxx(const bobbin_stack& given) {
  const std::span block{static_cast<std::byte*>(given.block), given.block_bytes};
  if (given.stack_bytes > given.block_bytes) return std::span<std::byte>{};
  if (given.block_bytes - given.stack_bytes < 2 * page_bytes - 1) return block.last(given.stack_bytes);
  return stack_view::above_guard(block, given.stack_bytes);
}

bobbin_status c(start_status status) { return static_cast<bobbin_status>(status); }

static_assert(static_cast<int>(start_status::stack_too_small) == BOBBIN_STACK_TOO_SMALL);
static_assert(static_cast<int>(start_status::stack_misaligned) == BOBBIN_STACK_MISALIGNED);
static_assert(static_cast<int>(start_status::exhausted) == BOBBIN_EXHAUSTED);
static_assert(static_cast<int>(outcome::kind::faulted) == BOBBIN_FAULTED);

using c_generator = generator<void*, void*>;
using c_yielder = yielder<void*, void*>;
static_assert(sizeof(bobbin_generator) >= sizeof(c_generator));

c_generator& cxx(bobbin_generator* handle) { return *reinterpret_cast<c_generator*>(handle); }

/// One conversion of printf, its number of any size as 64 bits.
struct conversion {
  int width = 0;
  bool zeros = false;
};

template <class T>
void print_number(const conversion& how, T value, bool hexadecimal) {
  if (hexadecimal)
    how.zeros ? print("{:0{}x}", value, how.width) : print("{:{}x}", value, how.width);
  else
    how.zeros ? print("{:0{}}", value, how.width) : print("{:{}}", value, how.width);
}

}  // namespace

extern "C" {

void bobbin_task_init(bobbin_task* handle, const char* name) { std::construct_at(&cxx(handle), name); }

bobbin_status bobbin_task_start(bobbin_task* handle, bobbin_stack memory, int (*function)(void*), void* argument) {
  return c(cxx(handle).start(cxx(memory), [function, argument] { return function(argument); }));
}

bobbin_outcome bobbin_task_join(bobbin_task* handle) {
  const outcome how = cxx(handle).join();
  return {static_cast<bobbin_ending>(how.how()), how.status(), how.cause(), how.pc()};
}

void bobbin_task_request_stop(bobbin_task* handle) { cxx(handle).request_stop(); }
void bobbin_task_set_priority(bobbin_task* handle, unsigned level) { cxx(handle).set_priority(level); }
void bobbin_task_destroy(bobbin_task* handle) { std::destroy_at(&cxx(handle)); }

void bobbin_yield() { this_task::yield(); }
void bobbin_exit(int status) { this_task::exit(status); }
bool bobbin_stop_requested() { return this_task::stop_requested(); }
uint32_t bobbin_id() { return this_task::id(); }
const char* bobbin_name() { return this_task::name().data(); }
uint64_t bobbin_now_ns() { return static_cast<uint64_t>(clock::now().time_since_epoch().count()); }
void bobbin_sleep_ns(uint64_t time) { this_task::sleep_for(std::chrono::nanoseconds{time}); }

bobbin_status bobbin_generator_init(bobbin_generator* handle, bobbin_stack memory,
                                    void (*body)(bobbin_yielder*, void*), void* argument) {
  const auto* made = std::construct_at(&cxx(handle), cxx(memory), [body, argument](c_yielder& yield) {
    body(reinterpret_cast<bobbin_yielder*>(&yield), argument);
  });
  return c(made->status());
}

void* bobbin_generator_resume(bobbin_generator* handle, void* input) {
  return cxx(handle).resume(input).value_or(nullptr);
}

void bobbin_generator_destroy(bobbin_generator* handle) { std::destroy_at(&cxx(handle)); }

bool bobbin_generator_yield(bobbin_yielder* handle, void* value, void** input) {
  auto& yield = *reinterpret_cast<c_yielder*>(handle);
  void* const passed = yield(value);
  if (input != nullptr) *input = passed;
  return !yield.stopped();
}

void bobbin_write(const char* text, size_t length) { console::write({text, length}); }

void bobbin_printf(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  for (const char* at = format; *at != '\0'; ++at) {
    if (*at != '%') {
      console::write({at, 1});
      continue;
    }
    conversion how;
    if (at[1] == '0') how.zeros = true, ++at;
    while (at[1] >= '0' && at[1] <= '9') how.width = how.width * 10 + (*++at - '0');
    bool is_long = false;
    while (at[1] == 'l' || at[1] == 'z') is_long = true, ++at;
    switch (*++at) {
      case 'd':
      case 'i': print_number(how, is_long ? va_arg(arguments, long) : va_arg(arguments, int), false); break;
      case 'u':
      case 'x':
        print_number(how, is_long ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned), *at == 'x');
        break;
      case 'c': print("{}", static_cast<char>(va_arg(arguments, int))); break;
      case 's': print("{:>{}}", va_arg(arguments, const char*), how.width); break;
      case 'p': print("{}", va_arg(arguments, void*)); break;
      case '%': print("%"); break;
      default: misuse({"got a conversion that it does not know", "it has d i u x c s p and %"}, "bobbin_printf", own_frame());
    }
  }
  va_end(arguments);
}

char* bobbin_read_line(const char* prompt, char* buffer, size_t bytes) {
  if (bytes == 0) misuse({"got a buffer of no size", "it needs a byte for the end of the text"}, "bobbin_read_line", own_frame());
  line_editor editor{{buffer, bytes - 1}};
  input_line line;
  do line = editor.read_line(prompt);
  while (line.status == line_status::interrupted);
  if (!line) return nullptr;
  buffer[line.text.size()] = '\0';
  return buffer;
}

}  // extern "C"
