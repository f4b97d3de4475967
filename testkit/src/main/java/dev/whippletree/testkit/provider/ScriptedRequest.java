package dev.whippletree.testkit.provider;

import java.util.Map;

/**
 * A request that has arrived at a {@link ScriptedService}. Immutable.
 *
 * @param method the HTTP method
 * @param path path and query
 * @param headers by name in lower case
 * @param body the body as text
 */
public record ScriptedRequest(String method, String path, Map<String, String> headers, String body) {

    /** Copies the headers. */
    public ScriptedRequest {
        headers = Map.copyOf(headers);
    }
}
