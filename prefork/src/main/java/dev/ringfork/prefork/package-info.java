// SPDX-License-Identifier: Apache-2.0
/**
 * The place of the master, its workers, the accept strategies and the hand-over of listeners.
 *
 * <p>Nothing lives here yet: one process serves ({@code dev.ringfork.reactor.server}).
 */
package dev.ringfork.prefork;
