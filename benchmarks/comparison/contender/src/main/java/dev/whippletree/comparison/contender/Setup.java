package dev.whippletree.comparison.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the driver is to do, read from the file {@code setup.tsv}: one line for each fact, its name first, values
 * separated by tabs. Immutable.
 *
 * @param services what the contender is told
 * @param streams whether answers are streamed
 * @param stopAfter when to stop, whatever has been answered
 * @param callers who asks what
 * @param floor the class of the contender that asks the services directly, if that is asked for
 */
record Setup(Services services, boolean streams, Duration stopAfter, List<Caller> callers, String floor) {

    static Setup read(Path folder, boolean best) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        List<Account> accounts = new ArrayList<>();
        List<Account> warmUp = new ArrayList<>();
        List<Caller> callers = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("setup.tsv"))) {
            String[] values = line.split("\t", -1);
            switch (values[0]) {
                case "account" -> accounts.add(account(values));
                case "warm-up" -> warmUp.add(account(values));
                case "caller" -> callers.add(new Caller(values[1], millis(values[2]), new ArrayList<>()));
                case "ask" -> callers.get(callers.size() - 1).texts().add(values[1]);
                default -> facts.put(values[0], values[1]);
            }
        }
        Services services = new Services(
                best,
                fact(facts, "name"),
                fact(facts, "model"),
                Integer.parseInt(fact(facts, "max-tokens")),
                Math.max(Integer.parseInt(fact(facts, "callers")), callers.size()),
                millis(fact(facts, "patience-millis")),
                accounts,
                warmUp,
                callers.isEmpty()
                        ? List.of("one")
                        : callers.stream().map(Caller::tenant).distinct().toList(),
                folder);
        return new Setup(
                services,
                Boolean.parseBoolean(fact(facts, "streams")),
                millis(fact(facts, "stop-millis")),
                callers,
                facts.getOrDefault("floor", ""));
    }

    private static String fact(Map<String, String> facts, String name) {
        String value = facts.get(name);
        if (value == null) {
            throw new IllegalArgumentException("setup.tsv has no line '" + name + "'");
        }
        return value;
    }

    private static Account account(String[] values) {
        List<String> limits = values[5].isEmpty() ? List.of() : List.of(values[5].split("\\|"));
        return new Account(values[1], values[2], values[3], values[4], limits);
    }

    private static Duration millis(String value) {
        return Duration.ofMillis(Long.parseLong(value));
    }
}
