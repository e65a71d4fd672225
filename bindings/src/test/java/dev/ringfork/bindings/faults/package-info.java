// SPDX-License-Identifier: Apache-2.0
/**
 * System calls that fail when told to: for the tests of whatever is built on them.
 *
 * <p>{@link dev.ringfork.bindings.faults.FaultInjectingSyscalls} stands between the code under test
 * and a real provider.
 */
package dev.ringfork.bindings.faults;
