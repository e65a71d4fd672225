// SPDX-License-Identifier: Apache-2.0
/** The system calls that report readiness, behind one small contract. */
package dev.ringfork.reactor.demux;
