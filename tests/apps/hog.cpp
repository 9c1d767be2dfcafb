/// Ways to pass 6 ms of time, chosen by the first argument: what the watchdog says to them.
#include "bobbin.hpp"

#include <arch/clock.hpp>

using namespace bobbin;

namespace {

stack<8_KiB> memory, other_memory;
constinit task hog{"hog"}, other{"other"};

/// Without a call, so that a report always finds this function.
[[gnu::noinline]] void hold_the_hart(clock::duration time) {
  for (const auto end = clock::tick_of(clock::now() + time); arch::clock::ticks() < end;) {}
}

void beside_another(void (*pass_time)()) {
  other.start(other_memory, [] { while (!this_task::stop_requested()) this_task::yield(); });
  hog.start(memory, pass_time);
  hog.join();
  other.request_stop();
  other.join();
}

struct pastime {
  std::string_view name;
  void (*pass)();
};

constexpr pastime pastimes[] = {
    {"hog", [] { beside_another([] { hold_the_hart(6ms); }); }},
    {"hog-twice", [] {
       beside_another([] {
         hold_the_hart(3ms);
         this_task::yield();
         hold_the_hart(3ms);
       });
     }},
    {"hog-alone", [] { hold_the_hart(6ms); }},
    {"yield", [] {
       beside_another([] { for (int i = 0; i < 20; ++i) hold_the_hart(300us), this_task::yield(); });
     }},
    {"yield-alone", [] { for (int i = 0; i < 20; ++i) hold_the_hart(300us), this_task::yield(); }},
    {"sleep", [] { this_task::sleep_for(6ms); }},
};

}  // namespace

int main(int argc, char** argv) {
  for (auto [name, pass] : pastimes)
    if (argc > 1 && name == argv[1]) {
      pass();
      print("it went on\n");
      return 0;
    }
  return 99;
}
