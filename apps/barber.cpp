/// The sleeping barber (E. W. Dijkstra, 1965): he sleeps while nobody comes; who comes wakes him, or takes one of the
/// chairs, or goes away when all are taken.
#include "bobbin.hpp"

using namespace bobbin;

namespace {

constexpr int chairs = 2, customers = 7;

constinit mutex shop{"shop"};
constinit condition_variable came{"customer"}, done{"haircut"};
constinit int waiting = 0, cut = 0, tickets = 0;
constinit bool open = true;

void barber() {
  unique_lock lock{shop};
  for (;;) {
    if (waiting == 0) print("the barber sleeps\n");
    came.wait(lock, [] { return waiting > 0 || !open; });
    if (waiting == 0) return print("the shop is closed\n");
    --waiting;
    lock.unlock();
    this_task::yield();  // cutting takes its time
    lock.lock();
    print("the barber is done with customer {}\n", ++cut);
    done.notify_all();
  }
}

void customer() {
  unique_lock lock{shop};
  if (waiting == chairs) return print("{} finds no chair\n", this_task::name());
  const int ticket = ++tickets;
  ++waiting;
  print("{} takes a chair: customer {}\n", this_task::name(), ticket);
  came.notify_one();
  done.wait(lock, [=] { return cut >= ticket; });
  print("{} leaves\n", this_task::name());
}

stack<4_KiB> stacks[customers + 1];
constinit task figaro{"figaro"};
constinit task people[customers] = {task{"Ada"}, task{"Bo"}, task{"Cy"}, task{"Di"}, task{"Ed"}, task{"Flo"}, task{"Gus"}};

}  // namespace

int main() {
  figaro.start(stacks[customers], barber);
  this_task::yield();
  for (int i = 0; i < customers; ++i) {
    people[i].start(stacks[i], customer);
    if (i % 4 == 3) this_task::yield();
  }
  for (task& each : people) each.join();
  open = false;
  came.notify_one();
  figaro.join();
}
