/** What our sources took from others by hand: shared/kernels/maths and sin-cos.ts name the files. */
import type { Package } from "./package.ts";

export const PORTED: readonly Package[] = [
  {
    name: "arm-optimized-routines",
    version: "pow.c",
    licence: "MIT",
    within: ["kernels (maths)"],
    texts: [
      `MIT License

Copyright (c) 1999-2019, Arm Limited.

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`,
    ],
  },
  {
    name: "fdlibm",
    version: "5.3, and FreeBSD's k_tan.c and s_cbrt.c",
    licence: "SunPro",
    within: ["kernels (maths)", "worker (sin-cos.ts)"],
    texts: [
      `Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.

Developed at SunPro, a Sun Microsystems, Inc. business.
Permission to use, copy, modify, and distribute this
software is freely granted, provided that this notice
is preserved.

s_cbrt.c: Optimized by Bruce D. Evans.

k_tan.c: Copyright 2004 Sun Microsystems, Inc.  All Rights Reserved.

Permission to use, copy, modify, and distribute this
software is freely granted, provided that this notice
is preserved.`,
    ],
  },
];
