// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/** A suite that {@link ContractTable} has a row for. */
interface Tabled {

    /** What is under test, as the cells of a table. */
    String combination();
}
