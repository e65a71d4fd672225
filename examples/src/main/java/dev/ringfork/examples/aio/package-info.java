// SPDX-License-Identifier: Apache-2.0
/** POSIX asynchronous I/O: the C library says by signal which operation is done. */
package dev.ringfork.examples.aio;
