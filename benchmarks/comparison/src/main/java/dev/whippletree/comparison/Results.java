package dev.whippletree.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that was measured, as it is kept in {@code docs/comparison.json}: the page is made from this alone. A new
 * result takes the place of the older one of the same contender and case, so that pieces can be measured again.
 * Immutable.
 */
record Results(List<About> contenders, List<Setting> cases, List<Answered> answered, List<Fault> faults) {

    static final Results NONE = new Results(List.of(), List.of(), List.of(), List.of());

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    Results {
        contenders = List.copyOf(contenders);
        cases = List.copyOf(cases);
        answered = List.copyOf(answered);
        faults = List.copyOf(faults);
    }

    /**
     * A contender.
     *
     * @param documentation where its configuration is from
     * @param configuration its configuration, from its source
     */
    record About(String name, String title, String version, String documentation, String configuration) {}

    /** A case. */
    record Setting(
            String name,
            String title,
            String description,
            long seed,
            long prompts,
            long distinct,
            double boundSeconds) {}

    /** When and where something was measured. */
    record Origin(String date, String machine) {}

    /**
     * How a contender did in a case.
     *
     * @param wallSeconds until its last answer or failure
     * @param stopped whether it was stopped, at three times the bound
     * @param right prompts with a whole answer of their own
     * @param wrong prompts with anything else in place of it
     * @param failed prompts that ended with an error
     * @param calls calls that the services saw
     * @param rateLimited calls answered 429
     * @param quietestWorstSeconds the longest that any prompt took of the tenant that asked least; prompts without an
     *     answer count until the end
     * @param failures the commonest errors, each with how many there were
     */
    record Answered(
            String contender,
            String name,
            Origin origin,
            double wallSeconds,
            boolean stopped,
            long prompts,
            long distinct,
            long right,
            long wrong,
            long failed,
            long calls,
            long rateLimited,
            double quietestWorstSeconds,
            Map<String, Long> failures) {}

    /** What a contender's caller got when the first call met a fault. */
    record Fault(String contender, String kind, boolean streamed, Origin origin, Got got, String detail) {}

    /** What a caller got. */
    enum Got {
        /** The whole answer. */
        WHOLE,
        /** An error. */
        ERROR,
        /** Not the whole answer, without being told so. */
        CUT,
        /** Nothing in time. */
        NOTHING
    }

    static Results read(Path file) {
        return Files.exists(file) ? JSON.readValue(file.toFile(), Results.class) : NONE;
    }

    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }

    Results with(About about) {
        return new Results(replaced(contenders, about, About::name), cases, answered, faults);
    }

    Results with(Setting setting) {
        return new Results(contenders, replaced(cases, setting, Setting::name), answered, faults);
    }

    Results with(Answered run) {
        return new Results(
                contenders, cases, replaced(answered, run, each -> each.contender() + " " + each.name()), faults);
    }

    Results with(Fault run) {
        return new Results(
                contenders,
                cases,
                answered,
                replaced(faults, run, each -> each.contender() + " " + each.kind() + " " + each.streamed()));
    }

    /** Keeps the order, so that a new measurement of one piece changes only its lines of the file. */
    private static <T> List<T> replaced(List<T> list, T with, java.util.function.Function<T, String> key) {
        List<T> all = new ArrayList<>(list);
        Optional<T> old = list.stream()
                .filter(each -> key.apply(each).equals(key.apply(with)))
                .findFirst();
        if (old.isPresent()) {
            all.set(all.indexOf(old.get()), with);
        } else {
            all.add(with);
        }
        return all;
    }

    Optional<Answered> of(String contender, String name) {
        return answered.stream()
                .filter(each ->
                        each.contender().equals(contender) && each.name().equals(name))
                .findFirst();
    }
}
