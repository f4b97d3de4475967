package dev.whippletree.provider.openai.call;

import dev.whippletree.model.DurationText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Explains in plain words why connecting failed; messages of OkHttp and the JDK are for programmers. Stateless. */
final class ConnectWords {

    private static final Pattern PROXY = Pattern.compile("CONNECT: (\\d{3})");

    private ConnectWords() {}

    /** Returns why, as what follows the host's name and a colon. */
    static String of(IOException fault, Duration timeout) {
        if (fault instanceof UnknownHostException) {
            return "the host is unknown; check its name and the network";
        }
        if (fault instanceof SocketTimeoutException) {
            return "connecting took longer than " + DurationText.of(timeout) + "; check base-url and the network";
        }
        if (fault instanceof SSLException || Causes.has(fault, CertificateException.class)) {
            return secure(fault);
        }
        if (fault instanceof ConnectException && Causes.says(fault, "refused")) {
            return "it refuses connections; check base-url, and that the service runs there";
        }
        if (fault instanceof ConnectException || fault instanceof NoRouteToHostException) {
            return "it can't be reached; check base-url and the network";
        }
        Matcher proxy = PROXY.matcher(String.valueOf(fault.getMessage()));
        return proxy.find()
                ? "the proxy can't connect to it (" + proxy.group(1) + ")"
                : "connecting failed; check base-url and the network";
    }

    private static String secure(IOException fault) {
        if (Causes.has(fault, CertificateExpiredException.class)) {
            return "its certificate has expired";
        }
        if (Causes.has(fault, CertificateNotYetValidException.class)) {
            return "its certificate isn't valid yet; check the clock of this machine";
        }
        if (Causes.has(fault, SSLPeerUnverifiedException.class)) {
            return "its certificate is for another host";
        }
        if (Causes.has(fault, CertificateException.class) || Causes.has(fault, CertPathValidatorException.class)) {
            return "its certificate isn't trusted here";
        }
        return "the TLS handshake failed; check base-url, and whether it is https or http";
    }
}
