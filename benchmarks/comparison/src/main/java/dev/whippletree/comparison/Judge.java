package dev.whippletree.comparison;

import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Judges what a contender's callers got. Each answer of an emulated service follows from its prompt, so an answer that is cut off or
 * belongs to another prompt is found. Stateless.
 */
final class Judge {

    private static final int FAILURES = 3;
    private static final int FAILURE_LENGTH = 160;

    private Judge() {}

    static Results.Answered judge(
            String contender, Case of, Answers answers, ServiceStats stats, Results.Origin origin) {
        long right = answers.lines().stream().filter(line -> isRight(of, line)).count();
        long said = answers.lines().stream().filter(Answers.Line::said).count();
        double stopSeconds = seconds(stopAfter(of));
        double last = answers.lines().stream()
                .mapToDouble(Answers.Line::endSeconds)
                .max()
                .orElse(0);
        boolean stopped = answers.lines().size() < of.prompts();
        return new Results.Answered(
                contender,
                of.name(),
                origin,
                stopped ? stopSeconds : last,
                stopped,
                of.prompts(),
                of.distinct(),
                right,
                said - right,
                answers.lines().size() - said,
                stats.calls(),
                stats.rateLimited(),
                worstOfQuietest(of, answers, stopped ? stopSeconds : last),
                failures(answers));
    }

    static Duration stopAfter(Case of) {
        return of.bound().multipliedBy(3);
    }

    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private static boolean isRight(Case of, Answers.Line line) {
        return isRight(of.callers().get(line.caller()).texts().get(line.index()), line);
    }

    static boolean isRight(String asked, Answers.Line line) {
        return line.said()
                && dev.whippletree.emulator.model.Answers.matches(
                        Prompt.of(asked).messages(), line.text());
    }

    private static double worstOfQuietest(Case of, Answers answers, double endSeconds) {
        Map<String, Long> prompts = of.callers().stream()
                .collect(Collectors.groupingBy(
                        Caller::tenant,
                        Collectors.summingLong(caller -> caller.texts().size())));
        long least = prompts.values().stream().mapToLong(each -> each).min().orElse(0);
        Map<Integer, Double> freeSince = new HashMap<>();
        Map<Integer, Integer> ended = new HashMap<>();
        double worst = 0;
        for (Answers.Line line : answers.lines()) {
            if (prompts.get(of.callers().get(line.caller()).tenant()) == least) {
                worst = Math.max(worst, line.endSeconds() - line.askedSeconds());
                freeSince.merge(line.caller(), line.endSeconds(), Math::max);
                ended.merge(line.caller(), 1, Integer::sum);
            }
        }
        for (int number = 0; number < of.callers().size(); number++) {
            Caller caller = of.callers().get(number);
            boolean waits = ended.getOrDefault(number, 0) < caller.texts().size();
            if (prompts.get(caller.tenant()) == least && waits) {
                double since = freeSince.getOrDefault(number, 0.0) + seconds(caller.pause());
                worst = Math.max(worst, endSeconds - since);
            }
        }
        return worst;
    }

    private static Map<String, Long> failures(Answers answers) {
        Map<String, Long> counted = answers.lines().stream()
                .filter(line -> !line.said())
                .collect(Collectors.groupingBy(Judge::failure, Collectors.counting()));
        Map<String, Long> commonest = new LinkedHashMap<>();
        counted.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(FAILURES)
                .forEach(each -> commonest.put(each.getKey(), each.getValue()));
        return commonest;
    }

    /** Numbers differ from one error to the next, and say nothing here. */
    private static String failure(Answers.Line line) {
        String text = line.text().replaceAll("\\s+", " ").replaceAll("\\d{2,}(\\.\\d+)?", "…");
        return text.length() > FAILURE_LENGTH ? text.substring(0, FAILURE_LENGTH) + "…" : text;
    }
}
