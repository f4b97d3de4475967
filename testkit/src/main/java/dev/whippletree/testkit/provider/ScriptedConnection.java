package dev.whippletree.testkit.provider;

import dev.whippletree.testkit.provider.ScriptedReply.Ending;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link ScriptedService}: reads requests and sends replies, one after the other. Confined to a
 * thread.
 */
final class ScriptedConnection {

    /** So small that texts, lines and characters are torn apart on their way. */
    private static final int PIECE_BYTES = 7;

    private final InputStream in;
    private final OutputStream out;

    ScriptedConnection(Socket socket) throws IOException {
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
    }

    /** Blocks until a request has arrived; null if the client has closed the connection instead. */
    @Nullable ScriptedRequest read() throws IOException {
        String start = readLine();
        if (start.isEmpty()) {
            return null;
        }
        String[] words = start.split(" ", 3);
        Map<String, String> headers = new HashMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new ScriptedRequest(words[0], words[1], headers, new String(body, StandardCharsets.UTF_8));
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (line.isEmpty()) {
                    return "";
                }
                throw new EOFException();
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** Sends what the reply has to say, and returns whether another request may follow. */
    boolean send(ScriptedReply reply) throws IOException {
        if (reply.ending() == Ending.SILENT) {
            return false;
        }
        sendHead(reply);
        sendBody(reply.body().getBytes(StandardCharsets.UTF_8));
        if (reply.ending() == Ending.WHOLE || reply.ending() == Ending.WHOLE_THEN_CLOSED) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        return reply.ending() == Ending.WHOLE;
    }

    private void sendHead(ScriptedReply reply) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " Scripted\r\n");
        reply.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Transfer-Encoding: chunked\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void sendBody(byte[] body) throws IOException {
        for (int from = 0; from < body.length; from += PIECE_BYTES) {
            int length = Math.min(PIECE_BYTES, body.length - from);
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, from, length);
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    /** Blocks until the client closes the connection. */
    void awaitClosed() {
        try {
            while (in.read() >= 0) {
                // What a client sends after its request doesn't matter.
            }
        } catch (IOException e) {
            // A reset is a way of closing, too.
        }
    }
}
