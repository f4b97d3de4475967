package dev.whippletree.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a contract's tests ask of a plugin: each call, and the words of each check, sorted. It is compared
 * with what is kept in {@code src/test/resources}, so that nobody weakens a contract without seeing it.
 * {@code -Drecord=true} writes it anew.
 */
public final class Transcript implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final int MOST_LINES = 25;
    private static final int MOST_CHARACTERS = 240;
    private static final ThreadLocal<Set<String>> LINES = new ThreadLocal<>();

    static {
        AbstractAssert.setDescriptionConsumer(words -> note("checks " + words));
    }

    private final Path kept;
    private final Set<String> leftOut;
    private final UnaryOperator<String> plain;
    private final Map<String, Set<String>> tests = new TreeMap<>();

    /**
     * Creates one for a class of tests.
     *
     * @param plain takes out of a line what differs from run to run
     * @param leftOut tests that go by the time
     */
    public Transcript(String name, UnaryOperator<String> plain, String... leftOut) {
        this.leftOut = Set.of(leftOut);
        this.kept = Path.of(System.getProperty("basedir", "."), "src/test/resources/" + name + ".txt");
        this.plain = plain;
    }

    /** Adds a line to the test that runs on this thread. */
    public static void note(String line) {
        Set<String> lines = LINES.get();
        if (lines != null) {
            lines.add(line);
        }
    }

    /** Returns the same, whose calls are written down for the test that runs on this thread, whoever makes them. */
    public static <T> T watched(Class<T> type, T right) {
        Set<String> own = Objects.requireNonNullElseGet(LINES.get(), TreeSet::new);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
            Object[] arguments = given == null ? new Object[0] : given;
            own.add(method.getName()
                    + Arrays.stream(arguments).map(Transcript::shown).collect(Collectors.joining(", ", "(", ")")));
            try {
                return method.invoke(right, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    /** Without digests, moments and the names of objects. */
    private static String shown(@Nullable Object argument) {
        if (argument instanceof CacheKey key) {
            return "a key of '" + key.tenant() + "'";
        }
        if (argument instanceof CacheEntry entry) {
            String text = entry.completion().text();
            return "'" + text.substring(0, Math.min(text.length(), 40)) + "'";
        }
        String text = String.valueOf(argument);
        return argument == null || text.contains("@") || text.contains("$$") ? "an object" : text;
    }

    private static String shortened(String line) {
        String all = line.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
        return all.length() < MOST_CHARACTERS ? all : all.substring(0, MOST_CHARACTERS) + "… " + line.hashCode();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        LINES.set(new ConcurrentSkipListSet<>());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Set<String> lines = LINES.get();
        LINES.remove();
        tests.computeIfAbsent(context.getRequiredTestMethod().getName(), test -> new TreeSet<>())
                .addAll(lines.stream()
                        .map(line -> plain.apply(line.replaceAll("[0-9a-f]{12,}|2\\d{3}-\\d\\d-\\d\\dT[0-9:.]+Z", "…")))
                        .toList());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        tests.keySet().removeAll(leftOut);
        List<String> all = new ArrayList<>();
        tests.forEach((test, lines) -> {
            all.add("# " + test);
            lines.stream().limit(MOST_LINES).forEach(line -> all.add(shortened(line)));
            if (lines.size() > MOST_LINES) {
                all.add("and more, " + lines.size() + " in all: " + List.copyOf(lines).hashCode());
            }
        });
        if (Boolean.getBoolean("record")) {
            Files.write(kept, all);
        }
        assertThat(all)
                .as("%s isn't what the contract asks; if that is meant, run the test with -Drecord=true", kept)
                .isEqualTo(Files.readAllLines(kept));
    }
}
