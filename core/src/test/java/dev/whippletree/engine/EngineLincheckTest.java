package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever threads do at the engine's door at the same time, what comes of it could have come of doing the same one
 * after the other. Lincheck (Koval et al., CAV 2023) runs each scenario many times, and looks for an order that
 * explains its results.
 */
@Tag("slow")
@Tag("lincheck")
final class EngineLincheckTest {

    private static final int THREADS = 2;

    /** How often each scenario is run. */
    private static final int TIMES = 60;

    /** For each kind of scenario; {@code -Dlincheck.scenarios=…} for more, {@code -Dlincheck.seed=…} for others. */
    private static final int SCENARIOS = Integer.getInteger("lincheck.scenarios", 10);

    private static final long SEED = Long.getLong("lincheck.seed", 1);

    /** There is room for everybody, and threads ask the same: they join, and leave, what others have opened. */
    public static final class CommonQuestions extends EngineDoor {

        /** Nobody withdraws these, so that somebody waits whenever the services end a call. */
        private static final int ANSWERED = 2;

        /** Created by Lincheck. */
        public CommonQuestions() {
            super(ANSWERED + 1, 2, 100);
        }

        static Actor operation(int thread, SplittableRandom random) {
            return switch (random.nextInt(10)) {
                case 0, 1 -> actor("ask", thread, random.nextInt(ANSWERED));
                case 2, 3, 4 -> actor("ask", thread, ANSWERED);
                case 5, 6 -> actor("cancel", thread);
                case 7 -> actor("end", random.nextInt(ANSWERED), anyEnd(random));
                case 8 -> actor("status");
                default -> actor("close");
            };
        }

        @Override
        boolean hasDeadline(int question) {
            return false;
        }

        @Override
        boolean isWithdrawn(int question) {
            return question == ANSWERED;
        }

        @Override
        boolean isCounted(int question) {
            return question == ANSWERED;
        }
    }

    /**
     * There is room for one, so that all others wait in line; each thread asks what no other asks. What the services
     * end nobody withdraws: a call that is answered as soon as it is made takes the room for a moment, which one who
     * gives up could tell.
     */
    public static final class WaitingQuestions extends EngineDoor {

        private static final int A_THREAD = 2;

        /** Created by Lincheck. */
        public WaitingQuestions() {
            super(THREADS * A_THREAD, 1, 1);
        }

        static Actor operation(int thread, SplittableRandom random) {
            return switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> actor("ask", thread, thread * A_THREAD + random.nextInt(A_THREAD));
                case 4, 5 -> actor("cancel", thread);
                case 6, 7 -> actor("end", random.nextInt(THREADS) * A_THREAD, anyEnd(random));
                case 8 -> random.nextBoolean() ? actor("status") : actor("close");
                default -> actor("pass");
            };
        }

        @Override
        boolean hasDeadline(int question) {
            return question % A_THREAD == 1;
        }

        @Override
        boolean isWithdrawn(int question) {
            return question % A_THREAD == 1;
        }

        @Override
        boolean isCounted(int question) {
            return false;
        }
    }

    /**
     * There is room for everybody, and each thread asks what no other asks, and withdraws it while the services end it.
     */
    public static final class OwnQuestions extends EngineDoor {

        private static final int A_THREAD = 2;

        /** Created by Lincheck. */
        public OwnQuestions() {
            super(THREADS * A_THREAD, 2, 100);
        }

        static Actor operation(int thread, SplittableRandom random) {
            return switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> actor("ask", thread, thread * A_THREAD + random.nextInt(A_THREAD));
                case 4, 5 -> actor("cancel", thread);
                case 6, 7 -> actor("end", random.nextInt(THREADS * A_THREAD), anyEnd(random));
                case 8 -> random.nextBoolean() ? actor("status") : actor("close");
                default -> actor("pass");
            };
        }

        @Override
        boolean hasDeadline(int question) {
            return question % A_THREAD == 1;
        }

        @Override
        boolean isWithdrawn(int question) {
            return true;
        }

        @Override
        boolean isCounted(int question) {
            return false;
        }
    }

    private static EngineDoor.End anyEnd(SplittableRandom random) {
        return EngineDoor.End.values()[random.nextInt(EngineDoor.End.values().length)];
    }

    private static Actor actor(String operation, Object... arguments) {
        Method method = Stream.of(EngineDoor.class.getMethods())
                .filter(candidate -> candidate.getName().equals(operation))
                .findFirst()
                .orElseThrow();
        return new Actor(method, Arrays.asList(arguments));
    }

    /** What a thread may do next. */
    private interface Operations {
        Actor any(int thread, SplittableRandom random);
    }

    private static ExecutionScenario scenario(Operations operations, int length, SplittableRandom random) {
        List<List<Actor>> parallel = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            List<Actor> own = new ArrayList<>();
            for (int step = 0; step < length; step++) {
                own.add(operations.any(thread, random));
            }
            parallel.add(own);
        }
        List<Actor> before = new ArrayList<>();
        for (int step = random.nextInt(3); step > 0; step--) {
            before.add(operations.any(0, random));
        }
        return new ExecutionScenario(before, parallel, List.of(actor("report")), null);
    }

    private static void check(Class<? extends EngineDoor> door, Operations operations) {
        SplittableRandom random = new SplittableRandom(SEED);
        StressOptions options =
                new StressOptions().iterations(0).invocationsPerIteration(TIMES).logLevel(LoggingLevel.ERROR);
        for (int scenario = 0; scenario < SCENARIOS; scenario++) {
            options.addCustomScenario(scenario(operations, 2 + random.nextInt(3), random));
        }
        assertThatCode(() -> options.check(door))
                .as("seed %s, %s scenarios", SEED, SCENARIOS)
                .doesNotThrowAnyException();
    }

    @Test
    void commonQuestions_asOneAfterTheOther() {
        check(CommonQuestions.class, CommonQuestions::operation);
    }

    @Test
    void waitingQuestions_asOneAfterTheOther() {
        check(WaitingQuestions.class, WaitingQuestions::operation);
    }

    @Test
    void ownQuestions_asOneAfterTheOther() {
        check(OwnQuestions.class, OwnQuestions::operation);
    }
}
