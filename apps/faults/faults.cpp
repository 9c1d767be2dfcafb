/// Faults, one after another: a task makes a mistake and ends, and nobody else notices.
#include "mistakes.hpp"

#include <instructions.hpp>

#include <debug/symbols.hpp>

using namespace bobbin;

namespace {

stack<16_KiB> memory, metronome_memory;
stack<1_KiB> dense[2];  // what overflows the second one runs into the first, which nobody else uses
stack<4_KiB> bodies[3];
constinit task_pool<1, 8_KiB> pool;

constinit task metronome{"metronome"};
constinit int ticks = 0;
constinit int faults = 0, contained = 0;

void tick() {
  for (; !this_task::stop_requested(); this_task::yield()) ++ticks;
}

/// Lets everybody else run; returns whether they do.
bool others_go_on() {
  const int before = ticks;
  this_task::yield();
  this_task::yield();
  return ticks > before;
}

void announce(std::string_view name, std::string_view what) {
  print("\n{}. {}: {}\n", ++faults, name, what);
}

/// Says how `what` ended and whether everything else goes on.
void conclude(std::string_view what, const outcome& how, bool good = true) {
  const bool faulted = how.how() == outcome::kind::faulted, others = others_go_on();
  contained += faulted && others && good;
  print("=> {}: {}", what, faulted ? "faulted, " : "no fault");
  if (faulted) print("{}, at {:#x}", how.cause(), how.pc());
  if (const auto name = symbol_at(how.pc()).name; !name.empty()) print(" {}", name);
  print("; the others {}\n", others ? "go on" : "do NOT go on");
}

struct demonstration {
  const char* name;  ///< of the task, too
  std::string_view what;
  void (*mistake)();
};

constexpr demonstration demonstrations[] = {
    {"null read", "a task reads an int through a null pointer", mistakes::read_null},
    {"null write", "a task writes an int through a null pointer", mistakes::write_null},
    {"null call", "a task calls a function through a null pointer", mistakes::call_null},
    {"wild pointer", "a task reads where there is no memory", mistakes::follow_wild_pointer},
    {"garbage", "a task reads through a pointer that nobody has set", mistakes::follow_garbage},
    {"write to code", "a task overwrites an instruction of its own", mistakes::write_to_code},
    {"write to a constant", "a task casts const away and writes", mistakes::write_to_constant},
    {"execute stack", "a task calls code that it put on its stack", mistakes::execute_stack},
    {"execute data", "a task calls code that it put into a variable", mistakes::execute_data},
    {"illegal instruction", "a task executes what is no instruction", mistakes::illegal_instruction},
    {"breakpoint", "a task executes a breakpoint, and there is no debugger", mistakes::breakpoint},
    {"misaligned access", "a task accesses an odd address with an instruction that needs an even one",
     mistakes::misaligned_access},
    {"deep recursion", "a task calls itself until its stack is full", mistakes::recurse_for_ever},
    {"large frames", "the same with so much in each frame that it might jump over the guard",
     mistakes::recurse_with_large_frames},
    {"assertion", "a task asserts what is not so", mistakes::fail_an_assertion},
    {"half a line", "a task faults in the middle of printing a line", mistakes::print_something_broken},
};

void show(const demonstration& each) {
  announce(each.name, each.what);
  task culprit{each.name};
  culprit.start(memory, each.mistake);
  conclude("join returned", culprit.join());
}

void show_division() {
  constexpr demonstration division{"division by zero", "a task divides by zero", mistakes::divide_by_zero};
  if (instructions::division_by_zero_faults)
    show(division);
  else
    print("\n-. division by zero: no fault on this machine, 1 / 0 is {}\n", instructions::divide(1, 0));
}

void show_misuse() {
  announce("misuse", "a task joins itself, which would take for ever");
  task culprit{"misuse"};
  culprit.start(memory, [&] { (void)culprit.join(); });
  conclude("join returned", culprit.join());
}

void show_dense_stack() {
  announce("dense stack", "a task overflows a stack without a guard, which is seen when it yields");
  task culprit{"dense stack"};
  culprit.start(dense[1], [] { mistakes::overflow(dense[1]); });
  conclude("join returned", culprit.join());
}

void show_generators() {
  announce("generators", "a generator in a generator in a generator reads through a null pointer");
  task reader{"generators"};
  outcome innermost;
  int last = 0;
  reader.start(memory, [&] {
    generator<int> outer{bodies[0], [&](auto& yield_to_task) {
      generator<int> middle{bodies[1], [&](auto& yield_to_outer) {
        generator<int> inner{bodies[2], [](auto& yield) {
          yield(1);
          mistakes::read_null();
        }};
        for (const int value : inner) yield_to_outer(value);
        innermost = inner.how();
        yield_to_outer(2);
      }};
      for (const int value : middle) yield_to_task(value);
    }};
    for (const int value : outer) last = value;
  });
  const outcome how = reader.join();
  conclude("its resumer got its end, and went on to return; the innermost", innermost, how.ok() && last == 2);
}

void show_pool() {
  announce("pool", "a task on the only stack of a pool writes through a null pointer");
  const outcome how = pool.start("pool", mistakes::write_null).join();
  const bool reused = pool.start("pool", [] {}).join().ok();
  conclude(reused ? "the next task has used that stack since; join returned" : "the stack is lost; join returned", how,
           reused);
}

}  // namespace

int main() {
  metronome.start(metronome_memory, tick);
  for (const auto& each : demonstrations) show(each);
  show_division();
  show_misuse();
  show_dense_stack();
  show_generators();
  show_pool();
  metronome.request_stop();
  (void)metronome.join();
  print("\n{} faults, {} contained\n", faults, contained);
  return faults == contained ? 0 : 1;
}
