/// Producers and consumers around a bounded buffer, in the way of the textbooks: one semaphore counts the free places,
/// one the filled ones, and a mutex guards the buffer itself.
#include "bobbin.hpp"

#include <array>

using namespace bobbin;

namespace {

constexpr int places = 3, items = 6, last = -1;

constinit std::array<int, places> buffer{};
constinit int in = 0, out = 0;
constinit mutex door{"buffer"};
constinit counting_semaphore<places> empty{places, "empty"}, full{0, "full"};

void put(int item) {
  empty.acquire();
  unique_lock lock{door};
  buffer[in++ % places] = item;
  lock.unlock();
  full.release();
}

int take() {
  full.acquire();
  unique_lock lock{door};
  const int item = buffer[out++ % places];
  lock.unlock();
  empty.release();
  return item;
}

void produce(int first) {
  for (int item = first; item < first + items; ++item) {
    put(item);
    print("{} made {}\n", this_task::name(), item);
  }
  put(last);
}

void consume() {
  for (int item = take(); item != last; item = take()) print("    {} took {}\n", this_task::name(), item);
}

stack<4_KiB> stacks[4];
constinit task anna{"anna"}, bert{"bert"}, carl{"carl"}, dora{"dora"};

}  // namespace

int main() {
  anna.start(stacks[0], [] { produce(10); });
  bert.start(stacks[1], [] { produce(20); });
  carl.start(stacks[2], consume);
  dora.start(stacks[3], consume);
  for (task* each : {&anna, &bert, &carl, &dora}) each->join();
}
