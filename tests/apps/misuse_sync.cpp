/// Mistakes with what tasks wait for, chosen by the first argument. Each must end with a report, whatever comes after it.
#include "bobbin.hpp"

#include <task/interrupts_masked.hpp>
#include <time/timers.hpp>

#include <arch/clock.hpp>
#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[2];
constinit task anna{"anna"}, bert{"bert"};
constinit mutex door{"door"}, nameless;
constinit shared_mutex book{"book"};
constinit binary_semaphore bit{1, "bit"};
constinit counting_semaphore<> units{0, "units"};
constinit condition_variable changed{"changed"};
constinit event ready{"ready"};

/// Makes the mistake in the task "anna"; prints what join returned.
template <class Mistake>
int in_a_task(Mistake mistake) {
  anna.start(stacks[0], mistake);
  const outcome how = anna.join();
  print("anna: {}, {}\n", how.how() == outcome::kind::faulted ? "faulted" : "not faulted", how.cause());
  return 0;
}

/// Makes the mistake in an interrupt handler.
int in_a_handler(timer::action mistake, std::uint64_t ticks = 0) {
  timer soon{arch::clock::ticks() + ticks, mistake};
  {
    const interrupts_masked guard;
    timers::add(soon);
  }
  this_task::sleep_for(1s);
  return 0;
}

struct mistake {
  std::string_view name;
  int (*make)();
};

constexpr mistake mistakes[] = {
    {"none", [] { return in_a_task([] { const lock_guard guard{door}; }); }},
    {"lock-again", [] {
       return in_a_task([] {
         door.lock();
         door.lock();  // <- lock-again
       });
     }},
    {"unlock-unheld", [] {
       return in_a_task([] {
         nameless.unlock();  // <- unlock-unheld
       });
     }},
    {"unlock-by-a-stranger", [] {
       door.lock();
       const int status = in_a_task([] {
         door.unlock();  // <- unlock-by-a-stranger
       });
       door.unlock();
       return status;
     }},
    {"unlock-shared-unheld", [] {
       return in_a_task([] {
         book.unlock_shared();  // <- unlock-shared-unheld
       });
     }},
    {"destroy-while-held", [] {
       return in_a_task([] {
         mutex own{"own"};
         own.lock();
       });
     }},
    {"end-while-holding", [] {
       const int status = in_a_task([] {
         door.lock();
         bert.start(stacks[1], [] { return door.lock(), door.unlock(), 1; });
         this_task::yield();
       });
       print("bert: {}\n", bert.join().status());
       return status;
     }},
    {"release-too-often", [] {
       return in_a_task([] {
         bit.release();  // <- release-too-often
       });
     }},
    {"wait-without-the-mutex", [] {
       return in_a_task([] {
         unique_lock lock{door, defer_lock};
         changed.wait(lock);  // <- wait-without-the-mutex
       });
     }},
    {"count-down-below-zero", [] {
       return in_a_task([] {
         latch done{1, "done"};
         done.count_down(2);  // <- count-down-below-zero
       });
     }},
    {"wait-in-a-handler", [] { return in_a_handler([](timer&) noexcept { units.acquire(); }); }},
    {"wait-in-a-handler-of-an-idle-hart", [] {
       return in_a_handler([](timer&) noexcept { units.acquire(); }, arch::clock::ticks_per_second() / 2);
     }},
    {"lock-in-a-handler", [] {
       door.lock();
       return in_a_handler([](timer&) noexcept { door.lock(); });
     }},
    {"sleep-in-a-handler", [] { return in_a_handler([](timer&) noexcept { this_task::sleep_for(1s); }); }},
    {"wait-with-interrupts-masked", [] {
       return in_a_task([] {
         const interrupts_masked guard;
         ready.wait();  // <- wait-with-interrupts-masked
       });
     }},
    {"deadlock-of-mutexes", [] {
       nameless.lock();
       anna.start(stacks[0], [] {
         const lock_guard one{door};
         this_task::yield();
         const lock_guard other{nameless};
       });
       this_task::yield();
       door.lock();
       return 0;
     }},
};

}  // namespace

int main(int argc, char** argv) {
  for (auto [name, make] : mistakes)
    if (argc > 1 && name == argv[1]) return make();
  print("no such mistake\n");
  return 99;
}
