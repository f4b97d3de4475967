package dev.whippletree.gateway.status;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;

/** Headers that keep other sites from using a response in a browser. Stateless. */
final class PageHeaders {

    private static final HttpString CONTENT_TYPE_OPTIONS = new HttpString("X-Content-Type-Options");
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");
    private static final HttpString REFERRER_POLICY = new HttpString("Referrer-Policy");
    private static final HttpString FRAME_OPTIONS = new HttpString("X-Frame-Options");
    private static final HttpString CONTENT_SECURITY_POLICY = new HttpString("Content-Security-Policy");

    private PageHeaders() {}

    /** Sets the headers of every response: no other site may embed it, and no browser may guess its type. */
    static void putShared(HeaderMap headers) {
        headers.put(CONTENT_TYPE_OPTIONS, "nosniff");
        headers.put(RESOURCE_POLICY, "same-origin");
    }

    /**
     * Puts what a page has.
     *
     * @param policy what it may load and run
     */
    static void putPage(HeaderMap headers, String policy) {
        putShared(headers);
        headers.put(CONTENT_SECURITY_POLICY, policy);
        headers.put(REFERRER_POLICY, "no-referrer");
        headers.put(FRAME_OPTIONS, "DENY");
    }
}
