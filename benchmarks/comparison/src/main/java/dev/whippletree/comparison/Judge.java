package dev.whippletree.comparison;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Prompt;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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

    /**
     * Judges one contender in one case.
     *
     * @param beside the contender that was asked at the same time, or empty
     * @throws IOException if the answers aren't those of the case's questions, each at most once
     */
    static Results.Answered judge(
            String contender,
            String beside,
            Case of,
            Answers answers,
            ServiceStats stats,
            double processorSeconds,
            Results.Origin origin)
            throws IOException {
        checkQuestions(contender, of, answers);
        long said = answers.lines().stream().filter(Answers.Line::said).count();
        List<Answers.Line> right = answers.lines().stream()
                .filter(line -> isRight(text(of, line), line))
                .toList();
        double last = answers.lines().stream()
                .mapToDouble(Answers.Line::endSeconds)
                .max()
                .orElse(0);
        boolean stopped = answers.lines().size() < of.prompts();
        double end = stopped ? seconds(of.stopAfter()) : last;
        return new Results.Answered(
                contender,
                of.name(),
                of.seed(),
                origin,
                beside,
                1,
                new Results.Took(end, stopped, worstOfQuietest(of, answers, end), processorSeconds),
                new Results.Said(
                        of.prompts(),
                        of.distinct(),
                        right.size(),
                        said - right.size(),
                        answers.lines().size() - said),
                new Results.Seen(stats.calls(), stats.rateLimited(), unasked(of, right, stats)),
                failures(answers));
    }

    private static void checkQuestions(String contender, Case of, Answers answers) throws IOException {
        Set<List<Integer>> answered = new HashSet<>();
        for (Answers.Line line : answers.lines()) {
            if (line.caller() >= of.callers().size()
                    || line.index() >= of.callers().get(line.caller()).texts().size()
                    || !answered.add(List.of(line.caller(), line.index()))) {
                throw new IOException(contender + ": " + of.name() + ": its driver reports question " + line.index()
                        + " of caller " + line.caller() + " twice, or nobody asked it; mend the driver");
            }
        }
    }

    /** An answer that no call has fetched is made up, or comes from accounts that aren't part of the case. */
    private static long unasked(Case of, List<Answers.Line> right, ServiceStats stats) {
        long distinct = right.stream().map(line -> text(of, line)).distinct().count();
        return Math.max(0, distinct - Math.min(stats.distinctPrompts(), stats.answered()));
    }

    private static String text(Case of, Answers.Line line) {
        return of.callers().get(line.caller()).texts().get(line.index());
    }

    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
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
        return shortened(line.text().replaceAll("\\d{2,}(\\.\\d+)?", "…"));
    }

    static String shortened(String error) {
        String line = error.replaceAll("\\s+", " ");
        return line.length() > FAILURE_LENGTH ? line.substring(0, FAILURE_LENGTH) + "…" : line;
    }
}
