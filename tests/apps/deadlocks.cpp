/// Tasks that wait for ever, chosen by the first argument: what the kernel says of who waits for what.
#include "bobbin.hpp"

using namespace bobbin;

namespace {

stack<8_KiB> stacks[4];
constinit task ann{"ann"}, bob{"bob"}, cid{"cid"}, dot;
constinit mutex fork0{"fork0"}, fork1{"fork1"}, fork2{"fork2"}, nameless;
constinit recursive_mutex knife{"knife"};
constinit shared_mutex book{"book"};
constinit counting_semaphore<3> full{0, "full"};
constinit binary_semaphore empty{0};
constinit condition_variable changed{"changed"};
constinit event rung{"rung"};
constinit channel<int> letters{"letters"};
constinit channel<int, 1> words{"words"};
constinit latch gate{2, "gate"};
task_group<1, 8_KiB> crew{"crew"};

/// Holds one, and wants the other when everybody holds one.
template <class Mutex>
void take(Mutex& one, auto& other) {
  const lock_guard first{one};
  this_task::yield();
  const lock_guard second{other};
}

template <class Mutex>
void hold_and_join(Mutex& held, task& other) {
  const lock_guard guard{held};
  this_task::yield();
  (void)other.join();
}

void lock_alone(auto& mutex) { const lock_guard guard{mutex}; }

int join_all() {
  (void)ann.join();
  (void)bob.join();
  return 0;
}

int two() {
  ann.start(stacks[0], [] { take(fork0, fork1); });
  bob.start(stacks[1], [] { take(fork1, fork0); });
  return 0;
}

/// What each waits for that is no lock, and what is not named.
void wait_for_many_things() {
  ann.start(stacks[0], [] { full.acquire(); });
  bob.start(stacks[1], [] { empty.acquire(); });
  cid.start(stacks[2], [] {
    std::optional<int> letter;
    int word = 1;
    words.send(0);
    (void)select(on_receive(letters, letter), on_send(words, word), on_event(rung));
  });
  dot.start(stacks[3], [] {
    nameless.lock();
    (void)letters.receive();
  });
  this_task::yield();
}

/// Says who waits for what if these two wait; no input comes in between.
bool told_while_blocked(const task& one, const task& other) {
  const interrupts_masked guard;
  if (one.state() != task_state::blocked || other.state() != task_state::blocked) return false;
  print_waits();
  return true;
}

struct situation {
  std::string_view name;
  int (*bring_about)();
};

constexpr situation situations[] = {
    {"two", [] { return two() + join_all(); }},
    {"three", [] {
       cid.start(stacks[0], [] { take(fork2, fork0); });
       bob.start(stacks[1], [] { take(fork1, fork2); });
       ann.start(stacks[2], [] { take(fork0, fork1); });
       return join_all();
     }},
    {"lock-and-join", [] {
       ann.start(stacks[0], [] { hold_and_join(knife, bob); });
       bob.start(stacks[1], [] { this_task::yield(), lock_alone(knife); });
       return join_all();
     }},
    {"joined-by-two", [] {
       ann.start(stacks[0], [] { hold_and_join(fork0, bob); });
       bob.start(stacks[1], [] { this_task::yield(), lock_alone(fork0); });
       (void)bob.join();
       return 0;
     }},
    {"two-at-once", [] {
       ann.start(stacks[0], [] { take(fork0, book); });
       bob.start(stacks[1], [] { take(book, fork0); });
       cid.start(stacks[2], [] { take(fork1, fork2); });
       dot.start(stacks[3], [] { take(fork2, fork1); });
       return join_all();
     }},
    {"queue-before-a-ring", [] {
       ann.start(stacks[0], [] { this_task::yield(), this_task::yield(), lock_alone(fork0); });
       bob.start(stacks[1], [] { take(fork0, fork1); });
       cid.start(stacks[2], [] { take(fork1, fork0); });
       return join_all();
     }},
    {"no-ring", [] {
       wait_for_many_things();
       nameless.lock();
       return 0;
     }},
    {"other-things", [] {
       ann.start(stacks[0], [] {
         unique_lock lock{fork0};
         (void)changed.wait(lock);
       });
       bob.start(stacks[1], [] { gate.wait(); });
       (void)crew.start("hand", [] { words.send(1), words.send(2); });
       cid.start(stacks[2], [] { (void)crew.join(); });
       this_task::yield();
       this_hart().block_masked();
       return 0;
     }},
    {"little-stack", [] {
       static stack<1_KiB> small[2];
       ann.start(small[0], [] { take(fork0, fork1); });
       bob.start(small[1], [] { take(fork1, fork0); });
       (void)ann.join();
       return 0;
     }},
    {"reader", [] {
       ann.start(stacks[0], [] { book.lock_shared(), this_task::yield(), book.lock(); });
       return ann.join().ok() ? 0 : 1;
     }},
    {"beside-others", [] {
       two();
       cid.start(stacks[2], [] { this_task::sleep_for(1s); });
       (void)cid.join();
       print("others went on\n");
       print_waits();
       return 3;
     }},
    {"since", [] {
       ann.start(stacks[0], [] { full.acquire(); });
       this_task::sleep_for(30ms);
       bob.start(stacks[1], [] { full.acquire(); });
       cid.start(stacks[2], [] { (void)bob.join(); });
       this_task::sleep_for(20ms);
       dot.start(stacks[3], [] { full.acquire(); });
       this_task::yield();
       print_waits();
       return 3;
     }},
    {"one-after-the-other", [] {
       two();
       this_task::sleep_for(1s);
       cid.start(stacks[2], [] { take(fork2, nameless); });
       dot.start(stacks[3], [] { take(nameless, fork2); });
       this_task::sleep_for(1s);
       return 3;
     }},
    {"timed", [] {
       ann.start(stacks[0], [] {
         const lock_guard guard{fork0};
         this_task::yield();
         (void)fork1.try_lock_for(1s);
       });
       bob.start(stacks[1], [] { take(fork1, fork0); });
       this_task::sleep_for(500ms);
       print_waits();
       join_all();
       print("all went on\n");
       return 0;
     }},
    {"no-deadlock", [] {
       ann.start(stacks[0], [] { for (;;) (void)console::read(); });
       bob.start(stacks[1], [] { this_task::sleep_for(1h); });
       cid.start(stacks[2], [] { (void)bob.join(); });
       while (!told_while_blocked(ann, cid)) this_task::yield();
       return 3;
     }},
};

}  // namespace

int main(int argc, char** argv) {
  for (auto [name, bring_about] : situations)
    if (argc > 1 && name == argv[1]) return bring_about();
  print("no such situation\n");
  return 99;
}
