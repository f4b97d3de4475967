package dev.whippletree.tests.failures;

import dev.whippletree.comparison.failover.Attempt;
import dev.whippletree.comparison.failover.FailoverScenario;
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

    private final FailoverScenario scenario;

    /** How much later than later ones the first call of the process is sent. */
    private final Duration firstCallLate;

    private final List<Attempt> firstChoice = new ArrayList<>();
    private long fallbackCalls;
    private boolean called;
    private @Nullable Timeline timeline;

    VirtualWall(FailoverScenario scenario, Duration firstCallLate) {
        this.scenario = scenario;
        this.firstCallLate = firstCallLate;
    }

    /** Returns the calls of the model of first choice. */
    List<Attempt> firstChoice() {
        return firstChoice;
    }

    /** Returns how many calls the fallback got. */
    long fallbackCalls() {
        return fallbackCalls;
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
            if (model.equals(FailoverScenario.FALLBACK)) {
                fallbackCalls++;
                answer();
                return;
            }
            double at = timeline.nanoTime() / 1e9;
            boolean down = at < FailoverScenario.OUTAGE_SECONDS;
            boolean first = firstChoice.isEmpty();
            // Whether it answers is asked of the outage alone.
            firstChoice.add(new Attempt(at, !down));
            switch (scenario) {
                case LIMITED_ONCE -> failOr(first, limited(Optional.of(FailoverScenario.RETRY_AFTER)));
                case LIMITED -> fail(limited(Optional.empty()));
                case BROKEN_ONCE -> failOr(first, failure(FailureKind.UNAVAILABLE, 500));
                case OVERLOADED, ACCOUNTED -> fail(failure(FailureKind.OVERLOADED, 503));
                case RESET_ONCE -> failOr(first, Failure.of(FailureKind.UNAVAILABLE, "the connection was reset"));
                case SILENT -> after(FailoverScenario.SILENCE, () -> broken("the connection was closed"));
                case SLOW -> {
                    sink.firstByte();
                    after(FailoverScenario.FIRST_TOKEN, this::answer);
                }
                case CUT, CUT_WITHOUT_PREFILL -> breakAfter(FailoverScenario.CUT_AFTER, Duration.ZERO);
                case STALLED -> breakAfter(FailoverScenario.STALLED_AFTER, FailoverScenario.STALL);
                case MALFORMED -> breakAfter(FailoverScenario.MALFORMED_AFTER, Duration.ZERO);
                case WITHOUT_DONE -> answer();
                case TOO_LONG -> fail(failure(FailureKind.TOO_LARGE, 400));
                case FILTERED -> fail(failure(FailureKind.FILTERED, 400));
                case DOWN_FOR_A_MINUTE -> failOr(down, failure(FailureKind.OVERLOADED, 503));
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
            tell(0, FailoverScenario.ANSWER.size(), () -> {
                TokenUsage usage = TokenUsage.of(16, FailoverScenario.ANSWER.size());
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
            after(FailoverScenario.BETWEEN_TOKENS, () -> tell(token + 1, tokens, then));
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
