package dev.whippletree.tests.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium without a window. Confined to one thread; each call blocks until it is done, 15 seconds at most. */
final class Browser implements AutoCloseable {

    private static final int WIDTH = 1280;
    private static final int HEIGHT = 900;

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private Browser(Process process) {
        this.process = process;
        this.in = process.outputWriter(UTF_8);
        this.out = process.inputReader(UTF_8);
    }

    /** Starts one. Skips the test where there is none. */
    static Browser start() throws IOException {
        List<String> command = new ArrayList<>(NodeScript.command("browser.mjs"));
        Path chromium = Surroundings.need(
                chromium(), "there is no Chromium on the path; install it, for instance by: apt-get install chromium");
        command.add(chromium.toString());
        Browser browser = new Browser(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        browser.result();
        return browser;
    }

    private static Optional<Path> chromium() {
        return Surroundings.onPath("chromium", "chromium-browser", "google-chrome")
                .findFirst();
    }

    /** Opens a page as wide as usual. */
    void open(String url) {
        open(url, WIDTH, false);
    }

    /** Opens a page, as somebody who has never been there and likes it dark or not. */
    void open(String url, int width, boolean dark) {
        act("open", Map.of("url", url, "width", width, "height", HEIGHT, "dark", dark));
    }

    /** Waits until a text stands in an element that can be seen. */
    void expect(String selector, String text) {
        act("expect", Map.of("selector", selector, "text", text));
    }

    /** Returns the texts of all elements of that sort that can be seen. */
    List<String> texts(String selector) {
        return strings(act("texts", Map.of("selector", selector)));
    }

    /** Returns the title of the page's tab. */
    String title() {
        return act("title", Map.of()).asString();
    }

    /** Writes into a field, and sends it. */
    void enter(String selector, String text) {
        act("enter", Map.of("selector", selector, "text", text));
    }

    /** Returns what a page shouldn't do and has done since it was opened: errors, and requests to other hosts. */
    List<String> troubles() {
        return strings(act("troubles", Map.of()));
    }

    /** Returns how many pixels the page can be scrolled sideways. */
    int sideways() {
        return act("sideways", Map.of()).asInt();
    }

    /** Returns the brightness of the page's background, 0 to 1. */
    double brightness() {
        return act("brightness", Map.of()).asDouble();
    }

    /** Returns the texts that have less contrast than WCAG 2.2 asks for at level AA. */
    List<String> faint() {
        return strings(act("faint", Map.of()));
    }

    private static List<String> strings(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    private JsonNode act(String act, Map<String, ?> details) {
        Map<String, Object> request = new HashMap<>(details);
        request.put("act", act);
        try {
            in.write(JsonMapper.shared().writeValueAsString(request) + "\n");
            in.flush();
            return result();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode result() throws IOException {
        String line = Optional.ofNullable(out.readLine())
                .orElseThrow(() -> new AssertionError("the browser's program has ended; its errors are above"));
        JsonNode said = JsonMapper.shared().readTree(line);
        assertThat(said.path("failure").asString("")).isEmpty();
        return said.path("result");
    }

    /** Ends it with all that it started. */
    @Override
    public void close() {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroy();
        started.forEach(ProcessHandle::destroyForcibly);
    }
}
