package dev.whippletree.testkit.redis;

import java.util.Optional;
import java.util.regex.Pattern;

/** What a coordinator says for a day, and rightly so, once the machine has stood still for a second. */
public final class StoodStill {

    private static final Pattern SAID =
            Pattern.compile("(; )?coordinator redis: the clock of Redis at .*? was set ahead by .*?\\(NTP\\)");

    private StoodStill() {}

    /** Returns what a status says is wrong, unless it is only that. */
    public static Optional<String> leftOutOf(Optional<String> problem) {
        return problem.map(text -> SAID.matcher(text).replaceAll("")).filter(text -> !text.isEmpty());
    }
}
