package dev.whippletree.comparison;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A service that answers everything at once with the same text, so that only the contender takes time. Thread-safe. */
final class Mock implements AutoCloseable {

    private static final String HEAD =
            "{\"id\":\"chatcmpl-1\",\"created\":1764000000,\"model\":\"" + Case.MODEL + "\",";
    private static final String TEXT = "I would start with the people who use it and work back from there.";
    private static final String USAGE = "\"usage\":{\"prompt_tokens\":25,\"completion_tokens\":17,\"total_tokens\":42}";
    private static final Pattern STREAMS = Pattern.compile("\"stream\"\\s*:\\s*true");

    private static final String WHOLE = HEAD
            + "\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
            + TEXT + "\"},\"finish_reason\":\"stop\"}]," + USAGE + "}";
    private static final String STREAM = chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null")
            + chunk("{\"content\":\"" + TEXT + "\"}", "null")
            + chunk("{}", "\"stop\"")
            + "data: [DONE]\n\n";

    private final Undertow undertow;

    private Mock() {
        this.undertow = Undertow.builder()
                .addHttpListener(0, InetAddress.getLoopbackAddress().getHostAddress())
                .setIoThreads(1)
                .setWorkerThreads(1)
                .setSocketOption(org.xnio.Options.BACKLOG, 10_000)
                .setHandler(handler())
                .build();
    }

    static Mock start() {
        Mock mock = new Mock();
        mock.undertow.start();
        return mock;
    }

    private static String chunk(String delta, String finish) {
        return "data: " + HEAD + "\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":" + delta
                + ",\"finish_reason\":" + finish + "}]}\n\n";
    }

    private static HttpHandler handler() {
        return exchange -> exchange.getRequestReceiver().receiveFullBytes(Mock::answer);
    }

    private static void answer(HttpServerExchange exchange, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        boolean stream = STREAMS.matcher(text).find();
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, stream ? "text/event-stream" : "application/json");
        exchange.getResponseSender().send(stream ? STREAM : WHOLE);
    }

    String url() {
        InetSocketAddress address =
                (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/v1";
    }

    @Override
    public void close() {
        undertow.stop();
    }
}
