import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a client does by one protocol. Subclasses say how it asks and reads a stream, and what its errors are called,
 * and add what is their own. Confined to one thread.
 */
public abstract class Exercises {

    static final String ANSWER = "Hello, Ada.";
    static final String TOOL_ANSWER = "The tool said: 21 degrees, 25 degrees";
    static final Map<String, String> WEATHER = Map.of("Bern", "21 degrees", "Basel", "25 degrees");
    static final String REASONING = "They want a greeting.";
    static final String REFUSAL = "I can't help with that.";
    static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    static final String MODEL = "played";

    /** The length of each text that is embedded, and what the service puts behind it. */
    static final List<String> TEXTS = List.of("hello", "you");

    static final List<List<Float>> VECTORS = List.of(List.of(5f, 0.5f, -1.25f), List.of(3f, 0.5f, -1.25f));

    /** A client's own timeout, against a service that never answers. */
    static final Duration TIMEOUT = Duration.ofMillis(200);

    /** Longer than any exercise. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String LINE = "leaving-line";
    private static final String BREAK = "break";
    private static final int TOKENS_IN = 11;
    private static final int TOKENS_OUT = 7;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static int marks;
    private static int numbers;

    static String baseUrl = "";
    static String key = "";
    private static String seen = "";

    private final String protocol;
    private final int number = numbers++;
    private final Map<String, Exercise> own = new LinkedHashMap<>();
    private final Map<String, String> notes = new LinkedHashMap<>();

    Exercises(String protocol) {
        this.protocol = protocol;
    }

    /** Does something, and fails if it can't. */
    @FunctionalInterface
    interface Exercise {
        void act() throws Exception;
    }

    /**
     * An answer.
     *
     * @param text what it says
     * @param in the tokens of the prompt
     * @param out the tokens of the answer
     */
    record Answer(String text, long in, long out) {}

    /** Makes the exercises, once it is known where the gateway is. */
    @FunctionalInterface
    interface Exercising {
        List<Exercises> all();
    }

    /** Asks once, without retries. */
    abstract Answer ask(String prompt, String model, String key, Duration timeout) throws Exception;

    /** Reads a stream's pieces of text for as long as they are wanted, and closes it then. */
    abstract void stream(String prompt, String model, Predicate<String> wanted) throws Exception;

    /** Returns the names of the errors for 400, 401, 404, 429, 502, a timeout and a stream that breaks off. */
    abstract List<String> errors();

    /** Returns the status that an error tells; 0: none. */
    int status(Throwable error) {
        return 0;
    }

    /** Adds an exercise of the client's own. */
    final void add(String name, Exercise exercise) {
        own.put(name, exercise);
    }

    /** Adds an exercise that shows a limit of the client's own, and what to tell of it. */
    final void add(String name, Exercise exercise, String result) {
        add(name, exercise);
        notes.put(name, result);
    }

    /** Says that only the client's own timeout leaves a prompt that waits. */
    final void leavesLineByTimeout() {
        notes.put(LINE, "only the client's timeout leaves");
    }

    /** Says that the error of a stream that breaks off doesn't tell what the gateway said of it. */
    final void hidesBreak() {
        notes.put(BREAK, "an error that doesn't say what happened");
    }

    static String prompt(String script) {
        return "Greet Ada. [" + ProcessHandle.current().pid() + "-" + marks++ + "." + script + "]";
    }

    /** Waits until something has happened to the prompt, and returns what the service tells of it. */
    static String seen(String what, String text) throws IOException, InterruptedException {
        String mark = text.replaceAll(".*\\[|]", "");
        HttpRequest request = HttpRequest.newBuilder(URI.create(seen + "/" + what + "/" + mark))
                .build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        same(200, response.statusCode());
        return response.body();
    }

    static void same(Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }

    static void holds(boolean condition, Object told) {
        if (!condition) {
            throw new AssertionError(told);
        }
    }

    /** Returns the error that comes of it, of which one class is called so. */
    static Throwable raised(String name, Callable<?> action) throws Exception {
        Object answer;
        try {
            answer = action.call();
        } catch (Exception e) {
            Throwable error = bare(e);
            if (isCalled(name, error)) {
                return error;
            }
            throw e;
        }
        throw new AssertionError(answer + " instead of " + name);
    }

    private static boolean isCalled(String name, Throwable error) {
        return Stream.<Class<?>>iterate(error.getClass(), type -> type != null, Class::getSuperclass)
                .anyMatch(type -> type.getSimpleName().equals(name));
    }

    static Throwable bare(Throwable error) {
        return (error instanceof CompletionException || error instanceof ExecutionException) && error.getCause() != null
                ? bare(error.getCause())
                : error;
    }

    private String route(String name) {
        return name + "-" + number;
    }

    private void whole() throws Exception {
        same(new Answer(ANSWER, TOKENS_IN, TOKENS_OUT), ask(prompt("whole"), MODEL, key, PATIENCE));
    }

    private void streamed() throws Exception {
        StringBuffer text = new StringBuffer();
        stream(prompt("whole"), MODEL, piece -> {
            text.append(piece);
            return true;
        });
        same(ANSWER, text.toString());
    }

    private void leaveStream() throws Exception {
        String prompt = prompt("stalls");
        stream(prompt, MODEL, piece -> false);
        seen("left", prompt);
    }

    /**
     * Asks, and gives up once the service tells that something has happened. By default, the thread that waits is
     * interrupted.
     */
    void leave(String prompt, String model, String what, String text) throws Exception {
        CompletableFuture<Throwable> left = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                left.completeExceptionally(new AssertionError(ask(prompt, model, key, PATIENCE)));
            } catch (Throwable e) {
                left.complete(e);
            }
        });
        waiting.start();
        seen(what, text);
        waiting.interrupt();
        Throwable error = left.get();
        holds(!isCalled(errors().get(5), error), error);
    }

    private void leaveWhole() throws Exception {
        String prompt = prompt("hangs");
        leave(prompt, MODEL, "arrived", prompt);
    }

    private void leaveLine() throws Exception {
        if (notes.containsKey(LINE)) {
            raised(errors().get(5), () -> ask(prompt("limited"), route("line"), key, TIMEOUT));
        } else {
            leave(prompt("limited"), route("line"), "waiting", "1");
        }
        seen("waiting", "0");
    }

    private void timeout() throws Exception {
        raised(errors().get(5), () -> ask(prompt("hangs"), MODEL, key, TIMEOUT));
    }

    private void broken() throws Exception {
        String prompt = prompt("breaks");
        StringBuffer text = new StringBuffer();
        Throwable error = raised(errors().get(6), () -> {
            stream(prompt, route("breaks"), piece -> {
                text.append(piece);
                try {
                    // What hasn't been read is lost.
                    if (text.toString().equals("Hello, A")) {
                        seen("cut", prompt);
                    }
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return true;
            });
            return text;
        });
        same("Hello, A", text.toString());
        boolean told = String.valueOf(error.getMessage()).contains("broke off");
        holds(told != notes.containsKey(BREAK), error);
    }

    private void check(Throwable error, int status, String told) {
        if (status != 0 && status(error) != 0) {
            same(status, status(error));
        }
        holds(String.valueOf(error.getMessage()).contains(told), error);
    }

    private Exercise failing(int index, int status, String script, String model, String key, String told) {
        return () -> check(raised(errors().get(index), () -> ask(prompt(script), model, key, PATIENCE)), status, told);
    }

    private Map<String, Exercise> all() {
        Map<String, Exercise> all = new LinkedHashMap<>();
        all.put("whole", this::whole);
        all.put("stream", this::streamed);
        all.putAll(own);
        all.put("leaving-stream", this::leaveStream);
        all.put("leaving-whole", this::leaveWhole);
        all.put(LINE, this::leaveLine);
        all.put("timeout", this::timeout);
        all.put(BREAK, this::broken);
        all.put("errors-400", failing(0, 400, "badRequest", MODEL, key, "the temperature is wrong"));
        all.put("errors-401", failing(1, 401, "whole", MODEL, "no such key", "key"));
        all.put("errors-404", failing(2, 404, "whole", "no-such-model", key, "no-such-model"));
        all.put("errors-429", failing(3, 429, "limited", route("limited"), key, ""));
        all.put("errors-502", failing(4, 502, "failing", route("failing"), key, ""));
        return all;
    }

    /**
     * Does the exercises of a client, and prints a line for each. Ends the process.
     *
     * @param client its name
     * @param jar the name of its jar, before the version
     * @param arguments the gateway's base URL, a key, where the service tells what it saw
     * @param exercising makes the exercises
     * @param embeddings embeds {@link #TEXTS}
     */
    static void run(
            String client,
            String jar,
            String[] arguments,
            Exercising exercising,
            Callable<List<List<Float>>> embeddings) {
        baseUrl = arguments[0];
        key = arguments[1];
        seen = arguments[2];
        Matcher version = Pattern.compile("[/\\\\]" + jar + "-([0-9][0-9.]*)\\.jar")
                .matcher(System.getProperty("java.class.path"));
        print(client, "version", "result", version.find() ? version.group(1) : "unknown");
        for (Exercises each : exercising.all()) {
            each.all()
                    .forEach((name, exercise) ->
                            act(client, each.protocol + " " + name, exercise, each.notes.getOrDefault(name, "works")));
        }
        act(client, "embeddings whole", () -> same(VECTORS, embeddings.call()), "works");
        System.exit(0);
    }

    private static void act(String client, String name, Exercise exercise, String result) {
        try {
            exercise.act();
            print(client, name, "result", result);
        } catch (Throwable e) {
            e.printStackTrace();
            print(client, name, "failed", e.toString());
        }
    }

    private static void print(String client, String name, String field, String told) {
        List<String> fields = new ArrayList<>();
        Map<String, String> line = new LinkedHashMap<>();
        line.put("exercise", client + " " + name);
        line.put("client", client);
        line.put("case", name);
        line.put(field, told);
        line.forEach((key, value) -> fields.add(quoted(key) + ": " + quoted(value)));
        byte[] bytes = ("{" + String.join(", ", fields) + "}\n").getBytes(UTF_8);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(each -> {
            if (each < ' ' || each == '"' || each == '\\') {
                quoted.append("\\u%04x".formatted(each));
            } else {
                quoted.append((char) each);
            }
        });
        return quoted.append('"').toString();
    }
}
