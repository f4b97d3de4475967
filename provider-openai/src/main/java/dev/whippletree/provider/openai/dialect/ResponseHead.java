package dev.whippletree.provider.openai.dialect;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A response's status and headers. Immutable.
 *
 * @param status the HTTP status
 * @param headers by case-insensitive name; the last value of a repeated header
 */
public record ResponseHead(int status, Map<String, String> headers) {

    /** Copies the headers. */
    public ResponseHead {
        Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        copy.putAll(headers);
        headers = Collections.unmodifiableMap(copy);
    }

    /**
     * Returns a header's value without the space around it; empty if there is none or nothing in it.
     *
     * @param name upper and lower case alike
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(String::trim).filter(value -> !value.isEmpty());
    }

    /** Returns whether the status says that all went well. */
    public boolean successful() {
        return status / 100 == 2;
    }

    /** Returns the status and the headers' names: a service may repeat a token in a value. */
    @Override
    public String toString() {
        return "head " + status + " " + headers.keySet();
    }
}
