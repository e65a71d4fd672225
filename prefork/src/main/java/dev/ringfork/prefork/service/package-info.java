// SPDX-License-Identifier: Apache-2.0
/** What makes a master a service: whose its workers are, its limits, its log, the background. */
package dev.ringfork.prefork.service;
