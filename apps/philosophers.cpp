/// The dining philosophers (E. W. Dijkstra, 1965). Each needs both forks beside the plate to eat. With ARGS=left all of
/// them take the left one first: then each holds one and waits for the other, for ever, and the kernel says so.
#include "bobbin.hpp"

using namespace bobbin;

namespace {

constexpr int count = 5;
constexpr const char* names[count] = {"Aristotle", "Hypatia", "Kant", "Spinoza", "Marx"};

stack<4_KiB> chairs[count];
constinit task philosophers[count] = {task{names[0]}, task{names[1]}, task{names[2]}, task{names[3]}, task{names[4]}};
constinit mutex forks[count] = {mutex{"fork0"}, mutex{"fork1"}, mutex{"fork2"}, mutex{"fork3"}, mutex{"fork4"}};

void think() { this_task::yield(); }
void eat(int who) {
  print("{} eats\n", names[who]);
  this_task::yield();
}

/// Whoever takes the lower fork first cannot be part of a circle of those who wait.
void dine(int who, bool left_first) {
  const int left = who, right = (who + 1) % count;
  mutex& first = left_first || left < right ? forks[left] : forks[right];
  mutex& second = &first == &forks[left] ? forks[right] : forks[left];
  for (int meal = 0; meal < 3; ++meal) {
    think();
    const lock_guard one{first};
    think();
    const lock_guard other{second};
    eat(who);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool left_first = argc > 1 && argv[1] == std::string_view{"left"};
  for (int i = 0; i < count; ++i) philosophers[i].start(chairs[i], [=] { dine(i, left_first); });
  for (task& each : philosophers) each.join();
  print("all have eaten\n");
}
