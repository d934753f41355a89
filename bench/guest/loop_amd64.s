#include "textflag.h"

// func loop(n int64)
TEXT ·loop(SB), NOSPLIT, $0-8
	MOVQ n+0(FP), AX

again:
	DECQ AX
	JNZ  again
	RET
