/// What iterators are made of, of <iterator> without those of streams (see core/chrono.hpp).
#pragma once

#if __has_include(<bits/stl_iterator.h>) && __has_include(<bits/iterator_concepts.h>)
#include <bits/iterator_concepts.h>
#include <bits/stl_iterator.h>
#else
#include <iterator>
#endif
