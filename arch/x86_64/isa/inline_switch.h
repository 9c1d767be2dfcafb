/// What the inline switches of generators and tasks have in common: the registers that they lose, and words for debuggers.
#ifndef BOBBIN_ISA_INLINE_SWITCH_H
#define BOBBIN_ISA_INLINE_SWITCH_H

/// What debuggers are told, where the compiler tells them anything.
#ifdef __GCC_HAVE_DWARF2_CFI_ASM
#define BOBBIN_CFI(directive) ".cfi_" directive "\n\t"
#else
#define BOBBIN_CFI(directive) ""
#endif

/// All registers but rsp, rbp and the operands: rdi, rsi. A register that the compiler may use has to be here.
#if defined(__AVX512F__)
#define BOBBIN_WIDE_REGISTERS , "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", \
  "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6", "k7"
#else
#define BOBBIN_WIDE_REGISTERS
#endif
#define BOBBIN_LOST_REGISTERS "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",        \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",     \
  "xmm13", "xmm14", "xmm15", "mm0", "mm1", "mm2", "mm3", "mm4", "mm5", "mm6", "mm7", "st", "st(1)", "st(2)",     \
  "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", "cc", "memory" BOBBIN_WIDE_REGISTERS

/// An attribute of a function that is entered with a stack pointer which is a multiple of 8 only, as that of a function that
/// calls nobody may be.
#define BOBBIN_ALIGNS_ITS_STACK gnu::force_align_arg_pointer

#endif
