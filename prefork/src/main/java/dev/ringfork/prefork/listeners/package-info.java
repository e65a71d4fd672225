// SPDX-License-Identifier: Apache-2.0
/** Listening sockets: who binds them, and how they come to the processes that accept. */
package dev.ringfork.prefork.listeners;
