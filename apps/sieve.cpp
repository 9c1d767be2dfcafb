/// The sieve of Eratosthenes as a chain of tasks (M. D. McIlroy, C. A. R. Hoare): each keeps the first number that comes
/// out of its channel, which is a prime, and passes on all later ones that it does not divide.
///
///   2 3 4 5 6 7 ... -> [2] -> 3 5 7 9 ... -> [3] -> 5 7 11 ... -> [5] -> ...
#include "bobbin.hpp"

using namespace bobbin;

namespace {

constexpr int primes = 25, limit = 100;

constinit channel<int> links[primes + 1];
task_group<primes + 1, 4_KiB> chain{"chain"};

void count(channel<int>& out) {
  for (int number = 2; number <= limit && out.send(number); ++number) {}
  out.close();
}

void filter(channel<int>& in, channel<int>& out) {
  const auto prime = in.receive();
  if (prime) print("{} ", *prime);
  for (const int number : in)
    if (number % *prime != 0) out.send(number);
  out.close();
}

}  // namespace

int main() {
  auto started = chain.start("count", [] { count(links[0]); });
  for (int i = 0; i < primes && started == start_status::ok; ++i)
    started = chain.start("filter", [i] { filter(links[i], links[i + 1]); });
  const auto left_over = links[primes].receive();
  const outcome how = chain.join();
  print("\n{} primes up to {}\n", primes, limit);
  return started == start_status::ok && !left_over && how.ok() ? 0 : 1;
}
