/// What the inline switches of generators and tasks have in common: the registers that they lose, and words for debuggers.
#ifndef BOBBIN_ISA_INLINE_SWITCH_H
#define BOBBIN_ISA_INLINE_SWITCH_H

/// What debuggers are told, where the compiler tells them anything.
#ifdef __GCC_HAVE_DWARF2_CFI_ASM
#define BOBBIN_CFI(directive) ".cfi_" directive "\n\t"
#else
#define BOBBIN_CFI(directive) ""
#endif

/// All registers but sp, s0, gp, tp and the operands: a0, a1. A register that the compiler may use has to be here. The
/// FP registers that a call keeps are apart: tasks do not lose them.
#ifdef __riscv_vector
#ifdef __clang__                                        // which sets vl and vtype anew behind any inline assembly
#define BOBBIN_VECTOR_STATE
#else
#define BOBBIN_VECTOR_STATE , "vl", "vtype"
#endif
#define BOBBIN_WIDE_REGISTERS , "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", \
  "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29",      \
  "v30", "v31" BOBBIN_VECTOR_STATE
#else
#define BOBBIN_WIDE_REGISTERS
#endif
#define BOBBIN_LOST_REGISTERS "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a2", "a3", "a4", "a5", "a6", "a7", "s1", "s2", \
  "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7",      \
  "ft8", "ft9", "ft10", "ft11", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7", "memory" BOBBIN_WIDE_REGISTERS
#define BOBBIN_FP_REGISTERS "fs0", "fs1", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11"

/// Every stack pointer is a multiple of 16.
#define BOBBIN_ALIGNS_ITS_STACK

#endif
