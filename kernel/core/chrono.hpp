/// Durations and points in time of std::chrono. All of <chrono> brings streams along, which in GCC 11 and 12 takes half of the
/// time that a file of the kernel takes to compile.
#pragma once

#if __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
