// SPDX-License-Identifier: Apache-2.0
/** Memory that the master and its workers share, to say how they do. */
package dev.ringfork.prefork.scoreboard;
