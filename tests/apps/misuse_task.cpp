/// Mistakes with tasks, chosen by the first argument. Each must end with a report, whatever comes after it in main.
#include "bobbin.hpp"

#include <array>
#include <memory>
#include <string_view>

using namespace bobbin;

volatile unsigned argument_count = 0;

struct shape {  // has a name outside, so that nobody knows all that is derived from it
  shape() { measure(); }
  [[gnu::noinline]] void measure() {
    argument_count = argument_count + area();  // <- pure-virtual
  }
  virtual unsigned area() const = 0;
};

struct square : shape {
  unsigned area() const override { return 1; }
};

namespace {

stack<8_KiB> stacks[3];
constinit task anna{"anna"}, bert{"bert"}, nameless;

void until_stopped() {
  while (!this_task::stop_requested()) this_task::yield();
}

/// Makes the mistake in the task "anna", beside "bert", who goes on; prints what join returned.
template <class Mistake>
int in_a_task(Mistake mistake) {
  bert.start(stacks[1], until_stopped);
  anna.start(stacks[0], mistake);
  const outcome how = anna.join();
  print("anna: {}, {}\n", how.how() == outcome::kind::faulted ? "faulted" : "not faulted", how.cause());
  bert.request_stop();
  print("bert: {}\n", bert.join().how() == outcome::kind::stopped ? "stopped" : "not stopped");
  return 0;
}

struct mistake {
  std::string_view name;
  int (*make)();
};

constexpr mistake mistakes[] = {
    {"none", [] { return in_a_task([] {}); }},
    {"start-twice", [] {
       anna.start(stacks[0], [] {});
       anna.start(stacks[1], [] {});  // <- start-twice
       return 0;
     }},
    {"priority-too-high", [] {
       anna.set_priority(1);  // <- priority-too-high
       return 0;
     }},
    {"start-twice-nameless", [] {
       nameless.start(stacks[0], [] {});
       nameless.start(stacks[1], [] {});  // <- start-twice-nameless
       return 0;
     }},
    {"start-twice-in-a-task", [] {
       return in_a_task([] {
         bert.start(stacks[2], [] {});  // <- start-twice-in-a-task
       });
     }},
    {"join-itself", [] {
       return in_a_task([] {
         anna.join();  // <- join-itself
       });
     }},
    {"join-before-start", [] {
       anna.join();  // <- join-before-start
       return 0;
     }},
    {"destroy-itself", [] {
       return in_a_task([] {
         std::destroy_at(&anna);  // <- destroy-itself
       });
     }},
    {"pure-virtual", [] {
       return static_cast<int>(square{}.area());
     }},
    {"out-of-range", [] {
       const std::array<int, 2> two{};
       return two.at(argument_count);  // <- out-of-range
     }},
    {"stack-in-use", [] {
       anna.start(stacks[0], [] { this_task::yield(); });
       bert.start(stacks[0], [] {});  // <- stack-in-use
       return 0;
     }},
    {"stack-in-use-again", [] {
       bert.start(stacks[1], [] {});
       bert.join();
       anna.start(stacks[0], [] { this_task::yield(); });
       bert.start(stacks[0], [] {});  // <- stack-in-use-again
       return 0;
     }},
    {"assertion-in-a-task", [] { return in_a_task([] { ASSERT(this_task::name() == "somebody else"); }); }},
    {"assertion-in-main", [] { ASSERT(this_task::id() == 7); return 0; }},
    {"unfinished", [] {
       anna.start(stacks[0], until_stopped);
       bert.start(stacks[1], [] { anna.join(); });
       this_task::yield();
       return 0;
     }},
    {"unfinished-and-failed", [] {
       anna.start(stacks[0], until_stopped);
       return 9;
     }},
    {"unfinished-exit", [] {
       anna.start(stacks[0], until_stopped);
       this_task::exit(0);
       return 0;
     }},
    {"deadlock-of-two", [] {
       anna.start(stacks[0], [] { bert.join(); });
       bert.start(stacks[1], [] { anna.join(); });
       anna.join();
       return 0;
     }},
    {"deadlock-with-main", [] {
       struct { task* self; } of_main{&anna};
       anna.start(stacks[0], [of_main] { of_main.self->name(); bert.join(); });
       bert.start(stacks[1], [] { nameless.join(); });
       nameless.start(stacks[2], [] { anna.join(); });
       bert.join();
       return 0;
     }},
    {"overflow", [] {
       static std::byte small[1024] __attribute__((aligned(16)));
       bert.start(stacks[1], until_stopped);
       if (anna.start(std::span<std::byte>{small}, [] {
             volatile char room[1500];
             room[0] = 1;
             room[1024] = 1;
             this_task::yield();
             room[0] = room[1024];
           }) != start_status::ok)
         return 1;
       const outcome how = anna.join();
       print("anna: {}, {}\n", how.how() == outcome::kind::faulted ? "faulted" : "not faulted", how.cause());
       bert.request_stop();
       print("bert: {}\n", bert.join().how() == outcome::kind::stopped ? "stopped" : "not stopped");
       return 0;
     }},
    {"empty-handle", [] {
       pooled_task none;
       none.join();  // <- empty-handle
       return 0;
     }},
};

}  // namespace

int main(int argc, char** argv) {
  argument_count = static_cast<unsigned>(argc);
  for (auto [name, make] : mistakes)
    if (argc > 1 && name == argv[1]) return make();
  print("no such mistake\n");
  return 99;
}
