package dev.whippletree.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;

/** How a stream ended for a client that reads the bytes itself. */
public enum WireEnd {
    /** With a finish reason and {@code [DONE]}, as the protocol ends a response. */
    DONE,
    /** With an event {@code error}, as the protocol ends a response. */
    ERROR,
    /** With a status of its own instead of a stream. */
    STATUS,
    /** With a reset of the connection. */
    RESET,
    /** In any other way: a client could take it for the end of the answer. */
    CUT;

    /** What came before the end. */
    public record Reading(WireEnd end, String text) {}

    /** Reads a response to its end. */
    public static Reading read(Socket socket) throws IOException {
        return read(socket, "");
    }

    /**
     * Reads a response to its end.
     *
     * @param before what was read of it before
     */
    public static Reading read(Socket socket, String before) throws IOException {
        Wire wire = new Wire(new BufferedInputStream(socket.getInputStream()), before);
        try {
            String head = wire.until("\r\n\r\n").toLowerCase(Locale.ROOT);
            if (!head.contains(" 200 ok")) {
                String length = head.replaceFirst("(?s).*content-length: (\\d+).*", "$1");
                wire.bytes(Integer.parseInt(length));
                return new Reading(STATUS, wire.all());
            }
            boolean chunked = head.contains("transfer-encoding: chunked");
            String body = chunked ? chunks(wire) : rest(wire);
            if (chunked && head.contains("connection: close") && wire.next() >= 0) {
                return new Reading(CUT, wire.all());
            }
            return new Reading(of(body), wire.all());
        } catch (EOFException e) {
            return new Reading(CUT, wire.all());
        } catch (SocketException e) {
            return new Reading(RESET, wire.all());
        }
    }

    private static WireEnd of(String body) {
        boolean finished = body.contains("\"finish_reason\":\"");
        if (body.endsWith("\n\ndata: [DONE]\n\n") && finished && !body.contains("event: error")) {
            return DONE;
        }
        String last = body.substring(body.lastIndexOf("\n\n", Math.max(0, body.length() - 3)) + 2);
        String lastEvent = body.indexOf("\n\n") == body.length() - 2 ? body : last;
        boolean error = lastEvent.startsWith("event: error\ndata: {\"error\":{") && lastEvent.endsWith("}}\n\n");
        return error && !finished && !body.contains("[DONE]") ? ERROR : CUT;
    }

    private static String chunks(Wire wire) throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = size(wire); size > 0; size = size(wire)) {
            body.append(wire.bytes(size));
            wire.until("\r\n");
        }
        wire.until("\r\n");
        return body.toString();
    }

    private static int size(Wire wire) throws IOException {
        return Integer.parseInt(wire.until("\r\n").strip(), 16);
    }

    private static String rest(Wire wire) throws IOException {
        StringBuilder body = new StringBuilder();
        for (int next = wire.next(); next >= 0; next = wire.next()) {
            body.append((char) next);
        }
        return body.toString();
    }

    /** Bytes as they come. Confined. */
    private static final class Wire {

        private final InputStream in;
        private final byte[] before;
        private final StringBuilder all = new StringBuilder();
        private int taken;

        Wire(InputStream in, String before) {
            this.in = in;
            this.before = before.getBytes(UTF_8);
        }

        int next() throws IOException {
            int next = taken < before.length ? before[taken++] : in.read();
            if (next >= 0) {
                all.append((char) next);
            }
            return next;
        }

        String until(String text) throws IOException {
            StringBuilder read = new StringBuilder();
            while (read.indexOf(text, Math.max(0, read.length() - text.length())) < 0) {
                read.append((char) some());
            }
            return read.toString();
        }

        String bytes(int count) throws IOException {
            StringBuilder read = new StringBuilder();
            while (read.length() < count) {
                read.append((char) some());
            }
            return read.toString();
        }

        private int some() throws IOException {
            int next = next();
            if (next < 0) {
                throw new EOFException("the connection ended");
            }
            return next;
        }

        String all() {
            return all.toString();
        }
    }
}
