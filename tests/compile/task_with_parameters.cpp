// says: task_function
#include "bobbin.hpp"
using namespace bobbin;

static stack<4_KiB> memory;
static constinit task worker{"worker"};

int main() {
#ifdef MISTAKE
  worker.start(memory, [](int status) { return status; });
#else
  worker.start(memory, [status = 0] { return status; });
#endif
  return worker.join().status();
}
