// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP/1.1 for real clients, as a {@link dev.ringfork.reactor.protocol.Protocol}.
 *
 * <p>To be read in this order: {@link dev.ringfork.examples.http.Ascii} (scanning), {@link
 * dev.ringfork.examples.http.RequestLine}, {@link dev.ringfork.examples.http.FieldLines} and {@link
 * dev.ringfork.examples.http.Framing} (the rules of a request's head), {@link
 * dev.ringfork.examples.http.ChunkedDecoder} and {@link dev.ringfork.examples.http.RequestBody}
 * (its body), {@link dev.ringfork.examples.http.Response} and {@link
 * dev.ringfork.examples.http.ResponseEncoder} (the answer), {@link
 * dev.ringfork.examples.http.HttpSession}, {@link dev.ringfork.examples.http.Exchange} and {@link
 * dev.ringfork.examples.http.Phase} (the connection). An application is a {@link
 * dev.ringfork.examples.http.Handler}; {@link dev.ringfork.examples.http.Router}, {@link
 * dev.ringfork.examples.http.StaticFiles} and the {@link dev.ringfork.examples.http.Middleware} are
 * made of nothing else.
 *
 * <p>The rules are those of RFC 9110 and RFC 9112. Where they leave a choice between being lenient
 * and being strict, this is strict: a request that two programs could read differently is refused.
 */
package dev.ringfork.examples.http;
