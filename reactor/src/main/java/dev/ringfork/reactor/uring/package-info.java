// SPDX-License-Identifier: Apache-2.0
/**
 * io_uring(7): rings of submissions and completions, used from Java with no library in between.
 *
 * <p>{@link dev.ringfork.reactor.uring.Ring} is the kernel's object with its two queues, {@link
 * dev.ringfork.reactor.uring.UringProactor} gives each operation an owner and keeps account of what
 * is in flight, {@link dev.ringfork.reactor.uring.BufferRing} is memory that the kernel picks from,
 * {@link dev.ringfork.reactor.uring.RegisteredFiles} and {@link
 * dev.ringfork.reactor.uring.RegisteredBuffers} are what it has looked up beforehand.
 */
package dev.ringfork.reactor.uring;
