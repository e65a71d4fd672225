// SPDX-License-Identifier: Apache-2.0
/** What a master decides, and the loop that carries it out. */
package dev.ringfork.prefork.master;
