package dev.whippletree.comparison.failover;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Reads requests of HTTP/1.1 as far as the wall needs them. Stateless. */
final class HttpRequests {

    private HttpRequests() {}

    /** Returns the next request's body; empty if the connection ends. */
    static Optional<byte[]> body(InputStream in) throws IOException {
        if (line(in).isEmpty()) {
            return Optional.empty();
        }
        int length = 0;
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String[] parts = header.toLowerCase(Locale.ROOT).split(":", 2);
            length = parts[0].equals("content-length") ? Integer.parseInt(parts[1].strip()) : length;
            chunked |= parts[0].equals("transfer-encoding") && parts[1].contains("chunked");
        }
        return Optional.of(chunked ? chunks(in) : exactly(in, length));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = size(in); size > 0; size = size(in)) {
            body.write(exactly(in, size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static int size(InputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the request broke off");
        }
        return bytes;
    }

    /** Returns the next line; empty at the connection's end too. */
    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
