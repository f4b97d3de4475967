package dev.whippletree.tests.failures;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The service of a scenario, in virtual time, as its accounts' clients tell of it. Confined to one thread. */
final class VirtualWall {

    private static final Duration BETWEEN_TOKENS = Duration.ofMillis(15);

    private final FailoverScenario scenario;

    /** How much later than later ones the first call of the process is sent. */
    private final Duration firstCallLate;

    private final List<Double> firstChoice = new ArrayList<>();
    private boolean called;
    private boolean recovered;
    private @Nullable Timeline timeline;

    VirtualWall(FailoverScenario scenario, Duration firstCallLate) {
        this.scenario = scenario;
        this.firstCallLate = firstCallLate;
    }

    /** Returns when the model of first choice was called, in seconds. */
    List<Double> firstChoice() {
        return firstChoice;
    }

    /** Returns whether the model of first choice has answered within 30 s of the end of its outage. */
    boolean recovered() {
        return recovered;
    }

    /** Everything goes by this time. */
    void runOn(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Returns the client of an account. */
    ProviderClient client() {
        return new ProviderClient() {

            @Override
            public Admission admission(Prompt prompt, String model) {
                return Admission.NONE;
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                Call call = new Call(Objects.requireNonNull(timeline), model, sink);
                call.after(called ? Duration.ZERO : firstCallLate, call::arrive);
                called = true;
                return call;
            }

            @Override
            public void close() {}
        };
    }

    private final class Call implements Cancellable {

        private final Timeline timeline;
        private final String model;
        private final AttemptSink sink;
        private boolean cancelled;

        Call(Timeline timeline, String model, AttemptSink sink) {
            this.timeline = timeline;
            this.model = model;
            this.sink = sink;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        private void after(Duration delay, Runnable step) {
            timeline.schedule(delay.toNanos(), () -> {
                if (!cancelled) {
                    step.run();
                }
            });
        }

        void arrive() {
            sink.sent();
            if (!model.equals(FailoverScenario.FIRST_CHOICE)) {
                answer();
                return;
            }
            double at = timeline.nanoTime() / 1e9;
            firstChoice.add(at);
            boolean first = firstChoice.size() == 1;
            switch (scenario) {
                case LIMITED_ONCE -> failOr(first, limited(Optional.of(Duration.ofSeconds(2))));
                case LIMITED -> fail(limited(Optional.empty()));
                case BROKEN_ONCE -> failOr(first, failure(FailureKind.UNAVAILABLE, 500));
                case OVERLOADED, ACCOUNTED -> fail(failure(FailureKind.OVERLOADED, 503));
                case RESET_ONCE -> failOr(first, Failure.of(FailureKind.UNAVAILABLE, "the connection was reset"));
                case SILENT -> after(Duration.ofSeconds(120), () -> broken("the connection was closed"));
                case SLOW -> {
                    sink.firstByte();
                    after(Duration.ofSeconds(20), this::answer);
                }
                case CUT, CUT_WITHOUT_PREFILL -> breakAfter(FailoverScenario.CUT_AFTER, Duration.ZERO);
                case STALLED -> breakAfter(FailoverScenario.STALLED_AFTER, Duration.ofSeconds(30));
                case MALFORMED -> breakAfter(FailoverScenario.MALFORMED_AT, Duration.ZERO);
                case WITHOUT_DONE -> answer();
                case TOO_LONG -> fail(failure(FailureKind.TOO_LARGE, 400));
                case FILTERED -> fail(failure(FailureKind.FILTERED, 400));
                case DOWN_FOR_A_MINUTE -> {
                    recovered |= at >= 60 && at <= 90;
                    failOr(at < 60, failure(FailureKind.OVERLOADED, 503));
                }
            }
        }

        private void failOr(boolean wrong, Failure failure) {
            if (wrong) {
                fail(failure);
            } else {
                answer();
            }
        }

        private void fail(Failure failure) {
            sink.firstByte();
            sink.failed(failure);
        }

        private void answer() {
            sink.firstByte();
            tell(0, FailoverScenario.TOKENS, () -> {
                TokenUsage usage = TokenUsage.of(16, FailoverScenario.TOKENS);
                sink.done(new AnswerEnd(FinishReason.STOP, Optional.of(usage), model));
            });
        }

        private void breakAfter(int tokens, Duration silence) {
            sink.firstByte();
            tell(0, tokens, () -> after(silence, () -> broken("the stream ended before the answer did")));
        }

        private void broken(String how) {
            sink.failed(Failure.of(FailureKind.UNAVAILABLE, how));
        }

        private void tell(int token, int tokens, Runnable then) {
            if (token == tokens) {
                then.run();
                return;
            }
            sink.delta(new Delta.Text(FailoverScenario.ANSWER.get(token)));
            after(BETWEEN_TOKENS, () -> tell(token + 1, tokens, then));
        }
    }

    private static Failure failure(FailureKind kind, int status) {
        return new Failure(kind, "scripted", OptionalInt.of(status), Optional.empty(), Optional.empty(), Reach.ACCOUNT);
    }

    private static Failure limited(Optional<Duration> retryAfter) {
        return new Failure(
                FailureKind.RATE_LIMITED, "scripted", OptionalInt.of(429), Optional.empty(), retryAfter, Reach.UNKNOWN);
    }
}
