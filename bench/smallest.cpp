/// The smallest program with a task: its size and its way to the first line are rows of docs/costs.md.
#include <task/task.hpp>

static bobbin::stack<1024> memory;
static constinit bobbin::task worker;

int main() {
  worker.start(memory, [] {});
  return worker.join().status();
}
