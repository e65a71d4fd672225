// SPDX-License-Identifier: Apache-2.0
/**
 * A server of several processes: {@link dev.ringfork.prefork.Prefork} is the master and its
 * workers, {@link dev.ringfork.prefork.Hooks} what a program does at the turns of their lives.
 */
package dev.ringfork.prefork;
