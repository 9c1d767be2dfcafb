/// Has Google Benchmark measure every contestant. Its options choose which and how often: see scripts/costs/native.py.
#include "bobbin/process.hpp"
#include "contestant.hpp"

#include <benchmark/benchmark.h>

#include <sys/auxv.h>

#include <cstdio>
#include <string>

namespace native {
namespace {

void measure(benchmark::State& state, const contestant& who) {
  constexpr unsigned batch = 1000;
  who.begin();
  while (state.KeepRunningBatch(batch)) who.run(batch);
  who.end();
}

/// See arch/hosted/machine.cpp.
bool may_set_thread_pointer() {
  constexpr unsigned long fsgsbase = 1 << 1;
  return getauxval(AT_HWCAP2) & fsgsbase;
}

}  // namespace
}  // namespace native

int main(int argc, char** argv) {
  using namespace native;
  if (!may_set_thread_pointer()) {
    std::fputs("bobbin: processes have no FSGSBASE here: that takes Linux 5.9 and a processor from 2012\n", stderr);
    return 1;
  }
  adopt_main();
  for (const contestant* each = contestant::first; each != nullptr; each = each->next)
    benchmark::RegisterBenchmark((std::string{each->row} + "|" + each->name).c_str(),
                                 [each](benchmark::State& state) { measure(state, *each); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
