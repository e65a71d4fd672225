// SPDX-License-Identifier: Apache-2.0
/**
 * Connections that a proxy hands on, and says who their client is: the PROXY protocol, versions 1
 * and 2.
 */
package dev.ringfork.reactor.proxied;
