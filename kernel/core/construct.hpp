/// std::construct_at and std::destroy_at, of <memory> without its smart pointers (see core/chrono.hpp).
#pragma once

#if __has_include(<bits/stl_construct.h>)
#include <bits/stl_construct.h>
#else
#include <memory>
#endif
