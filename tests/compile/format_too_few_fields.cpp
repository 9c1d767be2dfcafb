// says: format|consteval|constant expression
#include "bobbin.hpp"

int main() {
#ifdef MISTAKE
  bobbin::print("{} {}\n", 1);
#else
  bobbin::print("{} {}\n", 1, 2);
#endif
}
