// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.reactor.tls.TlsContext;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of a server that speaks TLS. */
final class TlsOptions {
    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Speak TLS with the certificate in this PEM file, those that lead to a known one"
                            + " behind it. HUP reads it again.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The certificate's private key, a PEM file without a passphrase.")
    private @Nullable Path key;

    /**
     * Reads the files, if there are to be any.
     *
     * @return null for a server that does not speak TLS
     * @throws Refusal if the files cannot be used, or one is named without the other
     */
    @Nullable TlsContext context(Service service, Console console) {
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw Refusal.usage(
                    "%s needs %s too: a certificate is of no use without its key"
                            .formatted(
                                    key == null ? "--tls-cert" : "--tls-key",
                                    key == null ? "--tls-key" : "--tls-cert"),
                    null);
        }
        try {
            TlsContext context = TlsContext.load(certificate, key, service.applicationProtocols());
            warn(context, console);
            return context;
        } catch (IllegalArgumentException e) {
            throw Refusal.failure(Refusal.message(e), e);
        }
    }

    /** Reads the files again; what is wrong with them is said and changes nothing. */
    static void reload(TlsContext context, Console console) {
        try {
            context.reload();
            console.note(
                    "new connections get the certificate of %s, valid until %s"
                            .formatted(
                                    context.certificate().getSubjectX500Principal(),
                                    context.certificate().getNotAfter().toInstant()));
            warn(context, console);
        } catch (IllegalArgumentException e) {
            console.note("the certificate stays as it was: " + Refusal.message(e));
        }
    }

    private static void warn(TlsContext context, Console console) {
        String warning = context.warning();
        if (warning != null) {
            console.note(warning);
        }
    }
}
