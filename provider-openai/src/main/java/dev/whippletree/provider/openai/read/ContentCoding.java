package dev.whippletree.provider.openai.read;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import okhttp3.Headers;
import okio.BufferedSource;
import okio.Okio;

/**
 * How a body is packed (RFC 9110, section 8.4). Immutable.
 *
 * @param names the codings in the order in which they were applied, in small letters; empty if the body isn't packed
 */
record ContentCoding(List<String> names) {

    /** What services write where they mean none. */
    private static final Set<String> NONE = Set.of("", "identity", "none", "utf-8");

    private static final Set<String> GZIP = Set.of("gzip", "x-gzip");
    private static final Pattern SHOWABLE = Pattern.compile("[a-z0-9, -]{1,40}");

    ContentCoding {
        names = List.copyOf(names);
    }

    static ContentCoding of(Headers headers) {
        return new ContentCoding(headers.values("Content-Encoding").stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !NONE.contains(name))
                .toList());
    }

    /** Returns whether bodies so packed can be read here. */
    boolean isReadable() {
        return names.isEmpty() || isGzip();
    }

    private boolean isGzip() {
        return names.size() == 1 && GZIP.contains(names.get(0));
    }

    /** Returns what a body that {@linkplain #isReadable() can be read} holds, unpacked as it comes. */
    BufferedSource unpacked(BufferedSource body) {
        return isGzip() ? Okio.buffer(new GzipBody(body)) : body;
    }

    /** Returns the names in words that can be shown, but for what else the service repeats there. */
    String inWords() {
        String all = String.join(", ", names);
        return SHOWABLE.matcher(all).matches() ? all : "an unknown encoding";
    }
}
