// SPDX-License-Identifier: Apache-2.0
/**
 * {@code ringfork selftest}: tries on the spot what the toolkit is built on, one class a family of
 * calls, and prints a report to paste.
 *
 * <p>For systems that the tests never ran on: a check says which call did what else than expected.
 */
package dev.ringfork.examples.selftest;
