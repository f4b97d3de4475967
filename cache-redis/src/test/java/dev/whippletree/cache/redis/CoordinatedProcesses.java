package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The processes of a test, which are closed when it has ended and before its servers are. Confined. */
final class CoordinatedProcesses implements AfterTestExecutionCallback {

    private final Map<String, String> settings;
    private final BiFunction<String, Map<String, String>, CoordinatedProcess> opener;
    private final List<CoordinatedProcess> all = new ArrayList<>();

    /**
     * Creates none yet.
     *
     * @param settings of each of them, unless others are given
     */
    CoordinatedProcesses(Map<String, String> settings) {
        this(settings, CoordinatedProcess::new);
    }

    private CoordinatedProcesses(
            Map<String, String> settings, BiFunction<String, Map<String, String>, CoordinatedProcess> opener) {
        this.settings = settings;
        this.opener = opener;
    }

    /** Creates none yet, whose Redis is never away, and which wait for its answers. */
    static CoordinatedProcesses patient() {
        return new CoordinatedProcesses(Map.of(), CoordinatedProcess::patient);
    }

    CoordinatedProcess open(String uri) {
        return open(uri, Map.of());
    }

    CoordinatedProcess open(String uri, Map<String, String> more) {
        Map<String, String> both = new HashMap<>(settings);
        both.putAll(more);
        CoordinatedProcess process = opener.apply(uri, both);
        all.add(process);
        return process;
    }

    /** Opens several, and waits until they know of each other. */
    List<CoordinatedProcess> open(String uri, int count) {
        List<CoordinatedProcess> opened =
                IntStream.range(0, count).mapToObj(number -> open(uri)).toList();
        awaitCount(count);
        return opened;
    }

    List<CoordinatedProcess> all() {
        return List.copyOf(all);
    }

    /** Waits until each knows of so many. */
    void awaitCount(int count) {
        all.forEach(process -> await().until(() -> process.status().processes() == count));
    }

    /** Waits until no reservation is answered from memory any more. */
    void awaitInStep() {
        all.forEach(process -> await().until(process::isInStep));
    }

    /** Waits until none has contact. */
    void awaitLost() {
        await().until(() -> all.stream().noneMatch(process -> process.status().connected()));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        all.forEach(CoordinatedProcess::close);
        all.clear();
    }
}
