// SPDX-License-Identifier: Apache-2.0
/** The system calls that report readiness, behind one contract of nine methods. */
package dev.ringfork.reactor.demux;
