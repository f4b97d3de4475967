package dev.whippletree.examples.spark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What the job was started with. Immutable.
 *
 * @param input a file or folder of prompts
 * @param output a folder for the answers that isn't there yet
 * @param configuration Whippletree's configuration file, on the driver
 * @param format of both: {@code json}, a JSON object in each line, or {@code parquet}
 * @param idColumn the column of ids; empty: {@code custom_id} if there is one, else {@code id}
 * @param promptColumn the column of prompts
 * @param inFlight the most prompts in flight of each task
 */
record JobOptions(
        String input,
        String output,
        String configuration,
        String format,
        Optional<String> idColumn,
        String promptColumn,
        int inFlight) {

    static final String USAGE = "usage: AnswerPrompts [--config whippletree.yaml] [--format json|parquet] [--id COLUMN]"
            + " [--prompt COLUMN] [--in-flight 64] INPUT OUTPUT";

    /**
     * Reads the arguments.
     *
     * @throws JobMistake if they make no sense
     */
    static JobOptions parse(String... arguments) {
        Deque<String> left = new ArrayDeque<>(List.of(arguments));
        List<String> paths = new ArrayList<>();
        String configuration = "whippletree.yaml";
        String format = "json";
        Optional<String> idColumn = Optional.empty();
        String promptColumn = "prompt";
        int inFlight = 64;
        while (!left.isEmpty()) {
            String next = left.remove();
            switch (next) {
                case "--config" -> configuration = value(next, left);
                case "--format" -> format = format(value(next, left));
                case "--id" -> idColumn = Optional.of(value(next, left));
                case "--prompt" -> promptColumn = value(next, left);
                case "--in-flight" -> inFlight = positive(next, value(next, left));
                default -> paths.add(path(next));
            }
        }
        if (paths.size() != 2) {
            throw new JobMistake(USAGE);
        }
        return new JobOptions(paths.get(0), paths.get(1), configuration, format, idColumn, promptColumn, inFlight);
    }

    private static String value(String option, Deque<String> left) {
        if (left.isEmpty()) {
            throw new JobMistake(option + " needs a value; " + USAGE);
        }
        return left.remove();
    }

    private static String path(String argument) {
        if (argument.startsWith("-")) {
            throw new JobMistake("there is no option " + argument + "; " + USAGE);
        }
        return argument;
    }

    private static String format(String value) {
        if (!value.equals("json") && !value.equals("parquet")) {
            throw new JobMistake("--format is json or parquet, not " + value);
        }
        return value;
    }

    private static int positive(String option, String value) {
        if (!value.matches("[1-9]\\d{0,4}")) {
            throw new JobMistake(option + " is a number from 1 to 99999, not " + value);
        }
        return Integer.parseInt(value);
    }
}
