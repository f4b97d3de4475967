package dev.whippletree.engine;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;

/** An account's client that does what a test says, call by call, on a virtual timeline. */
public final class ScriptedClient implements ProviderClient {

    /** What one call does. */
    interface Behaviour {
        Cancellable run(Prompt prompt, String model, AttemptSink sink);
    }

    private final Timeline timeline;
    private final Deque<Behaviour> script = new ArrayDeque<>();
    private final long startNanos;
    private final List<Long> callTimes = new ArrayList<>();
    private final List<String> models = new ArrayList<>();
    private Behaviour usual;
    private Function<Prompt, Admission> admission = prompt -> Admission.NONE;
    private Optional<String> refusal = Optional.empty();
    private Optional<EmbeddingBounds> embeddings = Optional.empty();
    private Supplier<TokenUsage> usage = () -> TokenUsage.of(6, 4);
    private int cancelled;
    private int underWay;
    private int mostUnderWay;

    public ScriptedClient(Timeline timeline) {
        this(timeline, 0);
    }

    ScriptedClient(Timeline timeline, long startNanos) {
        this.timeline = timeline;
        this.startNanos = startNanos;
        this.usual = answersAfter(Duration.ofMillis(100));
    }

    ScriptedClient usually(Behaviour behaviour) {
        usual = behaviour;
        return this;
    }

    ScriptedClient then(Behaviour behaviour) {
        script.add(behaviour);
        return this;
    }

    ScriptedClient counts(Admission counted) {
        return admits(() -> counted);
    }

    ScriptedClient admits(Supplier<Admission> counted) {
        return admitsPrompts(prompt -> counted.get());
    }

    ScriptedClient admitsPrompts(Function<Prompt, Admission> counted) {
        admission = counted;
        return this;
    }

    /** The service counts the prompt's bound on tokens, and nothing for the prompt. */
    ScriptedClient countsMaxTokens() {
        admitsPrompts(
                prompt -> Admission.onEntry(0, prompt.parameters().maxTokens().orElse(0)));
        return uses(() -> TokenUsage.of(0, 4));
    }

    /** What its answers say that the service counted. */
    ScriptedClient uses(Supplier<TokenUsage> counted) {
        usage = counted;
        return this;
    }

    ScriptedClient refusing(String why) {
        refusal = Optional.of(why);
        return this;
    }

    int calls() {
        return callTimes.size();
    }

    /** When each call was made, in nanoseconds after the start. */
    List<Long> callTimes() {
        return callTimes;
    }

    /** The model of each call. */
    List<String> models() {
        return models;
    }

    int cancelled() {
        return cancelled;
    }

    int mostUnderWay() {
        return mostUnderWay;
    }

    @Override
    public Optional<String> refuses(Prompt prompt, String model) {
        return refusal;
    }

    ScriptedClient embeds(int inputs, long tokens) {
        embeddings = Optional.of(new EmbeddingBounds(inputs, tokens));
        return this;
    }

    @Override
    public Optional<EmbeddingBounds> embeddings() {
        return embeddings;
    }

    @Override
    public Admission admission(Prompt prompt, String model) {
        return admission.apply(prompt);
    }

    @Override
    public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
        callTimes.add(timeline.nanoTime() - startNanos);
        models.add(model);
        underWay++;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        Behaviour behaviour = script.isEmpty() ? usual : script.remove();
        Cancellable call = behaviour.run(prompt, model, sink);
        return () -> {
            cancelled++;
            call.cancel();
        };
    }

    @Override
    public void close() {}

    Behaviour answersAfter(Duration latency) {
        return answersAfter(latency, "answer");
    }

    Behaviour answersAfter(Duration latency, String text) {
        return later(latency, (prompt, model, sink) -> {
            sink.firstByte();
            sink.delta(new Delta.Text(text));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.of(usage.get()), model));
            return () -> {};
        });
    }

    Behaviour endsAfter(Duration latency, FinishReason reason) {
        return endsAfter(latency, reason, Optional.empty());
    }

    Behaviour endsAfter(Duration latency, FinishReason reason, Optional<TokenUsage> counted) {
        return later(latency, (prompt, model, sink) -> {
            sink.firstByte();
            sink.delta(new Delta.Text("part"));
            sink.done(new AnswerEnd(reason, counted, model));
            return () -> {};
        });
    }

    Behaviour failsAfter(Duration latency, FailureKind kind) {
        return failsAfter(latency, Failure.of(kind, "scripted " + kind));
    }

    Behaviour failsAfter(Duration latency, Failure failure) {
        return later(latency, (prompt, model, sink) -> {
            sink.firstByte();
            sink.failed(failure);
            return () -> {};
        });
    }

    /** Answers, and tells first how a limit stands then. */
    Behaviour reports(Duration latency, Supplier<RateLimitReport> report) {
        return later(latency, (prompt, model, sink) -> {
            sink.firstByte();
            sink.limits(List.of(report.get()));
            sink.delta(new Delta.Text("answer"));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.of(usage.get()), model));
            return () -> {};
        });
    }

    /** Sends and then says nothing. */
    Behaviour hangs() {
        return (prompt, model, sink) -> {
            sink.sent();
            return () -> underWay--;
        };
    }

    /** Refuses by the head of its response, whose body never comes. */
    Behaviour refusesAndHangs(Duration latency, Failure failure) {
        return later(latency, (prompt, model, sink) -> {
            underWay++;
            sink.firstByte();
            sink.refused(failure);
            return () -> {};
        });
    }

    /** Does one thing or another by the model that it is asked for. */
    static Behaviour byModel(Map<String, Behaviour> behaviours) {
        return (prompt, model, sink) ->
                Objects.requireNonNull(behaviours.get(model), model).run(prompt, model, sink);
    }

    Behaviour later(Duration latency, Behaviour end) {
        return (prompt, model, sink) -> {
            sink.sent();
            Timeline.Timer timer = timeline.schedule(latency.toNanos(), () -> {
                underWay--;
                end.run(prompt, model, sink);
            });
            return () -> {
                underWay--;
                timer.cancel();
            };
        };
    }

    Behaviour limits(Duration latency, FailureKind kind, Duration retryAfter, Reach reach) {
        return failsAfter(latency, limited(kind, retryAfter, reach));
    }

    static Failure limited(FailureKind kind, Duration retryAfter, Reach reach) {
        return failure(kind, Optional.of(retryAfter), reach);
    }

    static Failure failure(FailureKind kind, Optional<Duration> retryAfter, Reach reach) {
        return new Failure(kind, "scripted " + kind, OptionalInt.of(429), Optional.empty(), retryAfter, reach);
    }
}
