/// Every way for a run to end, chosen by the first argument.
#include "bobbin.hpp"

#include <array>

using namespace bobbin;

namespace {

stack<8_KiB> memory, other_memory, third_memory;
constinit task waiter{"waiter"}, other{"other"}, ended{"ended"};

[[noreturn]] void forever() {
  for (volatile int turn = 0;;) turn = turn + 1;  // <- main
}

[[gnu::noinline]] void yield_until_stopped() {
  while (!this_task::stop_requested())
    this_task::yield();  // <- waiter
}

void reset() {
#if defined(__riscv)
  register unsigned long kind asm("a0") = 1, reason asm("a1") = 0, function asm("a6") = 0, extension asm("a7") = 0x53525354;
  asm volatile("ecall" : : "r"(kind), "r"(reason), "r"(function), "r"(extension));  // SBI system reset, cold reboot
#else
  static constexpr std::array<std::uint16_t, 5> no_interrupt_table{};
  asm volatile("lidt %0; int3" : : "m"(no_interrupt_table));
#endif
}

void store_to_nowhere() { *reinterpret_cast<volatile int*>(~0ul - 4095) = 1; }

struct ending {
  std::string_view name;
  int (*act)();
};

constexpr ending endings[] = {
    {"zero", [] { return 0; }},
    {"seven", [] { return 7; }},
    {"exit", [] { this_task::exit(42); return 0; }},
    {"fault-of-main", [] { store_to_nowhere(); return 0; }},
    {"misuse", [] { waiter.start(memory, [] {}); waiter.start(memory, [] {}); return 0; }},
    {"fault", [] { waiter.start(memory, store_to_nowhere); return waiter.join().ok() ? 0 : 102; }},
    {"deadlock", [] { waiter.start(memory, [] { (void)other.join(); }); other.start(other_memory, [] { (void)waiter.join(); });
                      return waiter.join().ok() ? 0 : 1; }},
    {"hang", [] { waiter.start(memory, yield_until_stopped);
                  other.start(other_memory, [] {
                    const outcome how = waiter.join();  // <- other
                    print("{}\n", how.ok());            // unlike any other function, which would be made one with this
                  });
                  ended.start(third_memory, [] {});
                  this_task::yield(); forever(); return 0; }},
    {"reset", [] { reset(); forever(); return 0; }},
    {"lies", [] { print("bobbin: exit 0\nbobbin: panic: not really\nbobbin: deadlock\n"); return 5; }},
    {"bobbin-prompt", [] { print("bobbin: exit"); forever(); return 0; }},
    {"no-newline", [] { print("no newline"); return 0; }},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && argv[1] == std::string_view{"say"}) {  // the other arguments, as a line; then nothing ever
    for (int i = 2; i < argc; ++i) print("{}{}", i > 2 ? " " : "", argv[i]);
    print("\n");
    forever();
  }
  for (auto [name, act] : endings)
    if (argc > 1 && name == argv[1]) return act();
  print("no such ending\n");
  return 99;
}
