package dev.whippletree.emulator.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A response's status and headers. Immutable.
 *
 * @param status the HTTP status
 * @param headers in order, content type included, length excluded
 * @param contentLength the body's length as the headers state it; absent: the body comes in chunks
 */
public record Head(int status, Map<String, String> headers, OptionalLong contentLength) {

    public Head {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
}
