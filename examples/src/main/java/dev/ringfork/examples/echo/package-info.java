// SPDX-License-Identifier: Apache-2.0
/** The smallest protocol that is of use: what comes in goes out. */
package dev.ringfork.examples.echo;
