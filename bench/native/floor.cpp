/// The floor: what a call through a pointer takes, to a function that returns at once.
#include "contestant.hpp"

namespace native {
namespace {

void return_at_once() noexcept {}

const contestant call{row::call, "floor", [](unsigned rounds) {
                        void (*function)() noexcept = return_at_once;
                        for (; rounds != 0; --rounds) {
                          asm("" : "+r"(function));
                          function();
                          barrier();
                        }
                      }};

}  // namespace
}  // namespace native
