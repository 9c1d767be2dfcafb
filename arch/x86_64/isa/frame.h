/// Slots of the stack frames that assembly writes and C++ reads, in bytes from the frame's lowest address.
#ifndef BOBBIN_ISA_FRAME_H
#define BOBBIN_ISA_FRAME_H

// clang-format off
#define SWITCH_RBX           0
#define SWITCH_RBP           8
#define SWITCH_R12          16
#define SWITCH_R13          24
#define SWITCH_R14          32
#define SWITCH_R15          40
#define SWITCH_SAVED_BYTES  48
#define SWITCH_RIP          48                          // pushed by the call
#define SWITCH_FRAME_BYTES  56

#define FOOT_INSIDE          8                          // in struct stack_foot
#define FOOT_SWITCHED_AT    16

#define RESUMER_FOOT         0                          // in struct coroutine
#define BODY_FP              8
#define BODY_PC             16
#define RESUMER_SP          24
#define RESUMER_FP          32
#define RESUMER_PC          40
#define COROUTINE_BYTES     48
#define OWN_FOOT            48                          // right behind it, in its struct stack_user
#define BODY_SP             56
#define LANDING_STOP_BYTES  21                          // from where a stop lands to where a resume does
#define LANDING_LEAVING_BYTES 32                        // from where a yield loads rbp to where a resume lands

#define TRAP_RAX             0
#define TRAP_RBX             8
#define TRAP_RCX            16
#define TRAP_RDX            24
#define TRAP_RSI            32
#define TRAP_RDI            40
#define TRAP_RBP            48
#define TRAP_R8             56
#define TRAP_R9             64
#define TRAP_R10            72
#define TRAP_R11            80
#define TRAP_R12            88
#define TRAP_R13            96
#define TRAP_R14           104
#define TRAP_R15           112
#define TRAP_SAVED_BYTES   120
#define TRAP_VECTOR        120                          // pushed by the entry of each vector
#define TRAP_ERROR         128                          // from here on pushed by the processor
#define TRAP_RIP           136
#define TRAP_CS            144
#define TRAP_RFLAGS        152
#define TRAP_RSP           160
#define TRAP_SS            168
#define TRAP_FRAME_BYTES   176
#define FP_STATE_BYTES     512                          // as fxsave64 lays them out, below the frame of an interrupt
// clang-format on

#endif
