// SPDX-License-Identifier: Apache-2.0
/** Hands connections on to another server: how a session opens connections of its own. */
package dev.ringfork.examples.proxy;
