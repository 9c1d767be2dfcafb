/// Two green threads count, to 10 and to 15, and after every step let each other run. This is the program of "Green
/// threads explained in 200 lines of Rust", as tasks.
#include "tour.hpp"

#include "bobbin.hpp"

using namespace bobbin;

namespace {

stack<8_KiB> stack_1, stack_2;
constinit task task_1{"task 1"}, task_2{"task 2"};

void count_to(int limit, int number) {
  print("TASK {} STARTING\n", number);
  for (int counter = 0; counter < limit; ++counter) {
    print("task: {} counter: {}\n", number, counter);
    this_task::yield();
  }
  print("TASK {} FINISHED\n", number);
}

}  // namespace

void tour::green_threads() {
  task_1.start(stack_1, [] { count_to(10, 1); });
  task_2.start(stack_2, [] { count_to(15, 2); });
  task_1.join();
  task_2.join();
}
