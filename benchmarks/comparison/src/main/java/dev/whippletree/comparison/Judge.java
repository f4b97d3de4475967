package dev.whippletree.comparison;

import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges what a contender's callers got. Each answer of an emulated service follows from its prompt, so an answer that
 * is cut off or belongs to another prompt is found. Stateless.
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
        Set<String> quietest = quietest(of);
        double[] freeSince = new double[of.callers().size()];
        int[] ended = new int[freeSince.length];
        double worst = 0;
        for (Answers.Line line : answers.lines()) {
            freeSince[line.caller()] = Math.max(freeSince[line.caller()], line.endSeconds());
            ended[line.caller()]++;
            if (quietest.contains(of.callers().get(line.caller()).tenant())) {
                worst = Math.max(worst, line.endSeconds() - line.askedSeconds());
            }
        }
        for (int number = 0; number < ended.length; number++) {
            Caller caller = of.callers().get(number);
            if (quietest.contains(caller.tenant())
                    && ended[number] < caller.texts().size()) {
                worst = Math.max(worst, endSeconds - freeSince[number] - seconds(caller.pause()));
            }
        }
        return worst;
    }

    /** Returns the tenants that ask least. */
    private static Set<String> quietest(Case of) {
        Map<String, Integer> prompts = of.callers().stream()
                .collect(Collectors.groupingBy(
                        Caller::tenant,
                        Collectors.summingInt(caller -> caller.texts().size())));
        int least = prompts.values().stream().min(Comparator.naturalOrder()).orElse(0);
        return prompts.entrySet().stream()
                .filter(tenant -> tenant.getValue() == least)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
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

    /** Removes numbers, which differ from error to error. */
    static String failure(Answers.Line line) {
        String text = line.text().replaceAll("\\s+", " ").replaceAll("\\d{2,}(\\.\\d+)?", "…");
        return text.length() > FAILURE_LENGTH ? text.substring(0, FAILURE_LENGTH) + "…" : text;
    }
}
