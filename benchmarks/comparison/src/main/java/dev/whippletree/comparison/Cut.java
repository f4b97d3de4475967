package dev.whippletree.comparison;

import dev.whippletree.model.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the calls between two moments, as the driver tells. Immutable.
 *
 * @param seconds the time between the moments
 * @param failed calls that ended with an error
 * @param failure one of the errors
 * @param ended how many answers took so many microseconds
 * @param open how old those calls are that were open all the time
 * @param wrong answers, of those that the driver shows, that don't belong to their prompt
 */
record Cut(double seconds, long failed, String failure, Map<Long, Long> ended, Map<Long, Long> open, long wrong) {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final int PERCENT = 100;

    static Cut of(List<String> lines) {
        double seconds = 0;
        long failed = 0;
        String failure = "";
        Map<Long, Long> ended = Map.of();
        Map<Long, Long> open = Map.of();
        List<String[]> said = new ArrayList<>();
        for (String line : lines) {
            String[] values = line.split("\t", -1);
            switch (values[0]) {
                case "nanos" -> seconds = Long.parseLong(values[1]) / NANOS_PER_SECOND;
                case "failed" -> {
                    failed = Long.parseLong(values[1]);
                    failure = values[2].translateEscapes();
                }
                case "ended" -> ended = times(values[1]);
                case "open" -> open = times(values[1]);
                case "said" -> said.add(values);
                default -> throw new IllegalArgumentException("not what a driver says: " + line);
            }
        }
        return new Cut(
                seconds,
                failed,
                failure,
                ended,
                open,
                said.stream().filter(Cut::isWrong).count());
    }

    private static Map<Long, Long> times(String text) {
        Map<Long, Long> times = new TreeMap<>();
        for (String each : text.isEmpty() ? new String[0] : text.split(" ")) {
            String[] pair = each.split(":");
            times.merge(Long.parseLong(pair[0]), Long.parseLong(pair[1]), Long::sum);
        }
        return times;
    }

    private static boolean isWrong(String[] said) {
        return !dev.whippletree.emulator.model.Answers.matches(
                Prompt.of(said[1].translateEscapes()).messages(), said[2].translateEscapes());
    }

    long answered() {
        return ended.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Returns the time that so many percent of the calls took at most. Calls that have been open all the time count
     * with their age: they will take longer.
     *
     * @return microseconds; 0 if there was no call
     */
    long percentileMicros(int percent) {
        Map<Long, Long> all = new TreeMap<>(ended);
        open.forEach((micros, count) -> all.merge(micros, count, Long::sum));
        long calls = all.values().stream().mapToLong(Long::longValue).sum();
        long rank = (calls * percent + PERCENT - 1) / PERCENT;
        for (Map.Entry<Long, Long> each : all.entrySet()) {
            rank -= each.getValue();
            if (rank <= 0) {
                return each.getKey();
            }
        }
        return 0;
    }
}
