/// std::min and std::max, of <algorithm> without all that searches and sorts (see core/chrono.hpp).
#pragma once

#if __has_include(<bits/stl_algobase.h>)
#include <bits/stl_algobase.h>
#else
#include <algorithm>
#endif
