package dev.whippletree.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

/** How a client asks. */
public enum StreamProtocol {
    /** The connection goes on afterwards. */
    KEPT("HTTP/1.1", ""),
    /** The connection closes afterwards. */
    CLOSING("HTTP/1.1", "Connection: close\r\n"),
    /** The end of the connection is the end of the response. */
    OLD("HTTP/1.0", "");

    private final String version;
    private final String header;

    StreamProtocol(String version, String header) {
        this.version = version;
        this.header = header;
    }

    /**
     * Returns a request for a stream as it goes over the wire.
     *
     * @param model what is to answer
     * @param headers more of them, each a line without its end
     */
    public String request(String model, String... headers) {
        return wire(model, true, headers);
    }

    /** Returns the same request for an answer in one piece. */
    public String whole(String model, String... headers) {
        return wire(model, false, headers);
    }

    /** Each asks for something else: an equal prompt could join one whose client has just gone. */
    private String wire(String model, boolean stream, String... headers) {
        String body = "{\"model\":\"" + model + "\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi, " + this + "\"}]}";
        StringBuilder head = new StringBuilder("POST /v1/chat/completions " + version + "\r\nHost: localhost\r\n");
        for (String line : headers) {
            head.append(line).append("\r\n");
        }
        return head + header + "Content-Length: " + body.getBytes(UTF_8).length + "\r\n\r\n" + body;
    }
}
