/// What every image promises, checked by every link: nothing runs before the first instruction of boot/, nothing
/// allocates, and stacks are where nobody clears them.
#define QUOTE(...) #__VA_ARGS__
#define NO_ALLOCATOR(symbol) \
  ASSERT(!DEFINED(symbol), QUOTE(bobbin: symbol is defined here but there is no heap: give every object its memory));

NO_ALLOCATOR(malloc)
NO_ALLOCATOR(calloc)
NO_ALLOCATOR(realloc)
NO_ALLOCATOR(aligned_alloc)
NO_ALLOCATOR(free)
NO_ALLOCATOR(_Znwm)                                     /* operator new(unsigned long), and so on */
NO_ALLOCATOR(_Znam)
NO_ALLOCATOR(_ZnwmSt11align_val_t)
NO_ALLOCATOR(_ZnamSt11align_val_t)
NO_ALLOCATOR(_ZnwmRKSt9nothrow_t)
NO_ALLOCATOR(_ZnamRKSt9nothrow_t)
NO_ALLOCATOR(_ZdlPv)
NO_ALLOCATOR(_ZdaPv)
NO_ALLOCATOR(_ZdlPvm)
NO_ALLOCATOR(_ZdaPvm)
NO_ALLOCATOR(_ZdlPvSt11align_val_t)
NO_ALLOCATOR(_ZdlPvmSt11align_val_t)

#if defined __OPTIMIZE__ || defined __clang__            /* gcc -O0 makes an empty one beside every destructor */
ASSERT(SIZEOF(.init_array) == 0,
       "bobbin: a static object needs a constructor at run time: declare it constinit (nm shows a _GLOBAL__sub_I_)");
#endif
ASSERT(SIZEOF(.relocations) == 0, "bobbin: something was compiled position independent: -fno-pie -fno-pic");
ASSERT(ALIGNOF(.data) < GUARDED_STACK_ALIGNMENT,
       "bobbin: a stack is in .data: do not put a stack and an initialised member into one object");
ASSERT(__tls_align <= PAGE, "bobbin: a thread_local object is aligned to more than a page");
ASSERT(__bss_start % PAGE == 0, "bobbin: .bss is not in order: was .bss.boundary of boot/ the first object linked?");
