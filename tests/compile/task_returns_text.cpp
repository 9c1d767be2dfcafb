// says: task_function
#include "bobbin.hpp"
using namespace bobbin;

static stack<4_KiB> memory;
static constinit task worker{"worker"};

int main() {
#ifdef MISTAKE
  worker.start(memory, [] { return "zero"; });
#else
  worker.start(memory, [] { return 0; });
#endif
  return worker.join().status();
}
